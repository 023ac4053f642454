/*
 * The kernel's own half of the address space, beyond the image that boot
 * mapped: the linear map of RAM, grown block by block as memory is first used,
 * and device pages.
 */
#ifndef CORE_MEMORY_KERNEL_MAP_H
#define CORE_MEMORY_KERNEL_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal/boot.h"
#include "lib/compiler.h"
#include "lib/status.h"

struct kernel_map {
	phys_addr root;
	phys_addr table_pool; /* KERNEL_TABLE_POOL_PAGES pages; the first `tables_used` are tables */
	size_t tables_used;
	phys_addr linear_base; /* lies at KERNEL_LINEAR_BASE; 1 GiB aligned */
	struct phys_range image;
	size_t devices_used;
};

/* Adopts the tables that boot made. `ram_base` is the lowest address of RAM. */
void kernel_map_init(struct kernel_map *map, const struct boot_info *boot, phys_addr ram_base);

/* Makes [address, address + size) of RAM reachable through hal_phys_to_ptr: readable, writable, never executable, in
 * blocks of 2 MiB. What is mapped already stays. K_EINVAL if the range overlaps a 2 MiB block of the image or leaves
 * the linear map, K_ENOMEM when the table pool is empty. O(1) a block. */
K_MUST_USE k_status kernel_map_linear(struct kernel_map *map, phys_addr address, uint64_t size);

/* Maps the device page that holds `address` and says where. K_ENOMEM when all slots or tables are used. */
K_MUST_USE k_status kernel_map_device(struct kernel_map *map, phys_addr address, kernel_addr *registers);

/* Takes away the boot window on the device tree. */
void kernel_map_close_window(struct kernel_map *map);

/* Makes the page-aligned range [start, end) of the image read-only from now on. */
void kernel_map_seal(struct kernel_map *map, kernel_addr start, kernel_addr end);

/* Panics ("wx") if any mapping is writable and executable, reachable by EL0, or if RAM of the image has an alias. */
void kernel_map_check(struct kernel_map *map);

#endif
