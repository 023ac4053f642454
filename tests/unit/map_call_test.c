/*
 * core/syscall/map.c: map, unmap and protect, as a program sees them.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

#define PAGE 0x1000UL
#define PLACE 0x10000000UL
#define R PANTHER_READ
#define RW (PANTHER_READ | PANTHER_WRITE)
#define RX (PANTHER_READ | PANTHER_EXECUTE)

static int64_t map(uint64_t address, uint64_t length, uint64_t access)
{
	return (int64_t)world_call(SYS_map, address, length, access);
}

static int64_t unmap(uint64_t address, uint64_t length)
{
	return (int64_t)world_call(SYS_unmap, address, length, 0);
}

static int64_t protect(uint64_t address, uint64_t length, uint64_t access)
{
	return (int64_t)world_call(SYS_protect, address, length, access);
}

static void assert_all_refuse(int64_t error, uint64_t address, uint64_t length, uint64_t access)
{
	const struct world_counts before = world_count();

	assert_int_equal(map(address, length, access), error);
	assert_int_equal(protect(address, length, access), error);
	world_assert_counts(&before);
}

static void pages_are_zeros_that_can_be_used(void **state)
{
	const struct world_counts before = world_count();
	const struct twin_step store = {.kind = TWIN_STORE, .address = PLACE + 2 * PAGE - 8, .value = 0x1234};
	const struct twin_step load = {.kind = TWIN_LOAD, .address = PLACE + 2 * PAGE - 8};
	uint8_t bytes[2 * PAGE];

	(void)state;
	assert_int_equal(map(PLACE, 2 * PAGE, RW), PLACE);
	world_peek(PLACE, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		assert_int_equal(bytes[i], 0);
	}
	world_step(&store);
	world_step(&load);
	assert_int_equal(world.seen, 0x1234);
	assert_int_equal(unmap(PLACE, 2 * PAGE), 0);
	world_assert_counts(&before);
	assert_int_equal(map(PLACE + PAGE, PAGE, R), PLACE + PAGE);
	world_step(&load);
	assert_int_equal(world.seen, 0);
	assert_int_equal(unmap(PLACE + PAGE, PAGE), 0);
	world_assert_counts(&before);
}

/* Never twice the same, in their zone, with room between them. */
static void the_kernel_chooses_places_apart(void **state)
{
	uint64_t places[8];

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		places[i] = (uint64_t)map(0, 3 * PAGE, RW);
		assert_int_equal(places[i] % PAGE, 0);
		assert_in_range(places[i], PANTHER_USER_MAP_BASE, PANTHER_USER_MAP_TOP - 3 * PAGE);
		for (size_t j = 0; j < i; j++) {
			uint64_t apart = places[i] > places[j] ? places[i] - places[j] : places[j] - places[i];

			assert_true(apart >= 3 * PAGE + PANTHER_USER_GUARD);
		}
	}
}

/* attacks A32. */
static void lengths_and_addresses_are_whole_pages(void **state)
{
	static const uint64_t lengths[] = {0,
					   1,
					   PAGE - 1,
					   PAGE + 1,
					   PANTHER_MAP_MAX + 1,
					   PANTHER_MAP_MAX + PAGE,
					   0x80000000,
					   0x80000004,
					   0x800000000000,
					   ~(uint64_t)0,
					   ~(uint64_t)0xfff,
					   (uint64_t)-2147483647,
					   (uint64_t)1 << 63};
	static const uint64_t addresses[] = {1, PLACE + 1, PLACE + 8, PLACE + 0x800, PLACE - 1, ~(uint64_t)0};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		assert_all_refuse(-PANTHER_EINVAL, PLACE, lengths[i], R);
		assert_int_equal(map(0, lengths[i], R), -PANTHER_EINVAL);
		assert_int_equal(unmap(PLACE, lengths[i]), -PANTHER_EINVAL);
	}
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_all_refuse(-PANTHER_EINVAL, addresses[i], PAGE, R);
		assert_int_equal(unmap(addresses[i], PAGE), -PANTHER_EINVAL);
	}
	assert_int_equal(map(PLACE, PANTHER_MAP_MAX, R), PLACE);
	assert_int_equal(protect(PLACE, PANTHER_MAP_MAX, RW), 0);
	assert_int_equal(unmap(PLACE, PANTHER_MAP_MAX), 0);
}

