/*
 * core/trap/trap.h: the one line that a killed process leaves, for every class of fault.
 */
#include "core/trap/trap.h"

#include <stdio.h>
#include <string.h>

#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

#define IL ((uint64_t)1 << 25)
#define FNV ((uint64_t)1 << 10)
#define ESR(class, iss) ((uint64_t)(class) << 26 | IL | (iss))

/* Where this process's stack happens to lie. */
#define STACK_BOTTOM 0x7fffff0000UL

static struct process process;
static struct hal_fp_state fp; /* it uses FP already: a trap of that class is a fault */

static void reset(void)
{
	twin_reset(NULL);
	kernel_facts.clock.frequency = TWIN_FREQUENCY_DEFAULT;
	process = (struct process){
		.pid = 5,
		.fp = &fp,
		.state = PROCESS_RUNNING,
		.space = {.stack_bottom = STACK_BOTTOM},
	};
}

static const char *kill(uint64_t esr, uint64_t far, uint64_t pc)
{
	reset();
	process.context.pc = pc;
	trap_handle(&process, (struct hal_trap){.kind = HAL_TRAP_SYNC, .esr = esr, .far = far});
	assert_int_equal(process.state, PROCESS_ENDING);
	assert_int_equal(process.end.reason, PANTHER_ENDED_FAULT);
	assert_int_equal(process.end.code, esr >> 26);
	return twin_console();
}

static void aborts_have_an_address(void **state)
{
	(void)state;
	assert_string_equal(kill(ESR(0x24, 0x4f), 0x401008, 0x400010),
			    "[KILL] pid=5 class=data-abort ec=0x24 iss=0x4f far=0x401008 elr=0x400010\n");
	assert_string_equal(kill(ESR(0x24, 0x04), 0xffffffc000000000, 0x400010),
			    "[KILL] pid=5 class=data-abort ec=0x24 iss=0x4 far=0xffffffc000000000 elr=0x400010\n");
	assert_string_equal(kill(ESR(0x20, 0x0f), 0x402000, 0x402000),
			    "[KILL] pid=5 class=instruction-abort ec=0x20 iss=0xf far=0x402000 elr=0x402000\n");
	assert_string_equal(kill(ESR(0x22, 0), 0x400001, 0x400001),
			    "[KILL] pid=5 class=pc-alignment ec=0x22 iss=0x0 far=0x400001 elr=0x400001\n");
	assert_string_equal(kill(ESR(0x34, 0x22), 0x402008, 0x400010),
			    "[KILL] pid=5 class=watchpoint ec=0x34 iss=0x22 far=0x402008 elr=0x400010\n");
	assert_string_equal(kill(ESR(0x24, 0x07), 0, 0x400010),
			    "[KILL] pid=5 class=data-abort ec=0x24 iss=0x7 far=0x0 elr=0x400010\n");
}

/* FAR_EL1 is UNKNOWN then: it may be an address of the kernel's from long ago. */
static void an_unknown_address_is_not_printed(void **state)
{
	(void)state;
	assert_string_equal(kill(ESR(0x24, FNV | 0x10), 0xffffffc000001234, 0x400010),
			    "[KILL] pid=5 class=data-abort ec=0x24 iss=0x410 far=- elr=0x400010\n");
	assert_string_equal(kill(ESR(0x20, FNV | 0x10), 0xffffffc000001234, 0x400010),
			    "[KILL] pid=5 class=instruction-abort ec=0x20 iss=0x410 far=- elr=0x400010\n");
}

/* Exception class, and what the line calls it; none of them sets FAR_EL1. */
static const struct {
	unsigned exception_class;
	const char *name;
} classes[] = {
	{0x00, "undefined"},
	{0x07, "fp"},
	{0x0d, "branch-target"},
	{0x0e, "illegal-state"},
	{0x18, "system-register"},
	{0x19, "sve"},
	{0x1c, "pac"},
	{0x1d, "sme"},
	{0x26, "sp-alignment"},
	{0x2c, "fp-exception"},
	{0x30, "breakpoint"},
	{0x32, "step"},
	{0x3c, "brk"},
};

static const char *line_of(unsigned exception_class, const char *name)
{
	static char line[128];

	snprintf(line, sizeof(line), "[KILL] pid=5 class=%s ec=0x%02x iss=0x1abcdef far=- elr=0x400010\n", name,
		 exception_class);
	return line;
}

