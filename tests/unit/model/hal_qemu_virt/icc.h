/*
 * The system registers of GICv3, for the driver compiled natively: the same functions as in hal_qemu_virt/icc.h, which
 * is hidden by this file on the include path, on a model of the controller (gicv3_model.c).
 */
#ifndef HAL_QEMU_VIRT_ICC_H
#define HAL_QEMU_VIRT_ICC_H

#include <stdbool.h>
#include <stdint.h>

bool icc_is_there(void);
uint64_t icc_mpidr_read(void);
uint64_t icc_sre_read(void);
void icc_sre_write(uint64_t value);
uint64_t icc_ctlr_read(void);
void icc_ctlr_write(uint64_t value);
void icc_pmr_write(uint64_t value);
void icc_ap1r0_write(uint64_t value);
void icc_ap1r1_write(uint64_t value);
void icc_ap1r2_write(uint64_t value);
void icc_ap1r3_write(uint64_t value);
void icc_igrpen1_write(uint64_t value);
uint64_t icc_iar1_read(void);
void icc_eoir1_write(uint64_t value);

#endif
