/*
 * core/syscall/spawn.c: the request itself, which is copied once and then judged. What it says about limits is in
 * spawn_limits_test.c, what becomes of the arguments in spawn_arguments_test.c.
 */
#include "abi/errno.h"
#include "tests/unit/spawn_fixture.h"

#define STRUCT sizeof(struct panther_spawn_request)

static void assert_spawns(uint64_t address, uint64_t size, uint64_t arguments)
{
	uint64_t pid = world_call_and_wait(SYS_spawn, address, size, 0);

	assert_true((int64_t)pid > 0);
	assert_int_equal(process_table_find(&kernel.processes, pid)->context.x[0], arguments);
	finish_child(pid);
}

/* One buffer, and each of its bytes is looked at once: struct, name and arguments, to the last NUL. */
static void the_whole_request_is_one(void **state)
{
	struct request request = request_for("program");

	(void)state;
	assert_spawns(request_put(&request), request.size, 0);
	request_add(&request, "name\0and\0others", sizeof("name\0and\0others"));
	assert_spawns(request_put(&request), request.size, 3);
	assert_spawns(request_put_at_end(&request), request.size, 3);
	/* What follows it does not count. */
	request_add(&request, "no end", 6);
	assert_spawns(request_put(&request), request.size - 6, 3);
	assert_int_equal(STRUCT, 32);
}

static void it_is_longer_than_the_struct(void **state)
{
	const struct request request = request_for("program");

	(void)state;
	for (uint64_t size = 0; size <= STRUCT; size++) {
		assert_spawn_refused_at(-PANTHER_EINVAL, request_put(&request), size);
		assert_spawn_refused_at(-PANTHER_EINVAL, ~(uint64_t)0, size);
	}
}

static void it_has_2048_bytes_at_most(void **state)
{
	static const uint64_t too_long[] = {
		2049,
		4096,
		REQUEST_ROOM,
		REQUEST_ROOM + 1,
		PANTHER_IO_MAX,
		(uint64_t)1 << 32 | 64,
		PANTHER_USER_TOP,
		(uint64_t)1 << 63,
		~(uint64_t)0 - 7,
		~(uint64_t)0,
	};
	struct request request = request_for("program");

	(void)state;
	for (size_t i = 0; i < sizeof(too_long) / sizeof(too_long[0]); i++) {
		assert_spawn_refused_at(-PANTHER_E2BIG, request_put(&request), too_long[i]);
		assert_spawn_refused_at(-PANTHER_E2BIG, ~(uint64_t)0, too_long[i]);
	}
	request_add_long(&request, 2048 - request.size);
	assert_spawns(request_put(&request), 2048, 1);
	assert_spawns(request_put_at_end(&request), 2048, 1);
	request = request_for("program");
	request_add_long(&request, 2049 - request.size);
	assert_request_refused(-PANTHER_E2BIG, &request);
}

static const uint64_t bad_addresses[] = {
	0,
	0xffff,
	REQUEST_END,
	PANTHER_USER_TOP - 8,
	PANTHER_USER_TOP,
	(uint64_t)1 << 56 | WORLD_REQUEST,
	0x800000000000,
	0x1000000000000,
	0xffffff8001000000,
	0xffffffc000000000,
	~(uint64_t)0,
	~(uint64_t)0xf,
	(uint64_t)1 << 63,
};

static void bad_addresses_fault(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_addresses) / sizeof(bad_addresses[0]); i++) {
		assert_spawn_refused_at(-PANTHER_EFAULT, bad_addresses[i], STRUCT + 1);
		assert_spawn_refused_at(-PANTHER_EFAULT, bad_addresses[i], WORLD_REQUEST_SIZE);
		assert_spawn_refused_at(-PANTHER_EFAULT, bad_addresses[i], PANTHER_SPAWN_MAX);
	}
}

/* It lies across the end of its memory, whichever of its bytes is the first that is not there; and across two pages
 * that are. */
static void a_page_of_it_is_missing(void **state)
{
	struct request request = request_for("program");
	uint64_t middle = REQUEST_AT + PANTHER_PAGE_SIZE;

	(void)state;
	request_add(&request, "name", 5);
	for (uint64_t there = 1; there < request.size; there++) {
		world_poke(REQUEST_END - there, &request, there);
		assert_spawn_refused_at(-PANTHER_EFAULT, REQUEST_END - there, request.size);
	}
	for (uint64_t before = 1; before < request.size; before++) {
		world_poke(middle - before, &request, request.size);
		assert_spawns(middle - before, request.size, 1);
	}
	/* And the other way round: its first page is not there. */
	for (uint64_t missing = 1; missing < request.size; missing++) {
		assert_spawn_refused_at(-PANTHER_EFAULT, REQUEST_AT - missing, request.size);
	}
}

/* attacks A26. */
static void it_need_not_be_aligned(void **state)
{
	const struct request request = request_for("program");

	(void)state;
	for (uint64_t offset = 1; offset < 8; offset++) {
		world_poke(REQUEST_AT + offset, &request, request.size);
		assert_spawns(REQUEST_AT + offset, request.size, 0);
	}
}

