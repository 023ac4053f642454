/*
 * core/process/scheduler.h: who has the next turn, and when the timer comes. scheduler_registers_test.c has what is
 * exchanged between turns.
 */
#include "core/process/scheduler.h"

#include "tests/unit/world.h"

#define PROCESSES 4

static struct scheduler scheduler;
static struct process processes[PROCESSES];

static int setup(void **state)
{
	(void)state;
	world_reset(NULL);
	scheduler_init(&scheduler, WORLD_ASID_BITS, WORLD_FREQUENCY);
	memset(processes, 0, sizeof(processes));
	return 0;
}

static void enqueue(unsigned index)
{
	scheduler_enqueue(&scheduler, &processes[index], PROCESS_READY);
}

static void assert_next(unsigned index)
{
	assert_ptr_equal(scheduler_next_turn(&scheduler), &processes[index]);
	assert_ptr_equal(scheduler.current, &processes[index]);
}

/* The ring is whole in both directions, and has that many members. */
static void assert_ring(unsigned count)
{
	const struct process *process = scheduler.ring;

	for (unsigned i = 0; i < count; i++) {
		assert_non_null(process);
		assert_ptr_equal(process->next->previous, process);
		assert_ptr_equal(process->previous->next, process);
		process = process->next;
	}
	assert_ptr_equal(process, scheduler.ring);
}

static void an_empty_ring_has_nobody_to_run(void **state)
{
	(void)state;
	assert_ptr_equal(scheduler_next_turn(&scheduler), &scheduler.idle);
	assert_ptr_equal(scheduler_next_turn(&scheduler), &scheduler.idle);
	assert_ptr_equal(scheduler.current, &scheduler.idle);
	assert_int_equal(twin_timer_deadline(), UINT64_MAX);
}

static void turns_go_round(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PROCESSES; i++) {
		enqueue(i);
		assert_ring(i + 1);
	}
	for (unsigned i = 0; i < 3 * PROCESSES; i++) {
		assert_next(i % PROCESSES);
	}
}

static void alone_it_has_every_turn(void **state)
{
	(void)state;
	enqueue(2);
	for (unsigned i = 0; i < 3; i++) {
		assert_next(2);
	}
}

/* Also who became ready in the middle of a turn comes before the one whose turn it was. */
static void who_comes_later_is_before_the_current_ones_next_turn(void **state)
{
	(void)state;
	enqueue(0);
	assert_next(0);
	enqueue(1);
	enqueue(2);
	assert_next(1);
	enqueue(3);
	assert_next(2);
	assert_next(0);
	assert_next(3);
	assert_next(1);
}

static void who_leaves_has_no_turn(void **state)
{
	(void)state;
	for (unsigned victim = 0; victim < PROCESSES; victim++) {
		setup(NULL);
		for (unsigned i = 0; i < PROCESSES; i++) {
			enqueue(i);
		}
		assert_next(0);
		assert_next(1);
		scheduler_block(&scheduler, &processes[victim], PROCESS_READING);
		assert_int_equal(processes[victim].state, PROCESS_READING);
		assert_null(processes[victim].next);
		assert_null(processes[victim].previous);
		assert_ring(PROCESSES - 1);
		for (unsigned i = 2; i < 2 + 3 * PROCESSES; i++) {
			if (i % PROCESSES != victim) {
				assert_next(i % PROCESSES);
			}
		}
	}
}

static void the_last_one_that_leaves_leaves_nothing(void **state)
{
	(void)state;
	enqueue(0);
	enqueue(1);
	assert_next(0);
	scheduler_block(&scheduler, &processes[0], PROCESS_WAITING);
	scheduler_remove(&scheduler, &processes[1]);
	assert_null(scheduler.ring);
	assert_ptr_equal(scheduler_next_turn(&scheduler), &scheduler.idle);
	/* Who stands nowhere is not removed from anywhere. */
	scheduler_remove(&scheduler, &processes[0]);
	scheduler_remove(&scheduler, &processes[1]);
	assert_null(scheduler.ring);
}

