/*
 * Interrupts and the timer. Interrupts are masked whenever the kernel runs: one
 * becomes visible as a trap of the process that runs, or when the kernel asks.
 */
#ifndef HAL_INTERRUPT_H
#define HAL_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/address.h"
#include "lib/compiler.h"

/* Interrupt numbers (INTIDs) below this are interrupts; 1020 to 1023 mean that there is none (Arm IHI 0069, 2.2.1). */
#define HAL_INTERRUPT_LIMIT 1020
#define HAL_INTERRUPT_NONE 1023

/* A GIC, its registers mapped. What the version does not have is 0. */
struct hal_interrupt_controller {
	uint32_t version;	       /* 2 or 3 */
	kernel_addr distributor;       /* the first page of the distributor */
	kernel_addr cpu_interface;     /* GICv2: the first page of the CPU interface */
	kernel_addr redistributor;     /* GICv3: this CPU's RD_base frame, first page */
	kernel_addr redistributor_sgi; /* GICv3: this CPU's SGI_base frame, first page */
	kernel_addr routing;	       /* GICv3: the page of the distributor at offset 0x6000 (GICD_IROUTER) */
	kernel_addr routing_upper;     /* GICv3: the next one, for interrupts from 512 on */
	kernel_addr identification;    /* GICv3: the page of the distributor at offset 0xf000 (GICD_PIDR2) */
};

/*
 * Takes the controller over: everything disabled, nothing pending, one priority for all, this CPU's interface open.
 * Returns false, with nothing changed, if what is there does not identify itself as a GIC of that version; also if it
 * does, but does not answer or is not to be had (a GICv3 whose system registers are switched off): all stays disabled.
 */
K_MUST_USE bool hal_interrupts_attach(const struct hal_interrupt_controller *controller);

/* Lets the interrupt `number` (16 to HAL_INTERRUPT_LIMIT - 1: PPIs and SPIs, level-sensitive) reach this CPU, or no
 * longer. */
void hal_interrupt_enable(uint32_t number);
void hal_interrupt_disable(uint32_t number);

/*
 * uint32_t hal_interrupt_claim(void): takes the pending interrupt of the highest priority, and returns its number; it
 * is active until hal_interrupt_complete. Returns a number at or above HAL_INTERRUPT_LIMIT if there is none: that is
 * not to be completed. May be inline.
 *
 * void hal_interrupt_complete(uint32_t number): the interrupt that was claimed last has been dealt with. Its device has
 * been told to withdraw it. May be inline.
 */

/* Waits until an interrupt is pending. It is not taken: claim it. May return without one. */
void hal_wait_for_interrupt(void);

/*
 * void hal_timer_set(uint64_t deadline): the virtual timer's interrupt is pending from the moment at which
 * hal_time_ticks() reaches `deadline` on, and not before. A pending one is withdrawn by the time at which it is
 * completed. UINT64_MAX is never. May be inline.
 */
#include "hal_inline.h"

#endif
