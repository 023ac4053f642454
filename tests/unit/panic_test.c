/*
 * core/log/panic.h: the reason first, then what is known, and a last line on which a test run can rely.
 */
#include "core/log/panic.h"

#include <stdio.h>
#include <string.h>

#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

#define BACKTRACE "  backtrace, as offsets into the image (ninja symbolize):\n"
#define HALTED "KPANIC[halted]\n"

static struct hal_fault fault;

static int setup(void **state)
{
	(void)state;
	twin_reset(NULL);
	fault = (struct hal_fault){
		.vector = "el1h_sync",
		.sp = 0xffffffc0000a8f40,
		.pc = 0xffffffc000004008,
		.pstate = 0x604003c5,
		.esr = 0x9600004f,
		.far = 0xffffffc000001234,
		.sp_is_valid = true,
	};
	for (uint64_t i = 0; i < 31; i++) {
		fault.x[i] = 0x1234500000000000 + i;
	}
	return 0;
}

static void call_panic(void *text)
{
	panic("frame-corrupt", "%s at 0x%x", (const char *)text, 0x40U);
}

static void call_panic_fault(void *text)
{
	panic_fault(&fault, "ro", "%s", (const char *)text);
}

static void call_boot_fail(void *text)
{
	boot_fail("mem", "%s, %u ranges", (const char *)text, 3U);
}

/* The console afterwards. */
static const char *stops(void (*function)(void *argument), const char *text)
{
	static char copy[1024];

	snprintf(copy, sizeof(copy), "%s", text);
	assert_int_equal(twin_call(function, copy), TWIN_STOPPED);
	return twin_console();
}

static void assert_starts(const char *text, const char *start)
{
	if (strncmp(text, start, strlen(start)) != 0) {
		fail_msg("expected at the start: %s, got: %s", start, text);
	}
}

static void assert_ends(const char *text, const char *end)
{
	assert_true(strlen(text) >= strlen(end));
	assert_string_equal(text + strlen(text) - strlen(end), end);
}

/* Lines "  #N +0xOFFSET", counted from 0. Returns what comes after them. */
static const char *skip_backtrace(const char *text, unsigned *count)
{
	unsigned number;
	unsigned long offset;
	int length = 0;

	for (*count = 0; sscanf(text, "  #%u +0x%lx%n", &number, &offset, &length) == 2; (*count)++) {
		assert_int_equal(number, *count);
		assert_int_equal(text[length], '\n');
		text += length + 1;
	}
	return text;
}

static void the_reason_comes_first_and_the_halt_last(void **state)
{
	const char *text = stops(call_panic, "a bad frame");
	const char *first = "KPANIC[frame-corrupt] a bad frame at 0x40\n" BACKTRACE;
	unsigned count;

	(void)state;
	assert_starts(text, first);
	assert_string_equal(skip_backtrace(text + strlen(first), &count), HALTED);
	assert_true(count > 0);
	assert_true(count <= HAL_BACKTRACE_MAX);
}

static void a_fault_comes_with_its_registers(void **state)
{
	static char expected[2048];
	size_t used = 0;

	(void)state;
	used += (size_t)sprintf(expected, "KPANIC[ro] a store\n"
					  "  vector=el1h_sync class=data-abort ec=0x25 iss=0x4f\n"
					  "  far=0xffffffc000001234\n"
					  "  pc=0xffffffc000004008 pstate=0x604003c5 sp=0xffffffc0000a8f40\n");
	for (unsigned i = 0; i < 30; i += 2) {
		used += (size_t)sprintf(expected + used, "  x%u=0x12345000000000%02x x%u=0x12345000000000%02x\n", i, i,
					i + 1, i + 1);
	}
	used += (size_t)sprintf(expected + used, "  x30=0x123450000000001e\n" BACKTRACE HALTED);
	assert_string_equal(stops(call_panic_fault, "a store"), expected);
}

/* FAR_EL1 is shown only if the fault set it. */
static void an_unknown_far_is_left_out(void **state)
{
	static const uint64_t syndromes[] = {0xf2005512, 0x96000410, 0x02000000, 0x36000002};

	(void)state;
	for (size_t i = 0; i < sizeof(syndromes) / sizeof(syndromes[0]); i++) {
		setup(NULL);
		fault.esr = syndromes[i];
		assert_null(strstr(stops(call_panic_fault, "a trap"), "far="));
	}
}

