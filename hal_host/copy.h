/*
 * Memory accesses of the live space.
 */
#ifndef HAL_HOST_COPY_H
#define HAL_HOST_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Loads and stores of a program: `size` bytes of the live space with the rights of EL0. False if a byte faults
 * (twin_last_copy_fault says where); those below it are then moved.
 */
bool copy_load(uint8_t *destination, uint64_t user, size_t size);
bool copy_store(uint64_t user, const uint8_t *source, size_t size);

#endif
