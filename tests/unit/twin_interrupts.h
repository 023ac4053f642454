/*
 * What tests of the twin's interrupts and time have in common: the fixture, with the interrupt controller attached.
 */
#ifndef TESTS_UNIT_TWIN_INTERRUPTS_H
#define TESTS_UNIT_TWIN_INTERRUPTS_H

#include "hal/interrupt.h"
#include "hal/layout.h"
#include "tests/unit/twin_program.h"

/* Interrupts of no device of the twin. */
#define LOW 20
#define HIGH 1019

static const struct hal_interrupt_controller controller = {
	.version = 2,
	.distributor = {KERNEL_DEVICE_BASE + 0x8000},
	.cpu_interface = {KERNEL_DEVICE_BASE + 0x9000},
};

static inline void map_controller(void)
{
	fixture_put_device(8, TWIN_DISTRIBUTOR_BASE);
	fixture_put_device(9, TWIN_CPU_INTERFACE_BASE);
}

static inline int setup(void **state)
{
	fixture_setup(state);
	map_controller();
	assert_true(hal_interrupts_attach(&controller));
	return 0;
}

static inline void claim(void *unused)
{
	(void)unused;
	(void)hal_interrupt_claim();
}

static inline void wait(void *unused)
{
	(void)unused;
	hal_wait_for_interrupt();
}

/* An event. */
static inline void raise_low(void *unused)
{
	(void)unused;
	twin_interrupt_raise(LOW);
}

#endif
