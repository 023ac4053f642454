#include "core/memory/kernel_map.h"

#include "abi/limits.h"
#include "core/log/panic.h"
#include "core/memory/leaf.h"
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

static void protect(phys_addr root, kernel_addr start, kernel_addr end, enum page_access access)
{
	for (uint64_t page = start.value; page < end.value; page += PANTHER_PAGE_SIZE) {
		if (page_table_protect(root, page, access) != K_OK) {
			panic("seal", "the page at 0x%" K_PRIx64 " is not mapped", page);
		}
		hal_tlb_invalidate_kernel((kernel_addr){page});
	}
}

void kernel_map_close_window(phys_addr root)
{
	for (uint64_t offset = 0; offset < KERNEL_BOOT_WINDOW_SIZE; offset += BLOCK_SIZE) {
		(void)page_table_unmap(root, KERNEL_BOOT_WINDOW_BASE + offset);
		hal_tlb_invalidate_kernel((kernel_addr){KERNEL_BOOT_WINDOW_BASE + offset});
	}
}

/* The entries that lead to a place of the image: of the root, and of the one table of level 2 that all places share. */
struct place {
	uint64_t *root_entry;
	uint64_t *level2_entry;
};

static struct place place_at(const struct boot_info *boot, uint64_t address)
{
	uint64_t linked = *page_table_entry(boot->kernel_root, KERNEL_IMAGE_BASE, PAGE_TABLE_ROOT_LEVEL);

	return (struct place){
		.root_entry = page_table_entry(boot->kernel_root, address, PAGE_TABLE_ROOT_LEVEL),
		.level2_entry = page_table_entry(descriptor_address(linked), address, PAGE_TABLE_BLOCK_LEVEL),
	};
}

/* Each entry that is written leads to what is mapped already: until the old place is closed there are up to four. */
void kernel_map_open_place(const struct boot_info *boot, uint64_t distance)
{
	struct place from = place_at(boot, boot->image_address.value);
	struct place to = place_at(boot, boot->image_address.value + distance);

	hal_descriptor_write(to.level2_entry, *from.level2_entry);
	hal_descriptor_write(to.root_entry, *from.root_entry);
	protect(boot->kernel_root, boot->relocated_start, boot->relocated_end, PAGE_KERNEL_READ_WRITE);
}

void kernel_map_close_place(const struct boot_info *boot)
{
	struct place from = place_at(boot, KERNEL_IMAGE_BASE);
	struct place to = place_at(boot, boot->image_address.value);

	if (from.level2_entry != to.level2_entry) {
		hal_descriptor_write(from.level2_entry, DESCRIPTOR_INVALID);
	}
	if (from.root_entry != to.root_entry) {
		hal_descriptor_write(from.root_entry, DESCRIPTOR_INVALID);
	}
	protect(boot->kernel_root, boot->relocated_start, boot->relocated_end, PAGE_KERNEL_READ);
	hal_tlb_invalidate_all();
}

void kernel_map_init(struct kernel_map *map, const struct boot_info *boot, phys_addr ram_base)
{
	*map = (struct kernel_map){
		.root = boot->kernel_root,
		.table_pool = boot->table_pool,
		.linear_base = {align_down(ram_base.value, GIB)},
		.image = boot->image,
		.image_address = boot->image_address,
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
	uint64_t page = map->image_address.value + KERNEL_DEVICE_OFFSET + map->devices_used * PANTHER_PAGE_SIZE;
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

void kernel_map_seal(struct kernel_map *map, kernel_addr start, kernel_addr end)
{
	protect(map->root, start, end, PAGE_KERNEL_READ);
}

/* The 39 bits of an address that a visitor sees; the linear map ends at KERNEL_LINEAR_SIZE there. */
#define VISITED_BITS (K_BIT(39) - 1)

/* Does the leaf at `address` show RAM of the image, other than as a page of its place? */
static bool is_alias(const struct kernel_map *map, uint64_t address, unsigned level, uint64_t descriptor)
{
	uint64_t place = map->image_address.value & VISITED_BITS;

	if (level < PAGE_TABLE_BLOCK_LEVEL || (address < KERNEL_LINEAR_SIZE && level != PAGE_TABLE_BLOCK_LEVEL)) {
		return true;
	}
	return align_down(address, KERNEL_PLACE_SIZE) != place &&
	       overlaps_image(map, align_down(descriptor_address(descriptor).value, BLOCK_SIZE));
}

/* Another memory type: break before make (Arm ARM D8.16.1). */
static void change_page(const struct kernel_map *map, uint64_t page, enum page_access access)
{
	uint64_t descriptor = page_table_unmap(map->root, page);

	hal_tlb_invalidate_kernel((kernel_addr){page});
	if (descriptor == DESCRIPTOR_INVALID ||
	    page_table_map(map->root, page, descriptor_address(descriptor), access, NULL) != K_OK) {
		panic("seal", "the page at 0x%" K_PRIx64 " is not mapped", page);
	}
}

void kernel_map_change(struct kernel_map *map, kernel_addr start, kernel_addr end, enum page_access access)
{
	for (uint64_t page = start.value; page < end.value; page += PANTHER_PAGE_SIZE) {
		change_page(map, page, access);
	}
}

/* A look at all leaves. Most are as the one before, but for their address. */
struct check {
	const struct kernel_map *map;
	uint64_t right; /* what was found right last, without its address */
	unsigned level;
};

static void check_kind(struct check *check, uint64_t offset, unsigned level, uint64_t leaf)
{
	const char *problem = leaf_problem(KERNEL_LINEAR_BASE | offset, level, leaf);

	if (problem != NULL) {
		panic("wx", "kernel mapping at offset 0x%" K_PRIx64 ", descriptor 0x%" K_PRIx64 ": %s", offset, leaf,
		      problem);
	}
	check->right = leaf & ~DESCRIPTOR_ADDRESS;
	check->level = level;
}

static void check_leaf(void *owner, uint64_t offset, unsigned level, uint64_t leaf)
{
	struct check *check = owner;

	if ((leaf & ~DESCRIPTOR_ADDRESS) != check->right || level != check->level) {
		check_kind(check, offset, level, leaf);
	}
	if (is_alias(check->map, offset, level, leaf)) {
		panic("wx", "the image has an alias at offset 0x%" K_PRIx64, offset);
	}
}

void kernel_map_check(struct kernel_map *map)
{
	struct check check = {.map = map, .right = DESCRIPTOR_INVALID};

	page_table_visit(map->root, check_leaf, &check);
}
