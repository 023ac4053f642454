/*
 * hal/boot.h's kernel_fault: what a fault of the kernel itself is called. Syndromes are those of the Arm ARM, D17.2.37;
 * the immediates of BRK are clang's.
 */
#include <string.h>

#include "core/kernel.h"
#include "hal/boot.h"
#include "hal/layout.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_panic.h"

#define IL ((uint64_t)1 << 25)
#define ESR(class, iss) ((uint64_t)(class) << 26 | IL | (iss))
#define LOAD 0x00
#define STORE 0x40
#define TRANSLATION 0x04 /* and a level */
#define PERMISSION 0x0c	 /* and a level */

#define USER 0x400000UL
#define KERNEL 0xffffffc000001000UL

static struct hal_fault fault;

static void call(void *argument)
{
	(void)argument;
	kernel_fault(&fault);
}

static int setup(void **state)
{
	(void)state;
	twin_reset(NULL);
	kernel.map.image_address = (kernel_addr){KERNEL_IMAGE_BASE};
	fault = (struct hal_fault){.vector = "el1h_sync", .pc = 0xffffffc000004008, .sp_is_valid = true};
	return 0;
}

static void expect(const char *tag, uint64_t esr, uint64_t far)
{
	size_t before = twin_console_size();
	char line[128];

	fault.esr = esr;
	fault.far = far;
	expect_panic(tag, call, NULL);
	snprintf(line, sizeof(line), "KPANIC[%s] the kernel faulted at 0xffffffc000004008\n", tag);
	assert_memory_equal(twin_console() + before, line, strlen(line));
}

static void expect_data(const char *tag, uint64_t iss, uint64_t far)
{
	expect(tag, ESR(0x25, iss), far);
}

static void near_zero_is_null(void **state)
{
	(void)state;
	expect_data("null", LOAD | TRANSLATION, 0);
	expect_data("null", STORE | TRANSLATION | 3, 8);
	expect_data("null", STORE | PERMISSION | 3, 0xffff);
	expect_data("swpan", LOAD | TRANSLATION, 0x10000);
}

/* With PAN the page is mapped, but barred: a permission fault at any level (attack K30). */
static void user_memory_behind_pan(void **state)
{
	(void)state;
	for (uint64_t level = 1; level <= 3; level++) {
		expect_data("pan", LOAD | PERMISSION | level, USER);
		expect_data("pan", STORE | PERMISSION | level, USER);
	}
	expect_data("pan", LOAD | PERMISSION | 3, 0x7fffffffff);
}

/* Without PAN TTBR0 is parked: nothing is mapped there. */
static void user_memory_behind_the_parked_table(void **state)
{
	(void)state;
	for (uint64_t level = 0; level <= 3; level++) {
		expect_data("swpan", LOAD | TRANSLATION | level, USER);
		expect_data("swpan", STORE | TRANSLATION | level, USER);
	}
	expect_data("swpan", LOAD | TRANSLATION, 0x7fffffffff);
	expect_data("data-abort", LOAD | TRANSLATION, 0x8000000000);
}

static void a_store_to_what_is_read_only(void **state)
{
	(void)state;
	expect_data("ro", STORE | PERMISSION | 3, KERNEL);
	expect_data("ro", STORE | PERMISSION | 2, KERNEL);
	expect_data("data-abort", LOAD | PERMISSION | 3, KERNEL);
	expect_data("data-abort", STORE | TRANSLATION | 3, KERNEL);
	expect_data("data-abort", LOAD | TRANSLATION | 3, 0xffffff8012345678);
}

static void the_guard_of_a_stack(void **state)
{
	(void)state;
	fault.far_is_stack_guard = true;
	expect_data("kstack-guard", STORE | TRANSLATION | 3, KERNEL);
	expect_data("kstack-guard", LOAD | TRANSLATION | 3, KERNEL);
}

/* External aborts: on the access itself, and on a table walk. The address may be anything. */
static void memory_that_is_not_there(void **state)
{
	static const uint64_t codes[] = {0x10, 0x14, 0x15, 0x16, 0x17};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		expect_data("sea", LOAD | codes[i], KERNEL);
		expect_data("sea", STORE | codes[i], 0);
		expect_data("sea", STORE | codes[i], USER);
	}
	expect_data("mte", LOAD | 0x11, KERNEL);
}

static void expect_fetch(const char *tag, uint64_t iss, uint64_t far)
{
	expect(tag, ESR(0x21, iss), far);
}

