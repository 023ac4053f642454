/*
 * Time, from the inside: it passes when the twin lets it.
 */
#ifndef HAL_HOST_TIME_H
#define HAL_HOST_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Lets at most `ticks` pass, but stops when an interrupt is pending. Returns what is left of them. */
uint64_t time_pass(uint64_t ticks);

/* Lets time pass until an interrupt is pending. False if nothing is left that could make one pending. */
bool time_pass_until_interrupt(void);

#endif
