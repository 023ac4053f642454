/*
 * core/syscall/dispatch.h, and the table that it comes from (abi/syscalls.def).
 */
#include "core/syscall/dispatch.h"

#include <string.h>

#include "abi/errno.h"
#include "abi/syscalls.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

/* The table once more, in words that can be looked at. */
struct argument {
	unsigned target;
	const char *name;
};

struct row {
	uint64_t number;
	const char *name;
	unsigned since;
	struct argument arguments[8]; /* the first without a name ends them */
};

#define NO_ARGUMENTS {0}
#define ARGUMENTS(...) __VA_ARGS__
#define ARGUMENT(register_number, kind, argument_name, text) {register_number, #argument_name}
#define SYSCALL(number, name, since, summary, arguments, errors, result) {number, #name, since, {arguments}},
static const struct row rows[] = {
#include "abi/syscalls.def"
};
#undef SYSCALL
#undef ARGUMENT
#undef ARGUMENTS
#undef NO_ARGUMENTS

static size_t argument_count(const struct row *row)
{
	size_t count = 0;

	while (count < sizeof(row->arguments) / sizeof(row->arguments[0]) && row->arguments[count].name != NULL) {
		count++;
	}
	return count;
}

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct process process;

static void fill(uint64_t number)
{
	process = (struct process){
		.pid = 7, .calls = SYSCALLS_ALL, .state = PROCESS_RUNNING, .context = {.sp = 1, .pc = 2, .pstate = 3}};
	for (uint64_t i = 0; i < 31; i++) {
		process.context.x[i] = 0x1111111111111111 * (i % 15 + 1);
	}
	process.context.x[8] = number;
}

/* Refused, and every other register as it was. */
static void assert_unknown(uint64_t number)
{
	struct hal_context before;

	fill(number);
	before = process.context;
	syscall_dispatch(&process);
	if ((int64_t)process.context.x[0] != -PANTHER_ENOSYS) {
		fail_msg("call 0x%lx was answered 0x%lx", (unsigned long)number, (unsigned long)process.context.x[0]);
	}
	before.x[0] = process.context.x[0];
	assert_memory_equal(&process.context, &before, sizeof(before));
	assert_int_equal(process.state, PROCESS_RUNNING);
}

static int setup(void **state)
{
	(void)state;
	twin_reset(NULL);
	return 0;
}

static void numbers_have_no_holes(void **state)
{
	(void)state;
	assert_int_equal(ROWS, syscall_count);
	for (size_t i = 0; i < ROWS; i++) {
		assert_int_equal(rows[i].number, i);
		assert_non_null(syscall_handlers[i]);
		for (size_t j = 0; j < i; j++) {
			assert_ptr_not_equal(syscall_handlers[i], syscall_handlers[j]);
			assert_string_not_equal(rows[i].name, rows[j].name);
		}
	}
}

/* The numbers are the ABI: they never change. */
static void numbers_are_those_of_the_abi(void **state)
{
	static const struct {
		uint64_t number;
		syscall_handler *handler;
	} calls[] = {
		{SYS_exit, sys_exit},	    {SYS_write, sys_write},   {SYS_read, sys_read},
		{SYS_getpid, sys_getpid},   {SYS_yield, sys_yield},   {SYS_clock, sys_clock},
		{SYS_sleep, sys_sleep},	    {SYS_spawn, sys_spawn},   {SYS_wait, sys_wait},
		{SYS_kill, sys_kill},	    {SYS_map, sys_map},	      {SYS_unmap, sys_unmap},
		{SYS_protect, sys_protect}, {SYS_random, sys_random}, {SYS_restrict, sys_restrict},
		{SYS_info, sys_info},
	};

	(void)state;
	assert_int_equal(syscall_count, 16);
	for (uint64_t i = 0; i < 16; i++) {
		assert_int_equal(calls[i].number, i);
		assert_ptr_equal(syscall_handlers[i], calls[i].handler);
	}
	assert_int_equal(PANTHER_ABI_VERSION, 2);
}

static void arguments_are_x0_upward_six_at_most(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		assert_in_range(rows[i].since, 1, PANTHER_ABI_VERSION);
		assert_in_range(argument_count(&rows[i]), 0, 6);
		for (unsigned j = 0; j < argument_count(&rows[i]); j++) {
			assert_int_equal(rows[i].arguments[j].target, j);
		}
	}
}

static void arguments_come_whole_from_their_registers(void **state)
{
	struct write_arguments in;

	(void)state;
	fill(SYS_write);
	in = write_arguments(&process);
	assert_int_equal(in.fd, 0x1111111111111111);
	assert_int_equal(in.buf, 0x2222222222222222);
	assert_int_equal(in.len, 0x3333333333333333);
	process.context.x[0] = ~(uint64_t)0;
	assert_int_equal(exit_arguments(&process).status, ~(uint64_t)0);
}

static void error_numbers_are_those_of_the_abi(void **state)
{
	(void)state;
	assert_int_equal(K_OK, 0);
	assert_int_equal(K_EPERM, 1);
	assert_int_equal(K_ENOENT, 2);
	assert_int_equal(K_ESRCH, 3);
	assert_int_equal(K_E2BIG, 7);
	assert_int_equal(K_ENOEXEC, 8);
	assert_int_equal(K_EBADF, 9);
	assert_int_equal(K_ECHILD, 10);
	assert_int_equal(K_EAGAIN, 11);
	assert_int_equal(K_ENOMEM, 12);
	assert_int_equal(K_EACCES, 13);
	assert_int_equal(K_EFAULT, 14);
	assert_int_equal(K_EINVAL, 22);
	assert_int_equal(K_ENAMETOOLONG, 36);
	assert_int_equal(K_ENOSYS, 38);
}

