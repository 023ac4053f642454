/*
 * A fault of the kernel itself: named, then a panic.
 */

#include "abi/limits.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "core/trap/syndrome.h"
#include "hal/boot.h"
#include "hal/layout.h"
#include "lib/format.h"
#include "lib/string.h"

/* BRK immediates that clang gives its traps: UBSan 0x5500 + check, kCFI 0x8000 + registers, __builtin_trap 1. */
#define BRK_TRAP 0x0001
#define BRK_UBSAN 0x5500
#define BRK_UBSAN_MASK 0xff00
#define BRK_KCFI 0x8000
#define BRK_KCFI_MASK 0xfc00

static const struct {
	uint8_t check;
	const char *tag;
} ubsan_tags[] = {
	{0x00, "ubsan:add"},
	{0x01, "ubsan:unreachable"},
	{0x03, "ubsan:division"},
	{0x06, "ubsan:function"},
	{0x07, "ubsan:conversion"},
	{0x08, "ubsan:builtin"},
	{0x0a, "ubsan:load"},
	{0x0b, "ubsan:return"},
	{0x0c, "ubsan:multiply"},
	{0x0d, "ubsan:negate"},
	{0x10, "ubsan:nonnull"},
	{0x12, "ubsan:oob"},
	{0x13, "ubsan:pointer-overflow"},
	{0x14, "ubsan:shift"},
	{0x15, "ubsan:subtract"},
	{0x16, "ubsan:type-mismatch"},
	{0x18, "ubsan:vla"},
};

static const char *brk_tag(uint32_t immediate)
{
	if (immediate == BRK_TRAP) {
		return "trap";
	}
	if ((immediate & BRK_KCFI_MASK) == BRK_KCFI) {
		return "kcfi";
	}
	if ((immediate & BRK_UBSAN_MASK) != BRK_UBSAN) {
		return "brk";
	}
	for (size_t i = 0; i < K_ARRAY_SIZE(ubsan_tags); i++) {
		if (ubsan_tags[i].check == (immediate & ~(uint32_t)BRK_UBSAN_MASK)) {
			return ubsan_tags[i].tag;
		}
	}
	return "ubsan";
}

static bool is_user_address(uint64_t address)
{
	return address < PANTHER_USER_TOP;
}

static const char *data_abort_tag(const struct hal_fault *fault)
{
	enum fault_status status = syndrome_fault_status(fault->esr);

	if (status == FAULT_EXTERNAL) {
		return "sea";
	}
	if (status == FAULT_TAG) {
		return "mte";
	}
	if (fault->far_is_stack_guard) {
		return "kstack-guard";
	}
	if (fault->far < PANTHER_USER_BOTTOM) {
		return "null";
	}
	if (is_user_address(fault->far)) {
		/* With PAN the page is there but barred; without, TTBR0 is parked and maps nothing. */
		return status == FAULT_PERMISSION ? "pan" : "swpan";
	}
	return status == FAULT_PERMISSION && syndrome_is_write(fault->esr) ? "ro" : "data-abort";
}

static const char *instruction_abort_tag(const struct hal_fault *fault)
{
	bool permission = syndrome_fault_status(fault->esr) == FAULT_PERMISSION;

	if (fault->far < PANTHER_USER_BOTTOM) {
		return "null";
	}
	if (is_user_address(fault->far)) {
		return permission ? "pxn" : "swpan";
	}
	/* A failed authentication leaves an address that is no longer canonical (Arm ARM D8.8.4). */
	if (fault->far < KERNEL_LINEAR_BASE) {
		return "pac";
	}
	return permission ? "xn" : "instruction-abort";
}

static const char *fault_tag(const struct hal_fault *fault)
{
	switch (syndrome_class(fault->esr)) {
	case EC_DATA_ABORT:
		return data_abort_tag(fault);
	case EC_INSTRUCTION_ABORT:
		return instruction_abort_tag(fault);
	case EC_BRK64:
		return brk_tag(syndrome_iss(fault->esr) & 0xffff);
	case EC_BTI:
		return "bti";
	case EC_FP:
		return "fp-in-kernel";
	case EC_PAC_FAIL:
		return "pac";
	default:
		return syndrome_class_name(syndrome_class(fault->esr));
	}
}

/* Of a data abort only: after a trap of the compiler's FAR_EL1 is UNKNOWN. */
static bool is_access_to(const struct hal_fault *fault, uint64_t base, uint64_t size)
{
	return syndrome_class(fault->esr) == EC_DATA_ABORT && fault->far >= base && fault->far - base < size;
}

static bool is_access_to_devices(const struct hal_fault *fault)
{
	uint64_t base = kernel.map.image_address.value + KERNEL_DEVICE_OFFSET;

	return is_access_to(fault, base, KERNEL_DEVICE_SLOTS * PANTHER_PAGE_SIZE);
}

/* Boot was trying out what it had been told, and nothing was there. */
static void judge_probe(const struct hal_fault *fault)
{
	enum boot_probe probe = kernel.probe;

	kernel.probe = PROBE_NONE;
	if (probe == PROBE_TREE && is_access_to(fault, KERNEL_BOOT_WINDOW_BASE, KERNEL_BOOT_WINDOW_SIZE)) {
		boot_fail("dtb", "no memory behind the device tree");
	}
	if (probe == PROBE_UART && is_access_to_devices(fault)) {
		boot_fail("uart", "nothing answers where the device tree has the UART");
	}
	if (probe == PROBE_GIC && is_access_to_devices(fault)) {
		boot_fail("gic", "nothing answers where the device tree has the interrupt controller");
	}
}

void kernel_fault(const struct hal_fault *fault)
{
	if (!k_str_equal(fault->vector, "el1h_sync")) {
		panic_fault(fault, "vector", "%s taken", fault->vector);
	}
	judge_probe(fault);
	panic_fault(fault, fault_tag(fault), "the kernel faulted at 0x%" K_PRIx64, fault->pc);
}
