#include "tests/sweep/programs/children.h"

#include <panther.h>

#include "tests/attack/programs/observe.h"

#define LINE_START "sweep: "
#define LINE_START_SIZE (sizeof(LINE_START) - 1)
#define LINE_WORDS 128
#define EXIT_ALONE ((uint64_t)1 << SYS_exit)
#define FRAMES 64
/* Far longer than a child takes, to be loaded and to run a word: what has not ended then never does. */
#define PATIENCE_NS 20000000

static int64_t start_child(unsigned number)
{
	char digits[5];
	const char *const argv[] = {"children", digits, NULL};
	const struct panther_spawn_request options = {EXIT_ALONE, FRAMES, 0, 0};

	for (unsigned i = 0; i < 4; i++, number /= 10) {
		digits[3 - i] = (char)('0' + number % 10);
	}
	digits[4] = '\0';
	return panther_spawn_program("children", argv, &options);
}

/* Returns false if it had to be killed. */
static bool await(uint64_t pid, struct panther_exit *ended)
{
	int64_t limit = panther_clock() + PATIENCE_NS;

	while (panther_wait(pid, ended, PANTHER_WAIT_NO_BLOCK) != (int64_t)pid) {
		if (panther_clock() > limit) {
			(void)panther_kill(pid);
			(void)panther_wait(pid, ended, 0);
			return false;
		}
		(void)panther_yield();
	}
	return true;
}

/* As in tests/sweep/outcomes.h; '!' is any other end. */
static char outcome_of(int64_t pid)
{
	static const char classes[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_";
	struct panther_exit ended;

	if (pid < 0) {
		return '!';
	}
	if (!await((uint64_t)pid, &ended)) {
		return '*';
	}
	if (ended.reason == PANTHER_ENDED_FAULT) {
		return classes[ended.code & 63];
	}
	return ended.reason == PANTHER_ENDED_EXIT && ended.code == CHILDREN_STATUS ? '.' : '!';
}

static unsigned number_in(const char *text)
{
	unsigned number = 0;

	for (; *text != '\0'; text++) {
		number = 10 * number + (unsigned)(*text - '0');
	}
	return number;
}

static void play_all(void)
{
	char line[LINE_START_SIZE + LINE_WORDS + 1] = LINE_START;

	line[LINE_START_SIZE + LINE_WORDS] = '\n';
	for (unsigned number = 0; number < CHILDREN_WORDS; number++) {
		line[LINE_START_SIZE + number % LINE_WORDS] = outcome_of(start_child(number));
		if (number % LINE_WORDS == LINE_WORDS - 1) {
			(void)panther_write_all(1, line, sizeof(line));
		}
	}
}

int main(int argc, char *argv[])
{
	struct counts before;

	if (argc > 1) {
		children_play(number_in(argv[1]));
	}
	before = counts_now();
	play_all();
	counts_judge(&before);
	return 0;
}
