/*
 * core/syscall/spawn.c: which program is started, and what stands in the way; spawn_limits_test.c has what the child
 * may do, spawn_arguments_test.c its arguments.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

#define ROOM PROGRAM_DATA
#define OPTIONS (PROGRAM_DATA + 0x800)

static const struct twin_step exit_0[] = {WORLD_CALL(exit)};

/* Refused at once, or after the load was tried: in any case nothing is left of it. */
static void assert_refused(int64_t error, uint64_t path, uint64_t argv, uint64_t options)
{
	const struct world_counts before = world_count();

	assert_int_equal((int64_t)world_call_and_wait(SYS_spawn, path, argv, options), error);
	world_assert_counts(&before);
}

static void assert_path_refused(int64_t error, const char *path, size_t size)
{
	uint8_t zeros[256] = {0};

	world_poke(ROOM, zeros, sizeof(zeros));
	world_poke(ROOM, path, size);
	assert_refused(error, ROOM, WORLD_ARGV, 0);
}

static void finish_child(uint64_t pid)
{
	(void)WORLD_PLAYS(pid, exit_0);
	assert_int_equal(world_call_and_wait(SYS_wait, pid, ROOM, 0), pid);
}

static void a_child_runs_beside_its_parent(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(getpid), WORLD_CALL(write, 1, PROGRAM_CONSTANTS, 5),
						 WORLD_CALL(exit)};
	const struct world_counts before = world_count();
	const struct world_player *player = WORLD_PLAYS(2, child);
	struct hal_context context;

	(void)state;
	assert_int_equal(world_call(SYS_spawn, WORLD_PATH, WORLD_ARGV, 0), WORLD_PATH);
	assert_int_equal(world.process->state, PROCESS_SPAWNING);
	assert_int_equal(world.process->children, 1);
	context = world.process->context;
	world_go_on_as(1);
	context.x[0] = 2;
	assert_memory_equal(&world.process->context, &context, sizeof(context));
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 2);
	assert_int_equal(player->results[0].x[0], 2);
	assert_string_equal(twin_console(), "Hello");
	world_assert_counts(&before);
}

/* A program of many pages is loaded at many turns; others run in between, and the answer comes at the end. */
static void a_large_program_takes_its_time(void **state)
{
	struct process *child;
	unsigned turns = 0;

	(void)state;
	assert_int_equal(world_spawn(), 2);
	program_put(&world.huge, 64 + 56 * 2 + 40, 0xc0000,
		    8); /* 192 pages of data; there are 2 others, and the stack but its top */
	(void)world_call(SYS_spawn, WORLD_HUGE, WORLD_ARGV, 0);
	world.process = process_table_find(&kernel.processes, 2);
	child = process_table_find(&kernel.processes, 3);
	while (child->state == PROCESS_LOADING) {
		assert_int_equal(process_table_find(&kernel.processes, 1)->state, PROCESS_SPAWNING);
		/* 32 pages a step; root, FP registers, arguments, and tables, of two places. */
		assert_true(child->space.frames_used <= 32 * turns + 7);
		world_go_on_as(2);
		turns++;
	}
	/* 32 pages a step; the other one had a turn before each, and one after the last. */
	assert_int_equal(turns, (192 + 2 + PANTHER_USER_STACK_SIZE / PANTHER_PAGE_SIZE - 1 + 31) / 32 + 1);
	world.process = process_table_find(&kernel.processes, 1);
	world_go_on_as(1);
	assert_int_equal(world.process->context.x[0], 3);
	finish_child(2);
	finish_child(3);
}

/* attacks A46: a name is a name, and nothing else. */
static void only_exact_names_are_found(void **state)
{
	static const char *const names[] = {
		"",	    "p",	  "progra",   "programs", "program ", " program", "Program",	"./program",
		"/program", "../program", "program/", "\xff\xfe", "none",     "init",	  "TRAILER!!!",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_path_refused(-PANTHER_ENOENT, names[i], strlen(names[i]));
	}
	/* What follows the NUL does not count. */
	world_poke(ROOM, "program\0junk", 12);
	assert_int_equal(world_call_and_wait(SYS_spawn, ROOM, WORLD_ARGV, 0), 2);
	finish_child(2);
}

