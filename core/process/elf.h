/*
 * A strict reader of static ELF64 programs for AArch64 (ELF-64 Object File
 * Format 1.5; ELF for the Arm 64-bit Architecture). The file is hostile input.
 *
 * Two kinds are read: those that lie at the addresses they name (ET_EXEC), and
 * position-independent ones (ET_DYN), whose addresses all count from a bias
 * that the loader chooses, and which relocate themselves.
 */
#ifndef CORE_PROCESS_ELF_H
#define CORE_PROCESS_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/limits.h"
#include "core/memory/descriptor.h"
#include "lib/bits.h"
#include "lib/compiler.h"
#include "lib/status.h"

#define ELF_SEGMENTS_MAX 8
/* Program headers of any type, so that reading a file is bounded work: linkers make about ten. */
#define ELF_HEADERS_MAX 32
/* Most memory that one program may ask for: the pages of all its segments, in bytes. */
#define ELF_MEMORY_MAX 0x1000000
/*
 * Largest alignment of a position-independent program's segments: the largest page of the architecture (Arm ARM D8.1),
 * which is what linkers align to unless told otherwise. A larger one would leave a random bias fewer than 20 bits.
 */
#define ELF_ALIGNMENT_MAX 0x10000

struct elf_segment {
	uint64_t address;     /* p_vaddr; need not be page-aligned */
	uint64_t memory_size; /* p_memsz > 0; bytes beyond file_size are zero */
	uint64_t file_offset;
	uint64_t file_size;
	enum page_access access; /* PAGE_USER_READ, _READ_WRITE or _EXECUTE */
};

struct elf_image {
	uint64_t entry;
	uint64_t memory_size; /* the pages of all segments, in bytes */
	uint64_t alignment;   /* what the bias is a multiple of: the largest p_align, at least a page */
	size_t segment_count;
	bool is_position_independent;		       /* else the bias is 0 */
	bool is_guarded;			       /* all of its code has landing pads, it says (FEAT_BTI) */
	struct elf_segment segments[ELF_SEGMENTS_MAX]; /* PT_LOAD only, ascending, no two on one page */
};

/*
 * Checks every field that matters and fills `image`. K_ENOEXEC for anything odd:
 *
 *   not ELF64, little-endian, AArch64, ET_EXEC or ET_DYN, version 1; another ABI or flags; header sizes other than 64
 *   and 56
 *   program headers outside the file, misaligned, or in the file header; more than ELF_HEADERS_MAX
 *   a PT_INTERP or PT_SHLIB; a PT_GNU_STACK that asks for an executable stack
 *   a PT_DYNAMIC in an ET_EXEC; in an ET_DYN a second one, or one that is not wholly file bytes of a loadable segment
 *   a second PT_GNU_PROPERTY, one that leaves the file, or an odd note in it, unless it is empty
 * (core/process/elf_property.h) no loadable segment, or more than ELF_SEGMENTS_MAX; more than ELF_MEMORY_MAX in all a
 * segment that is empty, is neither R, RW nor RX, wraps, leaves the file, has more file than memory, has its address
 * and its place in the file at odds with its alignment or the page size, shares a page with another, or is out of order
 * a segment that leaves [PANTHER_USER_BOTTOM, PANTHER_USER_IMAGE_TOP) in an ET_EXEC, or [0, ELF_MEMORY_MAX) in an
 * ET_DYN, or is aligned to more than ELF_ALIGNMENT_MAX there an entry that is 0, which means none, misaligned, or not
 * an instruction among an executable segment's file bytes
 *
 * What PT_DYNAMIC and PT_TLS describe is the program's own business, and section headers are not looked at.
 * O(program headers).
 */
K_MUST_USE k_status elf_read(struct elf_image *image, const uint8_t *file, size_t size);

/* The pages of a segment that was read, [start, end): no sum of its numbers wraps, with or without a bias. */
K_ALWAYS_INLINE uint64_t elf_segment_start(const struct elf_segment *segment)
{
	return align_down(segment->address, PANTHER_PAGE_SIZE);
}

K_ALWAYS_INLINE uint64_t elf_segment_end(const struct elf_segment *segment)
{
	return align_down(segment->address + segment->memory_size + (PANTHER_PAGE_SIZE - 1), PANTHER_PAGE_SIZE);
}

#endif
