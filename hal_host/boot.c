#include "hal_host/boot.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "hal/layout.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/tree.h"
#include "hal_host/twin.h"
#include "hal_host/walker.h"

/*
 * The image's megabyte, as offsets. No instruction lies there: only the rights of its pages, and the tables, are real.
 */
#define TEXT_END 0x40000UL
#define RELOCATED 0x7e000UL /* writable while the image moves */
#define RODATA_END 0x80000UL
#define SEALED_END 0x84000UL /* writable until the kernel seals it */
#define TABLES 0xe0000UL     /* root, level 2, level 3, then the pool */
#define TABLES_END (TABLES + (3 + KERNEL_TABLE_POOL_PAGES) * RAM_FRAME_SIZE)
#define GUARD 0xd0000UL /* a page that nothing maps, as below a stack */

#define BLOCK_SIZE 0x200000UL
#define TABLE_ROOT (TWIN_IMAGE_BASE + TABLES)
#define TABLE_LEVEL2 (TABLE_ROOT + RAM_FRAME_SIZE)
#define TABLE_LEVEL3 (TABLE_LEVEL2 + RAM_FRAME_SIZE)
#define TABLE_POOL (TABLE_LEVEL3 + RAM_FRAME_SIZE)

/* Descriptors, Arm ARM D8.3: page, block or table; AF, inner shareable; AP[2]; UXN and PXN; MAIR attribute 1. */
#define PAGE 3UL
#define BLOCK 1UL
#define TABLE 3UL
#define NORMAL (1UL << 10 | 3UL << 8)
#define DEVICE (1UL << 10 | KERNEL_MAIR_DEVICE << 2)
#define READ_ONLY (1UL << 7)
#define UXN (1UL << 54)
#define PXN (1UL << 53)

/* The registers as boot assembly leaves them: those of an Armv8.0 CPU, with the MMU on. */
#define SCTLR_BOOT 0x30d8199dUL
#define TCR_BOOT 0x14b5193519UL

/* The boot window: the kernel's view of the tree. On the machine it is a mapping; here a copy that goes away with it.
 */
static struct {
	uint8_t *bytes;
	size_t size;
	uint64_t address;
	bool is_open;
	uint8_t *kept; /* its bytes in a snapshot that was taken while it was open; else NULL */
} window;

static uint64_t index_of(uint64_t address, unsigned level)
{
	return address >> (12 + 9 * (3 - level)) & 511;
}

static void put(uint64_t table, uint64_t index, uint64_t descriptor)
{
	ram_table_store(table + index * 8, descriptor);
}

static void map_image(uint64_t start, uint64_t end, uint64_t attributes)
{
	for (uint64_t offset = start; offset < end; offset += RAM_FRAME_SIZE) {
		put(TABLE_LEVEL3, offset / RAM_FRAME_SIZE, (TWIN_IMAGE_BASE + offset) | PAGE | NORMAL | attributes);
	}
}

static void build_tables(void)
{
	ram_frame_clear(TABLE_ROOT);
	ram_frame_clear(TABLE_LEVEL2);
	ram_frame_clear(TABLE_LEVEL3);
	put(TABLE_ROOT, index_of(KERNEL_IMAGE_BASE, 1), TABLE_LEVEL2 | TABLE);
	put(TABLE_LEVEL2, index_of(KERNEL_IMAGE_BASE, 2), TABLE_LEVEL3 | TABLE);
	map_image(0, TEXT_END, READ_ONLY | UXN);
	map_image(TEXT_END, RODATA_END, READ_ONLY | UXN | PXN);
	map_image(RODATA_END, GUARD, UXN | PXN);
	map_image(GUARD + RAM_FRAME_SIZE, TABLES_END, UXN | PXN);
	/* The early UART, in the first device slot. */
	put(TABLE_LEVEL3, index_of(KERNEL_IMAGE_BASE + KERNEL_DEVICE_OFFSET, 3),
	    TWIN_UART_BASE | PAGE | DEVICE | UXN | PXN);
}

