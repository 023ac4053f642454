/*
 * The system registers that the GICv3 driver uses: the CPU interface (Arm IHI 0069G section 12.2), and what the CPU
 * says of itself. By their encodings, because the names are not in Armv8.0.
 */
#ifndef HAL_QEMU_VIRT_ICC_H
#define HAL_QEMU_VIRT_ICC_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

/*
 * SAFETY: reads and writes one register each. Those named icc_ exist where icc_is_there says so; what a value does is
 * the caller's to say.
 * Audited: 2026-11-22
 */
#define ICC_READ(encoding)                                                            \
	__extension__({                                                               \
		uint64_t icc_value;                                                   \
		__asm__ volatile("mrs %0, " encoding : "=r"(icc_value) : : "memory"); \
		icc_value;                                                            \
	})

/* SAFETY: as above. The ISB makes the write effective before anything that follows. Audited: 2026-11-22 */
#define ICC_WRITE(encoding, value) __asm__ volatile("msr " encoding ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")

/* ID_AA64PFR0_EL1.GIC, bits [27:24]: 0 if there are no such registers (Arm ARM D17.2.65). */
K_ALWAYS_INLINE bool icc_is_there(void)
{
	return (ICC_READ("id_aa64pfr0_el1") >> 24 & 0xf) != 0;
}

/* MPIDR_EL1 (Arm ARM D17.2.99): bits [39:32] and [23:0] are this CPU's affinity. */
K_ALWAYS_INLINE uint64_t icc_mpidr_read(void)
{
	return ICC_READ("mpidr_el1");
}

/* ICC_SRE_EL1 */
K_ALWAYS_INLINE uint64_t icc_sre_read(void)
{
	return ICC_READ("s3_0_c12_c12_5");
}

K_ALWAYS_INLINE void icc_sre_write(uint64_t value)
{
	ICC_WRITE("s3_0_c12_c12_5", value);
}

/* ICC_CTLR_EL1 */
K_ALWAYS_INLINE uint64_t icc_ctlr_read(void)
{
	return ICC_READ("s3_0_c12_c12_4");
}

K_ALWAYS_INLINE void icc_ctlr_write(uint64_t value)
{
	ICC_WRITE("s3_0_c12_c12_4", value);
}

/* ICC_PMR_EL1 */
K_ALWAYS_INLINE void icc_pmr_write(uint64_t value)
{
	ICC_WRITE("s3_0_c4_c6_0", value);
}

/* ICC_AP1R0_EL1 to ICC_AP1R3_EL1. How many there are follows from ICC_CTLR_EL1. */
K_ALWAYS_INLINE void icc_ap1r0_write(uint64_t value)
{
	ICC_WRITE("s3_0_c12_c9_0", value);
}

K_ALWAYS_INLINE void icc_ap1r1_write(uint64_t value)
{
	ICC_WRITE("s3_0_c12_c9_1", value);
}

K_ALWAYS_INLINE void icc_ap1r2_write(uint64_t value)
{
	ICC_WRITE("s3_0_c12_c9_2", value);
}

K_ALWAYS_INLINE void icc_ap1r3_write(uint64_t value)
{
	ICC_WRITE("s3_0_c12_c9_3", value);
}

/* ICC_IGRPEN1_EL1 */
K_ALWAYS_INLINE void icc_igrpen1_write(uint64_t value)
{
	ICC_WRITE("s3_0_c12_c12_7", value);
}

/*
 * ICC_IAR1_EL1. With interrupts masked the read takes effect by itself; the DSB keeps what the handler asks
 * of the device behind it: a read of a system register is not ordered with accesses to memory.
 *
 * SAFETY: takes an interrupt, which the caller is going to complete.
 * Audited: 2026-11-22
 */
K_ALWAYS_INLINE uint64_t icc_iar1_read(void)
{
	uint64_t value;

	__asm__ volatile("mrs %0, s3_0_c12_c12_0\n\tdsb sy" : "=r"(value) : : "memory");
	return value;
}

/*
 * ICC_EOIR1_EL1. The DSB lets the device hear first that it has been served.
 *
 * SAFETY: completes the interrupt that was taken last.
 * Audited: 2026-11-22
 */
K_ALWAYS_INLINE void icc_eoir1_write(uint64_t value)
{
	__asm__ volatile("dsb sy\n\tmsr s3_0_c12_c12_1, %0\n\tisb" : : "r"(value) : "memory");
}

#endif
