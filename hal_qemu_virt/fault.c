/*
 * Faults of the kernel itself: the foreseen ones of user copies, and the stack
 * that led to all others.
 */
#include <stddef.h>

#include "hal/boot.h"
#include "hal/cpu.h"
#include "hal/layout.h"
#include "hal_qemu_virt/image.h"
#include "hal_qemu_virt/user_copy.h"
#include "lib/bits.h"

/* Where vectors.S stores the registers. One is enough: a fault while one is handled ends in a panic. */
extern struct hal_fault hal_fault_record;
struct hal_fault hal_fault_record;

void hal_fault_handle(struct hal_fault *fault);

static bool in_range(uint64_t address, const uint8_t *start, const uint8_t *end)
{
	return address >= (uintptr_t)start && address < (uintptr_t)end;
}

static bool is_stack(uint64_t address)
{
	return in_range(address, image_stack_bottom, image_stack_top) ||
	       in_range(address, image_fault_stack_bottom, image_fault_stack_top);
}

/* The pages between and around the stacks, which nothing maps. */
static bool is_stack_guard(uint64_t address)
{
	return in_range(address, image_data_end, image_stacks_end) && !is_stack(address) &&
	       !in_range(address, image_shadow_stack_bottom, image_shadow_stack_top);
}

/* ESR_EL1.EC, bits [31:26], of a data abort taken from EL1. */
#define EC_DATA_ABORT_EL1 0x25

/*
 * What a user address may cause: the fault status code (ISS[5:0]) of an address size, translation, access flag or
 * permission fault has 0 to 3 in its upper four bits (Arm ARM D17.2.37). An external abort, say, is no program's doing.
 */
static bool is_translation_kind(uint64_t esr)
{
	return bits_get(esr, 31, 26) == EC_DATA_ABORT_EL1 && bits_get(esr, 5, 2) <= 3;
}

void hal_fault_handle(struct hal_fault *fault)
{
	uint64_t resume;

	if (is_translation_kind(fault->esr) && user_copy_fixup(fault->pc, &resume)) {
		fault->pc = resume;
		return;
	}
	fault->sp_is_valid = is_stack(fault->sp) || fault->sp == (uintptr_t)image_stack_top;
	fault->far_is_stack_guard = is_stack_guard(fault->far);
	kernel_fault(fault);
}

/* A frame record: the caller's, and the return address (AAPCS64 section 6.4.6). */
struct frame_record {
	uint64_t next;
	uint64_t return_address;
};

/*
 * SAFETY: looks only at a whole, aligned record inside one of the kernel's stacks, which are always mapped.
 * Audited: 2026-11-22
 */
static const struct frame_record *record_at(uint64_t address)
{
	if (address % 16 != 0 || !is_stack(address) || !is_stack(address + sizeof(struct frame_record) - 1)) {
		return NULL;
	}
	return (const struct frame_record *)address;
}

/* A signed return address has its top bits in use; those of the kernel's half are known. */
static uint64_t without_signature(uint64_t address)
{
	return KERNEL_LINEAR_BASE | bits_get(address, 38, 0);
}

/* Adds a return address, if it is one. Offsets count from the start of the image. */
static bool add_return(uint64_t *offsets, size_t *count, size_t max, uint64_t address)
{
	uint64_t plain = without_signature(address);

	if (*count == max || !in_range(plain, image_start, image_text_end)) {
		return false;
	}
	offsets[(*count)++] = plain - (uintptr_t)image_start;
	return true;
}

/* A function that calls nothing has no frame record: its caller is known by x30 only. */
static void add_leaf_caller(const struct hal_fault *fault, uint64_t *offsets, size_t *count, size_t max)
{
	const struct frame_record *record = record_at(fault->x[29]);

	if (record == NULL || without_signature(record->return_address) != without_signature(fault->x[30])) {
		(void)add_return(offsets, count, max, fault->x[30]);
	}
}

size_t hal_backtrace(const struct hal_fault *fault, uint64_t *offsets, size_t max)
{
	size_t count = 0;
	uint64_t frame = (uintptr_t)__builtin_frame_address(0);

	if (fault != NULL && max > 0) {
		offsets[count++] = fault->pc - (uintptr_t)image_start;
		add_leaf_caller(fault, offsets, &count, max);
		frame = fault->x[29];
	}
	for (const struct frame_record *record = record_at(frame);
	     record != NULL && add_return(offsets, &count, max, record->return_address);) {
		/* Records lie ever higher on a stack: a loop would be a corrupt one. */
		record = record->next > frame ? record_at(record->next) : NULL;
		frame = (uintptr_t)record;
	}
	return count;
}