/* attacks A33: its own memory, the guard of its stack, below the bottom, and the kernel's half. */
static void what_is_taken_or_not_its_own_is_refused(void **state)
{
	uint64_t stack = world.process->space.stack_bottom;
	const uint64_t places[] = {PROGRAM_CODE,
				   PROGRAM_CONSTANTS,
				   PROGRAM_DATA,
				   stack,
				   stack + PANTHER_USER_STACK_SIZE - PAGE,
				   stack - PAGE,
				   stack - PANTHER_USER_GUARD,
				   PANTHER_USER_BOTTOM - PAGE,
				   PAGE,
				   PANTHER_USER_TOP,
				   0x800000000000,
				   (uint64_t)1 << 56 | PLACE,
				   0xffffff8001000000,
				   0xffffffc000000000,
				   ~(uint64_t)0xfff};
	const struct world_counts before = world_count();

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		assert_int_equal(map(places[i], PAGE, R), -PANTHER_EINVAL);
		world_assert_counts(&before);
	}
	/* One page of several is enough. */
	assert_int_equal(map(PROGRAM_CODE - PAGE, 2 * PAGE, R), -PANTHER_EINVAL);
	assert_int_equal(map(PROGRAM_DATA, 2 * PAGE, R), -PANTHER_EINVAL);
	assert_int_equal(map(PANTHER_USER_TOP - PAGE, 2 * PAGE, R), -PANTHER_EINVAL);
	assert_int_equal(map(PANTHER_USER_BOTTOM - PAGE, 2 * PAGE, R), -PANTHER_EINVAL);
	world_assert_counts(&before);
	assert_int_equal(map(PANTHER_USER_BOTTOM, PAGE, R), PANTHER_USER_BOTTOM);
	assert_int_equal(map(PANTHER_USER_TOP - PAGE, PAGE, R), PANTHER_USER_TOP - PAGE);
}

/* attacks A29, A34. */
static void rights_are_read_with_write_or_execute(void **state)
{
	(void)state;
	for (unsigned bit = 3; bit < 64; bit++) {
		assert_all_refuse(-PANTHER_EINVAL, PLACE, PAGE, R | (uint64_t)1 << bit);
		assert_all_refuse(-PANTHER_EINVAL, PLACE, PAGE, RW | PANTHER_EXECUTE | (uint64_t)1 << bit);
	}
	assert_all_refuse(-PANTHER_EINVAL, PLACE, PAGE, 0);
	assert_all_refuse(-PANTHER_EINVAL, PLACE, PAGE, PANTHER_WRITE);
	assert_all_refuse(-PANTHER_EINVAL, PLACE, PAGE, PANTHER_EXECUTE);
	assert_all_refuse(-PANTHER_EINVAL, PLACE, PAGE, PANTHER_WRITE | PANTHER_EXECUTE);
	assert_all_refuse(-PANTHER_EACCES, PLACE, PAGE, RW | PANTHER_EXECUTE);
	/* Before the pages are looked at, and after the numbers are. */
	assert_int_equal(map(PROGRAM_CODE, PAGE, RW | PANTHER_EXECUTE), -PANTHER_EACCES);
	assert_int_equal(map(PROGRAM_CODE + 1, PAGE, RW | PANTHER_EXECUTE), -PANTHER_EINVAL);
	assert_int_equal(map(PROGRAM_CODE, PAGE, RX), -PANTHER_EINVAL);
}

/* The page is live: each change counts at once (attacks M12, M13). */
static void rights_count_at_once(void **state)
{
	static const struct twin_step child[] = {
		WORLD_CALL(map, PLACE, PAGE, RW),
		{.kind = TWIN_STORE, .address = PLACE, .value = 1},
		WORLD_CALL(protect, PLACE, PAGE, R),
		{.kind = TWIN_LOAD, .address = PLACE},
		{.kind = TWIN_STORE, .address = PLACE, .value = 2},
	};
	static const struct twin_step other[] = {
		WORLD_CALL(map, PLACE, PAGE, R),
		{.kind = TWIN_LOAD, .address = PLACE},
		WORLD_CALL(unmap, PLACE, PAGE),
		{.kind = TWIN_LOAD, .address = PLACE},
	};
	const struct world_player *players[] = {WORLD_PLAYS(2, child), WORLD_PLAYS(3, other)};

	(void)state;
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_spawn(), 3);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, PROGRAM_DATA, 0), 2);
	assert_int_equal(world_call_and_wait(SYS_wait, 3, PROGRAM_DATA, 0), 3);
	assert_int_equal(players[0]->script.recorded, 4);
	assert_int_equal(players[0]->results[3].x[0], 1);
	assert_int_equal(players[1]->script.recorded, 3);
	assert_non_null(strstr(twin_console(), "pid=2 class=data-abort ec=0x24 iss=0x4f far=0x10000000 "));
	/* No table is left on the way: level 2. */
	assert_non_null(strstr(twin_console(), "pid=3 class=data-abort ec=0x24 iss=0x6 far=0x10000000 "));
}

