/*
 * M10: one address in two processes. M29: pages that were somebody else's.
 */
#include "tests/attack/programs/hostile.h"

#define SAME_PLACE (PANTHER_USER_MAP_TOP + PANTHER_USER_GUARD)
#define SWITCHES 50000 /* of each of two */
/* At first each says so now and then: the other must have, in between. */
#define MARKS 10
#define SWITCHES_PER_MARK 100
#define FIRST_VALUE 0x1000000
#define SECOND_VALUE 0x2000000
#define SECRET 0x5ec2e75ec2e75ec2
#define VICTIM_MAPS 32
#define WORDS (PANTHER_MAP_MAX / sizeof(uint64_t))

static uint64_t constants_not[4096];

static void mark(uint64_t switches, uint64_t value)
{
	if (switches % SWITCHES_PER_MARK == 0 && switches <= MARKS * SWITCHES_PER_MARK) {
		say(value == FIRST_VALUE ? "ping" : "pong");
	}
}

/*
 * SAFETY: the page is this program's own, mapped just now.
 * Audited: 2026-11-22
 */
static int role_pingpong(uint64_t value)
{
	volatile uint64_t *word = panther_mapped(panther_map(pointer(SAME_PLACE), PANTHER_PAGE_SIZE, READ_WRITE));

	if (*word != 0) {
		return 2;
	}
	*word = value;
	/* The second comes between the first one's marks, whoever loses a turn to the timer. */
	for (uint64_t i = 0; value == SECOND_VALUE && i < SWITCHES_PER_MARK / 2; i++) {
		(void)panther_yield();
	}
	for (uint64_t i = 0; i < SWITCHES; i++) {
		(void)panther_yield();
		if (*word != value + i) {
			return 1;
		}
		*word = value + i + 1;
		mark(i + 1, value);
	}
	return 0;
}

static void run_pingpong(uint64_t argument)
{
	int64_t pids[2] = {start("pingpong", FIRST_VALUE), start("pingpong", SECOND_VALUE)};

	(void)argument;
	(void)say_end(pids[0]);
	(void)say_end(pids[1]);
}

static void fill(uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		words[i] = SECRET;
	}
}

static uint64_t count_other(const uint64_t *words, size_t count)
{
	uint64_t other = 0;

	for (size_t i = 0; i < count; i++) {
		other += words[i] != 0;
	}
	return other;
}

/* Secrets in memory of every kind. */
static int role_victim(uint64_t argument)
{
	uint64_t stack[PANTHER_USER_STACK_SIZE / 2 / sizeof(uint64_t)];

	(void)argument;
	fill(stack, sizeof(stack) / sizeof(stack[0]));
	fill(constants_not, sizeof(constants_not) / sizeof(constants_not[0]));
	for (int i = 0; i < VICTIM_MAPS; i++) {
		fill(panther_mapped(panther_map(NULL, PANTHER_MAP_MAX, READ_WRITE)), WORDS);
	}
	(void)panther_write(9, stack, sizeof(stack));
	return role_idle(0);
}

/* The pages of the stack below the one in use, and the next: nobody has used them yet. */
static uint64_t count_stack(void)
{
	uint64_t here = ADDRESS(__builtin_frame_address(0)) & ~(uint64_t)(PANTHER_PAGE_SIZE - 1);
	const uint64_t *words = pointer(here + PANTHER_PAGE_SIZE - PANTHER_USER_STACK_SIZE);

	return count_other(words, (PANTHER_USER_STACK_SIZE - 2 * PANTHER_PAGE_SIZE) / sizeof(*words));
}

static int role_scanner(uint64_t argument)
{
	uint64_t other = count_other(constants_not, sizeof(constants_not) / sizeof(constants_not[0]));
	uint64_t maps = 0;
	int64_t result;

	(void)argument;
	say_number("bss", (int64_t)other);
	say_number("stack", (int64_t)count_stack());
	for (other = 0; (result = panther_map(NULL, PANTHER_MAP_MAX, READ_WRITE)) > 0; maps++) {
		other += count_other(panther_mapped(result), WORDS);
	}
	say_number("mapped", (int64_t)other);
	say_number("all of it", maps > VICTIM_MAPS && result == -PANTHER_ENOMEM);
	return 0;
}

static void run_scan(uint64_t argument)
{
	int64_t victim = start("victim", 0);

	(void)argument;
	await_state(victim, PANTHER_STATE_SLEEPING);
	say_number("victim", end(victim));
	(void)say_end(start("scanner", 0));
}

static const struct role roles[] = {
	{"pingpong", role_pingpong}, {"victim", role_victim}, {"scanner", role_scanner}, NO_ROLE};

const struct subject subjects_pages[] = {{"M10", run_pingpong, roles}, {"M29", run_scan, roles}, {NULL, NULL, NULL}};
