/*
 * Integers out of unaligned bytes. One load each: of explicit shifts the
 * compiler makes one load only as long as it keeps the four together.
 */
#ifndef LIB_ENDIAN_H
#define LIB_ENDIAN_H

#include <stdint.h>

#include "lib/compiler.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the kernel and all its hosts are little-endian");

K_ALWAYS_INLINE uint16_t read_le16(const uint8_t *bytes)
{
	uint16_t value;

	__builtin_memcpy(&value, bytes, sizeof(value));
	return value;
}

K_ALWAYS_INLINE uint32_t read_le32(const uint8_t *bytes)
{
	uint32_t value;

	__builtin_memcpy(&value, bytes, sizeof(value));
	return value;
}

K_ALWAYS_INLINE uint64_t read_le64(const uint8_t *bytes)
{
	uint64_t value;

	__builtin_memcpy(&value, bytes, sizeof(value));
	return value;
}

K_ALWAYS_INLINE uint32_t read_be32(const uint8_t *bytes)
{
	return __builtin_bswap32(read_le32(bytes));
}

K_ALWAYS_INLINE uint64_t read_be64(const uint8_t *bytes)
{
	return __builtin_bswap64(read_le64(bytes));
}

#endif
