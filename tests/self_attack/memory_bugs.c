/*
 * What the MMU stops in the kernel's own half: what is read-only, what is not
 * code, what lies around stacks and areas, and where nothing is.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/syscall/dispatch.h"
#include "hal/memory.h"
#include "hal_qemu_virt/image.h"
#include "lib/memory.h"
#include "tests/self_attack/access.h"
#include "tests/self_attack/bugs.h"

/* Nothing is ever mapped below PANTHER_USER_BOTTOM. */
static void kbug_null_write(bool wrong)
{
	kbug_store(wrong ? 8 : (uintptr_t)kernel.bounce, 0);
}

static void kbug_null_read(bool wrong)
{
	(void)kbug_load(wrong ? PANTHER_USER_BOTTOM - 8 : (uintptr_t)kernel.bounce);
}

static void kbug_null_call(bool wrong)
{
	kbug_call(wrong ? 0 : (uintptr_t)kbug_nothing);
}

/* A stack frame that grows without bound must meet the guard page, and the report needs a stack that still works. */
K_NOINLINE static uint64_t kbug_recurse(uint64_t depth, uint64_t limit)
{
	uint8_t frame[512];

	if (depth == limit) {
		return 0;
	}
	k_memset(frame, (int)(depth & 0xff), sizeof(frame));
	return kbug_recurse(kbug_hidden(depth + 1), limit) + frame[kbug_hidden(0)];
}

static void kbug_stack(bool wrong)
{
	(void)kbug_recurse(0, wrong ? UINT64_MAX : 4);
}

/* The smallest frame, 16 bytes: the shadow call stack, 8 bytes a call in one page, is full before. */
K_NOINLINE static uint64_t kbug_recurse_small(uint64_t depth)
{
	return depth == 0 ? 0 : kbug_hidden(kbug_recurse_small(depth - 1));
}

static void kbug_shadow_stack(bool wrong)
{
	(void)kbug_recurse_small(kbug_hidden(wrong ? UINT64_MAX : 4));
}

/* A word of a stack, to which its own value is written, or the word of an unmapped page beside it. */
static void kbug_around(bool wrong, const uint8_t *inside, const uint8_t *outside)
{
	kbug_store((uintptr_t)(wrong ? outside : inside), kbug_load((uintptr_t)inside));
}

static void kbug_below_stack(bool wrong)
{
	kbug_around(wrong, image_stack_bottom, image_stack_bottom - 8);
}

static void kbug_above_stack(bool wrong)
{
	kbug_around(wrong, image_stack_top - 8, image_stack_top);
}

static void kbug_below_fault_stack(bool wrong)
{
	kbug_around(wrong, image_fault_stack_bottom, image_fault_stack_bottom - 8);
}

static void kbug_above_fault_stack(bool wrong)
{
	kbug_around(wrong, image_fault_stack_top - 8, image_fault_stack_top);
}

static void kbug_below_shadow_stack(bool wrong)
{
	kbug_around(wrong, image_shadow_stack_bottom, image_shadow_stack_bottom - 8);
}

static void kbug_above_shadow_stack(bool wrong)
{
	kbug_around(wrong, image_shadow_stack_top - 8, image_shadow_stack_top);
}

/* What lies behind the kernel's areas is unmapped: the image, a device's page, RAM in the linear map. */
static void kbug_beyond_image(bool wrong)
{
	(void)kbug_load((uintptr_t)image_end - (wrong ? 0 : 8));
}

static void kbug_before_image(bool wrong)
{
	(void)kbug_load((uintptr_t)image_start - (wrong ? 8 : 0));
}

static kernel_addr kbug_map_device(uint64_t address)
{
	kernel_addr registers;

	if (kernel_map_device(&kernel.map, (phys_addr){address}, &registers) != K_OK) {
		kbug_missed("no room for a device");
	}
	return registers;
}

#define UART_FLAGS 0x18

static void kbug_beyond_device(bool wrong)
{
	kernel_addr registers = kbug_map_device(kernel_facts.machine.uart.base);

	(void)kbug_load(registers.value + (wrong ? PANTHER_PAGE_SIZE : UART_FLAGS));
}

static uint64_t kbug_ram_end(void)
{
	struct phys_range first = kernel_facts.machine.ram.ranges[0];

	return first.base + first.size;
}

static void kbug_beyond_ram(bool wrong)
{
	uint64_t end = hal_virtual_of((phys_addr){kbug_ram_end()});

	(void)kbug_load(wrong ? end : (uintptr_t)kernel.bounce);
}

/* The window on the device tree is gone. */
static void kbug_boot_window(bool wrong)
{
	(void)kbug_load(wrong ? KERNEL_BOOT_WINDOW_BASE : (uintptr_t)kernel.bounce);
}

