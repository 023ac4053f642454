/*
 * A machine with a linear map and one small user space, its descriptors written by hand: what tests of the twin start
 * from. Nothing here comes from core/memory/descriptor.h.
 */
#ifndef TESTS_UNIT_TWIN_FIXTURE_H
#define TESTS_UNIT_TWIN_FIXTURE_H

#include <stdint.h>
#include <string.h>

#include "core/cpu/features.h"
#include "core/cpu/registers.h"
#include "core/memory/kernel_map.h"
#include "hal/memory.h"
#include "hal/mmu.h"
#include "hal/user.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

/* Frames that the tests use, in one 2 MiB block of RAM. */
#define FRAMES 0x41000000UL
#define FRAME(number) (FRAMES + 0x1000UL * (number))
#define ROOT FRAME(0)
#define LEVEL2 FRAME(1)
#define LEVEL3 FRAME(2)
#define CODE_FRAME FRAME(3)
#define DATA_FRAME FRAME(4)
#define CONSTANT_FRAME FRAME(6)
#define SPARE_FRAME FRAME(5)
#define OTHER_ROOT FRAME(7)

/* Virtual addresses: index 0 at level 1, 2 at level 2, 0 and up at level 3. */
#define CODE 0x400000UL
#define DATA 0x401000UL
#define CONSTANT 0x402000UL
#define UNMAPPED 0x403000UL

/* Arm ARM D8.3.1, D8.3.2. */
#define D_TABLE 3UL
#define D_PAGE 3UL
#define D_BLOCK 1UL
#define D_DEVICE (1UL << 2)
#define D_EL0 (1UL << 6)
#define D_READ_ONLY (1UL << 7)
#define D_INNER (3UL << 8)
#define D_AF (1UL << 10)
#define D_NG (1UL << 11)
#define D_PXN (1UL << 53)
#define D_UXN (1UL << 54)
#define D_USER (D_PAGE | D_EL0 | D_INNER | D_AF | D_NG | D_PXN)
#define D_USER_CODE (D_USER | D_READ_ONLY)
#define D_USER_READ (D_USER | D_READ_ONLY | D_UXN)
#define D_USER_WRITE (D_USER | D_UXN)

#define ASID 7

static struct kernel_map fixture_map;
static const struct hal_space fixture_space = {{ROOT}, ASID};

static inline uint64_t *fixture_entry(uint64_t table, unsigned index)
{
	return (uint64_t *)hal_phys_to_ptr((phys_addr){table}, 4096) + index;
}

static inline void fixture_put(uint64_t table, unsigned index, uint64_t descriptor)
{
	hal_descriptor_write(fixture_entry(table, index), descriptor);
}

/* Where the descriptor of a page of the fixture's space stands. */
static inline void fixture_put_page(uint64_t page, uint64_t descriptor)
{
	fixture_put(LEVEL3, (unsigned)(page >> 12 & 511), descriptor);
}

static const struct hal_keys fixture_keys = {{11, 12}, {13, 14}, {15, 16}, {17, 18}, {19, 20}};

/* System registers as the kernel decides them for this CPU. */
static inline void fixture_protect(void)
{
	static const struct hal_secrets secrets = {{1, 2}, 0x123400, 1};
	struct hal_id_registers id;
	struct cpu_features features;
	struct hal_registers registers;

	hal_id_registers_read(&id);
	cpu_features_decode(&features, &id);
	cpu_registers_decide(&registers, &features);
	hal_cpu_protect(&registers, &secrets);
	if (registers.has_pac) {
		hal_keys_load(&fixture_keys);
	}
}

/* A page of device registers at KERNEL_DEVICE_BASE + 0x1000 * slot. */
static inline void fixture_put_device(unsigned slot, uint64_t physical)
{
	uint64_t level3 = twin_boot_info()->kernel_root.value + 0x2000;

	fixture_put(level3, 0x180 + slot, physical | D_PAGE | D_DEVICE | D_AF | D_PXN | D_UXN);
}

static inline void fixture_reset(const struct twin_options *options)
{
	twin_reset(options);
	kernel_map_init(&fixture_map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	assert_int_equal(kernel_map_linear(&fixture_map, (phys_addr){FRAMES}, 0x200000), K_OK);
	fixture_protect();
	for (unsigned i = 0; i < 8; i++) {
		hal_frame_clear((phys_addr){FRAME(i)});
	}
	fixture_put(ROOT, 0, LEVEL2 | D_TABLE);
	fixture_put(LEVEL2, 2, LEVEL3 | D_TABLE);
	fixture_put_page(CODE, CODE_FRAME | D_USER_CODE);
	fixture_put_page(DATA, DATA_FRAME | D_USER_WRITE);
	fixture_put_page(CONSTANT, CONSTANT_FRAME | D_USER_READ);
	hal_code_sync((phys_addr){CODE_FRAME}, 4096);
}

/* A context at the start of the code page. */
static inline struct hal_context fixture_context(void)
{
	return (struct hal_context){.sp = DATA + 0x1000, .pc = CODE};
}

/* A program that does nothing but call the kernel. */
static inline bool fixture_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)owner;
	(void)context;
	(void)word;
	step->kind = TWIN_SVC;
	return true;
}

/* One call, so that the space is live and anything of it may be cached. */
static inline void fixture_enter(const struct hal_space *space)
{
	struct hal_context context = fixture_context();
	struct hal_trap trap;

	hal_user_run(&context, space, &trap);
	assert_int_equal(trap.kind, HAL_TRAP_SYNC);
	assert_int_equal(trap.esr >> 26, 0x15);
}

static inline int fixture_setup(void **state)
{
	(void)state;
	fixture_reset(NULL);
	return 0;
}

#endif
