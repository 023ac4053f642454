/*
 * What boot assembly and the boot loader do on the machine: the image's tables, the window on the device tree,
 * boot_info.
 */
#ifndef HAL_HOST_BOOT_H
#define HAL_HOST_BOOT_H

/* Lays everything out in fresh RAM for twin.options, and fills twin.boot and twin.mmu. */
void boot_prepare(void);

/* Called after an invalidation of the kernel's half: takes the tree away from the kernel once its window is unmapped.
 */
void boot_window_check(void);

/* Keeps the window, and brings it back. */
void boot_window_snapshot(void);
void boot_window_restore(void);

#endif
