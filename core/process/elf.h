/*
 * A strict reader of static ELF64 programs for AArch64 (ELF-64 Object File
 * Format 1.5; ELF for the Arm 64-bit Architecture). The file is hostile input.
 */
#ifndef CORE_PROCESS_ELF_H
#define CORE_PROCESS_ELF_H

#include <stddef.h>
#include <stdint.h>

#include "core/memory/descriptor.h"
#include "hal/address.h"
#include "lib/compiler.h"
#include "lib/status.h"

#define ELF_SEGMENTS_MAX 8
/* Most memory that one program may ask for: the pages of all its segments, in bytes. */
#define ELF_MEMORY_MAX 0x1000000

struct elf_segment {
	uint64_t address;     /* p_vaddr; need not be page-aligned */
	uint64_t memory_size; /* p_memsz > 0; bytes beyond file_size are zero */
	uint64_t file_offset;
	uint64_t file_size;
	enum page_access access; /* PAGE_USER_READ, _READ_WRITE or _EXECUTE */
};

struct elf_image {
	uint64_t entry;
	size_t segment_count;
	struct elf_segment segments[ELF_SEGMENTS_MAX]; /* PT_LOAD only, ascending, no two on one page */
};

/*
 * Checks every field that matters and fills `image`. K_ENOEXEC for anything odd:
 *
 *   not ELF64, little-endian, AArch64, ET_EXEC, version 1; another ABI or flags; header sizes other than 64 and 56
 *   program headers outside the file, misaligned, or in the file header
 *   a PT_INTERP, PT_DYNAMIC or PT_SHLIB; a PT_GNU_STACK that asks for an executable stack
 *   no loadable segment, or more than ELF_SEGMENTS_MAX; more than ELF_MEMORY_MAX in all
 *   a segment that is empty, is neither R, RW nor RX, wraps, leaves the file, leaves [PANTHER_USER_BOTTOM,
 *   PANTHER_USER_IMAGE_TOP), has more file than memory, has its address and its place in the file at odds with its
 *   alignment or the page size, shares a page with another, or is out of order
 *   an entry that is misaligned or not an instruction among an executable segment's file bytes
 *
 * Section headers are not looked at. O(program headers).
 */
K_MUST_USE k_status elf_read(struct elf_image *image, const uint8_t *file, size_t size);

#endif