static void instructions_where_none_may_be(void **state)
{
	(void)state;
	expect_fetch("xn", PERMISSION | 3, KERNEL);
	expect_fetch("xn", PERMISSION | 2, 0xffffff8000000000);
	expect_fetch("instruction-abort", TRANSLATION | 3, KERNEL);
	expect_fetch("pxn", PERMISSION | 3, USER);
	expect_fetch("pxn", PERMISSION | 3, 0x10000);
	expect_fetch("swpan", TRANSLATION | 3, USER);
	expect_fetch("swpan", TRANSLATION, 0x10000);
	expect_fetch("null", TRANSLATION, 0);
	expect_fetch("null", TRANSLATION | 3, 0xffff);
}

/* A return address whose authentication failed has bit 61 or 53 turned over (measured), or is refused by FEAT_FPAC. */
static void a_return_address_that_was_not_signed(void **state)
{
	(void)state;
	expect_fetch("pac", TRANSLATION, KERNEL ^ (uint64_t)1 << 61);
	expect_fetch("pac", TRANSLATION, KERNEL ^ (uint64_t)1 << 53);
	expect_fetch("pac", TRANSLATION, 0x2000000000001000);
	expect_fetch("pac", TRANSLATION, 0x8000000000);
	expect("pac", ESR(0x1c, 0), 0);
}

static void traps_of_the_compiler(void **state)
{
	static const struct {
		uint64_t immediate;
		const char *tag;
	} traps[] = {
		{0x0001, "trap"},
		{0x5500, "ubsan:add"},
		{0x5501, "ubsan:unreachable"},
		{0x5503, "ubsan:division"},
		{0x5506, "ubsan:function"},
		{0x5507, "ubsan:conversion"},
		{0x5508, "ubsan:builtin"},
		{0x550a, "ubsan:load"},
		{0x550b, "ubsan:return"},
		{0x550c, "ubsan:multiply"},
		{0x550d, "ubsan:negate"},
		{0x5510, "ubsan:nonnull"},
		{0x5512, "ubsan:oob"},
		{0x5513, "ubsan:pointer-overflow"},
		{0x5514, "ubsan:shift"},
		{0x5515, "ubsan:subtract"},
		{0x5516, "ubsan:type-mismatch"},
		{0x5518, "ubsan:vla"},
		{0x5502, "ubsan"},
		{0x55ff, "ubsan"},
		{0x8000, "kcfi"},
		{0x8228, "kcfi"},
		{0x83ff, "kcfi"},
		{0x8400, "brk"},
		{0x7fff, "brk"},
		{0x54ff, "brk"},
		{0x5600, "brk"},
		{0x0000, "brk"},
		{0xffff, "brk"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
		/* FAR_EL1 is UNKNOWN then, and must not be looked at. */
		expect(traps[i].tag, ESR(0x3c, traps[i].immediate), 0);
	}
}

static void other_classes(void **state)
{
	(void)state;
	expect("bti", ESR(0x0d, 2), 0);
	expect("fp-in-kernel", ESR(0x07, 0x1e00000), 0);
	expect("illegal-state", ESR(0x0e, 0), 0);
	expect("system-register", ESR(0x18, 0x32c001), 0);
	expect("undefined", ESR(0x00, 0), 0);
	expect("pc-alignment", ESR(0x22, 0), 1);
	expect("sp-alignment", ESR(0x26, 0), 0);
	expect("svc", ESR(0x15, 0), 0);
	expect("reserved", ESR(0x3f, 0), 0);
}

/* Whatever the syndrome says, and even while the tree is read. */
static void every_other_vector(void **state)
{
	static const char *const vectors[] = {"el1t_sync", "el1t_irq", "el1t_fiq",    "el1t_serror",
					      "el1h_irq",  "el1h_fiq", "el1h_serror", "el1h_sync2"};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		char line[64];

		setup(NULL);
		kernel.probe = PROBE_TREE;
		fault.vector = vectors[i];
		fault.esr = ESR(0x25, TRANSLATION);
		fault.far = KERNEL_BOOT_WINDOW_BASE;
		expect_panic("vector", call, NULL);
		snprintf(line, sizeof(line), "KPANIC[vector] %s taken\n", vectors[i]);
		assert_memory_equal(twin_console(), line, strlen(line));
	}
}

static void assert_boot_fails(uint64_t esr, uint64_t far)
{
	setup(NULL);
	kernel.probe = PROBE_TREE;
	fault.esr = esr;
	fault.far = far;
	assert_int_equal(twin_call(call, NULL), TWIN_STOPPED);
	assert_string_equal(twin_console(), "BOOTFAIL[dtb] no memory behind the device tree\n");
}