/* attacks A22. */
static void names_have_63_bytes_at_most(void **state)
{
	char name[4096];

	(void)state;
	memset(name, '/', sizeof(name));
	assert_path_refused(-PANTHER_ENOENT, name, 62);
	assert_path_refused(-PANTHER_ENOENT, name, 63);
	assert_path_refused(-PANTHER_ENAMETOOLONG, name, 64);
	assert_path_refused(-PANTHER_ENAMETOOLONG, name, 65);
	world_poke(ROOM, name, sizeof(name));
	assert_refused(-PANTHER_ENAMETOOLONG, ROOM, WORLD_ARGV, 0);
	/* The 64th byte is the last that is looked at: the next page is not there. */
	assert_refused(-PANTHER_ENAMETOOLONG, ROOM + 4096 - 64, WORLD_ARGV, 0);
	assert_refused(-PANTHER_EFAULT, ROOM + 4096 - 63, WORLD_ARGV, 0);
	/* A name may end where its page does. */
	world_poke(ROOM + 4096 - 8, "program", 8);
	assert_int_equal(world_call_and_wait(SYS_spawn, ROOM + 4096 - 8, WORLD_ARGV, 0), 2);
	finish_child(2);
}

static const uint64_t bad_addresses[] = {
	0,
	0xffff,
	PROGRAM_DATA + 0x1000,
	PANTHER_USER_TOP - 8,
	PANTHER_USER_TOP,
	(uint64_t)1 << 56 | PROGRAM_CONSTANTS,
	0x800000000000,
	0x1000000000000,
	0xffffff8001000000,
	0xffffffc000000000,
	~(uint64_t)0,
	~(uint64_t)0xf,
	(uint64_t)1 << 63,
};
#define BAD_ADDRESSES (sizeof(bad_addresses) / sizeof(bad_addresses[0]))

static void bad_addresses_fault(void **state)
{
	(void)state;
	for (size_t i = 0; i < BAD_ADDRESSES; i++) {
		assert_refused(-PANTHER_EFAULT, bad_addresses[i], WORLD_ARGV, 0);
		assert_refused(-PANTHER_EFAULT, WORLD_PATH, bad_addresses[i], 0);
		if (bad_addresses[i] != 0) {
			assert_refused(-PANTHER_EFAULT, WORLD_PATH, WORLD_ARGV, bad_addresses[i]);
		}
	}
	/* The last word of the options lies on a page that is not there. */
	assert_refused(-PANTHER_EFAULT, WORLD_PATH, WORLD_ARGV, PROGRAM_DATA + 0x1000 - 24);
}

/* Name, then arguments, then options; then what they allow, then room, then the program. */
static void checks_come_in_order(void **state)
{
	struct panther_spawn_options options = {.flags = 1, .calls = SYSCALLS_ALL, .frames_max = UINT64_MAX};
	char name[65];

	(void)state;
	memset(name, 'x', sizeof(name));
	world_poke(ROOM, name, sizeof(name));
	world_poke(OPTIONS, &options, sizeof(options));
	assert_refused(-PANTHER_EFAULT, 0, 0, 0);
	assert_refused(-PANTHER_ENAMETOOLONG, ROOM, 0, 1);
	assert_refused(-PANTHER_EFAULT, WORLD_NONE, 0, OPTIONS);
	assert_refused(-PANTHER_EFAULT, WORLD_NONE, WORLD_ARGV, 1);
	assert_refused(-PANTHER_EINVAL, WORLD_NONE, WORLD_ARGV, OPTIONS);
	options.flags = 0;
	world_poke(OPTIONS, &options, sizeof(options));
	world.process->children_max = 0;
	assert_refused(-PANTHER_EPERM, WORLD_NONE, WORLD_ARGV, OPTIONS);
	assert_refused(-PANTHER_EAGAIN, WORLD_NONE, WORLD_ARGV, 0);
	assert_refused(-PANTHER_EAGAIN, WORLD_BAD, WORLD_ARGV, 0);
	world.process->children_max = 1;
	assert_refused(-PANTHER_ENOENT, WORLD_NONE, WORLD_ARGV, 0);
	assert_refused(-PANTHER_ENOEXEC, WORLD_BAD, WORLD_ARGV, 0);
}

