/*
 * core/syscall/spawn.c and core/process/program_arguments.c: the arguments of a program, from one process to the other.
 */
#include "abi/errno.h"
#include "tests/unit/spawn_fixture.h"

static struct request request_with(const char *const *strings, size_t count)
{
	struct request request = request_for("program");

	for (size_t i = 0; i < count; i++) {
		request_add(&request, strings[i], strlen(strings[i]) + 1);
	}
	return request;
}

/* What the child finds: registers, and the strings behind them. Then it ends. */
static void assert_child_has(const char *const *strings, size_t count)
{
	const struct request request = request_with(strings, count);
	uint64_t pid = request_spawn(&request);
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
		char text[PANTHER_SPAWN_MAX];
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
	finish_child(pid);
}

static void arguments_arrive_as_they_were(void **state)
{
	static const char *const strings[] = {"name", "", "a much longer one, with blanks \xff\xfe", "x"};

	(void)state;
	for (size_t count = 0; count <= 4; count++) {
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
	finish_child(2);
}

/* As many as there can be, of which none has a byte but its NUL; and as long ones as there can be. */
static void many_and_long_ones_arrive(void **state)
{
	static char texts[PANTHER_ARGUMENTS_MAX][PANTHER_SPAWN_MAX];
	static const char *strings[PANTHER_ARGUMENTS_MAX];
	size_t room = PANTHER_SPAWN_MAX - request_for("program").size;

	(void)state;
	for (size_t i = 0; i < PANTHER_ARGUMENTS_MAX; i++) {
		strings[i] = texts[i];
	}
	assert_child_has(strings, PANTHER_ARGUMENTS_MAX);
	for (size_t count = 1; count <= PANTHER_ARGUMENTS_MAX; count += 31) {
		for (size_t i = 0; i < count; i++) {
			memset(texts[i], (int)('0' + i), room / count - 1);
		}
		memset(texts[count - 1], 'x', room / count - 1 + room % count);
		assert_int_equal(request_with(strings, count).size, PANTHER_SPAWN_MAX);
		assert_child_has(strings, count);
		memset(texts, 0, sizeof(texts));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, request_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(arguments_arrive_as_they_were),
		TEST(nothing_but_the_arguments_is_on_the_stack),
		TEST(many_and_long_ones_arrive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
