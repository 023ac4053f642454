/*
 * L24: random bytes where nobody gave the kernel a seed.
 */
#include "tests/attack/programs/hostile.h"

#define FILL 0xaa
#define DRAWS 100

static void run(uint64_t argument)
{
	uint64_t first = 0xaaaaaaaaaaaaaaaa;
	uint64_t second = first;
	int64_t again = 0;
	int64_t result = panther_random(&first, sizeof(first));

	(void)argument;
	say_number("random", result);
	for (int i = 0; i < DRAWS; i++) {
		again += panther_random(&second, sizeof(second)) != result;
	}
	say_number("otherwise", again);
	say_number("untouched", first == 0xaaaaaaaaaaaaaaaa && second == 0xaaaaaaaaaaaaaaaa);
	say_number("same", first == second);
}

static const struct role roles[] = {NO_ROLE};

const struct subject subjects_random[] = {{"L24", run, roles}, {NULL, NULL, NULL}};
