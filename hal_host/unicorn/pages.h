/*
 * The pages of the live space that Unicorn has mapped: a cache of the twin's TLB, filled where an access faults and
 * emptied when anything has been invalidated.
 */
#ifndef HAL_HOST_UNICORN_PAGES_H
#define HAL_HOST_UNICORN_PAGES_H

#include <stdbool.h>
#include <stdint.h>
#include <unicorn/unicorn.h>

#include "hal_host/walker.h"

/* Unmaps everything if another space is live, or if something was invalidated since the last call. */
void pages_refresh(uc_engine *engine);

/* Maps the page of `address` with what EL0 may do there, if it may do this. False with the fault status code if not. */
bool pages_map(uc_engine *engine, uint64_t address, enum walker_access access, uint8_t *status);

/* Has the engine translated so much code that it is time for another one? pages_forget is for that: it has no pages. */
bool pages_are_too_many(void);
void pages_forget(void);

#endif
