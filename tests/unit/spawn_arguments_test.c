/*
 * core/syscall/spawn.c and core/process/program_arguments.c: the arguments of a program, from one process to the other.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

/* Four pages that the process maps for the vector and the strings, with nothing behind them. */
#define VECTOR 0x10000000UL
#define TEXT 0x10001000UL
#define TEXT_END 0x10004000UL

static const struct twin_step exit_0[] = {WORLD_CALL(exit)};

static int setup(void **state)
{
	world_setup(state);
	assert_int_equal(world_call(SYS_map, VECTOR, TEXT_END - VECTOR, PANTHER_READ | PANTHER_WRITE), VECTOR);
	return 0;
}

/* An argument of `length` bytes, each in lines of its own. Returns where it is. */
static uint64_t put_text(uint64_t *next, size_t length, char letter)
{
	uint8_t bytes[4096] = {0};
	uint64_t address = *next;

	memset(bytes, letter, length);
	world_poke(address, bytes, length + 1);
	*next += (length + 64) & ~(size_t)63;
	return address;
}

static void put_vector(const uint64_t *addresses, size_t count)
{
	world_poke(VECTOR, addresses, count * sizeof(*addresses));
}

static void assert_refused(int64_t error, uint64_t argv)
{
	const struct world_counts before = world_count();

	assert_int_equal((int64_t)world_call(SYS_spawn, WORLD_PATH, argv, 0), error);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	world_assert_counts(&before);
}

/* What the child finds: registers, and the strings behind them. Then it ends. */
static void assert_child_has(const char *const *strings, size_t count)
{
	uint64_t pid = world_call_and_wait(SYS_spawn, WORLD_PATH, VECTOR, 0);
	const struct process *child = process_table_find(&kernel.processes, pid);
	uint64_t vector[PANTHER_ARGUMENTS_MAX + 1];
	uint64_t top = address_space_stack_top(&child->space);
	struct hal_context expected = {.x[0] = count, .pc = PROGRAM_CODE};
	uint64_t bottom = 0;

	expected.x[1] = expected.sp = child->context.sp;
	assert_memory_equal(&child->context, &expected, sizeof(expected));
	assert_int_equal(child->context.sp % 16, 0);
	assert_true(twin_user_read(&child->space.space, child->context.sp, vector, (count + 1) * 8));
	assert_int_equal(vector[count], 0);
	for (size_t i = 0; i < count; i++) {
		char text[PANTHER_ARGUMENTS_SIZE];
		size_t size = strlen(strings[i]) + 1;

		assert_true(twin_user_read(&child->space.space, vector[i], text, size));
		assert_string_equal(text, strings[i]);
		/* One behind the other, above the vector. */
		assert_int_equal(vector[i], bottom == 0 ? vector[i] : bottom);
		assert_true(vector[i] >= child->context.sp + (count + 1) * 8);
		bottom = vector[i] + size;
	}
	if (count != 0) {
		assert_int_equal(bottom, top);
	}
	(void)WORLD_PLAYS(pid, exit_0);
	assert_int_equal(world_call_and_wait(SYS_wait, pid, PROGRAM_DATA, 0), pid);
}

static void arguments_arrive_as_they_were(void **state)
{
	static const char *const strings[] = {"name", "", "a much longer one, with blanks \xff\xfe", "x"};
	uint64_t vector[5] = {0};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		vector[i] = TEXT + 64 * i;
		world_poke(vector[i], strings[i], strlen(strings[i]) + 1);
	}
	for (size_t count = 0; count <= 4; count++) {
		uint64_t part[5] = {0};

		memcpy(part, vector, count * 8);
		put_vector(part, count + 1);
		assert_child_has(strings, count);
	}
}

/* All of the rest of its stack is zeros: nothing of its parent's, or the kernel's, came along. */
static void nothing_but_the_arguments_is_on_the_stack(void **state)
{
	const struct process *child;
	uint8_t stack[PANTHER_USER_STACK_SIZE];
	size_t used = 0;

	(void)state;
	assert_int_equal(world_spawn(), 2);
	child = process_table_find(&kernel.processes, 2);
	assert_true(twin_user_read(&child->space.space, child->space.stack_bottom, stack, sizeof(stack)));
	for (size_t i = 0; i < sizeof(stack); i++) {
		used += stack[i] != 0 ? 1 : 0;
	}
	/* "name", and one address below 2^39, of which no byte need be zero. */
	assert_in_range(used, 4 + 1, 4 + 5);
	(void)WORLD_PLAYS(2, exit_0);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, PROGRAM_DATA, 0), 2);
}

static void there_are_32_at_most(void **state)
{
	static const char *strings[PANTHER_ARGUMENTS_MAX];
	uint64_t vector[40] = {0};

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		vector[i] = TEXT + 64 * i;
		world_poke(vector[i], "arg", 4);
	}
	for (size_t i = 0; i < PANTHER_ARGUMENTS_MAX; i++) {
		strings[i] = "arg";
	}
	put_vector(vector, 40);
	assert_refused(-PANTHER_E2BIG, VECTOR);
	vector[33] = 0;
	put_vector(vector, 40);
	assert_refused(-PANTHER_E2BIG, VECTOR);
	vector[32] = 0;
	put_vector(vector, 40);
	assert_child_has(strings, 32);
}

