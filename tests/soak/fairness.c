/*
 * Many processes that spin until the same time, each counting as it goes. How
 * far each one got it says itself; how long it had the CPU the kernel says.
 */
#include <panther.h>

#include "user/common/output.h"
#include "user/common/text.h"

#define PROGRAM "fairness"
#define SPINNERS 64
#define SLICE 2000000ULL /* nanoseconds */
#define ROUNDS 40	 /* slices that each one gets */
#define DURATION (SPINNERS * ROUNDS * SLICE)
#define PREPARATION 500000000ULL /* until all have been started and sleep */
#define BATCH 1000		 /* rounds of counting between two looks at the clock */

/* 64 bits in decimal, and a NUL. */
struct decimal {
	char digits[21];
};

static const char *decimal_of(struct decimal *decimal, uint64_t value)
{
	char *at = &decimal->digits[sizeof(decimal->digits) - 1];

	*at = '\0';
	do {
		at--;
		*at = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	return at;
}

/*
 * SAFETY: keeps the loop, and touches nothing.
 * Audited: 2026-11-22
 */
static uint64_t spin_until(uint64_t end)
{
	uint64_t count = 0;

	while ((uint64_t)panther_clock() < end) {
		for (int i = 0; i < BATCH; i++) {
			__asm__ volatile("");
		}
		count++;
	}
	return count;
}

/* All begin at the same time. */
static int spin(const char *text)
{
	uint64_t start = 0;

	if (!text_to_number(text, &start) || panther_sleep(start) != 0) {
		return 1;
	}
	output_text("fairness: counted ");
	output_number(spin_until(start + DURATION));
	output_text("\n");
	return 0;
}

static int start_all(uint64_t start)
{
	struct decimal decimal;
	const char *const argv[] = {PROGRAM, decimal_of(&decimal, start), NULL};

	for (int i = 0; i < SPINNERS; i++) {
		if (panther_spawn_program(PROGRAM, argv, NULL) < 0) {
			return 0;
		}
	}
	return 1;
}

/* The children are there until they are waited for, whether they have ended or not. */
static void print_times(void)
{
	struct panther_process_info process;

	for (uint64_t i = 0; panther_info(PANTHER_INFO_PROCESS, i, &process, sizeof(process)) > 0;
	     i = process.index + 1) {
		if (process.parent != 0) {
			output_text("fairness: ran ");
			output_number(process.cpu_time);
			output_text("\n");
		}
	}
}

static int wait_for_all(void)
{
	struct panther_exit end;
	int count = 0;

	while (panther_wait(0, &end, 0) > 0) {
		if (end.reason != PANTHER_ENDED_EXIT || end.code != 0) {
			return 0;
		}
		count++;
	}
	return count == SPINNERS;
}

int main(int argc, char **argv)
{
	uint64_t start;

	if (argc > 1) {
		return spin(argv[1]);
	}
	start = (uint64_t)panther_clock() + PREPARATION;
	if (!start_all(start) || panther_sleep(start + DURATION) != 0) {
		return 1;
	}
	print_times();
	return wait_for_all() ? 0 : 1;
}
