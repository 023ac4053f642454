/*
 * For tests of the twin itself: a broken rule ends the call.
 */
#ifndef TESTS_UNIT_EXPECT_ABORT_H
#define TESTS_UNIT_EXPECT_ABORT_H

#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

/* Runs function(argument), which must break the rule. */
static inline void expect_abort(const char *rule, void (*function)(void *argument), void *argument)
{
	twin_expect_abort(rule);
	if (twin_call(function, argument) != TWIN_ABORTED) {
		fail_msg("the rule %s was not broken", rule);
	}
}

#endif
