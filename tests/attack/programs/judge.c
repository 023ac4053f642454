/*
 * The first program where another one attacks alone: starts it, waits for it,
 * says how it ended, and whether everything that it had came back.
 */
#include "tests/attack/programs/observe.h"

int main(void)
{
	static const char *const argv[] = {"player", NULL};
	struct counts before = counts_now();
	int64_t pid = panther_spawn_program(argv[0], argv, NULL);

	if (pid < 0) {
		say_number("spawn", pid);
		return 0;
	}
	(void)say_end(pid);
	counts_judge(&before);
	return 0;
}
