/*
 * The first bytes of the image: the arm64 Image header (Linux,
 * Documentation/arch/arm64/booting.rst), which makes boot loaders pass the
 * device tree in x0 and place the image at any 2 MiB boundary.
 *
 * SAFETY: data, and one branch that any boot loader takes.
 * Audited: 2026-11-22
 */
#include "hal_qemu_virt/assembly.h"

	.section .image_header, "ax"

	.globl image_header
image_header:
	b	boot_entry		/* code0 */
	.long	0			/* code1 */
	.quad	0			/* text_offset: none */
	.quad	image_end - image_header /* image_size: memory the image needs, stacks and tables included */
	.quad	0xa			/* flags: little-endian, 4 KiB pages (1 << 1), anywhere in memory (1 << 3) */
	.quad	0
	.quad	0
	.quad	0
	.ascii	"ARM\x64"		/* magic */
	.long	0

	branch_protection_note
