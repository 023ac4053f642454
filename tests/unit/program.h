/*
 * A small program for the twin: a static ELF file with one page of code, one of constants and one of data.
 */
#ifndef TESTS_UNIT_PROGRAM_H
#define TESTS_UNIT_PROGRAM_H

#include <stdint.h>
#include <string.h>

#define PROGRAM_CODE 0x400000UL
#define PROGRAM_CONSTANTS 0x401000UL
#define PROGRAM_DATA 0x402000UL
#define PROGRAM_CODE_OFFSET 0x1000
#define PROGRAM_CONSTANTS_OFFSET 0x2000
#define PROGRAM_DATA_OFFSET 0x3000
#define PROGRAM_SIZE 0x4000
/* What the constants start with. */
#define PROGRAM_TEXT "Hello from the twin's program\n"

struct program_image {
	uint8_t bytes[PROGRAM_SIZE];
};

static inline void program_put(struct program_image *image, size_t offset, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		image->bytes[offset + i] = (uint8_t)(value >> (8 * i) & 0xff);
	}
}

/* A PT_LOAD header of one whole page. Flags: 4 read, 2 write, 1 execute. */
static inline void program_put_segment(struct program_image *image, unsigned index, uint64_t address, uint64_t offset,
				       uint32_t flags)
{
	size_t header = 64 + 56 * index;

	program_put(image, header, 1, 4);
	program_put(image, header + 4, flags, 4);
	program_put(image, header + 8, offset, 8);
	program_put(image, header + 16, address, 8);
	program_put(image, header + 24, address, 8);
	program_put(image, header + 32, 0x1000, 8);
	program_put(image, header + 40, 0x1000, 8);
	program_put(image, header + 48, 0x1000, 8);
}

/* Fills `image`. `code` is what lies at PROGRAM_CODE, where the program starts. */
static inline void program_make(struct program_image *image, const uint32_t *code, size_t words)
{
	static const uint8_t identity[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

	memset(image, 0, sizeof(*image));
	memcpy(image->bytes, identity, sizeof(identity));
	program_put(image, 16, 2, 2);	/* e_type: ET_EXEC */
	program_put(image, 18, 183, 2); /* e_machine: EM_AARCH64 */
	program_put(image, 20, 1, 4);	/* e_version */
	program_put(image, 24, PROGRAM_CODE, 8);
	program_put(image, 32, 64, 8); /* e_phoff */
	program_put(image, 52, 64, 2); /* e_ehsize */
	program_put(image, 54, 56, 2); /* e_phentsize */
	program_put(image, 56, 3, 2);  /* e_phnum */
	program_put_segment(image, 0, PROGRAM_CODE, PROGRAM_CODE_OFFSET, 5);
	program_put_segment(image, 1, PROGRAM_CONSTANTS, PROGRAM_CONSTANTS_OFFSET, 4);
	program_put_segment(image, 2, PROGRAM_DATA, PROGRAM_DATA_OFFSET, 6);
	for (size_t i = 0; i < words; i++) {
		program_put(image, PROGRAM_CODE_OFFSET + 4 * i, code[i], 4);
	}
	memcpy(image->bytes + PROGRAM_CONSTANTS_OFFSET, PROGRAM_TEXT, sizeof(PROGRAM_TEXT));
}

#endif
