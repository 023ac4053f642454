/*
 * A kernel whose memory and devices are set up, on a fresh twin, without a boot; and processes in it that do what a
 * test says. There is little RAM, so that tests may exhaust it, and there are few ASIDs, so that they run out.
 *
 * A test either lets the loop run programs that play lists of steps (world_plays, world_run), or stands at EL0 in one
 * process and makes its calls one by one (world_call); a call that waits is gone on with by world_run.
 */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include "tests/unit/world_machine.h"

static inline struct world_player *world_player_of(uint64_t pid)
{
	for (size_t i = 0; i < world.player_count; i++) {
		if (world.players[i].pid == pid) {
			return &world.players[i];
		}
	}
	return NULL;
}

/* One step for world_step, then back to the kernel; else the process's own list; else it waits for the end of its
 * turn, and the one that world_call is about ends the run. */
static inline bool world_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	struct world_player *player = world_player_of(kernel.scheduler.current->pid);

	(void)owner;
	if (world.has_step) {
		*step = world.step;
		world.has_step = false;
		world.step = (struct twin_step){.kind = TWIN_TRAP, .trap = {.kind = HAL_TRAP_IRQ}};
		return true;
	}
	if (world.step.kind == TWIN_TRAP) {
		world.seen = context->x[0];
		*step = world.step;
		return true;
	}
	if (player != NULL) {
		return twin_script_driver(&player->script, context, word, step);
	}
	*step = (struct twin_step){.kind = TWIN_SPIN};
	return world.process != NULL && kernel.scheduler.current != world.process;
}

