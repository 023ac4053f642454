/*
 * Device registers. Every access is one plain load or store of one register
 * with a base register only: a hypervisor (HVF, KVM) can emulate no other form,
 * and a compiler given a volatile pointer would choose others.
 */
#ifndef HAL_QEMU_VIRT_MMIO_H
#define HAL_QEMU_VIRT_MMIO_H

#include <stdint.h>

#include "hal/address.h"
#include "lib/compiler.h"

/*
 * SAFETY: for all of these `address` lies in a page that kernel_map_device mapped as Device-nGnRE, naturally aligned.
 * Audited: 2026-11-22
 */
K_ALWAYS_INLINE uint32_t mmio_read32(kernel_addr address)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address.value) : "memory");
	return value;
}

/* SAFETY: as above. Audited: 2026-11-22 */
K_ALWAYS_INLINE void mmio_write32(kernel_addr address, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address.value) : "memory");
}

/* SAFETY: as above. Audited: 2026-11-22 */
K_ALWAYS_INLINE uint64_t mmio_read64(kernel_addr address)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address.value) : "memory");
	return value;
}

/* SAFETY: as above. Audited: 2026-11-22 */
K_ALWAYS_INLINE void mmio_write64(kernel_addr address, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" : : "r"(value), "r"(address.value) : "memory");
}

/* SAFETY: as above. Audited: 2026-11-22 */
K_ALWAYS_INLINE void mmio_write8(kernel_addr address, uint8_t value)
{
	__asm__ volatile("strb %w0, [%1]" : : "r"((uint32_t)value), "r"(address.value) : "memory");
}

/* The register at `offset` of a page of registers. */
K_ALWAYS_INLINE kernel_addr mmio_register(kernel_addr page, uint64_t offset)
{
	return (kernel_addr){page.value + offset};
}

#define MMIO_NEXT_BYTE "strb %w0, [%1]\n\tlsr %0, %0, #8\n\t"

/* Eight bytes into a FIFO register, lowest first. SAFETY: as above. Audited: 2026-11-22 */
K_ALWAYS_INLINE void mmio_write8_eight(kernel_addr address, uint64_t bytes)
{
	__asm__ volatile(
		MMIO_NEXT_BYTE MMIO_NEXT_BYTE MMIO_NEXT_BYTE MMIO_NEXT_BYTE MMIO_NEXT_BYTE MMIO_NEXT_BYTE MMIO_NEXT_BYTE
		"strb %w0, [%1]"
		: "+r"(bytes)
		: "r"(address.value)
		: "memory");
}

#endif
