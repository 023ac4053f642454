/*
 * Accesses as the MMU judges them: the kernel's own, and those of a program.
 */
#ifndef HAL_HOST_MMU_H
#define HAL_HOST_MMU_H

#include <stdbool.h>
#include <stdint.h>

#include "hal_host/walker.h"

/* Aborts unless [address, address + size) leads to `physical` as normal memory that only EL1 reaches; in the linear map
 * also readable, writable and never executable. */
void mmu_check_memory(uint64_t address, uint64_t physical, uint64_t size, bool linear);

/* Aborts unless `address` leads to the device registers at `physical`: Device-nGnRE, EL1 read and write, no execution.
 */
void mmu_check_device(uint64_t address, uint64_t physical);

/* The physical address of one byte of the live space, or of the kernel's half, for an access with the rights of EL0.
 * False with the fault status code if the access faults. */
bool mmu_translate_user(uint64_t address, enum walker_access access, uint64_t *physical, uint8_t *status);

/* Aborts unless a space can have that tag: one of the bits that TCR_EL1.AS gives it, and not the parked space's. */
void mmu_check_asid(uint64_t asid);

#endif