/* A machine, its kernel's memory and devices, and programs; no process yet. */
static inline void world_reset_with(const struct twin_options *options, unsigned blocks)
{
	const struct region_set ram = {.count = 1, .ranges = {{WORLD_RAM, blocks * WORLD_BLOCK}}};

	twin_reset(options);
	memset(&world, 0, sizeof(world));
	world_protect();
	kernel_map_init(&kernel.map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	frames_init(&kernel.frames, &ram, &kernel.map);
	heap_init(&kernel.heap, &kernel.random);
	world.frames = kernel.frames.total_count;
	world_make_machine();
	world_make_archive();
	devices_start();
	kernel.random.is_seeded = true;
	process_table_init(&kernel.processes);
	scheduler_init(&kernel.scheduler, WORLD_ASID_BITS, kernel_facts.clock.frequency);
	twin_every_program(world_driver, NULL);
}

static inline void world_reset(const struct twin_options *options)
{
	world_reset_with(options, 1);
	assert_int_equal(world.frames, WORLD_FRAMES);
}

/* What the process of that id does when the loop runs it. */
static inline struct world_player *world_plays(uint64_t pid, const struct twin_step *steps, size_t count)
{
	struct world_player *player = &world.players[world.player_count++];

	assert_true(world.player_count <= WORLD_PLAYERS && count <= WORLD_STEPS);
	*player = (struct world_player){.pid = pid};
	player->script = (struct twin_script){.steps = steps, .count = count, .results = player->results};
	return player;
}

#define WORLD_PLAYS(pid, steps) world_plays(pid, steps, sizeof(steps) / sizeof((steps)[0]))

/* The order for a first process: it may do everything. */
static inline struct process_order world_order(void)
{
	static const struct program_arguments arguments = {.count = 1, .size = 8, .strings = "program"};

	return (struct process_order){
		.program = &kernel_facts.archive.programs[0],
		.arguments = &arguments,
		.calls = SYSCALLS_ALL,
		.frames_max = (uint32_t)world.frames,
		.children_max = PANTHER_PROCESSES_MAX,
	};
}

static inline void world_begin(void)
{
	const struct process_order order = world_order();

	assert_int_equal(lifecycle_begin(&order), K_OK);
	assert_non_null(process_table_find(&kernel.processes, LIFECYCLE_FIRST_PID));
}

static inline void world_loop(void *argument)
{
	(void)argument;
	loop_run(&kernel.scheduler);
}

/* Runs the loop from where it was left. */
static inline enum twin_end world_run(void)
{
	struct process *current = kernel.scheduler.current;

	if (current->state == PROCESS_RUNNING) {
		current->state = PROCESS_READY;
	}
	return twin_call(world_loop, NULL);
}

/* Runs the loop until that process is at EL0: world_call is about it then. */
static inline void world_go_on_as(uint64_t pid)
{
	world.process = process_table_find(&kernel.processes, pid);
	assert_non_null(world.process);
	assert_int_equal(world_run(), TWIN_SCRIPT_END);
	assert_ptr_equal(kernel.scheduler.current, world.process);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
}

/* The first process stands at EL0, for cmocka_unit_test_setup. */
static inline int world_setup(void **state)
{
	(void)state;
	world_reset(NULL);
	world_begin();
	world_go_on_as(LIFECYCLE_FIRST_PID);
	return 0;
}

/* The same with much more RAM than any test needs. */
static inline int world_setup_large(void **state)
{
	(void)state;
	world_reset_with(NULL, 8);
	world_begin();
	world_go_on_as(LIFECYCLE_FIRST_PID);
	return 0;
}

/* The process takes the step and traps; the kernel deals with it, and with interrupts that come before. */
static inline void world_step(const struct twin_step *step)
{
	struct hal_trap trap;

	world.step = *step;
	world.has_step = true;
	world.process->context.pc = PROGRAM_CODE;
	do {
		hal_user_run(&world.process->context, &world.process->space.space, &trap);
		if (!world.has_step) {
			world.step = (struct twin_step){.kind = TWIN_SVC};
		}
		trap_handle(world.process, trap);
	} while (world.has_step && world.process->state == PROCESS_RUNNING);
	assert_false(world.has_step);
}

/* A system call of the process. Returns what it finds in x0. */
static inline uint64_t world_call4(uint64_t number, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	const struct twin_step step = {.kind = TWIN_SVC, .number = number, .arguments = {x0, x1, x2, x3}};

	world_step(&step);
	return world.process->context.x[0];
}

static inline uint64_t world_call(uint64_t number, uint64_t x0, uint64_t x1, uint64_t x2)
{
	return world_call4(number, x0, x1, x2, 0);
}

/* A call that may wait, for something that has happened or will. Returns what it is answered. */
static inline uint64_t world_call_and_wait(uint64_t number, uint64_t x0, uint64_t x1, uint64_t x2)
{
	uint64_t pid = world.process->pid;

	(void)world_call(number, x0, x1, x2);
	if (world.process->state != PROCESS_RUNNING) {
		world_go_on_as(pid);
	}
	return world.process->context.x[0];
}

/* A child of the process, with this program; it spins unless world_plays says otherwise. */
static inline uint64_t world_spawn(void)
{
	return world_call_and_wait(SYS_spawn, WORLD_REQUEST, WORLD_REQUEST_SIZE, 0);
}

/* Lets the others run until it is the process's turn again. */
static inline void world_yield(void)
{
	assert_int_equal(world_call(SYS_yield, 0, 0, 0), 0);
	world_go_on_as(world.process->pid);
}

/* The same until that process is in that state. */
static inline void world_yield_until(uint64_t pid, enum process_state state)
{
	for (unsigned i = 0; process_table_find(&kernel.processes, pid)->state != state; i++) {
		assert_true(i < 100);
		world_yield();
	}
}

static inline void world_poke(uint64_t address, const void *bytes, size_t size)
{
	assert_true(twin_user_write(&world.process->space.space, address, bytes, size));
}

static inline void world_peek(uint64_t address, void *bytes, size_t size)
{
	assert_true(twin_user_read(&world.process->space.space, address, bytes, size));
}

/* What there is of everything; nothing of it is broken. */
struct world_counts {
	uint64_t frames_free;
	uint64_t heap_used;
	uint64_t processes;
	uint64_t children; /* of the process that world_call is about */
	uint64_t frames_used;
};

static inline struct world_counts world_count(void)
{
	uint64_t slot = 0;

	frames_check(&kernel.frames);
	heap_check(&kernel.heap);
	twin_check_kernel_half();
	for (const struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
		if (process->state != PROCESS_ENDING && process->state != PROCESS_ENDED) {
			twin_check_space(&process->space.space);
		}
	}
	return (struct world_counts){
		.frames_free = kernel.frames.free_count,
		.heap_used = heap_used(&kernel.heap),
		.processes = kernel.processes.count,
		.children = world.process == NULL ? 0 : world.process->children,
		.frames_used = world.process == NULL ? 0 : world.process->space.frames_used,
	};
}

static inline void world_assert_counts(const struct world_counts *expected)
{
	const struct world_counts now = world_count();

	assert_int_equal(now.frames_free, expected->frames_free);
	assert_int_equal(now.heap_used, expected->heap_used);
	assert_int_equal(now.processes, expected->processes);
	assert_int_equal(now.children, expected->children);
	assert_int_equal(now.frames_used, expected->frames_used);
}

/* Everything that was taken since world_reset is back. */
static inline void world_assert_nothing_is_used(void)
{
	const struct world_counts nothing = {.frames_free = world.frames};

	world.process = NULL;
	world_assert_counts(&nothing);
	assert_null(kernel.scheduler.ring);
	assert_null(kernel.scheduler.sleepers);
	assert_ptr_equal(kernel.scheduler.current, &kernel.scheduler.idle);
	assert_ptr_equal(kernel.scheduler.loaded, &kernel.scheduler.idle);
}

#define WORLD_CLOSING "[BOOT] Kernel initialization complete\n[BOOT] Halting CPU...\n"

/* The first process, at EL0 and without children, ends, and nothing is left: for cmocka_unit_test_setup_teardown. */
static inline int world_teardown(void **state)
{
	(void)state;
	(void)world_call(SYS_exit, 0, 0, 0);
	world.process = NULL;
	assert_int_equal(world_run(), TWIN_POWER_OFF);
	world_assert_nothing_is_used();
	return 0;
}

#endif
