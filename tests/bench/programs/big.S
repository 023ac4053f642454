/*
 * As large a program as there can be (ELF_MEMORY_MAX, 16 MiB): code and data from the file for several steps of the
 * loader each, and zeros. It ends at once.
 */
#define MIB 0x100000
/* The start-up code, its pages, and what the linker adds of its own. */
#define REST 0x10000

	.text
	.globl	main
	.type	main, %function
main:
	mov	w0, #0
	ret
	.size	main, . - main
	.fill	MIB / 4 - 2, 4, 0xd503201f	/* nop */

	.data
	.fill	MIB / 8, 8, 1

	.bss
	.skip	16 * MIB - 2 * MIB - REST
