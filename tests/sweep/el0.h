/*
 * One word at EL0: in the first process, made by the kernel's own boot, with two pages mapped. Around the word each
 * instruction is an SVC that says where it lies, so whatever the word does it ends in a trap, or the timer's interrupt
 * ends it.
 */
#ifndef TESTS_SWEEP_EL0_H
#define TESTS_SWEEP_EL0_H

#include <stdbool.h>
#include <stdint.h>

#include "core/process/process.h"
#include "hal/context.h"

#define EL0_CODE_PAGE 0x400000UL
#define EL0_DATA_PAGE 0x10000000UL

/* Where the word lies in its page, in words; and what the SVC at place N has for an immediate. */
#define EL0_PLACE 512
#define EL0_MARK(place) (0x4000U | (place))

/* What the word was given: all registers but X1, and SP. */
#define EL0_VALUE (EL0_DATA_PAGE + 0x800)

/* What came of it. */
struct el0_outcome {
	bool had_fp_trap; /* it was an FP or SIMD instruction, and was run again with FP on */
	bool is_endless;  /* the timer had to end it */
	bool has_changed; /* PSTATE has a bit that no program may have */
	struct hal_trap trap;
	uint64_t pc;
};

/* Makes the first process run these words from now on. */
void el0_open(struct process *process);

/* Runs one word; every register that it could have changed is as before afterwards. */
struct el0_outcome el0_try(uint32_t word);

/* Leaves the process as el0_open left it. */
void el0_close(void);

#endif