/* Physical addresses at which nothing answers: behind RAM, and between the devices of QEMU's virt machine. */
static void kbug_touch_physical(bool wrong, uint64_t address)
{
	kernel_addr registers = kbug_map_device(wrong ? address : kernel_facts.machine.uart.base);

	(void)kbug_load(registers.value + UART_FLAGS);
}

static void kbug_touch_beyond_ram(bool wrong)
{
	kbug_touch_physical(wrong, kbug_ram_end());
}

static void kbug_touch_hole(bool wrong)
{
	kbug_touch_physical(wrong, 0x0b000000);
}

/* Stores to what is read-only, and one to what is not. */
static void kbug_write(bool wrong, const void *target)
{
	kbug_store(wrong ? (uintptr_t)target : (uintptr_t)kernel.bounce, 0);
}

static void kbug_write_text(bool wrong)
{
	kbug_write(wrong, image_start);
}

extern const uint8_t hal_vectors[];

static void kbug_write_vectors(bool wrong)
{
	kbug_write(wrong, hal_vectors);
}

/* The system call table lies among the constants. */
static void kbug_write_table(bool wrong)
{
	kbug_write(wrong, syscall_handlers);
}

static const uint64_t constant = 1;

static void kbug_write_constant(bool wrong)
{
	kbug_write(wrong, &constant);
}

static void kbug_write_sealed(bool wrong)
{
	kbug_write(wrong, &kernel_facts);
}

extern const uint8_t hal_archive[]; /* the programs that are built in */

static void kbug_write_archive(bool wrong)
{
	kbug_write(wrong, hal_archive);
}

/* The image has no second address in the linear map, where RAM is writable. */
static void kbug_write_alias(bool wrong)
{
	uint64_t alias = KERNEL_LINEAR_BASE + (hal_image_base.value - kernel.map.linear_base.value);

	kbug_write(wrong, kbug_pointer(alias));
}

static const uint32_t returns[] = {0xd503245f, 0xd65f03c0}; /* BTI C; RET */

/* Code that would run, and come back, if only it were executable. */
static void kbug_execute(bool wrong, void *place)
{
	if (place != NULL) {
		k_memcpy(place, returns, sizeof(returns));
	}
	kbug_call(wrong ? (uintptr_t)(place != NULL ? place : returns) : (uintptr_t)kbug_nothing);
}

static void kbug_execute_data(bool wrong)
{
	kbug_execute(wrong, kernel.bounce);
}

static void kbug_execute_rodata(bool wrong)
{
	kbug_execute(wrong, NULL);
}

static void kbug_execute_stack(bool wrong)
{
	uint64_t words[2];

	kbug_execute(wrong, words);
}

static void kbug_execute_heap(bool wrong)
{
	void *block = heap_allocate(&kernel.heap, 64);

	kbug_execute(wrong, block);
	heap_free(&kernel.heap, block);
}

/* In the linear map: the root of a program's own tables. */
static void kbug_execute_frame(bool wrong)
{
	(void)kbug_enter_program();
	kbug_call(wrong ? hal_virtual_of(kernel.scheduler.current->space.space.root) : (uintptr_t)kbug_nothing);
}

static const struct bug list[] = {
	{"null-write", kbug_null_write, NULL},
	{"null-read", kbug_null_read, NULL},
	{"null-call", kbug_null_call, NULL},
	{"stack", kbug_stack, NULL},
	{"shadow-stack", kbug_shadow_stack, NULL},
	{"below-stack", kbug_below_stack, NULL},
	{"above-stack", kbug_above_stack, NULL},
	{"below-fault-stack", kbug_below_fault_stack, NULL},
	{"above-fault-stack", kbug_above_fault_stack, NULL},
	{"below-shadow-stack", kbug_below_shadow_stack, NULL},
	{"above-shadow-stack", kbug_above_shadow_stack, NULL},
	{"beyond-image", kbug_beyond_image, NULL},
	{"before-image", kbug_before_image, NULL},
	{"beyond-device", kbug_beyond_device, NULL},
	{"beyond-ram", kbug_beyond_ram, NULL},
	{"boot-window", kbug_boot_window, NULL},
	{"touch-beyond-ram", kbug_touch_beyond_ram, NULL},
	{"touch-hole", kbug_touch_hole, NULL},
	{"write-text", kbug_write_text, NULL},
	{"write-vectors", kbug_write_vectors, NULL},
	{"write-table", kbug_write_table, NULL},
	{"write-constant", kbug_write_constant, NULL},
	{"write-sealed", kbug_write_sealed, NULL},
	{"write-archive", kbug_write_archive, NULL},
	{"write-alias", kbug_write_alias, NULL},
	{"execute-data", kbug_execute_data, NULL},
	{"execute-rodata", kbug_execute_rodata, NULL},
	{"execute-stack", kbug_execute_stack, NULL},
	{"execute-heap", kbug_execute_heap, NULL},
	{"execute-frame", kbug_execute_frame, NULL},
};

const struct bugs kbug_memory = {list, K_ARRAY_SIZE(list)};
