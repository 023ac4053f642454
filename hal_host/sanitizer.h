/*
 * What the twin tells the sanitizers about the machine's memory, and asks them. Without the sanitizer in question each
 * of these does nothing.
 */
#ifndef HAL_HOST_SANITIZER_H
#define HAL_HOST_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

#if __has_feature(memory_sanitizer)
#define SANITIZER_KNOWS_BYTES true
#include <sanitizer/msan_interface.h>

/* Ends the process unless somebody has written all of these bytes, with values that are known. */
static inline void sanitizer_expect_known(const void *bytes, size_t size)
{
	__msan_check_mem_is_initialized(bytes, size);
}

/* Whatever these bytes hold is nobody's: they count as never written. */
static inline void sanitizer_forget(void *bytes, size_t size)
{
	__msan_poison(bytes, size);
}
#else
#define SANITIZER_KNOWS_BYTES false

static inline void sanitizer_expect_known(const void *bytes, size_t size)
{
	(void)bytes;
	(void)size;
}

static inline void sanitizer_forget(void *bytes, size_t size)
{
	(void)bytes;
	(void)size;
}
#endif

#endif
