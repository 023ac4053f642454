/*
 * Physical memory, as the kernel reaches it.
 */
#ifndef HAL_MEMORY_H
#define HAL_MEMORY_H

#include <stddef.h>

#include "hal/address.h"

/*
 * void *hal_phys_to_ptr(phys_addr address, size_t size): the kernel's pointer to the physical bytes
 * [address, address + size), which must lie in one range of RAM that is mapped: in the image, or in the linear map.
 * Never fails: a wrong argument is a bug of the kernel (on the machine the access faults; the twin aborts at once). May
 * be inline.
 */

/*
 * Sets where the linear map starts: physical address `base` (1 GiB aligned) lies at KERNEL_LINEAR_BASE.
 * Called once, before the first linear mapping is used.
 */
void hal_linear_base_set(phys_addr base);

/*
 * Fills one frame (4 KiB, aligned) with zeros. The frame must be mapped in the linear map or lie in the
 * image, and must not be reachable through any live translation of a process.
 */
void hal_frame_clear(phys_addr frame);

/*
 * Makes instructions that were written to [address, address + size) visible to instruction fetch, before any
 * program runs them (DC CVAU, DSB, IC IVAU, DSB, ISB: Arm ARM B2.7.4).
 */
void hal_code_sync(phys_addr address, size_t size);

#include "hal_inline.h"

#endif