/* NULs counted, 2048 bytes: one argument, or many. */
static void they_have_2048_bytes_at_most(void **state)
{
	static char long_text[2048];
	static const char *const strings[] = {long_text, long_text};
	uint64_t vector[3] = {0};
	uint64_t next = TEXT;

	(void)state;
	vector[0] = put_text(&next, 2048, 'a');
	put_vector(vector, 2);
	assert_refused(-PANTHER_E2BIG, VECTOR);
	vector[0] = put_text(&next, 2047, 'a');
	put_vector(vector, 2);
	memset(long_text, 'a', 2047);
	assert_child_has(strings, 1);
	next = TEXT;
	vector[0] = put_text(&next, 1023, 'a');
	vector[1] = put_text(&next, 1023, 'a');
	put_vector(vector, 3);
	long_text[1023] = '\0';
	assert_child_has(strings, 2);
	next = TEXT;
	vector[0] = put_text(&next, 1023, 'a');
	vector[1] = put_text(&next, 1024, 'a');
	put_vector(vector, 3);
	assert_refused(-PANTHER_E2BIG, VECTOR);
}

/* Full to the last byte: not even an empty one fits. */
static void no_byte_is_left_for_one_more(void **state)
{
	uint64_t vector[3] = {0};
	uint64_t next = TEXT;

	(void)state;
	vector[0] = put_text(&next, 2047, 'a');
	vector[1] = put_text(&next, 0, 'a');
	put_vector(vector, 3);
	assert_refused(-PANTHER_E2BIG, VECTOR);
}

/* attacks A36. An argument that is longer than a page is as good as one that never ends. */
static void bad_vectors_are_refused(void **state)
{
	static const uint64_t bad[] = {1,
				       0xffff,
				       TEXT_END,
				       PANTHER_USER_TOP - 1,
				       PANTHER_USER_TOP,
				       0xffffffc000000000,
				       0xffffff8001000000,
				       ~(uint64_t)0,
				       (uint64_t)1 << 56 | TEXT};
	uint64_t vector[32] = {0};
	uint8_t text[0x2000];

	(void)state;
	memset(text, 'x', sizeof(text));
	world_poke(TEXT, text, sizeof(text));
	vector[0] = TEXT;
	put_vector(vector, 2);
	assert_refused(-PANTHER_E2BIG, VECTOR);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(-PANTHER_EFAULT, bad[i]);
		world_poke(TEXT, "ok", 3);
		vector[0] = TEXT;
		vector[1] = bad[i];
		put_vector(vector, 3);
		assert_refused(-PANTHER_EFAULT, VECTOR);
		vector[0] = bad[i];
		put_vector(vector, 3);
		assert_refused(-PANTHER_EFAULT, VECTOR);
	}
	assert_refused(-PANTHER_EFAULT, 0);
}

/* It ends where its memory does, without a null; or a string does. */
static void what_runs_out_of_memory_is_refused(void **state)
{
	uint64_t vector[2] = {TEXT, 0};
	uint8_t text[64];

	(void)state;
	world_poke(TEXT, "ok", 3);
	world_poke(TEXT_END - 8, vector, 8);
	assert_refused(-PANTHER_EFAULT, TEXT_END - 8);
	assert_refused(-PANTHER_EFAULT, TEXT_END - 4);
	memset(text, 'x', sizeof(text));
	world_poke(TEXT_END - 64, text, sizeof(text));
	vector[0] = TEXT_END - 5;
	put_vector(vector, 2);
	assert_refused(-PANTHER_EFAULT, VECTOR);
}

/* attacks A26: words and strings at any address. */
static void nothing_need_be_aligned(void **state)
{
	static const char *const strings[] = {"odd"};

	(void)state;
	for (uint64_t offset = 1; offset < 8; offset++) {
		const uint64_t vector[2] = {TEXT + offset, 0};
		uint64_t pid;

		world_poke(TEXT + offset, strings[0], 4);
		world_poke(VECTOR + offset, vector, sizeof(vector));
		pid = world_call_and_wait(SYS_spawn, WORLD_PATH, VECTOR + offset, 0);
		assert_int_equal(process_table_find(&kernel.processes, pid)->context.x[0], 1);
		(void)WORLD_PLAYS(pid, exit_0);
		assert_int_equal(world_call_and_wait(SYS_wait, pid, PROGRAM_DATA, 0), pid);
	}
}

/* One address may be given as often as one likes: each is an argument of its own. */
static void one_string_may_be_several_arguments(void **state)
{
	static const char *const strings[] = {"twin", "twin", "twin"};
	const uint64_t vector[4] = {TEXT, TEXT, TEXT, 0};

	(void)state;
	world_poke(TEXT, "twin", 5);
	put_vector(vector, 4);
	twin_allow_double_fetch(true);
	assert_child_has(strings, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(arguments_arrive_as_they_were),
		TEST(nothing_but_the_arguments_is_on_the_stack),
		TEST(there_are_32_at_most),
		TEST(they_have_2048_bytes_at_most),
		TEST(no_byte_is_left_for_one_more),
		TEST(bad_vectors_are_refused),
		TEST(what_runs_out_of_memory_is_refused),
		TEST(nothing_need_be_aligned),
		TEST(one_string_may_be_several_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