static void fall_asleep(unsigned index, uint64_t deadline)
{
	enqueue(index);
	scheduler_sleep(&scheduler, &processes[index], TWIN_FIRST_TICK + deadline);
	assert_int_equal(processes[index].state, PROCESS_SLEEPING);
}

static void tick(uint64_t now)
{
	scheduler_tick(&scheduler, TWIN_FIRST_TICK + now);
}

static void sleepers_wake_when_their_time_has_come(void **state)
{
	(void)state;
	fall_asleep(0, 300);
	fall_asleep(1, 100);
	fall_asleep(2, 200);
	fall_asleep(3, 100);
	tick(99);
	assert_null(scheduler.ring);
	tick(100);
	assert_ring(2);
	assert_int_equal(processes[1].state, PROCESS_READY);
	assert_int_equal(processes[3].state, PROCESS_READY);
	assert_int_equal(processes[2].state, PROCESS_SLEEPING);
	assert_next(1);
	assert_next(3);
	tick(1000);
	assert_ring(4);
	assert_null(scheduler.sleepers);
	assert_next(1);
	assert_next(2);
	assert_next(0);
	assert_next(3);
}

/* Whichever it is of those that sleep. */
static void a_sleeper_may_be_taken_away(void **state)
{
	(void)state;
	for (unsigned victim = 0; victim < 3; victim++) {
		setup(NULL);
		for (unsigned i = 0; i < 3; i++) {
			fall_asleep(i, 100 * (i + 1));
		}
		scheduler_remove(&scheduler, &processes[victim]);
		assert_null(processes[victim].next);
		assert_null(processes[victim].previous);
		tick(1000);
		assert_ring(2);
		for (unsigned i = 0; i < 3; i++) {
			if (i != victim) {
				assert_next(i);
			}
		}
	}
}

#define SLICE (WORLD_FREQUENCY / 500)

/* Deadlines count from the first tick. */
static void assert_timer(uint64_t deadline)
{
	assert_int_equal(twin_timer_deadline(), deadline == UINT64_MAX ? UINT64_MAX : TWIN_FIRST_TICK + deadline);
}

/* No periodic tick: who is alone is never interrupted. */
static void the_timer_is_set_for_what_is_due_and_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(SLICE, 125000);
	enqueue(0);
	assert_next(0);
	assert_timer(UINT64_MAX);
	enqueue(1);
	assert_timer(SLICE);
	twin_advance(1000);
	assert_next(1);
	assert_timer(1000 + SLICE);
	/* A sleeper that is due earlier, and one that is due later. */
	fall_asleep(2, 5000000);
	scheduler_set_timer(&scheduler);
	assert_timer(1000 + SLICE);
	fall_asleep(3, 5000);
	scheduler_set_timer(&scheduler);
	assert_timer(5000);
	scheduler_block(&scheduler, &processes[0], PROCESS_READING);
	assert_next(1);
	assert_timer(5000);
	twin_advance(4000);
	scheduler_tick(&scheduler, hal_time_ticks());
	/* The one that woke waits for the end of the slice. */
	assert_timer(1000 + SLICE);
	assert_next(3);
	scheduler_block(&scheduler, &processes[1], PROCESS_READING);
	assert_next(3);
	assert_timer(5000000);
	scheduler_block(&scheduler, &processes[3], PROCESS_READING);
	assert_ptr_equal(scheduler_next_turn(&scheduler), &scheduler.idle);
	assert_timer(5000000);
}

/* The twin aborts if the timer's interrupt is completed while it is still pending. */
static void a_slice_ends_once(void **state)
{
	(void)state;
	enqueue(0);
	enqueue(1);
	assert_next(0);
	processes[0].state = PROCESS_RUNNING;
	tick(SLICE - 1);
	assert_int_equal(processes[0].state, PROCESS_RUNNING);
	assert_timer(SLICE);
	tick(SLICE);
	assert_int_equal(processes[0].state, PROCESS_READY);
	assert_timer(UINT64_MAX);
	twin_advance(SLICE);
	assert_next(1);
	assert_timer(2 * SLICE);
}

