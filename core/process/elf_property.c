#include "core/process/elf_property.h"

#include "lib/bits.h"
#include "lib/endian.h"

/* The note's header and name, by offset (ELF-64 Object File Format 1.5, section 10). */
enum {
	N_NAMESZ = 0,
	N_DESCSZ = 4,
	N_TYPE = 8,
	N_NAME = 12,
	NOTE_HEADER_SIZE = 16,
};

#define GNU_NAME 0x00554e47 /* "GNU", with its NUL */
#define NT_GNU_PROPERTY_TYPE_0 5

/* A property, by offset: its data is padded to a multiple of 8 bytes. */
enum {
	PR_TYPE = 0,
	PR_DATASZ = 4,
	PROPERTY_HEADER_SIZE = 8,
	PROPERTY_ALIGNMENT = 8,
};

#define GNU_PROPERTY_AARCH64_FEATURE_1_AND 0xc0000000
#define FEATURE_1_SIZE 4
#define FEATURE_1_BTI 1

static bool header_is_accepted(const uint8_t *note, size_t size)
{
	return size >= NOTE_HEADER_SIZE && size <= ELF_PROPERTY_MAX && read_le32(note + N_NAMESZ) == sizeof("GNU") &&
	       read_le32(note + N_DESCSZ) == size - NOTE_HEADER_SIZE &&
	       read_le32(note + N_TYPE) == NT_GNU_PROPERTY_TYPE_0 && read_le32(note + N_NAME) == GNU_NAME;
}

/* Hands out how many bytes the property takes, its padding included. */
static bool property_is_accepted(const uint8_t *property, size_t left, size_t *taken)
{
	size_t data_size;

	if (left < PROPERTY_HEADER_SIZE) {
		return false;
	}
	data_size = read_le32(property + PR_DATASZ);
	if (data_size > left - PROPERTY_HEADER_SIZE) {
		return false;
	}
	*taken = PROPERTY_HEADER_SIZE + align_down(data_size + (PROPERTY_ALIGNMENT - 1), PROPERTY_ALIGNMENT);
	return *taken <= left &&
	       (read_le32(property + PR_TYPE) != GNU_PROPERTY_AARCH64_FEATURE_1_AND || data_size == FEATURE_1_SIZE);
}

bool elf_property_read(const uint8_t *note, size_t size, bool *is_guarded)
{
	uint64_t lowest = 0; /* of the types that may follow */
	uint32_t features = 0;
	size_t taken;

	if (!header_is_accepted(note, size)) {
		return false;
	}
	for (size_t at = NOTE_HEADER_SIZE; at < size; at += taken) {
		uint32_t type;

		if (!property_is_accepted(note + at, size - at, &taken)) {
			return false;
		}
		type = read_le32(note + at + PR_TYPE);
		if (type < lowest) {
			return false;
		}
		lowest = (uint64_t)type + 1;
		if (type == GNU_PROPERTY_AARCH64_FEATURE_1_AND) {
			features = read_le32(note + at + PROPERTY_HEADER_SIZE);
		}
	}
	*is_guarded = (features & FEATURE_1_BTI) != 0;
	return true;
}
