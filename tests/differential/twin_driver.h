/*
 * The programs of the differential tests in the twin: what player.S is at EL0.
 */
#ifndef TESTS_DIFFERENTIAL_TWIN_DRIVER_H
#define TESTS_DIFFERENTIAL_TWIN_DRIVER_H

#include <stdbool.h>

#include "hal_host/twin.h"

/* Plays the director as the first program, and players as all others. To be called after twin_reset. With `types`
 * somebody types the letter `a` without end. */
void twin_driver_start(bool types);

#endif
