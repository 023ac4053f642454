/*
 * Undefined behaviour does not pass in the twin: the bugs of the image that commits them (tests/self_attack), each
 * after the same action in its sound form.
 */
#include <signal.h>

#include "tests/self_attack/bugs.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_death.h"

/* cmocka would go on after a trap. */
static void commit(void *bug)
{
	(void)signal(SIGILL, SIG_DFL);
	(void)signal(SIGTRAP, SIG_DFL);
	((const struct bug *)bug)->commit(true);
}

static void every_kind_ends_the_twin(void **state)
{
	(void)state;
	assert_in_range(kbug_undefined.count, 15, 100);
	for (size_t i = 0; i < kbug_undefined.count; i++) {
		struct bug bug = kbug_undefined.list[i];

		print_message("%s\n", bug.name);
		bug.commit(false);
		expect_death(commit, &bug);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_ends_the_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
