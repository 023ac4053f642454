/*
 * The kernel's own half of the address space, beyond the image that boot
 * mapped: the linear map of RAM, grown block by block as memory is first used,
 * and device pages.
 */
#ifndef CORE_MEMORY_KERNEL_MAP_H
#define CORE_MEMORY_KERNEL_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/memory/descriptor.h"
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
	kernel_addr image_address;
	size_t devices_used;
};

/* Takes away the boot window on the device tree. */
void kernel_map_close_window(phys_addr root);

/* Maps the image, and the devices behind it, `distance` bytes higher as well: a multiple of KERNEL_PLACE_SIZE, not 0.
 * The tables are the same. The image's relocated pages become writable, and the window must be closed. */
void kernel_map_open_place(const struct boot_info *boot, uint64_t distance);

/* The image lies at boot->image_address: takes away the place that it is linked for, and the right to write. */
void kernel_map_close_place(const struct boot_info *boot);

/* Adopts the tables that boot made. `ram_base` is the lowest address of RAM. */
void kernel_map_init(struct kernel_map *map, const struct boot_info *boot, phys_addr ram_base);

/* Makes [address, address + size) of RAM reachable through hal_phys_to_ptr: readable, writable, never executable, in
 * blocks of 2 MiB. What is mapped already stays. K_EINVAL if the range overlaps a 2 MiB block of the image or leaves
 * the linear map, K_ENOMEM when the table pool is empty. O(1) a block. */
K_MUST_USE k_status kernel_map_linear(struct kernel_map *map, phys_addr address, uint64_t size);

/* Maps the device page that holds `address` and says where. K_ENOMEM when all slots or tables are used. */
K_MUST_USE k_status kernel_map_device(struct kernel_map *map, phys_addr address, kernel_addr *registers);

/* Makes the page-aligned range [start, end) of the image read-only from now on. */
void kernel_map_seal(struct kernel_map *map, kernel_addr start, kernel_addr end);

/* Changes the memory type of the page-aligned range [start, end) of the image's writable memory: `access` is
 * PAGE_KERNEL_TAGGED, where the CPU has tags, or PAGE_KERNEL_READ_WRITE. Nobody may use what lies there meanwhile: for
 * a moment it is not mapped. */
void kernel_map_change(struct kernel_map *map, kernel_addr start, kernel_addr end, enum page_access access);

/* Panics ("wx") if any leaf is not right (core/memory/leaf.h): writable and executable, say, or reachable by EL0; or if
 * RAM of the image has an alias, wherever in the kernel's half. */
void kernel_map_check(struct kernel_map *map);

#endif
