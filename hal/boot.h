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
	/* The physical memory of the image, page tables and stacks included, and where it is in the kernel's half. */
	struct phys_range image;
	kernel_addr image_address;
	/* The kernel's level-1 table, live in TTBR1, and pages for further kernel tables (uninitialised). */
	phys_addr kernel_root;
	phys_addr table_pool;
	/* Pages of the image that become read-only at the end of boot, [sealed_start, sealed_end); see K_SEALED. */
	kernel_addr sealed_start;
	kernel_addr sealed_end;
	/* Pages of the image that change when it moves, [relocated_start, relocated_end): constants, read-only. */
	kernel_addr relocated_start;
	kernel_addr relocated_end;
	/* The built-in boot archive: programs, in cpio's newc format. */
	const uint8_t *archive;
	size_t archive_size;
};

/*
 * The kernel. Called once by the backend with the MMU on and interrupts masked, the image being where it is linked.
 * Ends in hal_image_move, if the boot does not fail before.
 */
K_NORETURN void kernel_main(const struct boot_info *boot);

/*
 * From now on the image is `distance` bytes above the place where it is linked: a multiple of KERNEL_PLACE_SIZE, below
 * KERNEL_PLACES of them. If it is not 0, the image is mapped there as well, by the same tables, and the pages of
 * boot->relocated_start are writable. What they hold is relocated; then the kernel goes on in kernel_moved, on an empty
 * stack, at the new place. No pointer to the old one is left but what the caller has put somewhere; the console works
 * on. Called once, by kernel_main.
 */
K_NORETURN void hal_image_move(uint64_t distance);

/*
 * The kernel, from there on. boot->image_address says where it is now; there is no device tree any more
 * (boot->device_tree is NULL). Runs until the machine is powered off, fails to boot, or panics.
 */
K_NORETURN void kernel_moved(const struct boot_info *boot);

/*
 * A fault of the kernel itself, from any of its own vectors. Called by the
 * backend on a stack that is known to be good. Panics, or reports a boot that failed.
 */
K_NORETURN void kernel_fault(const struct hal_fault *fault);

#endif
