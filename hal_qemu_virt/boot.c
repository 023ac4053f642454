/*
 * From boot assembly to the kernel: says in boot_info what only this backend knows.
 */
#include "hal/boot.h"

#include "hal/layout.h"
#include "hal_inline.h"
#include "hal_qemu_virt/backend.h"
#include "hal_qemu_virt/image.h"

extern const uint8_t hal_archive[];
extern const size_t hal_archive_size;

K_NORETURN void hal_boot_main(uint64_t image_base, uint64_t tree, uint64_t parked_root, uint64_t window);

#define BLOCK_SIZE 0x200000

/*
 * Where boot/mmu.S put the tree's block.
 *
 * SAFETY: mapped there until the kernel closes the window.
 * Audited: 2026-11-22
 */
static uint8_t *window_pointer(uint64_t tree)
{
	return (uint8_t *)(KERNEL_BOOT_WINDOW_BASE + tree % BLOCK_SIZE);
}

static phys_addr physical(uint64_t image_base, const uint8_t *symbol)
{
	return (phys_addr){image_base + (uint64_t)(symbol - image_start)};
}

/*
 * Called by boot/mmu.S with the MMU on: the image's physical base, the tree's physical address, the physical address of
 * the parked table, and how many bytes of the tree are mapped (0: it has no acceptable address).
 */
void hal_boot_main(uint64_t image_base, uint64_t tree, uint64_t parked_root, uint64_t window)
{
	struct boot_info boot = {
		.device_tree_address = {tree},
		.device_tree = window == 0 ? NULL : window_pointer(tree),
		.device_tree_limit = window < BLOCK_SIZE ? window : BLOCK_SIZE,
		.image = {image_base, (uint64_t)(image_end - image_start)},
		.kernel_root = physical(image_base, image_boot_root),
		.table_pool = physical(image_base, image_table_pool),
		.sealed_start = {(uintptr_t)image_sealed_start},
		.sealed_end = {(uintptr_t)image_sealed_end},
		.archive = hal_archive,
		.archive_size = hal_archive_size,
	};

	physical_image_base_set((phys_addr){image_base});
	console_start();
	hal_boot_cpu.parked_root = parked_root;
	kernel_main(&boot);
}
