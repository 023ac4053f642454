/*
 * Two programs, left (SIDE is 1) and right (2), whose code lies at the same addresses and differs. Without an argument
 * it runs children, two of them at a time; with one it is such a child:
 *
 * 1, 2    takes turns with the other: each must run its own code, and keep its own registers. The exit status says
 *         where its code lies
 * break   runs its BRK, after the other has run what lies there in its own code
 * gone    runs code whose page it has unmapped
 * zeros   runs code where it has mapped zeros instead
 */
#include "tests/programs/sides.h"

#include <stdbool.h>

#include <panther.h>

#include "user/common/output.h"
#include "user/common/text.h"
#include "user/stress/registers.h"

#define ROUNDS 100
#define FAILED 255

/* Exception classes (Arm ARM D17.2.37). */
#define CLASS_UNKNOWN 0x00
#define CLASS_INSTRUCTION_ABORT 0x20
#define CLASS_BRK 0x3c

struct child {
	const char *program, *role;
	struct panther_exit end;
};

static void *code_page(void)
{
	return (void *)sides_number;
}

/* Not a failure's, and another one for each of 128 pages. */
static int place(void)
{
	return (int)((uintptr_t)code_page() / PANTHER_PAGE_SIZE % 128);
}

static int take_turns(uint64_t number)
{
	if (sides_fp() != 0) {
		return FAILED;
	}
	for (int i = 0; i < ROUNDS; i++) {
		if (sides_number() != number) {
			return FAILED;
		}
		if (number == 1) {
			sides_break();
		}
		(void)panther_yield();
	}
	return registers_keep(number * ROUNDS, ROUNDS) == 0 ? place() : FAILED;
}

static int run_without_page(bool has_zeros)
{
	if (sides_number() != SIDE || panther_unmap(code_page(), PANTHER_PAGE_SIZE) != 0) {
		return FAILED;
	}
	if (has_zeros && panther_map(code_page(), PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_EXECUTE) < 0) {
		return FAILED;
	}
	return (int)sides_number();
}

static int run_break(void)
{
	(void)panther_yield();
	sides_break();
	return FAILED;
}

static int play(const char *role)
{
	uint64_t number;

	if (text_equal(role, "break")) {
		return run_break();
	}
	if (text_to_number(role, &number)) {
		return take_turns(number);
	}
	return run_without_page(text_equal(role, "zeros"));
}

static int64_t start(const struct child *child)
{
	const char *const argv[] = {child->program, child->role, NULL};

	return panther_spawn_program(argv[0], argv, NULL);
}

static void finish(const struct child *child, int64_t pid)
{
	struct panther_exit end;
	bool is_right = pid > 0 && panther_wait((uint64_t)pid, &end, 0) == pid && end.reason == child->end.reason &&
			end.code == child->end.code;

	output_text(child->program);
	output_text(" ");
	output_text(child->role);
	output_text(is_right ? ": passed\n" : ": FAILED\n");
}

int main(int argc, char **argv)
{
	const struct panther_exit well = {PANTHER_ENDED_EXIT, (uint32_t)place()};
	const struct child children[][2] = {
		{{"left", "1", well}, {"right", "2", well}},
		{{"left", "gone", {PANTHER_ENDED_FAULT, CLASS_INSTRUCTION_ABORT}}, {"right", "2", well}},
		{{"left", "1", well}, {"right", "zeros", {PANTHER_ENDED_FAULT, CLASS_UNKNOWN}}},
		{{"left", "1", well}, {"right", "break", {PANTHER_ENDED_FAULT, CLASS_BRK}}},
	};

	if (argc > 1) {
		return play(argv[1]);
	}
	for (size_t i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
		int64_t first = start(&children[i][0]);
		int64_t second = start(&children[i][1]);

		finish(&children[i][0], first);
		finish(&children[i][1], second);
	}
	return 0;
}