static void an_answer_is_a_result_or_a_negated_error(void **state)
{
	(void)state;
	fill(0);
	syscall_answer(&process, K_OK, 0xfedcba9876543210);
	assert_int_equal(process.context.x[0], 0xfedcba9876543210);
	syscall_answer(&process, K_OK, 0);
	assert_int_equal(process.context.x[0], 0);
	/* The result of a call that failed is not shown. */
	syscall_answer(&process, K_EFAULT, 0xfedcba9876543210);
	assert_int_equal(process.context.x[0], 0xfffffffffffffff2);
	syscall_answer(&process, K_ENOSYS, 1);
	assert_int_equal(process.context.x[0], 0xffffffffffffffda);
}

static void known_numbers_reach_their_handlers(void **state)
{
	(void)state;
	fill(SYS_write);
	process.context.x[0] = 3;
	syscall_dispatch(&process);
	assert_int_equal((int64_t)process.context.x[0], -PANTHER_EBADF);
	assert_int_equal(process.state, PROCESS_RUNNING);
	fill(SYS_exit);
	process.context.x[0] = 42;
	syscall_dispatch(&process);
	assert_int_equal(process.state, PROCESS_ENDING);
	assert_int_equal(process.end.code, 42);
}

/* Each call alone: refused without a look at its arguments, and nothing else is. */
static void a_call_that_was_given_up_is_refused(void **state)
{
	(void)state;
	for (uint64_t number = 0; number < syscall_count; number++) {
		struct hal_context before;

		fill(number);
		process.calls = SYSCALLS_ALL & ~PANTHER_CALL_BIT(number);
		before = process.context;
		syscall_dispatch(&process);
		assert_int_equal((int64_t)process.context.x[0], -PANTHER_EPERM);
		before.x[0] = process.context.x[0];
		assert_memory_equal(&process.context, &before, sizeof(before));
		assert_int_equal(process.state, PROCESS_RUNNING);
	}
	/* A number that there is not is none, whatever was given up. */
	fill(syscall_count);
	process.calls = 0;
	syscall_dispatch(&process);
	assert_int_equal((int64_t)process.context.x[0], -PANTHER_ENOSYS);
}

static void only_calls_that_were_kept_reach_their_handlers(void **state)
{
	(void)state;
	fill(SYS_getpid);
	process.calls = PANTHER_CALL_BIT(SYS_getpid);
	syscall_dispatch(&process);
	assert_int_equal(process.context.x[0], 7);
	fill(SYS_write);
	process.calls = PANTHER_CALL_BIT(SYS_write);
	process.context.x[0] = 0;
	syscall_dispatch(&process);
	assert_int_equal((int64_t)process.context.x[0], -PANTHER_EBADF);
}

/* The first that is not allocated; signs; numbers whose low half, or low byte, is one that exists. */
static void edges_are_refused(void **state)
{
	static const uint64_t numbers[] = {
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x100000001,
		0xff00ff0000000001,
		0x8000000000000000,
		0x8000000000000001,
		0xffffffffffffffff,
		0x7fffffffffffffff,
		0x10001,
		0x101,
		0x200,
	};

	(void)state;
	assert_unknown(syscall_count);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_unknown(numbers[i]);
	}
	for (unsigned bit = 1; bit < 64; bit++) {
		if ((uint64_t)1 << bit < syscall_count) {
			continue; /* another call */
		}
		assert_unknown(SYS_exit | (uint64_t)1 << bit);
		assert_unknown(SYS_write | (uint64_t)1 << bit);
	}
	assert_int_equal(twin_console_size(), 0);
}

static void small_numbers_are_refused(void **state)
{
	(void)state;
	for (uint64_t number = syscall_count; number <= 65535; number++) {
		assert_unknown(number);
	}
}

/* Marsaglia's xorshift64. */
static void random_numbers_are_refused(void **state)
{
	uint64_t number = 0x9e3779b97f4a7c15;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		number ^= number << 13;
		number ^= number >> 7;
		number ^= number << 17;
		assert_unknown(number | syscall_count);
	}
	assert_int_equal(twin_console_size(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(numbers_have_no_holes, setup),
		cmocka_unit_test_setup(numbers_are_those_of_the_abi, setup),
		cmocka_unit_test_setup(arguments_are_x0_upward_six_at_most, setup),
		cmocka_unit_test_setup(arguments_come_whole_from_their_registers, setup),
		cmocka_unit_test_setup(error_numbers_are_those_of_the_abi, setup),
		cmocka_unit_test_setup(an_answer_is_a_result_or_a_negated_error, setup),
		cmocka_unit_test_setup(known_numbers_reach_their_handlers, setup),
		cmocka_unit_test_setup(a_call_that_was_given_up_is_refused, setup),
		cmocka_unit_test_setup(only_calls_that_were_kept_reach_their_handlers, setup),
		cmocka_unit_test_setup(edges_are_refused, setup),
		cmocka_unit_test_setup(small_numbers_are_refused, setup),
		cmocka_unit_test_setup(random_numbers_are_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