static void a_lost_stack_is_named(void **state)
{
	(void)state;
	fault.sp_is_valid = false;
	fault.sp = 0x10;
	assert_non_null(strstr(stops(call_panic_fault, "a push"),
			       " sp=0x0000000000000010 (outside every stack)\n  x0=0x1234500000000000 "));
}

static void verdicts_carry_the_nonce(void **state)
{
	const char *text;

	(void)state;
	kernel.log.has_nonce = true;
	kernel.log.nonce = 77;
	text = stops(call_panic, "x");
	assert_starts(text, "KPANIC[frame-corrupt] x at 0x40 #77\n" BACKTRACE);
	assert_ends(text, "\nKPANIC[halted] #77\n");
}

/* However long the reason is, what follows is there, and so is the nonce. */
static void a_long_reason_is_cut(void **state)
{
	static char reason[1000];
	const char *text;
	const char *end;

	(void)state;
	memset(reason, 'r', sizeof(reason) - 1);
	kernel.log.has_nonce = true;
	kernel.log.nonce = 18446744073709551615UL;
	text = stops(call_panic_fault, reason);
	end = strchr(text, '\n');
	assert_starts(text, "KPANIC[ro] rrrrrrrr");
	assert_true(end - text < LOG_LINE_MAX);
	assert_starts(end - 22, " #18446744073709551615\n");
	assert_starts(end, "\n  vector=el1h_sync ");
	assert_ends(text, "\nKPANIC[halted] #18446744073709551615\n");
}

static void panic_again(void *argument)
{
	kernel.panicking = true;
	call_panic_fault(argument);
}

/* A panic that fails says so once, and prints nothing that may have been what it failed on. */
static void a_panic_within_a_panic_stops(void **state)
{
	(void)state;
	assert_string_equal(stops(panic_again, "once more"), "KPANIC[nested] a panic failed\nKPANIC[halted]\n");
	setup(NULL);
	kernel.log.has_nonce = true;
	kernel.log.nonce = 5;
	assert_string_equal(stops(panic_again, "once more"), "KPANIC[nested] a panic failed #5\nKPANIC[halted] #5\n");
}

static void panic_a_third_time(void *argument)
{
	kernel.stopping = true;
	panic_again(argument);
}

/* When even that line could not be printed, printing is what is broken. */
static void a_panic_within_that_says_nothing(void **state)
{
	(void)state;
	assert_string_equal(stops(panic_a_third_time, "x"), "");
	setup(NULL);
	(void)stops(panic_again, "x");
	assert_true(kernel.stopping);
}

static void a_panic_marks_itself(void **state)
{
	(void)state;
	assert_false(kernel.panicking);
	(void)stops(call_panic, "x");
	assert_true(kernel.panicking);
}

/* One line: nothing is broken, so there is nothing to trace. */
static void a_boot_that_fails_says_why(void **state)
{
	(void)state;
	assert_string_equal(stops(call_boot_fail, "no RAM"), "BOOTFAIL[mem] no RAM, 3 ranges\n");
	assert_false(kernel.panicking);
	setup(NULL);
	kernel.log.has_nonce = true;
	kernel.log.nonce = 8;
	assert_string_equal(stops(call_boot_fail, "no RAM"), "BOOTFAIL[mem] no RAM, 3 ranges #8\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_reason_comes_first_and_the_halt_last, setup),
		cmocka_unit_test_setup(a_fault_comes_with_its_registers, setup),
		cmocka_unit_test_setup(an_unknown_far_is_left_out, setup),
		cmocka_unit_test_setup(a_lost_stack_is_named, setup),
		cmocka_unit_test_setup(verdicts_carry_the_nonce, setup),
		cmocka_unit_test_setup(a_long_reason_is_cut, setup),
		cmocka_unit_test_setup(a_panic_within_a_panic_stops, setup),
		cmocka_unit_test_setup(a_panic_within_that_says_nothing, setup),
		cmocka_unit_test_setup(a_panic_marks_itself, setup),
		cmocka_unit_test_setup(a_boot_that_fails_says_why, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
