/*
 * Which driver plays which program. A program is known by the physical address of its root table.
 */
#ifndef HAL_HOST_SCRIPT_H
#define HAL_HOST_SCRIPT_H

#include "hal_host/twin.h"

void script_reset(void);

/* Keeps which programs there are, and what plays them, and brings it back. What drivers know is their own. */
void script_snapshot(void);
void script_restore(void);

/* The next step of the program in the live space. Ends the machine if there is none. */
struct twin_step script_next(const struct hal_context *context, uint32_t word);

/* The step is what the program does next, if it is entered where it stands now. */
void script_repeat(const struct hal_context *context, const struct twin_step *step);

/* The frame is cleared: if it was a root table, its program is gone. */
void script_forget(uint64_t frame);

#endif
