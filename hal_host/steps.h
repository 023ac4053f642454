/*
 * What a program's steps do.
 */
#ifndef HAL_HOST_STEPS_H
#define HAL_HOST_STEPS_H

#include <stdbool.h>

#include "hal/context.h"
#include "hal_host/twin.h"

/* Plays one step of the live program. Returns whether it traps. */
bool steps_play(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap);

#endif
