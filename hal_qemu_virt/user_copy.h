/*
 * The fixups of user_copy.S.
 */
#ifndef HAL_QEMU_VIRT_USER_COPY_H
#define HAL_QEMU_VIRT_USER_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

/* If the instruction at `pc` may fault, says where to go on. Exact: the instruction, not a range around it. */
K_MUST_USE bool user_copy_fixup(uint64_t pc, uint64_t *resume);

#endif
