/*
 * Between machine.c, machine_nodes.c and machine_interrupts.c: what is known while a tree is being read.
 */
#ifndef CORE_START_MACHINE_READER_H
#define CORE_START_MACHINE_READER_H

#include "core/start/device_tree.h"
#include "core/start/machine.h"

/* UARTs that are kept in mind until stdout-path is known; more are not looked at. */
#define MACHINE_UARTS_MAX 4

/* Widths of the numbers in `reg`, in 32-bit cells (Devicetree Specification 0.4, section 2.3.5). */
struct machine_cells {
	uint32_t address;
	uint32_t size;
};

/* A PL011 that may be used. The pointers lie in the tree. */
struct machine_uart {
	const char *name;
	struct device_tree_property reg;
	struct device_tree_property interrupts;
};

/* The GIC. The pointers lie in the tree. */
struct machine_gic_node {
	uint32_t version; /* 0: none so far */
	struct device_tree_property reg;
	struct device_tree_property interrupt_cells;
};

struct machine_reader {
	struct machine *machine;
	const struct boot_info *boot;
	struct machine_error *error;
	struct device_tree tree;
	struct device_tree_walk walk;
	bool in_reserved_memory; /* the walk is in /reserved-memory */
	bool has_psci;
	struct machine_cells root_cells;
	struct machine_cells reserved_cells;
	/* Of /chosen; without a value if they are absent. */
	struct device_tree_property stdout_path;
	struct device_tree_property initrd_start;
	struct device_tree_property initrd_end;
	struct machine_gic_node gic;
	struct device_tree_property timer_interrupts; /* without a value if there is no timer */
	struct device_tree_property uart_interrupts;  /* of the UART that was chosen; without a value if it has none */
	size_t uart_count;
	struct machine_uart uarts[MACHINE_UARTS_MAX];
};

/* Says why, and returns false. */
bool machine_reader_fail(struct machine_reader *reader, const char *tag, const char *reason);

/* Walks over all nodes. Fills the machine's RAM, reserved ranges (those of /reserved-memory), command line, seeds and
 * PSCI conduit, and of the reader what has to wait for the end. */
K_MUST_USE bool machine_reader_walk(struct machine_reader *reader);

/* The index-th range of `reg`, a property of a child of the root. "dtb" if there is none. */
K_MUST_USE bool machine_reader_range(struct machine_reader *reader, const struct device_tree_property *reg,
				     uint32_t index, struct phys_range *range);

/* If the node with these properties is the first GIC, or the first timer, it is kept in mind. */
void machine_reader_note_controller(struct machine_reader *reader, const struct device_tree_property *compatible,
				    const struct device_tree_property *reg,
				    const struct device_tree_property *interrupt_cells);
void machine_reader_note_timer(struct machine_reader *reader, const struct device_tree_property *compatible,
			       const struct device_tree_property *interrupts);

/* After the walk, when the UART is chosen and all RAM is known: fills the machine's GIC and interrupts. */
K_MUST_USE bool machine_reader_interrupts(struct machine_reader *reader);

/* Adds a range to what is reserved. An empty one reserves nothing. */
K_MUST_USE bool machine_reader_reserve(struct machine_reader *reader, struct phys_range range);

#endif
