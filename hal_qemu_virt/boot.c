/*
 * From boot assembly to the kernel: says in boot_info what only this backend knows, once where the image is linked and
 * once where it has moved to.
 */
#include "hal/boot.h"

#include "core/log/panic.h"
#include "hal/layout.h"
#include "hal_inline.h"
#include "hal_qemu_virt/backend.h"
#include "hal_qemu_virt/image.h"
#include "lib/relocation.h"

extern const uint8_t hal_archive[];
extern const size_t hal_archive_size;

K_NORETURN void hal_boot_main(uint64_t image_base, uint64_t tree, uint64_t parked_root, uint64_t window);

/* boot/move.S: goes on in hal_boot_moved, that many bytes higher. */
K_NORETURN void boot_move(uint64_t distance);
K_NORETURN void hal_boot_moved(void);

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

static phys_addr physical(const uint8_t *symbol)
{
	return (phys_addr){hal_image_base.value + (uint64_t)(symbol - image_start)};
}

static kernel_addr address(const uint8_t *symbol)
{
	return (kernel_addr){(uintptr_t)symbol};
}

/* Boot assembly maps QEMU's UART in the first device slot, for messages before the tree has named one. */
static kernel_addr early_uart(void)
{
	return (kernel_addr){(uintptr_t)image_start + KERNEL_DEVICE_OFFSET};
}

/* The image, as seen from where it lies now. */
static struct boot_info describe_image(void)
{
	return (struct boot_info){
		.image = {hal_image_base.value, (uint64_t)(image_end - image_start)},
		.image_address = address(image_start),
		.kernel_root = physical(image_boot_root),
		.table_pool = physical(image_table_pool),
		.sealed_start = address(image_sealed_start),
		.sealed_end = address(image_sealed_end),
		.relocated_start = address(image_relocated_start),
		.relocated_end = address(image_rodata_end),
		.archive = hal_archive,
		.archive_size = hal_archive_size,
	};
}

/*
 * Called by boot/mmu.S with the MMU on: the image's physical base, the tree's physical address, the physical address of
 * the parked table, and how many bytes of the tree are mapped (0: it has no acceptable address).
 */
void hal_boot_main(uint64_t image_base, uint64_t tree, uint64_t parked_root, uint64_t window)
{
	struct boot_info boot;

	physical_image_base_set((phys_addr){image_base});
	console_start(early_uart());
	hal_boot_cpu.parked_root = parked_root;
	boot = describe_image();
	boot.device_tree_address = (phys_addr){tree};
	boot.device_tree = window == 0 ? NULL : window_pointer(tree);
	boot.device_tree_limit = window < BLOCK_SIZE ? window : BLOCK_SIZE;
	kernel_main(&boot);
}

/*
 * From here on a pointer that comes out of a constant table leads to the new place, which is mapped, too.
 *
 * SAFETY: the words lie on pages that the caller has made writable; that they all do is what relocations_apply and
 * lint.image see to. Audited: 2026-11-22
 */
static void relocate(uint64_t distance)
{
	const struct relocations relocations = {
		.entries = image_relr_start,
		.count = (size_t)(image_relr_end - image_relr_start),
		.linked = KERNEL_IMAGE_BASE + (uint64_t)(image_relocated_start - image_start),
	};
	size_t words = (size_t)(image_rodata_end - image_relocated_start) / sizeof(uint64_t);

	if (!relocations_apply(&relocations, (uint64_t *)(uintptr_t)image_relocated_start, words, distance)) {
		panic("image", "a relocation is not one of the constant tables'");
	}
}

void hal_image_move(uint64_t distance)
{
	if (distance != 0) {
		relocate(distance);
	}
	boot_move(distance);
}

/* Called by boot/move.S at the new place. */
void hal_boot_moved(void)
{
	struct boot_info boot = describe_image();

	console_start(early_uart());
	kernel_moved(&boot);
}
