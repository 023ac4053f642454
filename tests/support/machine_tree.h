/*
 * A tree like that of QEMU's virt machine, part by part, and machine_read applied to it.
 */
#ifndef TESTS_SUPPORT_MACHINE_TREE_H
#define TESTS_SUPPORT_MACHINE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/start/machine.h"
#include "tests/support/tree_builder.h"

#define MACHINE_TREE_RAM 0x40000000
#define MACHINE_TREE_RAM_SIZE 0x8000000
#define MACHINE_TREE_UART 0x9000000
#define MACHINE_TREE_DISTRIBUTOR 0x8000000
#define MACHINE_TREE_CPU_INTERFACE 0x8010000
#define MACHINE_TREE_IMAGE 0x40200000
#define MACHINE_TREE_IMAGE_SIZE 0x100000
/* Where the blob is said to lie. */
#define MACHINE_TREE_ADDRESS 0x48000000

/* The root, with two cells each, left open. */
void machine_tree_root(struct tree_builder *builder);
/* A property of 32-bit numbers. */
void machine_tree_cells(struct tree_builder *builder, const char *name, size_t count, const uint32_t *cells);
/* Nodes, whole. Every UART has interrupt 33, SPI 1. */
void machine_tree_memory(struct tree_builder *builder, uint64_t base, uint64_t size);
void machine_tree_uart(struct tree_builder *builder, const char *name, uint64_t base);
void machine_tree_psci(struct tree_builder *builder, const char *compatible, const char *method);
/* A GIC with three cells, and these two ranges of registers. */
void machine_tree_gic(struct tree_builder *builder, const char *compatible, const uint64_t registers[4]);
void machine_tree_timer(struct tree_builder *builder);
/* A GICv2 and the timer. */
void machine_tree_interrupts(struct tree_builder *builder);
/* The root's usual children: RAM, UART, PSCI by hvc, GICv2, timer. */
void machine_tree_devices(struct tree_builder *builder);

/* What machine_read says to the builder's tree; ends the root. */
struct machine_outcome {
	bool is_read;
	struct machine machine;
	struct machine_error error;
	uint8_t *blob; /* afterwards; to be freed */
	size_t size;
};

void machine_tree_read(struct tree_builder *builder, struct machine_outcome *outcome);
/* The same for a finished blob, which stays the caller's. */
void machine_blob_read(uint8_t *blob, size_t size, struct machine_outcome *outcome);

#endif
