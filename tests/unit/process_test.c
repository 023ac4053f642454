/*
 * core/process/process.h: a process comes whole, or not at all, and leaves nothing.
 */
#include "core/process/process.h"

#include "abi/limits.h"
#include "hal/memory.h"
#include "tests/unit/world.h"

/* Three pages of program and sixteen of stack; the root, and two tables for each of the two places. */
#define FRAMES_OF_PROCESS 24

static int setup(void **state)
{
	(void)state;
	world_reset(NULL);
	return 0;
}

static void it_starts_with_nothing_but_pc_and_sp(void **state)
{
	struct process *process;
	struct hal_context expected = {.pc = PROGRAM_CODE + 8, .sp = 0x8000000000};

	(void)state;
	program_put(&world.program, 24, PROGRAM_CODE + 8, 8);
	assert_int_equal(world_create(&process), K_OK);
	assert_memory_equal(&process->context, &expected, sizeof(expected));
	assert_int_equal(process->state, PROCESS_RUNNABLE);
	assert_int_equal(process->pid, WORLD_PID);
	assert_int_equal(process->exit_status, 0);
	/* ASID 0 is the parked space's. */
	assert_int_not_equal(process->space.space.asid, 0);
	twin_check_space(&process->space.space);
}

static void its_memory_is_counted(void **state)
{
	struct process *process;

	(void)state;
	assert_int_equal(world_create(&process), K_OK);
	assert_int_equal(kernel.frames.free_count, WORLD_FRAMES - FRAMES_OF_PROCESS);
	assert_true(heap_used(&kernel.heap) >= sizeof(*process));
	process_destroy(&kernel.heap, process);
	world_assert_nothing_is_used();
}

/* Takes frames until `left` are there. */
static void leave_frames(uint64_t left)
{
	phys_addr frame;

	while (kernel.frames.free_count > left) {
		assert_int_equal(frames_allocate(&kernel.frames, &frame), K_OK);
	}
}

static void assert_not_created(k_status expected, uint64_t frames, size_t heap)
{
	struct process *process = (struct process *)(void *)&world;

	assert_int_equal(world_create(&process), expected);
	assert_ptr_equal(process, &world);
	frames_check(&kernel.frames);
	heap_check(&kernel.heap);
	assert_int_equal(kernel.frames.free_count, frames);
	assert_int_equal(heap_used(&kernel.heap), heap);
}

/* Whichever frame it is that is missing: everything that was taken is given back. */
static void each_frame_may_be_the_one_that_is_missing(void **state)
{
	struct process *process;

	(void)state;
	for (uint64_t left = 0; left < FRAMES_OF_PROCESS; left++) {
		setup(NULL);
		leave_frames(left);
		assert_not_created(K_ENOMEM, left, 0);
	}
	setup(NULL);
	leave_frames(FRAMES_OF_PROCESS);
	assert_int_equal(world_create(&process), K_OK);
	assert_int_equal(kernel.frames.free_count, 0);
	process_destroy(&kernel.heap, process);
	assert_int_equal(kernel.frames.free_count, FRAMES_OF_PROCESS);
}

/* Takes what is left of the heap, large blocks first. Returns one block of a process's size. */
static void *fill_heap(void)
{
	void *last = NULL;

	for (size_t size = HEAP_SIZE; size != 0; size /= 2) {
		size_t wanted = size < sizeof(struct process) ? sizeof(struct process) : size;
		void *block = heap_allocate(&kernel.heap, wanted);

		while (block != NULL) {
			last = block;
			block = heap_allocate(&kernel.heap, wanted);
		}
	}
	return last;
}

/* The only allocation from the heap is the first of all. */
static void without_heap_there_is_none(void **state)
{
	struct process *process;
	void *block = fill_heap();

	(void)state;
	assert_not_created(K_ENOMEM, WORLD_FRAMES, heap_used(&kernel.heap));
	heap_free(&kernel.heap, block);
	assert_int_equal(world_create(&process), K_OK);
}

static void a_bad_program_leaves_nothing(void **state)
{
	(void)state;
	world.program.bytes[0] = 0;
	assert_not_created(K_ENOEXEC, WORLD_FRAMES, 0);
	program_make(&world.program, NULL, 0);
	program_put(&world.program, 24, PROGRAM_DATA, 8); /* the entry lies in data */
	assert_not_created(K_ENOEXEC, WORLD_FRAMES, 0);
}

static void an_end_has_a_status(void **state)
{
	struct process *process;

	(void)state;
	assert_int_equal(world_create(&process), K_OK);
	process_end(process, 200);
	assert_int_equal(process->state, PROCESS_ENDED);
	assert_int_equal(process->exit_status, 200);
	/* Its memory is still there: it goes when the process is destroyed. */
	assert_int_equal(kernel.frames.free_count, WORLD_FRAMES - FRAMES_OF_PROCESS);
}

/* The process ran, so the twin holds all its translations: frames that go back under a live one abort there. */
static void a_process_that_ran_is_taken_apart(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(world_create(&world.process), K_OK);
		twin_program(world_driver, &world.step);
		(void)world_call(99, 0, 0, 0);
		world_poke(PROGRAM_DATA, "secret", 6);
		process_destroy(&kernel.heap, world.process);
		world_assert_nothing_is_used();
	}
}

/* What one process wrote the next does not find. */
static void memory_comes_back_clean(void **state)
{
	static uint8_t dirt[0x10000];
	static uint8_t found[0x10000];
	static const uint8_t zeros[0x10000];
	uint64_t stack = 0x7fffff0000;

	(void)state;
	memset(dirt, 0xd1, sizeof(dirt));
	assert_int_equal(world_create(&world.process), K_OK);
	world_poke(stack, dirt, sizeof(dirt));
	process_destroy(&kernel.heap, world.process);
	assert_int_equal(world_create(&world.process), K_OK);
	assert_true(twin_user_read(&world.process->space.space, stack, found, sizeof(found)));
	assert_memory_equal(found, zeros, sizeof(zeros));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_starts_with_nothing_but_pc_and_sp, setup),
		cmocka_unit_test_setup(its_memory_is_counted, setup),
		cmocka_unit_test_setup(each_frame_may_be_the_one_that_is_missing, setup),
		cmocka_unit_test_setup(without_heap_there_is_none, setup),
		cmocka_unit_test_setup(a_bad_program_leaves_nothing, setup),
		cmocka_unit_test_setup(an_end_has_a_status, setup),
		cmocka_unit_test_setup(a_process_that_ran_is_taken_apart, setup),
		cmocka_unit_test_setup(memory_comes_back_clean, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
