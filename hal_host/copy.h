/*
 * Memory accesses of the live space.
 */
#ifndef HAL_HOST_COPY_H
#define HAL_HOST_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal_host/walker.h"

/* Moves `size` bytes between the host and the live space with the rights of EL0: into memory for WALKER_WRITE, out of it
 * otherwise. False if a byte faults (twin_last_copy_fault says where); those below it are then moved. */
bool copy_user(uint8_t *kernel, uint64_t user, size_t size, enum walker_access access);

#endif
