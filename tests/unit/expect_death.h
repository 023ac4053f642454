/*
 * For tests of what must end the whole process: an abort that nobody expected, or a report of ASan.
 */
#ifndef TESTS_UNIT_EXPECT_DEATH_H
#define TESTS_UNIT_EXPECT_DEATH_H

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/cmocka_test.h"

/* Runs function(argument) in a process of its own, which must not survive it. What it says is not shown. */
static inline void expect_death(void (*function)(void *argument), void *argument)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		(void)freopen("/dev/null", "w", stderr);
		function(argument);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_not_equal(status, 0);
}

#endif
