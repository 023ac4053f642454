/*
 * The FP and SIMD registers of a process, to memory and back. The kernel itself has none: nothing else in the image
 * may touch these registers (lint.image).
 */
#include "hal_qemu_virt/assembly.h"
#include "hal_qemu_virt/offsets.h"

	.arch	armv8-a+fp+simd

	.text

/*
 * void hal_fp_save(struct hal_fp_state *x0)
 *
 * SAFETY: x0 has room for them; CPACR_EL1 lets EL1 use them (hal/user.h). Clobbers x1 and x2.
 * Audited: 2026-11-22
 */
	function hal_fp_save
	stp	q0, q1, [x0, #FP_V0 + 32 * 0]
	stp	q2, q3, [x0, #FP_V0 + 32 * 1]
	stp	q4, q5, [x0, #FP_V0 + 32 * 2]
	stp	q6, q7, [x0, #FP_V0 + 32 * 3]
	stp	q8, q9, [x0, #FP_V0 + 32 * 4]
	stp	q10, q11, [x0, #FP_V0 + 32 * 5]
	stp	q12, q13, [x0, #FP_V0 + 32 * 6]
	stp	q14, q15, [x0, #FP_V0 + 32 * 7]
	stp	q16, q17, [x0, #FP_V0 + 32 * 8]
	stp	q18, q19, [x0, #FP_V0 + 32 * 9]
	stp	q20, q21, [x0, #FP_V0 + 32 * 10]
	stp	q22, q23, [x0, #FP_V0 + 32 * 11]
	stp	q24, q25, [x0, #FP_V0 + 32 * 12]
	stp	q26, q27, [x0, #FP_V0 + 32 * 13]
	stp	q28, q29, [x0, #FP_V0 + 32 * 14]
	stp	q30, q31, [x0, #FP_V0 + 32 * 15]
	mrs	x1, fpcr
	mrs	x2, fpsr
	add	x0, x0, #FP_FPCR
	stp	x1, x2, [x0]
	ret
	end_function hal_fp_save

/*
 * void hal_fp_load(const struct hal_fp_state *x0)
 *
 * SAFETY: as above.
 * Audited: 2026-11-22
 */
	function hal_fp_load
	ldp	q0, q1, [x0, #FP_V0 + 32 * 0]
	ldp	q2, q3, [x0, #FP_V0 + 32 * 1]
	ldp	q4, q5, [x0, #FP_V0 + 32 * 2]
	ldp	q6, q7, [x0, #FP_V0 + 32 * 3]
	ldp	q8, q9, [x0, #FP_V0 + 32 * 4]
	ldp	q10, q11, [x0, #FP_V0 + 32 * 5]
	ldp	q12, q13, [x0, #FP_V0 + 32 * 6]
	ldp	q14, q15, [x0, #FP_V0 + 32 * 7]
	ldp	q16, q17, [x0, #FP_V0 + 32 * 8]
	ldp	q18, q19, [x0, #FP_V0 + 32 * 9]
	ldp	q20, q21, [x0, #FP_V0 + 32 * 10]
	ldp	q22, q23, [x0, #FP_V0 + 32 * 11]
	ldp	q24, q25, [x0, #FP_V0 + 32 * 12]
	ldp	q26, q27, [x0, #FP_V0 + 32 * 13]
	ldp	q28, q29, [x0, #FP_V0 + 32 * 14]
	ldp	q30, q31, [x0, #FP_V0 + 32 * 15]
	add	x0, x0, #FP_FPCR
	ldp	x1, x2, [x0]
	msr	fpcr, x1
	msr	fpsr, x2
	ret
	end_function hal_fp_load

	branch_protection_note
