/*
 * Runs each slot of traps.S in a child of its own, and says how it ended.
 *
 * traps           all of them
 * traps NUMBER    one, in this process: the exit status is 0 if it comes back
 */
#include "tests/programs/traps.h"

#include <stdbool.h>

#include <panther.h>

#include "user/common/output.h"
#include "user/common/text.h"

#define KERNEL_ADDRESS 0xffffffff80000000
#define TAG (0x5aUL << 56)
#define PAUSE 100000000 /* nanoseconds, in which the kernel's limit on lines about faults gains one */

#define TURNS 3

/* How far this process is. Parent and child lie at the same addresses, and take turns. */
static volatile uint64_t turns;

static bool take_turns(void)
{
	for (uint64_t i = 0; i < TURNS; i++) {
		turns = turns + 1;
		(void)panther_yield();
	}
	return turns % TURNS == 0;
}

/* What a program has used already, it must lose as well: all pages are written before they go or change. */
static int run_one(uint64_t number)
{
	int64_t pages = panther_map(NULL, 3 * PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_WRITE);
	struct traps_registers registers = {
		.constants = (uint64_t)pages,
		.data = (uint64_t)pages + PANTHER_PAGE_SIZE,
		.kernel = KERNEL_ADDRESS,
		.end = (uint64_t)pages + 2 * PANTHER_PAGE_SIZE,
		.tagged = ((uint64_t)pages + PANTHER_PAGE_SIZE) | TAG,
	};

	if (pages < 0 || !take_turns() || turns != TURNS) {
		return 1;
	}
	*(volatile uint64_t *)registers.constants = 1;
	*(volatile uint64_t *)registers.end = 1;
	if (panther_protect((void *)registers.constants, PANTHER_PAGE_SIZE, PANTHER_READ) < 0 ||
	    panther_unmap((void *)registers.end, PANTHER_PAGE_SIZE) < 0) {
		return 1;
	}
	output_text("x0=");
	output_hex(traps_run(number, &registers));
	output_text("\n");
	return 0;
}

static char *decimal(uint64_t number, char text[4])
{
	text[0] = (char)('0' + number / 100);
	text[1] = (char)('0' + number / 10 % 10);
	text[2] = (char)('0' + number % 10);
	text[3] = '\0';
	return text;
}

static int run_child(uint64_t number)
{
	char text[4];
	const char *const argv[] = {"traps", decimal(number, text), NULL};
	struct panther_exit end;
	int64_t pid = panther_spawn_program(argv[0], argv, NULL);

	if (pid < 0 || !take_turns() || panther_wait((uint64_t)pid, &end, 0) != pid) {
		return 1;
	}
	(void)panther_sleep_for(PAUSE);
	output_number(number);
	output_text(end.reason == PANTHER_ENDED_FAULT ? ": fault, class " : ": exit, status ");
	output_hex(end.code);
	output_text("\n");
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t number;

	if (argc > 1) {
		return text_to_number(argv[1], &number) && number < traps_count ? run_one(number) : 1;
	}
	for (number = 0; number < traps_count; number++) {
		if (run_child(number) != 0) {
			return 1;
		}
	}
	return 0;
}
