/*
 * The registers that stay in the CPU when a program traps: those of FP and SIMD, and TPIDR_EL0.
 */
#ifndef HAL_HOST_PROCESS_STATE_H
#define HAL_HOST_PROCESS_STATE_H

/* Fills them with a pattern: a program that finds it was given something that was never set. */
void process_state_reset(void);

#endif
