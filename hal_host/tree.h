/*
 * The twin's own device tree (Devicetree Specification 0.4, chapter 5), as QEMU's virt machine would give it.
 */
#ifndef HAL_HOST_TREE_H
#define HAL_HOST_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal_host/twin.h"

#define TREE_SIZE_MAX 4096

/* Writes the tree for these options. Returns its size, at most TREE_SIZE_MAX. */
size_t tree_build(uint8_t *blob, const struct twin_options *options, struct phys_range initrd);

#endif
