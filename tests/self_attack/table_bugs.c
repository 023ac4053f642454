/*
 * Descriptors as none may be.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/leaf.h"
#include "core/memory/page_table.h"
#include "core/process/lifecycle.h"
#include "hal/mmu.h"
#include "lib/memory.h"
#include "tests/self_attack/access.h"
#include "tests/self_attack/bugs.h"

/* Fields of descriptors (Arm ARM D8.3.1). */
#define ACCESS_FLAG K_BIT(10)
#define NOT_GLOBAL K_BIT(11)
#define PXN K_BIT(53)

#define LEVEL PAGE_TABLE_LEAF_LEVEL

/* The entry of a page of the image. */
static uint64_t *kbug_entry(const void *page)
{
	uint64_t address = (uintptr_t)page;
	phys_addr table = kernel.map.root;

	for (unsigned level = PAGE_TABLE_ROOT_LEVEL; level < LEVEL; level++) {
		table = descriptor_address(*page_table_entry(table, address, level));
	}
	return page_table_entry(table, address, LEVEL);
}

/* No table: nothing is mapped by what is stored here. */
static uint64_t kbug_spare_entry;

/* Writable data, executable as well, by the way that all descriptors take. */
static void kbug_map_wx(bool wrong)
{
	uint64_t leaf = *kbug_entry(kernel.bounce);

	leaf_store(&kbug_spare_entry, (uintptr_t)kernel.bounce, LEVEL, wrong ? leaf & ~PXN : leaf);
}

static void kbug_poke_wx(const void *page)
{
	uint64_t *entry = kbug_entry(page);

	hal_descriptor_write(entry, *entry & ~PXN);
	hal_tlb_invalidate_kernel((kernel_addr){(uintptr_t)page});
}

/* By another way: who looks at all descriptors finds it. */
static void kbug_hide_wx(bool wrong)
{
	if (wrong) {
		kbug_poke_wx(kernel.bounce);
	}
	kernel_map_check(&kernel.map);
}

/* So does the kernel itself, when a process is gone (PANTHER_CHECKS). */
static void kbug_hide_wx_until_exit(bool wrong)
{
	(void)kbug_enter_program();
	if (wrong) {
		kbug_poke_wx(kernel.bounce);
		lifecycle_end(kernel.scheduler.current, (struct panther_exit){PANTHER_ENDED_EXIT, 0});
		kbug_run_programs();
	}
}

/* And it is not executable all the same: SCTLR_EL1.WXN. */
static void kbug_execute_wx(bool wrong)
{
	static const uint32_t returns[] = {0xd503245f, 0xd65f03c0}; /* BTI C; RET */

	k_memcpy(kernel.bounce, returns, sizeof(returns));
	if (wrong) {
		kbug_poke_wx(kernel.bounce);
	}
	kbug_call(wrong ? (uintptr_t)kernel.bounce : (uintptr_t)kbug_nothing);
}

/* A page of the program that runs, but for some bits. */
static void kbug_map_page(uint64_t wrong_bits)
{
	uint64_t address = kbug_enter_program();
	uint64_t leaf = descriptor_page(kernel.scheduler.current->space.space.root, PAGE_USER_EXECUTE);

	leaf_store(&kbug_spare_entry, address, LEVEL, leaf ^ wrong_bits);
}

static void kbug_map_not_accessed(bool wrong)
{
	kbug_map_page(wrong ? ACCESS_FLAG : 0);
}

static void kbug_map_global(bool wrong)
{
	kbug_map_page(wrong ? NOT_GLOBAL : 0);
}

static void kbug_map_kernel_executable(bool wrong)
{
	kbug_map_page(wrong ? PXN : 0);
}

/* A program's page whose frame is the image's. */
static void kbug_map_image(bool wrong)
{
	phys_addr frame = kernel.map.root;

	if (!wrong && frames_allocate(&kernel.frames, &frame) != K_OK) {
		kbug_missed("there is no frame");
	}
	leaf_store_user(&kbug_spare_entry, descriptor_page(frame, PAGE_USER_READ_WRITE), &kernel.frames);
}

static const struct bug list[] = {
	{"map-wx", kbug_map_wx, NULL},
	{"hide-wx", kbug_hide_wx, NULL},
	{"hide-wx-until-exit", kbug_hide_wx_until_exit, NULL},
	{"execute-wx", kbug_execute_wx, NULL},
	{"map-not-accessed", kbug_map_not_accessed, NULL},
	{"map-global", kbug_map_global, NULL},
	{"map-kernel-executable", kbug_map_kernel_executable, NULL},
	{"map-image", kbug_map_image, NULL},
};

const struct bugs kbug_tables = {list, K_ARRAY_SIZE(list)};
