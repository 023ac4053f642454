/*
 * core/process/process.h: a process comes whole, or not at all, and leaves nothing.
 */
#include "core/process/process.h"

#include "abi/limits.h"
#include "hal/memory.h"
#include "tests/unit/world.h"

/* The root, and the frame for FP registers. */
#define FRAMES_OF_PROCESS 2

static int setup(void **state)
{
	(void)state;
	world_reset(NULL);
	return 0;
}

static k_status create(struct process **process, uint32_t frames_max)
{
	const struct process_memory memory = {&kernel.heap, &kernel.frames, &kernel.random};

	return process_create(process, &memory, frames_max);
}

static void clear(struct process *process)
{
	assert_true(process_clear(process));
	heap_free(&kernel.heap, process);
}

static void it_starts_with_nothing(void **state)
{
	static const struct hal_context zeros;
	static const struct hal_fp_state no_fp;
	struct process *process;

	(void)state;
	assert_int_equal(create(&process, 100), K_OK);
	assert_memory_equal(&process->context, &zeros, sizeof(zeros));
	assert_null(process->fp);
	assert_memory_equal(hal_phys_to_ptr(process->register_frame, sizeof(no_fp)), &no_fp, sizeof(no_fp));
	assert_int_equal(process->thread_pointer, 0);
	assert_int_equal(process->calls, 0);
	assert_int_equal(process->children, 0);
	assert_int_equal(process->children_max, 0);
	assert_int_equal(process->cpu_ticks, 0);
	assert_null(process->parent);
	assert_null(process->next);
	/* No tag: the parked space's is nobody's. */
	assert_int_equal(process->space.generation, 0);
	twin_check_space(&process->space.space);
	clear(process);
	world_assert_nothing_is_used();
}

static void its_memory_is_on_its_own_account(void **state)
{
	struct process *process;

	(void)state;
	assert_int_equal(create(&process, FRAMES_OF_PROCESS), K_OK);
	assert_int_equal(process->space.frames_used, FRAMES_OF_PROCESS);
	assert_int_equal(process->space.frames_max, FRAMES_OF_PROCESS);
	assert_int_equal(kernel.frames.free_count, WORLD_FRAMES - FRAMES_OF_PROCESS);
	assert_int_equal(heap_used(&kernel.heap), WORLD_PROCESS_HEAP);
	clear(process);
	world_assert_nothing_is_used();
}

static void assert_not_created(uint32_t frames_max, uint64_t frames, size_t heap)
{
	struct process *process = (struct process *)(void *)&world;

	assert_int_equal(create(&process, frames_max), K_ENOMEM);
	assert_ptr_equal(process, &world);
	frames_check(&kernel.frames);
	heap_check(&kernel.heap);
	assert_int_equal(kernel.frames.free_count, frames);
	assert_int_equal(heap_used(&kernel.heap), heap);
}

static void a_limit_that_is_too_low_leaves_nothing(void **state)
{
	(void)state;
	for (uint32_t limit = 0; limit < FRAMES_OF_PROCESS; limit++) {
		assert_not_created(limit, WORLD_FRAMES, 0);
	}
}

/* Whichever frame it is that is missing: everything that was taken is given back. */
static void each_frame_may_be_the_one_that_is_missing(void **state)
{
	struct process *process;
	phys_addr frame;

	(void)state;
	for (uint64_t left = 0; left <= FRAMES_OF_PROCESS; left++) {
		setup(NULL);
		while (kernel.frames.free_count > left) {
			assert_int_equal(frames_allocate(&kernel.frames, &frame), K_OK);
		}
		if (left < FRAMES_OF_PROCESS) {
			assert_not_created(100, left, 0);
		}
	}
	assert_int_equal(create(&process, 100), K_OK);
	assert_int_equal(kernel.frames.free_count, 0);
	clear(process);
	assert_int_equal(kernel.frames.free_count, FRAMES_OF_PROCESS);
}

/* There is room for as many as there may be; the heap has nothing else to hold. */
static void the_heap_holds_as_many_as_there_may_be(void **state)
{
	static struct process *processes[PANTHER_PROCESSES_MAX + 10];
	size_t count = 0;

	(void)state;
	assert_true(sizeof(struct process) <= 512);
	while (create(&processes[count], FRAMES_OF_PROCESS) == K_OK) {
		count++;
		assert_true(count < PANTHER_PROCESSES_MAX + 10);
	}
	assert_in_range(count, PANTHER_PROCESSES_MAX, HEAP_SIZE / 512);
	assert_not_created(FRAMES_OF_PROCESS, WORLD_FRAMES - count * FRAMES_OF_PROCESS, count * WORLD_PROCESS_HEAP);
	while (count > 0) {
		clear(processes[--count]);
	}
	world_assert_nothing_is_used();
}

