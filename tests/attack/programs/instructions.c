/*
 * Rows S: instructions that EL0 may not execute, or may with a certain result.
 * The first process starts one for each attempt; then it shows that the timer
 * still takes the CPU from whoever keeps it.
 */
#include "tests/attack/programs/instructions.h"
#include "tests/attack/programs/observe.h"

/* A line about a kill is the kernel's answer to each, and there are 10 of them a second (core/log/log_limit.h). */
#define PAUSE_US 100000
#define TURNS_US 5000

uint8_t attempt_buffer[PANTHER_PAGE_SIZE] __attribute__((aligned(PANTHER_PAGE_SIZE)));

/* An argument is one character: '0' stands for the first attempt, which is no attempt: it spins. */
static int64_t start(const char *name, size_t number)
{
	const char digit[] = {(char)('0' + number), '\0'};
	const char *const argv[] = {name, digit, NULL};

	return panther_spawn_program(name, argv, NULL);
}

static uint64_t run(size_t number)
{
	return attempt_run(attempts[number].code, attempts[number].x);
}

static int try_one(size_t number)
{
	say_number("pid", panther_getpid());
	say_hex("control", run(0));
	say_hex("back", run(number));
	return 0;
}

/*
 * SAFETY: keeps the loop, and touches nothing.
 * Audited: 2026-11-22
 */
static int spin(void)
{
	for (;;) {
		__asm__ volatile("");
	}
}

static void show_turns(const char *name)
{
	int64_t pid = start(name, 0);

	sleep_us(TURNS_US);
	say_number("preempted", panther_kill((uint64_t)pid));
	(void)say_end(pid);
}

static int play(const char *name)
{
	struct counts before = counts_now();

	for (size_t number = 1; attempts[number].code[0] != 0; number++) {
		(void)say_end(start(name, number));
		sleep_us(PAUSE_US);
	}
	show_turns(name);
	counts_judge(&before);
	return 0;
}

int main(int count, char **arguments)
{
	size_t number;

	if (count < 2) {
		return play(arguments[0]);
	}
	number = (size_t)(arguments[1][0] - '0');
	return number == 0 ? spin() : try_one(number);
}
