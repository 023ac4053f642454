/*
 * For tests of what panics: the twin ends the call when the kernel stops the machine.
 */
#ifndef TESTS_UNIT_EXPECT_PANIC_H
#define TESTS_UNIT_EXPECT_PANIC_H

#include <stdio.h>
#include <string.h>

#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

/* Runs function(argument), which must end in KPANIC[tag]. Afterwards the kernel may panic again. */
static inline void expect_panic(const char *tag, void (*function)(void *argument), void *argument)
{
	size_t before = twin_console_size();
	char expected[64];

	snprintf(expected, sizeof(expected), "KPANIC[%s] ", tag);
	kernel.panicking = false;
	assert_int_equal(twin_call(function, argument), TWIN_STOPPED);
	kernel.panicking = false;
	kernel.stopping = false;
	/* The reason comes first. */
	if (strncmp(twin_console() + before, expected, strlen(expected)) != 0) {
		fail_msg("expected %s, got: %s", expected, twin_console() + before);
	}
}

#endif
