#include "core/memory/kernel_map.h"

#include "abi/limits.h"
#include "core/log/panic.h"
#include "core/memory/page_table.h"
#include "core/memory/regions.h"
#include "hal/layout.h"
#include "hal/memory.h"
#include "hal/mmu.h"
#include "lib/bits.h"
#include "lib/format.h"

#define GIB K_BIT(30)
#define BLOCK_SIZE K_BIT(21)

/* Tables of the kernel's half come from the pool that boot set aside, and are never given back. */
static k_status take_table(void *owner, phys_addr *table)
{
	struct kernel_map *map = owner;

	if (map->tables_used == KERNEL_TABLE_POOL_PAGES) {
		return K_ENOMEM;
	}
	*table = (phys_addr){map->table_pool.value + map->tables_used * PANTHER_PAGE_SIZE};
	hal_frame_clear(*table);
	map->tables_used++;
	return K_OK;
}

static struct table_source tables_of(struct kernel_map *map)
{
	return (struct table_source){.take = take_table, .give_back = NULL, .owner = map};
}

void kernel_map_init(struct kernel_map *map, const struct boot_info *boot, phys_addr ram_base)
{
	*map = (struct kernel_map){
		.root = boot->kernel_root,
		.table_pool = boot->table_pool,
		.linear_base = {align_down(ram_base.value, GIB)},
		.image = boot->image,
		.devices_used = 1, /* the early UART's slot */
	};
	hal_linear_base_set(map->linear_base);
}

static bool overlaps_image(const struct kernel_map *map, uint64_t block)
{
	struct phys_range range = {block, BLOCK_SIZE};

	return phys_range_overlaps(range, map->image);
}

static k_status map_linear_block(struct kernel_map *map, uint64_t block)
{
	uint64_t address = KERNEL_LINEAR_BASE + (block - map->linear_base.value);
	struct table_source source = tables_of(map);

	if (overlaps_image(map, block)) {
		return K_EINVAL;
	}
	if (page_table_lookup(map->root, address) != DESCRIPTOR_INVALID) {
		return K_OK;
	}
	return page_table_map_block(map->root, address, (phys_addr){block}, PAGE_KERNEL_READ_WRITE, &source);
}

static bool in_linear_map(const struct kernel_map *map, uint64_t address, uint64_t size)
{
	uint64_t offset;

	if (address < map->linear_base.value) {
		return false;
	}
	offset = address - map->linear_base.value;
	return offset < KERNEL_LINEAR_SIZE && size <= KERNEL_LINEAR_SIZE - offset;
}

k_status kernel_map_linear(struct kernel_map *map, phys_addr address, uint64_t size)
{
	if (!in_linear_map(map, address.value, size)) {
		return K_EINVAL;
	}
	if (size == 0) {
		return K_OK;
	}
	for (uint64_t block = align_down(address.value, BLOCK_SIZE); block < address.value + size;
	     block += BLOCK_SIZE) {
		k_status status = map_linear_block(map, block);

		if (status != K_OK) {
			return status;
		}
	}
	return K_OK;
}

k_status kernel_map_device(struct kernel_map *map, phys_addr address, kernel_addr *registers)
{
	struct table_source source = tables_of(map);
	uint64_t page = KERNEL_DEVICE_BASE + map->devices_used * PANTHER_PAGE_SIZE;
	phys_addr frame = {align_down(address.value, PANTHER_PAGE_SIZE)};
	k_status status;

	if (map->devices_used == KERNEL_DEVICE_SLOTS) {
		return K_ENOMEM;
	}
	status = page_table_map(map->root, page, frame, PAGE_DEVICE, &source);
	if (status != K_OK) {
		return status;
	}
	map->devices_used++;
	*registers = (kernel_addr){page + (address.value - frame.value)};
	return K_OK;
}

void kernel_map_close_window(struct kernel_map *map)
{
	for (uint64_t offset = 0; offset < KERNEL_BOOT_WINDOW_SIZE; offset += BLOCK_SIZE) {
		(void)page_table_unmap(map->root, KERNEL_BOOT_WINDOW_BASE + offset);
		hal_tlb_invalidate_kernel((kernel_addr){KERNEL_BOOT_WINDOW_BASE + offset});
	}
}

void kernel_map_seal(struct kernel_map *map, kernel_addr start, kernel_addr end)
{
	for (uint64_t page = start.value; page < end.value; page += PANTHER_PAGE_SIZE) {
		if (page_table_protect(map->root, page, PAGE_KERNEL_READ) != K_OK) {
			panic("seal", "the page at 0x%" K_PRIx64 " is not mapped", page);
		}
		hal_tlb_invalidate_kernel((kernel_addr){page});
	}
}

/* Where the linear map ends, in the 39 bits that a visitor sees. */
#define LINEAR_END KERNEL_LINEAR_SIZE

static void check_leaf(void *owner, uint64_t address, unsigned level, uint64_t descriptor)
{
	const struct kernel_map *map = owner;
	bool writable = descriptor_is_writable(descriptor);

	if (descriptor_is_user(descriptor) || (writable && descriptor_is_executable(descriptor))) {
		panic("wx", "kernel mapping at offset 0x%" K_PRIx64 " has descriptor 0x%" K_PRIx64, address,
		      descriptor);
	}
	if (address < LINEAR_END &&
	    (level != PAGE_TABLE_BLOCK_LEVEL || overlaps_image(map, descriptor_address(descriptor).value))) {
		panic("wx", "the image has an alias in the linear map, at offset 0x%" K_PRIx64, address);
	}
}

void kernel_map_check(struct kernel_map *map)
{
	page_table_visit(map->root, check_leaf, map);
}