static void it_ends_with_a_nul(void **state)
{
	struct request request = request_for("program");
	uint8_t last = 0;

	(void)state;
	for (uint64_t size = STRUCT + 1; size < request.size; size++) {
		assert_spawn_refused_at(-PANTHER_EINVAL, request_put(&request), size);
	}
	for (last = 1; last != 0; last = (uint8_t)(last << 1)) {
		request_add(&request, &last, 1);
		assert_request_refused(-PANTHER_EINVAL, &request);
		request.size--;
	}
	/* Not even one of the greatest length, or with a NUL somewhere else. */
	request_add_long(&request, 2047 - request.size);
	request_add(&request, "x", 1);
	assert_int_equal(request.size, 2048);
	assert_request_refused(-PANTHER_EINVAL, &request);
}

static void the_program_has_a_name(void **state)
{
	struct request request = request_for("");

	(void)state;
	assert_request_refused(-PANTHER_EINVAL, &request);
	request_add(&request, "program", 8);
	assert_request_refused(-PANTHER_EINVAL, &request);
}

/* attacks A22. */
static void names_have_63_bytes_at_most(void **state)
{
	char name[2048];

	(void)state;
	for (size_t length = 1; length < sizeof(name) - STRUCT; length += length < 80 ? 1 : 61) {
		struct request request;

		memset(name, '/', length);
		name[length] = '\0';
		request = request_for(name);
		assert_request_refused(length < 64 ? -PANTHER_ENOENT : -PANTHER_ENAMETOOLONG, &request);
		request_add(&request, "x", 2);
		assert_request_refused(length < 64 ? -PANTHER_ENOENT : -PANTHER_ENAMETOOLONG, &request);
	}
}

static void there_are_32_arguments_at_most(void **state)
{
	struct request request = request_for("program");

	(void)state;
	for (size_t count = 0; count < 32; count++) {
		request_add(&request, "x", 2);
	}
	assert_spawns(request_put(&request), request.size, 32);
	request_add(&request, "", 1);
	assert_request_refused(-PANTHER_E2BIG, &request);
	while (request.size < 2048) {
		request_add(&request, "", 1);
		assert_request_refused(-PANTHER_E2BIG, &request);
	}
}

/* Each error is one that comes before those that follow it here, all of which the request would deserve. */
static void checks_come_in_order(void **state)
{
	struct request request = request_make();

	(void)state;
	world.process->children_max = 0;
	request.options = (struct panther_spawn_request){.frames_max = UINT64_MAX, .flags = 2};
	/* Registers. */
	assert_spawn_refused_at(-PANTHER_EINVAL, ~(uint64_t)0, STRUCT);
	assert_spawn_refused_at(-PANTHER_E2BIG, ~(uint64_t)0, 2049);
	assert_spawn_refused_at(-PANTHER_EFAULT, ~(uint64_t)0, 2048);
	/* The copy. */
	request_add_long(&request, 65);
	for (size_t i = 0; i <= PANTHER_ARGUMENTS_MAX; i++) {
		request_add(&request, "x", 2);
	}
	assert_spawn_refused_at(-PANTHER_EFAULT, REQUEST_END - 1, request.size);
	/* What it says. */
	assert_request_refused(-PANTHER_EINVAL, &request);
	request.options.flags = 0;
	request.options.calls = PANTHER_CALL_BIT(syscall_count);
	assert_request_refused(-PANTHER_EINVAL, &request);
	request.options.calls = 0;
	request_add(&request, "x", 1);
	assert_request_refused(-PANTHER_EINVAL, &request);
	request.size--;
	assert_request_refused(-PANTHER_E2BIG, &request);
	request.size -= 2;
	assert_request_refused(-PANTHER_ENAMETOOLONG, &request);
	request.size = STRUCT;
	request_add(&request, "none", 5);
	assert_request_refused(-PANTHER_EPERM, &request);
	request.options.frames_max = 1;
	assert_request_refused(-PANTHER_EAGAIN, &request);
	world.process->children_max = 1;
	assert_request_refused(-PANTHER_ENOENT, &request);
	request.size = STRUCT;
	request_add(&request, "bad", 4);
	assert_request_refused(-PANTHER_ENOMEM, &request);
	request.options.frames_max = 2;
	assert_request_refused(-PANTHER_ENOEXEC, &request);
}

/* The bytes behind a request are another one's: the kernel keeps them, and must not take them for its own. */
static void nothing_of_an_earlier_request_counts(void **state)
{
	struct request request = request_for("program");
	const struct request shorter = request_for("program");

	(void)state;
	request_add(&request, "an\0argument\0or two", sizeof("an\0argument\0or two"));
	assert_spawns(request_put(&request), request.size, 3);
	assert_spawns(request_put(&shorter), shorter.size, 0);
	assert_spawn_refused_at(-PANTHER_EINVAL, REQUEST_AT, shorter.size - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, request_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_whole_request_is_one),	   TEST(it_is_longer_than_the_struct),
		TEST(it_has_2048_bytes_at_most),   TEST(bad_addresses_fault),
		TEST(a_page_of_it_is_missing),	   TEST(it_need_not_be_aligned),
		TEST(it_ends_with_a_nul),	   TEST(the_program_has_a_name),
		TEST(names_have_63_bytes_at_most), TEST(there_are_32_arguments_at_most),
		TEST(checks_come_in_order),	   TEST(nothing_of_an_earlier_request_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