/* The boot loader pointed to where no memory is: its fault, not the kernel's. */
static void a_tree_without_memory_behind_it(void **state)
{
	const uint64_t last = KERNEL_BOOT_WINDOW_BASE + KERNEL_BOOT_WINDOW_SIZE - 1;

	(void)state;
	assert_boot_fails(ESR(0x25, 0x10), KERNEL_BOOT_WINDOW_BASE);
	assert_boot_fails(ESR(0x25, STORE | 0x10), last);
	assert_boot_fails(ESR(0x25, 0x04), KERNEL_BOOT_WINDOW_BASE + 0x1234);
}

/* The tree calls a PL011 what does not answer. */
static void a_uart_where_nothing_answers(void **state)
{
	(void)state;
	kernel.probe = PROBE_UART;
	fault.esr = ESR(0x25, 0x10);
	fault.far = KERNEL_DEVICE_BASE + 0x1fe0;
	assert_int_equal(twin_call(call, NULL), TWIN_STOPPED);
	assert_string_equal(twin_console(), "BOOTFAIL[uart] nothing answers where the device tree has the UART\n");
	assert_int_equal(kernel.probe, PROBE_NONE);
	setup(NULL);
	kernel.probe = PROBE_UART;
	expect("sea", ESR(0x25, 0x10), KERNEL_BOOT_WINDOW_BASE);
	setup(NULL);
	expect("sea", ESR(0x25, 0x10), KERNEL_DEVICE_BASE);
}

/* The same for the interrupt controller. */
static void a_controller_where_nothing_answers(void **state)
{
	(void)state;
	kernel.probe = PROBE_GIC;
	fault.esr = ESR(0x25, 0x10);
	fault.far = KERNEL_DEVICE_BASE + 0x2fe8;
	assert_int_equal(twin_call(call, NULL), TWIN_STOPPED);
	assert_string_equal(twin_console(),
			    "BOOTFAIL[gic] nothing answers where the device tree has the interrupt controller\n");
	assert_int_equal(kernel.probe, PROBE_NONE);
	setup(NULL);
	kernel.probe = PROBE_GIC;
	expect("sea", ESR(0x25, 0x10), KERNEL_BOOT_WINDOW_BASE);
}

static void expect_while_reading(const char *tag, uint64_t esr, uint64_t far)
{
	setup(NULL);
	kernel.probe = PROBE_TREE;
	expect(tag, esr, far);
}

/* Beside the window, after the tree was read, or of another kind: the kernel's. */
static void other_faults_stay_the_kernels(void **state)
{
	(void)state;
	expect_while_reading("data-abort", ESR(0x25, TRANSLATION), KERNEL_BOOT_WINDOW_BASE - 1);
	expect_while_reading("data-abort", ESR(0x25, TRANSLATION), KERNEL_BOOT_WINDOW_BASE + KERNEL_BOOT_WINDOW_SIZE);
	expect_while_reading("ubsan:oob", ESR(0x3c, 0x5512), KERNEL_BOOT_WINDOW_BASE);
	expect_while_reading("xn", ESR(0x21, PERMISSION | 2), KERNEL_BOOT_WINDOW_BASE);
	setup(NULL);
	expect("sea", ESR(0x25, 0x10), KERNEL_BOOT_WINDOW_BASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(near_zero_is_null, setup),
		cmocka_unit_test_setup(user_memory_behind_pan, setup),
		cmocka_unit_test_setup(user_memory_behind_the_parked_table, setup),
		cmocka_unit_test_setup(a_store_to_what_is_read_only, setup),
		cmocka_unit_test_setup(the_guard_of_a_stack, setup),
		cmocka_unit_test_setup(memory_that_is_not_there, setup),
		cmocka_unit_test_setup(instructions_where_none_may_be, setup),
		cmocka_unit_test_setup(a_return_address_that_was_not_signed, setup),
		cmocka_unit_test_setup(traps_of_the_compiler, setup),
		cmocka_unit_test_setup(other_classes, setup),
		cmocka_unit_test_setup(every_other_vector, setup),
		cmocka_unit_test_setup(a_tree_without_memory_behind_it, setup),
		cmocka_unit_test_setup(a_uart_where_nothing_answers, setup),
		cmocka_unit_test_setup(a_controller_where_nothing_answers, setup),
		cmocka_unit_test_setup(other_faults_stay_the_kernels, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
