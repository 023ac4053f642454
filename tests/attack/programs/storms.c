/*
 * R19: children that do nothing but fault.
 */
#include "tests/attack/programs/hostile.h"

#define CHILDREN 300
#define CLASS_DATA_ABORT 0x24 /* ESR_EL1.EC (Arm ARM D17.2.37) */

/*
 * SAFETY: faults on purpose: nothing is mapped there.
 * Audited: 2026-11-22
 */
static int role_fault(uint64_t argument)
{
	*(volatile uint64_t *)pointer(argument) = 0;
	return 0;
}

static void run(uint64_t count)
{
	int64_t since = panther_clock();
	uint64_t wrong = 0;

	count = count == 0 ? CHILDREN : count;
	for (uint64_t i = 0; i < count; i++) {
		struct panther_exit ended = {0};
		int64_t pid = start("fault", 8 * i);

		wrong += panther_wait((uint64_t)pid, &ended, 0) != pid || ended.reason != PANTHER_ENDED_FAULT ||
			 ended.code != CLASS_DATA_ABORT;
	}
	say_number("wrong", (int64_t)wrong);
	say_number("ms", (panther_clock() - since) / 1000000);
}

static const struct role roles[] = {{"fault", role_fault}, NO_ROLE};

const struct subject subjects_storms[] = {{"R19", run, roles}, {NULL, NULL, NULL}};
