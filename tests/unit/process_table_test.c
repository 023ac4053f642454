/*
 * core/process/table.h: ids are never given twice, and no other id than a process's own finds it.
 */
#include "core/process/table.h"

#include "tests/unit/cmocka_test.h"

static struct process_table table;
static struct process processes[PANTHER_PROCESSES_MAX];

static int setup(void **state)
{
	(void)state;
	process_table_init(&table);
	return 0;
}

static void fill(void)
{
	for (size_t i = 0; i < PANTHER_PROCESSES_MAX; i++) {
		process_table_add(&table, &processes[i]);
	}
}

static void the_first_id_is_1(void **state)
{
	(void)state;
	process_table_add(&table, &processes[0]);
	assert_int_equal(processes[0].pid, 1);
	process_table_add(&table, &processes[1]);
	assert_int_equal(processes[1].pid, 2);
	assert_int_equal(table.count, 2);
}

/* An id is the slot, and how often it was taken before, from bit 7 up. */
static void a_slot_that_is_taken_again_gives_another_id(void **state)
{
	(void)state;
	process_table_add(&table, &processes[0]);
	process_table_add(&table, &processes[1]);
	for (uint64_t generation = 1; generation <= 1000; generation++) {
		process_table_remove(&table, &processes[0]);
		assert_null(process_table_find(&table, processes[0].pid));
		process_table_add(&table, &processes[0]);
		assert_int_equal(processes[0].pid, generation * 128 + 1);
	}
	assert_int_equal(processes[1].pid, 2);
}

static void the_lowest_free_slot_is_taken(void **state)
{
	(void)state;
	fill();
	process_table_remove(&table, &processes[49]);
	process_table_remove(&table, &processes[9]);
	process_table_add(&table, &processes[0]);
	assert_int_equal(processes[0].pid, 128 + 10);
	process_table_add(&table, &processes[0]);
	assert_int_equal(processes[0].pid, 128 + 50);
}

static void it_is_full_with_as_many_as_there_may_be(void **state)
{
	(void)state;
	assert_false(process_table_is_full(&table));
	fill();
	assert_true(process_table_is_full(&table));
	assert_int_equal(table.count, 120);
	process_table_remove(&table, &processes[7]);
	assert_false(process_table_is_full(&table));
	process_table_add(&table, &processes[7]);
	assert_true(process_table_is_full(&table));
}

/* All 64 bits of an id count, and ids of slots that nobody has are nobody's. */
static void nothing_but_the_id_finds_a_process(void **state)
{
	(void)state;
	fill();
	for (size_t i = 0; i < PANTHER_PROCESSES_MAX; i++) {
		assert_ptr_equal(process_table_find(&table, processes[i].pid), &processes[i]);
	}
	for (unsigned bit = 0; bit < 64; bit++) {
		struct process *found = process_table_find(&table, processes[4].pid ^ (uint64_t)1 << bit);

		assert_ptr_not_equal(found, &processes[4]);
		if (bit >= 7) {
			assert_null(found);
		}
	}
	for (uint64_t id = 121; id < 1000; id++) {
		assert_null(process_table_find(&table, id));
	}
	assert_null(process_table_find(&table, 0));
	assert_null(process_table_find(&table, ~(uint64_t)0));
	assert_null(process_table_find(&table, (uint64_t)1 << 63));
}

/* The id of one that is gone does not find the one that came after it. */
static void an_old_id_finds_nobody(void **state)
{
	uint64_t old;

	(void)state;
	process_table_add(&table, &processes[0]);
	old = processes[0].pid;
	process_table_remove(&table, &processes[0]);
	assert_null(process_table_find(&table, old));
	process_table_add(&table, &processes[1]);
	assert_null(process_table_find(&table, old));
	assert_ptr_equal(process_table_find(&table, processes[1].pid), &processes[1]);
}

static void they_are_gone_through_in_the_order_of_their_slots(void **state)
{
	uint64_t slot = 99;

	(void)state;
	assert_null(process_table_from(&table, 0, &slot));
	assert_int_equal(slot, 99);
	fill();
	for (size_t i = 0; i < PANTHER_PROCESSES_MAX; i++) {
		if (i % 3 != 0) {
			process_table_remove(&table, &processes[i]);
		}
	}
	for (uint64_t from = 0; from <= PANTHER_PROCESSES_MAX - 2; from++) {
		uint64_t expected = from <= 1 ? 1 : (from + 1) / 3 * 3 + 1;

		assert_ptr_equal(process_table_from(&table, from, &slot), &processes[expected - 1]);
		assert_int_equal(slot, expected);
	}
	assert_null(process_table_from(&table, PANTHER_PROCESSES_MAX - 1, &slot));
	assert_null(process_table_from(&table, PROCESS_SLOTS, &slot));
	assert_null(process_table_from(&table, ~(uint64_t)0, &slot));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first_id_is_1, setup),
		cmocka_unit_test_setup(a_slot_that_is_taken_again_gives_another_id, setup),
		cmocka_unit_test_setup(the_lowest_free_slot_is_taken, setup),
		cmocka_unit_test_setup(it_is_full_with_as_many_as_there_may_be, setup),
		cmocka_unit_test_setup(nothing_but_the_id_finds_a_process, setup),
		cmocka_unit_test_setup(an_old_id_finds_nobody, setup),
		cmocka_unit_test_setup(they_are_gone_through_in_the_order_of_their_slots, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
