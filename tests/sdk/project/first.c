/*
 * Starts the other programs of its archive, one after the other, and says how
 * they ended.
 */
#include <panther.h>

/* Relocated by the start-up code. */
static const char *const programs[] = {"answer", "startup", "startup-fixed", "formatted"};
static const char *const falling[] = {"startup", "startup-fixed"};

static void say_end(const char *program, const struct panther_exit *ended)
{
	panther_print(program);
	if (ended->reason == PANTHER_ENDED_EXIT && ended->code == 42) {
		panther_print(" gave the answer\n");
	} else {
		panther_print(ended->reason == PANTHER_ENDED_FAULT ? " fell\n" : " failed\n");
	}
}

static int run(const char *const *argv)
{
	struct panther_exit ended;
	int64_t pid = panther_spawn_program(argv[0], argv, NULL);

	if (pid == -PANTHER_ENOENT) {
		return 0;
	}
	if (pid < 0 || panther_wait((uint64_t)pid, &ended, 0) != pid) {
		return 1;
	}
	say_end(argv[0], &ended);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	panther_print("A program from outside the tree: ");
	panther_print(argc == 1 ? argv[0] : "called otherwise than expected");
	panther_print("\n");
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		status |= run((const char *const[]){programs[i], "forty", "two", NULL});
	}
	for (size_t i = 0; i < sizeof(falling) / sizeof(falling[0]); i++) {
		status |= run((const char *const[]){falling[i], NULL});
	}
	return status;
}
