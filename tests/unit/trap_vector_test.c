/*
 * core/trap/trap.h: an interrupt has a way of its own; at the end of the other one it is a broken kernel's.
 */
#include "core/trap/trap.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_panic.h"

static struct process process;

static void take_other(void *argument)
{
	trap_handle_other(&process, *(const struct hal_trap *)argument);
}

static void an_irq_that_comes_the_wrong_way_panics(void **state)
{
	static const char line[] = "KPANIC[vector] el0_irq taken: esr=0x56000000 far=0x12340\n";
	struct hal_trap trap = {.kind = HAL_TRAP_IRQ, .esr = SYNDROME_SVC_0, .far = 0x12340};

	(void)state;
	twin_reset(NULL);
	process = (struct process){.pid = 7, .state = PROCESS_RUNNING};
	kernel.scheduler.current = &process;
	expect_panic("vector", take_other, &trap);
	assert_memory_equal(twin_console(), line, strlen(line));
	assert_int_equal(process.state, PROCESS_RUNNING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_irq_that_comes_the_wrong_way_panics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