/* 80 bytes of chance, of its own, in a frame of its own; and nothing of it is left in a process that follows. */
static void keys_are_its_own(void **state)
{
	static const struct process_registers none;
	struct process_registers *registers;
	struct process *first, *second;

	(void)state;
	assert_int_equal(create(&first, 100), K_OK);
	assert_int_equal(create(&second, 100), K_OK);
	assert_false(first->has_keys);
	assert_null(first->more);
	process_draw_keys(first, &kernel.random);
	process_draw_keys(second, &kernel.random);
	assert_true(first->has_keys && second->has_keys);
	registers = hal_phys_to_ptr(first->register_frame, sizeof(*registers));
	assert_ptr_equal(first->more, registers);
	assert_ptr_equal(second->more, hal_phys_to_ptr(second->register_frame, sizeof(*registers)));
	assert_memory_not_equal(&first->more->keys, &second->more->keys, sizeof(struct hal_keys));
	for (size_t i = 0; i < sizeof(struct hal_keys); i += sizeof(uint64_t)) {
		assert_memory_not_equal((uint8_t *)&first->more->keys + i, &none, sizeof(uint64_t));
	}
	assert_memory_equal(&first->more->fp, &none.fp, sizeof(none.fp));
	clear(first);
	clear(second);
	world_assert_nothing_is_used();
	assert_int_equal(create(&first, 100), K_OK);
	registers = hal_phys_to_ptr(first->register_frame, sizeof(*registers));
	assert_memory_equal(registers, &none, sizeof(none));
	clear(first);
}

/* A large one goes in steps, so that interrupts have their chance between. */
static void it_is_taken_apart_in_steps(void **state)
{
	struct process *process;
	unsigned steps = 1;

	(void)state;
	assert_int_equal(create(&process, WORLD_FRAMES), K_OK);
	for (uint64_t page = 0; page < 100; page++) {
		phys_addr frame;

		assert_int_equal(address_space_map(&process->space, (user_addr){0x400000 + page * 0x1000},
						   PAGE_USER_READ_WRITE, &frame),
				 K_OK);
	}
	for (; !process_clear(process); steps++) {
		assert_true(process->space.frames_used >= 100 - steps * ADDRESS_SPACE_STEP);
		frames_check(&kernel.frames);
	}
	/* 100 pages and two tables. */
	assert_in_range(steps, 102 / ADDRESS_SPACE_STEP + 1, 102 / ADDRESS_SPACE_STEP + 2);
	heap_free(&kernel.heap, process);
	world_assert_nothing_is_used();
}

/* What one process wrote the next does not find, in whatever frames it gets. */
static void memory_comes_back_clean(void **state)
{
	static uint8_t dirt[PANTHER_USER_STACK_SIZE];
	static uint8_t found[PANTHER_USER_STACK_SIZE];
	static const struct twin_step ends[] = {WORLD_CALL(exit)};
	const struct process *child;

	(void)state;
	world_setup(NULL);
	memset(dirt, 0xd1, sizeof(dirt));
	for (uint64_t i = 0; i < 3; i++) {
		assert_int_equal(world_spawn(), 128 * i + 2);
		child = process_table_find(&kernel.processes, 128 * i + 2);
		assert_true(twin_user_read(&child->space.space, child->space.stack_bottom, found,
					   sizeof(found) - PANTHER_PAGE_SIZE));
		for (size_t j = 0; j < sizeof(found) - PANTHER_PAGE_SIZE; j++) {
			assert_int_equal(found[j], 0);
		}
		assert_true(twin_user_write(&child->space.space, child->space.stack_bottom, dirt, sizeof(dirt)));
		(void)WORLD_PLAYS(128 * i + 2, ends);
		assert_int_equal(world_call_and_wait(SYS_wait, 0, PROGRAM_DATA, 0), 128 * i + 2);
	}
	world_teardown(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_starts_with_nothing, setup),
		cmocka_unit_test_setup(its_memory_is_on_its_own_account, setup),
		cmocka_unit_test_setup(a_limit_that_is_too_low_leaves_nothing, setup),
		cmocka_unit_test_setup(each_frame_may_be_the_one_that_is_missing, setup),
		cmocka_unit_test_setup(the_heap_holds_as_many_as_there_may_be, setup),
		cmocka_unit_test_setup(keys_are_its_own, setup),
		cmocka_unit_test_setup(it_is_taken_apart_in_steps, setup),
		cmocka_unit_test(memory_comes_back_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