static void map_window(uint64_t address)
{
	uint64_t block = address & ~(BLOCK_SIZE - 1);
	uint64_t index = index_of(KERNEL_BOOT_WINDOW_BASE, 2);

	put(TABLE_LEVEL2, index, block | BLOCK | NORMAL | UXN | PXN);
	put(TABLE_LEVEL2, index + 1, (block + BLOCK_SIZE) | BLOCK | NORMAL | UXN | PXN);
}

static void free_window(void)
{
	if (window.kept != NULL) {
		ASAN_UNPOISON_MEMORY_REGION(window.bytes, window.size);
	}
	free(window.bytes);
	free(window.kept);
	window.bytes = NULL;
	window.kept = NULL;
	window.is_open = false;
}

/* The pointer is good again after twin_restore, so the memory has to stay where it is. */
static void close_window(void)
{
	if (window.kept == NULL) {
		free_window();
	} else {
		ASAN_POISON_MEMORY_REGION(window.bytes, window.size);
		window.is_open = false;
	}
}

void boot_window_snapshot(void)
{
	if (!window.is_open) {
		free_window();
		return;
	}
	free(window.kept);
	window.kept = malloc(window.size);
	if (window.kept == NULL) {
		twin_abort("host", "no memory for a snapshot");
	}
	memcpy(window.kept, window.bytes, window.size);
}

void boot_window_restore(void)
{
	if (window.kept != NULL) {
		ASAN_UNPOISON_MEMORY_REGION(window.bytes, window.size);
		memcpy(window.bytes, window.kept, window.size);
		window.is_open = true;
	}
}

/* Exactly as many bytes as the kernel may look at, so that ASan sees one more. */
static void open_window(uint64_t address, const uint8_t *tree, size_t size)
{
	size_t limit = (size + RAM_FRAME_SIZE - 1) / RAM_FRAME_SIZE * RAM_FRAME_SIZE;

	free_window();
	window.size = limit == 0 ? RAM_FRAME_SIZE : limit;
	window.address = address;
	window.bytes = malloc(window.size);
	if (window.bytes == NULL || window.size > BLOCK_SIZE) {
		twin_abort("host", "a device tree of %zu bytes", size);
	}
	window.is_open = true;
	memset(window.bytes, TWIN_FILL, window.size);
	if (size != 0) {
		memcpy(window.bytes, tree, size);
	}
	memcpy(ram_bytes(address, window.size), window.bytes, window.size);
	map_window(address);
	twin.boot.device_tree_address.value = address;
	twin.boot.device_tree = window.bytes;
	twin.boot.device_tree_limit = window.size;
}

void boot_window_check(void)
{
	struct walker_translation page;
	uint64_t address = KERNEL_BOOT_WINDOW_BASE + window.address % BLOCK_SIZE;
	uint8_t status;

	if (!window.is_open || walker_walk(&twin.mmu, &walker_memory, address, &page, &status)) {
		return;
	}
	memcpy(ram_bytes(window.address, window.size), window.bytes, window.size);
	close_window();
}

static void place_tree(struct phys_range initrd, uint64_t address)
{
	const struct twin_options *options = &twin.options;
	uint8_t blob[TREE_SIZE_MAX];

	if (options->device_tree != NULL) {
		open_window(address, options->device_tree, options->device_tree_size);
	} else {
		open_window(address, blob, tree_build(blob, options, initrd));
	}
}

/* As QEMU does it: what the boot loader brings lies at half of RAM, at most 128 MiB in. */
static void place_files(void)
{
	uint64_t half = twin.options.ram_size / 2;
	uint64_t address = TWIN_RAM_BASE + (half < TWIN_RAM_SIZE_DEFAULT ? half : TWIN_RAM_SIZE_DEFAULT);
	struct phys_range initrd = {address, twin.options.initrd_size};

	if (twin.options.initrd != NULL) {
		memcpy(ram_bytes(address, initrd.size), twin.options.initrd, initrd.size);
	}
	place_tree(initrd, (address + initrd.size + BLOCK_SIZE - 1) & ~(BLOCK_SIZE - 1));
}

