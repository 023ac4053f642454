/*
 * What tests of the twin's EL0 have in common: the fixture's program, run step by step.
 */
#ifndef TESTS_UNIT_TWIN_PROGRAM_H
#define TESTS_UNIT_TWIN_PROGRAM_H

#include "tests/unit/expect_abort.h"
#include "tests/unit/twin_fixture.h"

/* ESR_EL1 with IL = 1 (Arm ARM D17.2.37). */
#define ESR(class, syndrome) ((uint64_t)(class) << 26 | 1UL << 25 | (syndrome))
#define SVC 0x15
#define INSTRUCTION_ABORT 0x20
#define PC_ALIGNMENT 0x22
#define DATA_ABORT 0x24

static struct twin_script script;
static struct hal_context results[8];

static inline void play(const struct twin_step *steps, size_t count)
{
	script = (struct twin_script){.steps = steps, .count = count, .results = results};
	twin_program(twin_script_driver, &script);
}

static inline struct hal_trap run(struct hal_context *context)
{
	struct hal_trap trap;

	hal_user_run(context, &fixture_space, &trap);
	return trap;
}

/* Runs one step from a fresh context. */
static inline struct hal_trap run_step(const struct twin_step *step)
{
	struct hal_context context = fixture_context();

	play(step, 1);
	return run(&context);
}

static inline void run_context(void *context)
{
	struct hal_trap trap;

	hal_user_run(context, &fixture_space, &trap);
}

#endif
