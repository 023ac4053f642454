/*
 * What a backend hands to the kernel, and the kernel's entry.
 */
#ifndef HAL_BOOT_H
#define HAL_BOOT_H

#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal/context.h"
#include "lib/compiler.h"

/*
 * Facts that only the backend knows. Everything else about the machine comes
 * from the device tree. All memory stays owned by the backend.
 */
struct boot_info {
	/* Where the boot loader said the tree is (x0), or the start of RAM; 0 is possible. */
	phys_addr device_tree_address;
	/*
	 * The tree's bytes, writable (its seeds are wiped after use), and how many may be looked at
	 * (never more than 2 MiB). NULL if the address cannot be mapped: misaligned or beyond 48 bits.
	 */
	uint8_t *device_tree;
	size_t device_tree_limit;
	/* The physical memory of the image, page tables and stacks included. */
	struct phys_range image;
	/* The kernel's level-1 table, live in TTBR1, and pages for further kernel tables (uninitialised). */
	phys_addr kernel_root;
	phys_addr table_pool;
	/* Pages of the image that become read-only at the end of boot, [sealed_start, sealed_end); see K_SEALED. */
	kernel_addr sealed_start;
	kernel_addr sealed_end;
	/* The built-in boot archive: programs, in cpio's newc format. */
	const uint8_t *archive;
	size_t archive_size;
};

/*
 * The kernel. Called once by the backend with the MMU on and interrupts masked.
 * Runs until the machine is powered off, fails to boot, or panics.
 */
K_NORETURN void kernel_main(const struct boot_info *boot);

/*
 * A fault of the kernel itself, from any of its own vectors. Called by the
 * backend on a stack that is known to be good. Panics, or reports a boot that failed.
 */
K_NORETURN void kernel_fault(const struct hal_fault *fault);

#endif
