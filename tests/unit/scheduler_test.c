/*
 * core/process/scheduler.h.
 */
#include "core/process/scheduler.h"

#include "tests/unit/world.h"

static struct scheduler scheduler;

static int setup(void **state)
{
	world_setup(state);
	scheduler = (struct scheduler){.current = NULL};
	return 0;
}

static void without_a_process_nothing_runs(void **state)
{
	(void)state;
	assert_null(scheduler_next(&scheduler, &kernel.heap));
	assert_null(scheduler_next(&scheduler, &kernel.heap));
}

static void a_process_runs_until_it_ends(void **state)
{
	(void)state;
	scheduler_add(&scheduler, world.process);
	for (unsigned i = 0; i < 3; i++) {
		assert_ptr_equal(scheduler_next(&scheduler, &kernel.heap), world.process);
	}
	assert_int_equal(world.process->state, PROCESS_RUNNABLE);
}

/* Its memory goes back before anything else runs, and only once. */
static void a_process_that_ended_is_buried(void **state)
{
	(void)state;
	scheduler_add(&scheduler, world.process);
	process_end(world.process, 3);
	assert_null(scheduler_next(&scheduler, &kernel.heap));
	world_assert_nothing_is_used();
	assert_null(scheduler.current);
	assert_null(scheduler_next(&scheduler, &kernel.heap));
	world_assert_nothing_is_used();
}

static void the_next_process_takes_its_place(void **state)
{
	struct process *next;

	(void)state;
	scheduler_add(&scheduler, world.process);
	process_end(world.process, 0);
	assert_null(scheduler_next(&scheduler, &kernel.heap));
	assert_int_equal(world_create(&next), K_OK);
	scheduler_add(&scheduler, next);
	assert_ptr_equal(scheduler_next(&scheduler, &kernel.heap), next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_process_nothing_runs, setup),
		cmocka_unit_test_setup(a_process_runs_until_it_ends, setup),
		cmocka_unit_test_setup(a_process_that_ended_is_buried, setup),
		cmocka_unit_test_setup(the_next_process_takes_its_place, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
