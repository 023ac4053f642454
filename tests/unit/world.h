/*
 * A kernel whose memory is built, on a fresh twin, and one process in it that does what a test says, step by step.
 * There is little RAM, so that tests may exhaust it.
 */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include <stdint.h>
#include <string.h>

#include "core/cpu/features.h"
#include "core/cpu/pstate.h"
#include "core/cpu/registers.h"
#include "core/kernel.h"
#include "core/process/process.h"
#include "core/trap/trap.h"
#include "hal/user.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/program.h"

/* One block of RAM: 512 frames, of which one holds the allocator's table. */
#define WORLD_RAM 0x41000000UL
#define WORLD_FRAMES 511
#define WORLD_PID 1

struct world {
	struct program_image program;
	struct process *process;
	struct twin_step step; /* what the process does next */
};

static struct world world;

static inline void world_protect(void)
{
	static const struct hal_secrets secrets = {{1, 2}, 0x123400};
	struct hal_id_registers id;
	struct hal_registers registers;

	hal_id_registers_read(&id);
	cpu_features_decode(&kernel_facts.features, &id);
	kernel_facts.pstate_mask = pstate_user_mask(&kernel_facts.features);
	cpu_registers_decide(&registers, &kernel_facts.features);
	hal_cpu_protect(&registers, &secrets);
}

/* A machine, its kernel's memory, and the program's file; no process yet. */
static inline void world_reset(const struct twin_options *options)
{
	const struct region_set ram = {.count = 1, .ranges = {{WORLD_RAM, 0x200000}}};

	twin_reset(options);
	world_protect();
	kernel_map_init(&kernel.map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	frames_init(&kernel.frames, &ram, &kernel.map);
	heap_init(&kernel.heap);
	assert_int_equal(kernel.frames.total_count, WORLD_FRAMES);
	program_make(&world.program, NULL, 0);
	world.process = NULL;
}

static inline k_status world_create(struct process **process)
{
	return process_create(&kernel.heap, &kernel.frames, WORLD_PID, world.program.bytes, sizeof(world.program.bytes),
			      process);
}

static inline bool world_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)context;
	(void)word;
	*step = *(const struct twin_step *)owner;
	return true;
}

/* The process takes the step and traps; the kernel deals with it. */
static inline void world_step(const struct twin_step *step)
{
	struct hal_trap trap;

	world.step = *step;
	world.process->context.pc = PROGRAM_CODE;
	hal_user_run(&world.process->context, &world.process->space.space, &trap);
	trap_handle(world.process, trap);
}

/* A system call of the process. Returns what it finds in x0. */
static inline uint64_t world_call(uint64_t number, uint64_t x0, uint64_t x1, uint64_t x2)
{
	const struct twin_step step = {.kind = TWIN_SVC, .number = number, .arguments = {x0, x1, x2}};

	world_step(&step);
	return world.process->context.x[0];
}

static inline void world_poke(uint64_t address, const void *bytes, size_t size)
{
	assert_true(twin_user_write(&world.process->space.space, address, bytes, size));
}

/* The whole of it, for cmocka_unit_test_setup. */
static inline int world_setup(void **state)
{
	(void)state;
	world_reset(NULL);
	assert_int_equal(world_create(&world.process), K_OK);
	twin_program(world_driver, &world.step);
	return 0;
}

/* Everything that was taken since world_reset is back, and nothing is broken. */
static inline void world_assert_nothing_is_used(void)
{
	frames_check(&kernel.frames);
	heap_check(&kernel.heap);
	assert_int_equal(kernel.frames.free_count, WORLD_FRAMES);
	assert_int_equal(heap_used(&kernel.heap), 0);
}

#endif
