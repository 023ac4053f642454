/*
 * core/trap/trap.h: what becomes of a process after each kind of trap, but for the addresses of kills, which
 * kill_test.c looks at.
 */
#include "core/trap/trap.h"

#include <string.h>

#include "abi/errno.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_panic.h"

#define IL ((uint64_t)1 << 25)
#define ESR(class, iss) ((uint64_t)(class) << 26 | IL | (iss))

static struct process process;
static struct hal_fp_state fp;

/* A process with a value of its own in each register. */
static int setup(void **state)
{
	(void)state;
	twin_reset(NULL);
	kernel_facts.clock.frequency = TWIN_FREQUENCY_DEFAULT;
	process = (struct process){.pid = 7, .state = PROCESS_RUNNING, .calls = SYSCALLS_ALL, .fp = &fp};
	kernel.scheduler.current = &process;
	for (uint64_t i = 0; i < 31; i++) {
		process.context.x[i] = 0xabcd000000000000 + i;
	}
	process.context.sp = 0x7ffffff000;
	process.context.pc = 0x400010;
	process.context.pstate = 0x60000000;
	return 0;
}

static void take(enum hal_trap_kind kind, uint64_t esr, uint64_t far)
{
	trap_handle(&process, (struct hal_trap){.kind = kind, .esr = esr, .far = far});
}

static void take_in_call(void *argument)
{
	trap_handle(&process, *(const struct hal_trap *)argument);
}

/* All registers but x0 are as `before`. */
static void assert_only_x0_changed(const struct hal_context *before)
{
	struct hal_context after = process.context;

	after.x[0] = before->x[0];
	assert_memory_equal(&after, before, sizeof(after));
}

static void svc_0_is_a_system_call(void **state)
{
	struct hal_context before;

	(void)state;
	process.context.x[8] = SYS_write;
	process.context.x[0] = 77;
	before = process.context;
	take(HAL_TRAP_SYNC, ESR(0x15, 0), 0);
	assert_int_equal((int64_t)process.context.x[0], -PANTHER_EBADF);
	assert_only_x0_changed(&before);
	assert_int_equal(process.state, PROCESS_RUNNING);
	assert_int_equal(twin_console_size(), 0);
}

/* The number would end the process, and x0 looks like a function of the kernel. */
static void svc_with_another_immediate_is_no_call(void **state)
{
	static const uint64_t immediates[] = {1, 2, 3, 0x42, 0x100, 0x8000, 0xffff};

	(void)state;
	for (size_t i = 0; i < sizeof(immediates) / sizeof(immediates[0]); i++) {
		struct hal_context before;

		setup(NULL);
		process.context.x[8] = SYS_exit;
		process.context.x[0] = 0xffffffc000001000;
		before = process.context;
		take(HAL_TRAP_SYNC, ESR(0x15, immediates[i]), 0);
		assert_int_equal((int64_t)process.context.x[0], -PANTHER_ENOSYS);
		assert_only_x0_changed(&before);
		assert_int_equal(process.state, PROCESS_RUNNING);
		assert_int_equal(twin_console_size(), 0);
	}
}

/* WFI (TI = 0) and WFE (TI = 1): skipped, and the turn is over. */
static void waiting_is_a_yield(void **state)
{
	struct hal_context before = process.context;

	(void)state;
	take(HAL_TRAP_SYNC, ESR(0x01, 0x1e00000), 0);
	before.pc = 0x400014;
	assert_memory_equal(&process.context, &before, sizeof(before));
	assert_int_equal(process.state, PROCESS_READY);
	process.state = PROCESS_RUNNING;
	take(HAL_TRAP_SYNC, ESR(0x01, 0x1e00001), 0);
	before.pc = 0x400018;
	assert_memory_equal(&process.context, &before, sizeof(before));
	assert_int_equal(process.state, PROCESS_READY);
	assert_int_equal(twin_console_size(), 0);
}

static void expect_vector_panic(enum hal_trap_kind kind, const char *line)
{
	/* As a syscall it would be answered: the kind alone decides. */
	struct hal_trap trap = {.kind = kind, .esr = SYNDROME_SVC_0, .far = 0x12340};

	setup(NULL);
	expect_panic("vector", take_in_call, &trap);
	assert_memory_equal(twin_console(), line, strlen(line));
	assert_int_equal(process.state, PROCESS_RUNNING);
}

static void fiqs_and_serrors_are_the_kernels_own(void **state)
{
	(void)state;
	expect_vector_panic(HAL_TRAP_FIQ, "KPANIC[vector] el0_fiq taken: esr=0x56000000 far=0x12340\n");
	expect_vector_panic(HAL_TRAP_SERROR, "KPANIC[vector] el0_serror taken: esr=0x56000000 far=0x12340\n");
}

/* Whatever the class in ESR_EL1 says: even that of a system call. */
static void aarch32_state_is_killed(void **state)
{
	(void)state;
	process.context.x[8] = SYS_write;
	take(HAL_TRAP_AARCH32, SYNDROME_SVC_0, 0x12340);
	assert_int_equal(process.state, PROCESS_ENDING);
	assert_string_equal(twin_console(), "[KILL] pid=7 class=aarch32 ec=0x15 iss=0x0 far=- elr=0x400010\n");
}

static void a_killed_process_has_an_end_and_keeps_its_registers(void **state)
{
	struct hal_context before = process.context;

	(void)state;
	take(HAL_TRAP_SYNC, ESR(0x00, 0), 0);
	assert_int_equal(process.state, PROCESS_ENDING);
	assert_int_equal(process.end.reason, PANTHER_ENDED_FAULT);
	assert_int_equal(process.end.code, 0);
	assert_memory_equal(&process.context, &before, sizeof(before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(svc_0_is_a_system_call, setup),
		cmocka_unit_test_setup(svc_with_another_immediate_is_no_call, setup),
		cmocka_unit_test_setup(waiting_is_a_yield, setup),
		cmocka_unit_test_setup(fiqs_and_serrors_are_the_kernels_own, setup),
		cmocka_unit_test_setup(aarch32_state_is_killed, setup),
		cmocka_unit_test_setup(a_killed_process_has_an_end_and_keeps_its_registers, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
