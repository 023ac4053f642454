/*
 * A GIC as its manuals have it: GICv2 (Arm IHI 0048B) or GICv3 (IHI 0069G), seen by one CPU, in one Security state or
 * from the Non-secure one of two. Registers that no driver of this kernel needs, and whatever the manuals call
 * UNPREDICTABLE, fail the test. Interrupts are a line each that a device raises and lowers.
 */
#ifndef TESTS_UNIT_MODEL_GIC_MODEL_H
#define TESTS_UNIT_MODEL_GIC_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/interrupt.h"

#define GIC_MODEL_INTERRUPTS 1024
#define GIC_MODEL_ROUTES_PAGE 512
#define GIC_MODEL_NONE 1023

struct gic_model_interrupt {
	bool is_enabled;
	bool is_latched; /* pending by a write or by an edge */
	bool is_active;
	bool is_high; /* the device's line */
	bool is_edge;
	bool is_group_1;
	uint8_t priority; /* as the Secure state sees it, if there are two */
	uint8_t targets;  /* GICv2: a bit a CPU */
	uint64_t route;	  /* GICv3 */
};

struct gic_model {
	/* Knobs. */
	unsigned version;
	uint32_t blocks; /* of 32 interrupts, that are there */
	bool has_two_states;
	bool is_uniprocessor;	   /* GICv2: targets read as zero, and writes are ignored */
	uint32_t pidr2;		   /* of the distributor */
	uint32_t interface_iidr;   /* GICv2: GICC_IIDR */
	uint32_t distributor_iidr; /* GICv2: GICD_IIDR */
	uint8_t own_target;	   /* GICv2: this CPU's bit */
	bool has_registers;	   /* GICv3: the CPU has the system registers */
	bool keeps_registers_off;  /* GICv3: ICC_SRE_EL1.SRE stays 0 */
	uint64_t mpidr;
	uint64_t redistributor_affinity; /* GICR_TYPER[63:32] */
	unsigned priority_bits;		 /* GICv3 */
	uint64_t polls_to_wake;		 /* ChildrenAsleep lasts so many polls */
	uint64_t polls_to_write;	 /* so does RWP */
	/* State. */
	struct gic_model_interrupt interrupts[GIC_MODEL_INTERRUPTS];
	uint32_t distributor_control;
	uint32_t waker;
	uint64_t wake_polls;
	uint64_t distributor_polls; /* left, of RWP */
	uint64_t redistributor_polls;
	bool control_is_pending; /* what RWP is about is a write of GICD_CTLR */
	uint32_t interface_control;
	uint32_t group_enable; /* ICC_IGRPEN1_EL1 */
	bool registers_on;     /* ICC_SRE_EL1 */
	uint8_t mask;	       /* GICC_PMR, ICC_PMR_EL1 */
	uint32_t active_priorities[4];
	uint32_t claimed[8]; /* not completed yet, newest last */
	size_t claimed_count;
	/* What was seen. */
	uint64_t writes;
	uint64_t polls;
	uint64_t completions;
	unsigned timer_starts;
};

extern struct gic_model gic_model;

/* A controller that firmware has left in disorder: everything enabled, pending, active, edge-triggered, of all sorts of
 * priorities, and meant for another CPU. */
void gic_model_reset(unsigned version);

/* Where its registers are. */
struct hal_interrupt_controller gic_model_controller(void);

/* A device wants something, or no more. */
void gic_model_raise(uint32_t number);
void gic_model_lower(uint32_t number);

/* Does the CPU see an interrupt request (IRQ)? */
bool gic_model_signals(void);

/* For the models of both versions: the interrupt that the CPU interface would give, or GIC_MODEL_NONE; giving it. */
uint32_t gic_model_highest(void);
uint32_t gic_model_claim(void);
void gic_model_complete(uint32_t number, bool deactivates);

/* Registers of a bit an interrupt and the like, at the offsets that both versions share. */
void gic_model_block_write(uint64_t offset, uint32_t value, uint32_t first, uint32_t limit);

/* What differs: can `interrupt` reach this CPU, its group and its way considered? */
bool gicv2_model_reaches(const struct gic_model_interrupt *interrupt, uint32_t number);
bool gicv3_model_reaches(const struct gic_model_interrupt *interrupt, uint32_t number);
bool gicv2_model_signals(void);
bool gicv3_model_signals(void);

/* The pages, in their order from GIC_MODEL_BASE. */
enum gic_model_page {
	GIC_MODEL_DISTRIBUTOR,
	GIC_MODEL_CPU_INTERFACE,
	GIC_MODEL_REDISTRIBUTOR,
	GIC_MODEL_SGI,
	GIC_MODEL_ROUTING,
	GIC_MODEL_ROUTING_UPPER,
	GIC_MODEL_IDENTIFICATION,
};

#define GIC_MODEL_BASE 0xffffffc000180000

uint32_t gicv2_model_read(enum gic_model_page page, uint64_t offset);
void gicv2_model_write(enum gic_model_page page, uint64_t offset, uint32_t value);
uint32_t gicv3_model_read(enum gic_model_page page, uint64_t offset);
void gicv3_model_write(enum gic_model_page page, uint64_t offset, uint32_t value);
uint64_t gicv3_model_read64(enum gic_model_page page, uint64_t offset);
void gicv3_model_write64(enum gic_model_page page, uint64_t offset, uint64_t value);

#endif