static void other_classes_have_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		assert_string_equal(kill(ESR(classes[i].exception_class, 0x1abcdef), 0xffffffc000001234, 0x400010),
				    line_of(classes[i].exception_class, classes[i].name));
	}
}

/* A class that the kernel does not know by name kills as well: nothing is let pass. */
static void unknown_classes_kill_too(void **state)
{
	static const unsigned unknown[] = {0x02, 0x03, 0x05, 0x06, 0x08, 0x0a, 0x0c, 0x11, 0x12, 0x13, 0x16, 0x17,
					   0x1a, 0x1b, 0x1f, 0x23, 0x27, 0x28, 0x2d, 0x31, 0x33, 0x38, 0x3a, 0x3f};

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		assert_string_equal(kill(ESR(unknown[i], 0x1abcdef), 0, 0x400010), line_of(unknown[i], "reserved"));
	}
}

static bool is_overflow(uint64_t esr, uint64_t far)
{
	return strstr(kill(esr, far, 0x400010), "class=stack-overflow ") != NULL;
}

/* The 64 KiB below the stack (abi/limits.h). */
static void the_guard_below_the_stack_has_a_name(void **state)
{
	const uint64_t store = ESR(0x24, 0x47);
	const uint64_t bottom = STACK_BOTTOM;
	const uint64_t guard = STACK_BOTTOM - 0x10000;

	(void)state;
	assert_string_equal(kill(store, bottom - 8, 0x400010),
			    "[KILL] pid=5 class=stack-overflow ec=0x24 iss=0x47 far=0x7ffffefff8 elr=0x400010\n");
	assert_true(is_overflow(store, bottom - 1));
	assert_true(is_overflow(store, guard));
	assert_true(is_overflow(ESR(0x24, 0x07), guard));
	assert_false(is_overflow(store, bottom));
	assert_false(is_overflow(store, guard - 1));
	assert_false(is_overflow(store, 0x8000000000));
	assert_false(is_overflow(store, 0));
	assert_false(is_overflow(ESR(0x24, FNV | 0x47), bottom - 8));
	assert_false(is_overflow(ESR(0x20, 0x07), bottom - 8));
	assert_false(is_overflow(ESR(0x22, 0), bottom - 8));
}

/* The longest line that there can be is not cut. */
static void the_longest_line_is_whole(void **state)
{
	(void)state;
	reset();
	process.pid = UINT64_MAX;
	process.context.pc = UINT64_MAX;
	trap_handle(&process, (struct hal_trap){.esr = ESR(0x20, 0x1ffffff & ~FNV), .far = ~(uint64_t)0});
	assert_string_equal(twin_console(), "[KILL] pid=18446744073709551615 class=instruction-abort ec=0x20 "
					    "iss=0x1fffbff far=0xffffffffffffffff elr=0xffffffffffffffff\n");
}

static void kill_again(void)
{
	process.state = PROCESS_RUNNING;
	trap_handle(&process, (struct hal_trap){.esr = ESR(0, 0)});
	kernel.scheduler = (struct scheduler){0};
	assert_int_equal(process.state, PROCESS_ENDING);
}

#define LINE "[KILL] pid=5 class=undefined ec=0x00 iss=0x0 far=- elr=0x0\n"

/* Programs decide how many there are: 32 at once, 10 a second; what was left out is said. */
static void there_is_a_limit_on_lines(void **state)
{
	const char *console;

	(void)state;
	reset();
	for (unsigned i = 0; i < 100; i++) {
		kill_again();
	}
	assert_int_equal(twin_console_size(), 32 * strlen(LINE));
	twin_advance(TWIN_FREQUENCY_DEFAULT / 10 - 1);
	kill_again();
	assert_int_equal(twin_console_size(), 32 * strlen(LINE));
	twin_advance(1);
	kill_again();
	console = twin_console() + 32 * strlen(LINE);
	assert_string_equal(console, "[KILL] 69 lines like the next one were left out\n" LINE);
	twin_advance(TWIN_FREQUENCY_DEFAULT);
	kill_again();
	assert_string_equal(console, "[KILL] 69 lines like the next one were left out\n" LINE LINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aborts_have_an_address),
		cmocka_unit_test(an_unknown_address_is_not_printed),
		cmocka_unit_test(other_classes_have_none),
		cmocka_unit_test(unknown_classes_kill_too),
		cmocka_unit_test(the_guard_below_the_stack_has_a_name),
		cmocka_unit_test(the_longest_line_is_whole),
		cmocka_unit_test(there_is_a_limit_on_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
