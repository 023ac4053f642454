/*
 * Which driver plays which program.
 */
#ifndef HAL_HOST_SCRIPT_H
#define HAL_HOST_SCRIPT_H

#include "hal_host/twin.h"

void script_reset(void);

/* The next step of the program in `space`. Ends the machine if there is none. */
struct twin_step script_next(const struct hal_space *space, const struct hal_context *context, uint32_t word);

/* The program with this ASID is gone: the next one in that space is another. */
void script_forget(uint16_t asid);

#endif
