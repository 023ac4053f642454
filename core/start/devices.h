/*
 * The devices beyond the console: interrupt controller, timer, input.
 */
#ifndef CORE_START_DEVICES_H
#define CORE_START_DEVICES_H

/*
 * Sets up the clock, the interrupt controller and console input as the machine's description says. Fails the boot,
 * tag "timer" or "gic", if one is not what it should be.
 */
void devices_start(void);

#endif