void boot_prepare(void)
{
	twin.mmu = (struct walker_registers){
		.sctlr = SCTLR_BOOT,
		.tcr = TCR_BOOT,
		.mair = KERNEL_MAIR,
		.ttbr1 = TABLE_ROOT,
	};
	twin.boot = (struct boot_info){
		.image = {TWIN_IMAGE_BASE, TWIN_IMAGE_SIZE},
		.image_address = {KERNEL_IMAGE_BASE},
		.kernel_root = {TABLE_ROOT},
		.table_pool = {TABLE_POOL},
		.sealed_start = {KERNEL_IMAGE_BASE + RODATA_END},
		.sealed_end = {KERNEL_IMAGE_BASE + SEALED_END},
		.relocated_start = {KERNEL_IMAGE_BASE + RELOCATED},
		.relocated_end = {KERNEL_IMAGE_BASE + RODATA_END},
		.archive = twin.options.archive,
		.archive_size = twin.options.archive_size,
	};
	build_tables();
	place_files();
}

/* Both places must show the same, page by page, devices included; but of the old one only constants may change. */
static void check_page(uint64_t old, uint64_t new)
{
	struct walker_translation from;
	struct walker_translation to;
	uint8_t status;
	bool is_mapped = walker_walk(&twin.mmu, &walker_memory, old, &from, &status);

	if (is_mapped != walker_walk(&twin.mmu, &walker_memory, new, &to, &status)) {
		twin_abort("place", "0x%llx is not mapped as 0x%llx is", (unsigned long long)new,
			   (unsigned long long)old);
	}
	if (is_mapped && (from.output != to.output || from.el1_write != to.el1_write ||
			  from.el1_execute != to.el1_execute || from.memory != to.memory)) {
		twin_abort("place", "0x%llx is not what 0x%llx is", (unsigned long long)new, (unsigned long long)old);
	}
}

static void check_relocated(uint64_t distance)
{
	struct walker_translation page;
	uint8_t status;

	for (uint64_t offset = RELOCATED; offset < RODATA_END; offset += RAM_FRAME_SIZE) {
		if (!walker_walk(&twin.mmu, &walker_memory, KERNEL_IMAGE_BASE + distance + offset, &page, &status) ||
		    !page.el1_write) {
			twin_abort("place", "the constants at offset 0x%llx cannot be relocated",
				   (unsigned long long)offset);
		}
	}
}

static void check_place(uint64_t distance)
{
	if (distance % KERNEL_PLACE_SIZE != 0 || distance / KERNEL_PLACE_SIZE >= KERNEL_PLACES) {
		twin_abort("place", "the image cannot move by 0x%llx", (unsigned long long)distance);
	}
	if (distance == 0) {
		return;
	}
	for (uint64_t offset = 0; offset < KERNEL_PLACE_SIZE; offset += RAM_FRAME_SIZE) {
		check_page(KERNEL_IMAGE_BASE + offset, KERNEL_IMAGE_BASE + distance + offset);
	}
	check_relocated(distance);
}

/* The kernel of the twin is a native program and stays where it is; its tables, and what it is told, move. */
void hal_image_move(uint64_t distance)
{
	if (window.is_open) {
		twin_abort("place", "the window on the device tree is open");
	}
	check_place(distance);
	twin.boot.image_address.value += distance;
	twin.boot.sealed_start.value += distance;
	twin.boot.sealed_end.value += distance;
	twin.boot.relocated_start.value += distance;
	twin.boot.relocated_end.value += distance;
	twin.boot.device_tree = NULL;
	twin.boot.device_tree_limit = 0;
	kernel_moved(&twin.boot);
}

const struct boot_info *twin_boot_info(void)
{
	return &twin.boot;
}
