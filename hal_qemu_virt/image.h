/*
 * Addresses that boot/kernel.ld defines. Only their addresses mean anything.
 */
#ifndef HAL_QEMU_VIRT_IMAGE_H
#define HAL_QEMU_VIRT_IMAGE_H

#include <stdint.h>

extern const uint8_t image_start[];
extern const uint8_t image_text_end[];
extern const uint64_t image_relr_start[];
extern const uint64_t image_relr_end[];
extern const uint8_t image_relocated_start[];
extern const uint8_t image_rodata_end[];
extern const uint8_t image_end[];
extern const uint8_t image_sealed_start[];
extern const uint8_t image_sealed_end[];
extern const uint8_t image_data_end[];
extern const uint8_t image_stack_bottom[];
extern const uint8_t image_stack_top[];
extern const uint8_t image_fault_stack_bottom[];
extern const uint8_t image_fault_stack_top[];
extern const uint8_t image_shadow_stack_bottom[];
extern const uint8_t image_shadow_stack_top[];
extern const uint8_t image_stacks_end[];
extern const uint8_t image_boot_root[];
extern const uint8_t image_table_pool[];

#endif
