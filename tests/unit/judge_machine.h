/*
 * Makes a tree, has machine_read read it, and says what must come of it.
 */
#ifndef TESTS_UNIT_JUDGE_MACHINE_H
#define TESTS_UNIT_JUDGE_MACHINE_H

#include <stdlib.h>
#include <string.h>

#include "tests/support/machine_tree.h"
#include "tests/unit/cmocka_test.h"

/* The tree that is being made, and what became of the last one. */
static struct tree_builder builder;
static struct machine_outcome outcome;

static inline void accept(void)
{
	machine_tree_read(&builder, &outcome);
	free(outcome.blob);
	if (!outcome.is_read) {
		fail_msg("refused: [%s] %s", outcome.error.tag, outcome.error.reason);
	}
}

static inline void refuse(const char *tag)
{
	machine_tree_read(&builder, &outcome);
	free(outcome.blob);
	assert_false(outcome.is_read);
	assert_string_equal(outcome.error.tag, tag);
	assert_non_null(outcome.error.reason);
}

/* A tree with all that is needed; the root is left open for more. */
static inline void start_whole(void)
{
	machine_tree_root(&builder);
	machine_tree_devices(&builder);
}

/* The same without RAM, UART, PSCI, or GIC and timer. */
static inline void start_without_ram(void)
{
	machine_tree_root(&builder);
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
	machine_tree_interrupts(&builder);
}

static inline void start_without_uart(void)
{
	machine_tree_root(&builder);
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
	machine_tree_interrupts(&builder);
}

static inline void start_without_psci(void)
{
	machine_tree_root(&builder);
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_interrupts(&builder);
}

static inline void start_without_interrupts(void)
{
	machine_tree_root(&builder);
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
}

#endif