/* What it does not have, the end of its slice does not take away. */
static void only_a_running_process_loses_its_turn(void **state)
{
	static const enum process_state states[] = {PROCESS_LOADING, PROCESS_ENDING, PROCESS_READY};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		setup(NULL);
		scheduler_enqueue(&scheduler, &processes[0], states[i]);
		enqueue(1);
		assert_next(0);
		tick(2 * SLICE);
		assert_int_equal(processes[0].state, states[i]);
	}
}

/* A call that was made again may be answered: then its process runs on, and must not do so without an end. */
static void who_does_not_run_yet_gets_a_slice_anew(void **state)
{
	(void)state;
	enqueue(1);
	scheduler_enqueue(&scheduler, &processes[0], PROCESS_RESUMING);
	assert_next(1);
	assert_next(0);
	tick(3 * SLICE);
	assert_int_equal(processes[0].state, PROCESS_RESUMING);
	assert_timer(4 * SLICE);
	processes[0].state = PROCESS_RUNNING;
	tick(4 * SLICE - 1);
	assert_int_equal(processes[0].state, PROCESS_RUNNING);
	tick(4 * SLICE);
	assert_int_equal(processes[0].state, PROCESS_READY);
	assert_next(1);
}

static void turns_are_charged_to_whom_they_belong(void **state)
{
	(void)state;
	enqueue(0);
	enqueue(1);
	twin_advance(50);
	assert_next(0);
	twin_advance(100);
	assert_next(1);
	twin_advance(7);
	assert_next(0);
	scheduler_block(&scheduler, &processes[0], PROCESS_READING);
	scheduler_block(&scheduler, &processes[1], PROCESS_READING);
	twin_advance(20);
	assert_ptr_equal(scheduler_next_turn(&scheduler), &scheduler.idle);
	twin_advance(1000);
	assert_ptr_equal(scheduler_next_turn(&scheduler), &scheduler.idle);
	assert_int_equal(processes[0].cpu_ticks, 120);
	assert_int_equal(processes[1].cpu_ticks, 7);
}

static void a_process_that_is_forgotten_is_not_charged(void **state)
{
	(void)state;
	enqueue(0);
	enqueue(1);
	assert_next(0);
	scheduler_remove(&scheduler, &processes[0]);
	scheduler_forget(&scheduler, &processes[1]);
	assert_ptr_equal(scheduler.current, &processes[0]);
	scheduler_forget(&scheduler, &processes[0]);
	assert_ptr_equal(scheduler.current, &scheduler.idle);
	twin_advance(100);
	assert_next(1);
	assert_int_equal(processes[0].cpu_ticks, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_empty_ring_has_nobody_to_run, setup),
		cmocka_unit_test_setup(turns_go_round, setup),
		cmocka_unit_test_setup(alone_it_has_every_turn, setup),
		cmocka_unit_test_setup(who_comes_later_is_before_the_current_ones_next_turn, setup),
		cmocka_unit_test_setup(who_leaves_has_no_turn, setup),
		cmocka_unit_test_setup(the_last_one_that_leaves_leaves_nothing, setup),
		cmocka_unit_test_setup(sleepers_wake_when_their_time_has_come, setup),
		cmocka_unit_test_setup(a_sleeper_may_be_taken_away, setup),
		cmocka_unit_test_setup(the_timer_is_set_for_what_is_due_and_nothing_else, setup),
		cmocka_unit_test_setup(a_slice_ends_once, setup),
		cmocka_unit_test_setup(who_does_not_run_yet_gets_a_slice_anew, setup),
		cmocka_unit_test_setup(only_a_running_process_loses_its_turn, setup),
		cmocka_unit_test_setup(turns_are_charged_to_whom_they_belong, setup),
		cmocka_unit_test_setup(a_process_that_is_forgotten_is_not_charged, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
