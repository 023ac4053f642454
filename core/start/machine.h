/*
 * What the kernel has to know of the machine, read from the device tree in one
 * pass. Written once at boot, read-only afterwards.
 */
#ifndef CORE_START_MACHINE_H
#define CORE_START_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory/regions.h"
#include "hal/address.h"
#include "hal/boot.h"
#include "hal/cpu.h"
#include "lib/compiler.h"

#define MACHINE_COMMAND_LINE_MAX 512
#define MACHINE_SEED_SIZE 40 /* rng-seed (32 bytes) and kaslr-seed (8 bytes) of /chosen */

/* RAM is used up to this many bytes from the start of the GiB in which it begins: the linear map has table pages for
 * that much (KERNEL_TABLE_POOL_PAGES, one a GiB). 8 GiB at any address fit. */
#define MACHINE_RAM_SPAN_MAX 0x240000000
/* With less usable RAM than this the kernel does not start. */
#define MACHINE_RAM_MIN 0x800000

/* The interrupt controller: a GIC. */
struct machine_gic {
	uint32_t version; /* 2 or 3 */
	struct phys_range distributor;
	struct phys_range interface; /* GICv2: the CPU interface; GICv3: the first range of redistributors */
};

struct machine {
	struct region_set ram;	    /* what the tree's memory nodes say */
	struct region_set reserved; /* memory reservation block and /reserved-memory */
	struct phys_range uart;	    /* PL011 registers */
	struct machine_gic gic;
	uint32_t timer_interrupt; /* INTID of the virtual timer, a PPI: 16 to 31 */
	uint32_t uart_interrupt;  /* INTID of the UART, an SPI: 32 to 1019; 0: it has none, and brings no input */
	enum hal_psci_conduit psci;
	struct phys_range initrd;		     /* size 0: none */
	char command_line[MACHINE_COMMAND_LINE_MAX]; /* NUL-terminated; a longer one is cut between words */
	uint8_t seed[MACHINE_SEED_SIZE];
	size_t seed_size;    /* how many bytes of seed the tree gave */
	bool seed_is_whole;  /* an rng-seed of 32 bytes is among them: enough for keys */
	bool has_seed;	     /* they are enough for a secret: 64 bits */
	uint64_t place_seed; /* kaslr-seed alone; 0: the tree brought none of 64 bits, or one that was wiped before */
	uint32_t clipped;    /* ranges of RAM that found no place in `ram` */
};

/* Why a machine cannot be used: the BOOTFAIL tag ("dtb", "mem", "uart", "psci", "initrd", "gic", "timer") and a
 * reason, both static. */
struct machine_error {
	const char *tag;
	const char *reason;
};

/*
 * Reads the tree at boot->device_tree and fills `machine`. The seeds in the tree are overwritten with zeros. Returns
 * false and says why: "dtb" if the tree is malformed, misaligned, or overlaps the image; "mem" if RAM is missing,
 * empty or wraps, if it overlaps the UART, if a reserved range wraps, finds no place in `reserved` or covers the
 * tree; "uart" if there is no PL011, or its registers are none, or it has `interrupts` that name no SPI; "psci" if
 * there is no PSCI, or its method is unknown; "initrd" if that ends before it starts; "gic" if there is no GICv2 or
 * GICv3, or its registers are none or in RAM; "timer" if there is none, or its third interrupt is no PPI. Checks that
 * need the CPU's physical address size are machine_memory's.
 *
 * Of the tree it believes: the root's #address-cells and #size-cells (1 or 2; 2 and 1 if absent), and directly below
 * the root every node with device_type "memory", the first PSCI node, the first GIC, the first architected timer, the
 * PL011 that /chosen's stdout-path names or else the first one, /chosen, and /reserved-memory with its children. Nodes
 * whose status is not "okay" are ignored, so what belongs to the secure world is too. Devices behind a bus (which needs
 * `ranges`) are not looked for. Nor is interrupt-parent: there is one GIC, and every interrupt is one of its own, told
 * as its #interrupt-cells say. How they are triggered is not asked: both devices hold their level.
 */
K_MUST_USE bool machine_read(struct machine *machine, const struct boot_info *boot, struct machine_error *error);

/*
 * The RAM that the kernel may use: `ram`, cut to `address_limit` (first address the CPU cannot reach) and to
 * MACHINE_RAM_SPAN_MAX, less the image, the reserved ranges and the initrd. All in whole blocks of 2 MiB, those of the
 * linear map: it shows nothing that is not RAM, or that is somebody else's. `clipped` is set if something had to be
 * left out. Returns false with tag "mem" if RAM does not hold the image, if a reserved range covers part of the image
 * or the initrd, or if less than MACHINE_RAM_MIN is left; "initrd" if blocks of that are not usable RAM, or are
 * the image's; "uart" or "gic" if that is beyond `address_limit` (so ask before either is mapped).
 */
K_MUST_USE bool machine_memory(const struct machine *machine, struct phys_range image, uint64_t address_limit,
			       struct region_set *usable, bool *clipped, struct machine_error *error);

#endif
