/*
 * Where things lie in the kernel's half of the address space, for C and for
 * assembly. T1SZ = 25: 39 bits, three levels, 0xffff_ff80_0000_0000 upward.
 *
 *   0xffffff80_00000000  linear map: all RAM, from the GiB that RAM starts in; RW, never executable
 *   0xffffffc0_00000000  the kernel image, section by section (at most 1 MiB), as long as it is where it was linked
 *   0xffffffc0_00180000  device pages, one a slot, which move with it
 *   0xffffffc0_00400000  the boot window on the device tree, gone before the image moves
 *
 * From 0xffffffc0_00000000 to the end of the half: any block of 2 MiB may be the one that the image moves to.
 */
#ifndef HAL_LAYOUT_H
#define HAL_LAYOUT_H

#ifdef __ASSEMBLER__
#define HAL_UL(constant) constant
#else
#define HAL_UL(constant) constant##UL
#endif

#define KERNEL_LINEAR_BASE HAL_UL(0xffffff8000000000)
#define KERNEL_LINEAR_SIZE HAL_UL(0x4000000000) /* 256 GiB: level-1 slots 0 to 255 */

#define KERNEL_IMAGE_BASE HAL_UL(0xffffffc000000000)
#define KERNEL_IMAGE_MAX HAL_UL(0x100000)

/* The places of the image: level-1 slots 256 to 511, times 512 level-2 slots. Place 0 is the one it is linked for. */
#define KERNEL_PLACE_SIZE HAL_UL(0x200000)
#define KERNEL_PLACES HAL_UL(0x20000)

#define KERNEL_DEVICE_OFFSET HAL_UL(0x180000) /* from the image's address */
#define KERNEL_DEVICE_BASE (KERNEL_IMAGE_BASE + KERNEL_DEVICE_OFFSET)
#define KERNEL_DEVICE_SLOTS 16

#define KERNEL_BOOT_WINDOW_BASE HAL_UL(0xffffffc000400000)
#define KERNEL_BOOT_WINDOW_SIZE HAL_UL(0x400000) /* two 2 MiB blocks: a 2 MiB tree at any alignment */

/* Page-table pages set aside in the image for the kernel's own tables, beyond those boot builds. */
#define KERNEL_TABLE_POOL_PAGES 12

/*
 * MAIR_EL1: attribute 0 is Normal, inner and outer write-back, read- and write-allocate (0xff);
 * attribute 1 is Device-nGnRE (0x04); attribute 2, where the CPU has tags, is the first one with tags (0xf0). Arm ARM
 * D17.2.97.
 */
#define KERNEL_MAIR HAL_UL(0x04ff)
#define KERNEL_MAIR_WITH_TAGS HAL_UL(0xf004ff)
#define KERNEL_MAIR_NORMAL 0
#define KERNEL_MAIR_DEVICE 1
#define KERNEL_MAIR_TAGGED 2

#endif
