/*
 * The effects of the MMU. The formats (descriptors, register values) are core's.
 */
#ifndef HAL_MMU_H
#define HAL_MMU_H

#include <stdint.h>

#include "hal/address.h"
#include "hal/context.h"

/*
 * Stores one translation table descriptor with a single 64-bit access and makes it visible to the table walker
 * (DSB ISHST, ISB). `entry` points into a table reached by hal_phys_to_ptr. Replacing one valid descriptor by a
 * different valid one is break-before-make's business (Arm ARM D8.16.1): write 0, invalidate, then write.
 * The one exception is a change of access permissions only.
 */
void hal_descriptor_write(uint64_t *entry, uint64_t descriptor);

/* Forgets the translation of one page of the space tagged `asid`, and what is kept of the tables on the way to it; done
 * on return. */
void hal_tlb_invalidate_page(uint64_t asid, user_addr page);

/* Forgets every translation there is, of whatever space; done on return. The space that is live must be the parked
 * one. */
void hal_tlb_invalidate_all(void);

/* Forgets every translation of the space tagged `asid`; done on return. */
void hal_tlb_invalidate_space(uint64_t asid);

/* Forgets every translation of one page of the kernel's half; done on return. */
void hal_tlb_invalidate_kernel(kernel_addr page);

/*
 * Makes `space` live without running anything in it, so that user copies go there. (hal_user_run does this by itself.)
 */
void hal_space_enter(const struct hal_space *space);

/*
 * Leaves the live user space for the parked one, which maps nothing (ASID 0). Must come before the tables of the
 * live space are changed into free frames.
 */
void hal_space_park(void);

#endif