/* attacks A34: what was ever writable never becomes executable. */
static void a_page_that_was_writable_is_never_executable(void **state)
{
	(void)state;
	assert_int_equal(map(PLACE, PAGE, RW), PLACE);
	assert_int_equal(protect(PLACE, PAGE, R), 0);
	assert_int_equal(protect(PLACE, PAGE, RX), -PANTHER_EACCES);
	assert_int_equal(map(PLACE + PAGE, PAGE, R), PLACE + PAGE);
	assert_int_equal(protect(PLACE, 2 * PAGE, RX), -PANTHER_EACCES);
	assert_int_equal(protect(PLACE + PAGE, PAGE, RX), 0);
	assert_int_equal(protect(PLACE + PAGE, PAGE, RW), 0);
	assert_int_equal(protect(PLACE + PAGE, PAGE, RX), -PANTHER_EACCES);
	assert_int_equal(protect(PROGRAM_DATA, PAGE, RX), -PANTHER_EACCES);
	assert_int_equal(protect(world.process->space.stack_bottom, PAGE, RX), -PANTHER_EACCES);
}

static void all_or_nothing(void **state)
{
	const struct twin_step store = {.kind = TWIN_STORE, .address = PLACE, .value = 1};
	struct world_counts before;

	(void)state;
	assert_int_equal(map(PLACE, PAGE, RW), PLACE);
	assert_int_equal(map(PLACE + 2 * PAGE, PAGE, RW), PLACE + 2 * PAGE);
	before = world_count();
	assert_int_equal(unmap(PLACE, 3 * PAGE), -PANTHER_EINVAL);
	assert_int_equal(protect(PLACE, 3 * PAGE, R), -PANTHER_EINVAL);
	assert_int_equal(map(PLACE - PAGE, 2 * PAGE, R), -PANTHER_EINVAL);
	world_assert_counts(&before);
	world_step(&store);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
}

/* Whatever it is that is missing: page or table, of the process's limit or of all there is. */
static void without_memory_nothing_is_mapped(void **state)
{
	uint32_t used = world.process->space.frames_used;

	(void)state;
	for (uint32_t more = 0; more < 5; more++) {
		const struct world_counts before = world_count();

		world.process->space.frames_max = used + more;
		/* Three pages and two tables. */
		assert_int_equal(map(0x4000000000, 3 * PAGE, RW), -PANTHER_ENOMEM);
		world_assert_counts(&before);
	}
	world.process->space.frames_max = used + 5;
	assert_int_equal(map(0x4000000000, 3 * PAGE, RW), 0x4000000000);
	assert_int_equal(map(0, PAGE, RW), -PANTHER_ENOMEM);
	assert_int_equal(unmap(0x4000000000, 3 * PAGE), 0);
	assert_int_equal(world.process->space.frames_used, used);
}

static void assert_ends_with(const struct twin_step *steps, size_t count, uint32_t class)
{
	const struct world_counts before = world_count();
	uint64_t pid = kernel.processes.next_ids[2];
	struct panther_exit end;

	(void)world_plays(pid, steps, count);
	assert_int_equal(world_spawn(), pid);
	assert_int_equal(world_call_and_wait(SYS_wait, 0, PROGRAM_DATA, 0), pid);
	world_peek(PROGRAM_DATA, &end, sizeof(end));
	assert_int_equal(end.reason, PANTHER_ENDED_FAULT);
	assert_int_equal(end.code, class);
	world_assert_counts(&before);
}

/* attacks A35: own code, data, everything; it is taken apart all the same. */
static void who_takes_its_own_memory_away_ends(void **state)
{
	static const struct twin_step code[] = {WORLD_CALL(unmap, PROGRAM_CODE, PAGE)};
	static const struct twin_step data[] = {WORLD_CALL(unmap, PROGRAM_DATA, PAGE),
						{.kind = TWIN_LOAD, .address = PROGRAM_DATA}};
	static const struct twin_step all[] = {WORLD_CALL(unmap, PROGRAM_CODE, 3 * PAGE)};
	static const struct twin_step writes[] = {WORLD_CALL(protect, PROGRAM_CODE, PAGE, R)};

	(void)state;
	assert_ends_with(code, 1, 0x20);
	assert_ends_with(data, 2, 0x24);
	assert_ends_with(all, 1, 0x20);
	assert_ends_with(writes, 1, 0x20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_are_zeros_that_can_be_used),
		TEST(the_kernel_chooses_places_apart),
		TEST(lengths_and_addresses_are_whole_pages),
		TEST(what_is_taken_or_not_its_own_is_refused),
		TEST(rights_are_read_with_write_or_execute),
		TEST(rights_count_at_once),
		TEST(a_page_that_was_writable_is_never_executable),
		TEST(all_or_nothing),
		TEST(without_memory_nothing_is_mapped),
		TEST(who_takes_its_own_memory_away_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