static void a_bad_file_leaves_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		assert_refused(-PANTHER_ENOEXEC, WORLD_BAD, WORLD_ARGV, 0);
	}
	/* Not an id was used up. */
	assert_int_equal(world_spawn(), 2);
	finish_child(2);
	world.program.bytes[0] = 0;
	assert_refused(-PANTHER_ENOEXEC, WORLD_PATH, WORLD_ARGV, 0);
}

/* It wants more than there is at all. */
static void a_program_that_is_too_large_leaves_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		assert_refused(-PANTHER_ENOMEM, WORLD_HUGE, WORLD_ARGV, 0);
	}
}

static phys_addr hoard[WORLD_FRAMES];

/* attacks R13: whichever frame it is that is missing, all that were taken are given back. */
static void each_frame_may_be_the_one_that_is_missing(void **state)
{
	(void)state;
	for (uint64_t left = 0; left <= WORLD_PROCESS_FRAMES; left++) {
		size_t taken = 0;

		world_setup(NULL);
		while (kernel.frames.free_count > left) {
			assert_int_equal(frames_allocate(&kernel.frames, &hoard[taken++]), K_OK);
		}
		if (left < WORLD_PROCESS_FRAMES) {
			assert_refused(-PANTHER_ENOMEM, WORLD_PATH, WORLD_ARGV, 0);
			assert_int_equal(kernel.frames.free_count, left);
		} else {
			assert_int_equal(world_spawn() % 128, 2);
			assert_int_equal(kernel.frames.free_count, 0);
			finish_child(kernel.processes.slots[2]->pid);
		}
		while (taken > 0) {
			frames_free(&kernel.frames, hoard[--taken]);
		}
		world_teardown(NULL);
	}
	world_setup(NULL);
}

static void without_heap_there_is_no_process(void **state)
{
	void *blocks[HEAP_SIZE / 512];
	size_t count = 0;

	(void)state;
	while ((blocks[count] = heap_allocate(&kernel.heap, sizeof(struct process))) != NULL) {
		count++;
	}
	assert_refused(-PANTHER_ENOMEM, WORLD_PATH, WORLD_ARGV, 0);
	heap_free(&kernel.heap, blocks[--count]);
	assert_int_equal(world_spawn(), 2);
	finish_child(2);
	while (count > 0) {
		heap_free(&kernel.heap, blocks[--count]);
	}
}

/* As many as there can be; then one ends, and there is room for one. */
static void the_table_has_120_places(void **state)
{
	(void)state;
	for (uint64_t pid = 2; pid <= PANTHER_PROCESSES_MAX; pid++) {
		assert_int_equal(world_spawn(), pid);
	}
	assert_int_equal(kernel.processes.count, 120);
	assert_refused(-PANTHER_EAGAIN, WORLD_PATH, WORLD_ARGV, 0);
	assert_int_equal(world_call(SYS_kill, 77, 0, 0), 0);
	/* One that has ended and that nobody has waited for has its place still. */
	assert_refused(-PANTHER_EAGAIN, WORLD_PATH, WORLD_ARGV, 0);
	assert_int_equal(world_call_and_wait(SYS_wait, 77, ROOM, 0), 77);
	assert_int_equal(world_spawn(), 128 + 77);
	assert_refused(-PANTHER_EAGAIN, WORLD_PATH, WORLD_ARGV, 0);
	for (uint64_t slot = 2; slot <= PANTHER_PROCESSES_MAX; slot++) {
		assert_int_equal(world_call(SYS_kill, kernel.processes.slots[slot]->pid, 0, 0), 0);
	}
	for (unsigned i = 0; i < 119; i++) {
		assert_int_not_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_child_runs_beside_its_parent),
		TEST(a_large_program_takes_its_time),
		TEST(only_exact_names_are_found),
		TEST(names_have_63_bytes_at_most),
		TEST(bad_addresses_fault),
		TEST(checks_come_in_order),
		TEST(a_bad_file_leaves_nothing),
		TEST(a_program_that_is_too_large_leaves_nothing),
		TEST(each_frame_may_be_the_one_that_is_missing),
		TEST(without_heap_there_is_no_process),
		cmocka_unit_test_setup_teardown(the_table_has_120_places, world_setup_large, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
