/*
 * L09: constants signed with each of a process's keys. Its neighbours have
 * others, and it has its own still when its turn comes again.
 */
#include "tests/attack/programs/hostile.h"

#define KEYS 5
#define ROUNDS 100
#define MODIFIER 42
/* A signature of an address has few bits (Arm ARM D8.8.1): so many addresses are signed, and their signatures mixed. */
#define ADDRESSES 8
#define MIX 0x9e3779b97f4a7c15

/* SAFETY: calculates with registers only. Audited: 2026-11-22 */
#define SIGN(instruction, value) \
	__asm__(".arch_extension pauth\n\t" instruction " %0, %1" : "+r"(value) : "r"((uint64_t)MODIFIER))

static uint64_t sign(size_t key, uint64_t value)
{
	switch (key) {
	case 0:
		SIGN("pacia", value);
		return value;
	case 1:
		SIGN("pacib", value);
		return value;
	case 2:
		SIGN("pacda", value);
		return value;
	case 3:
		SIGN("pacdb", value);
		return value;
	default:
		SIGN("pacga %0,", value);
		return value;
	}
}

static uint64_t signature(size_t key)
{
	uint64_t mixed = 0;

	for (uint64_t i = 0; i < ADDRESSES; i++) {
		mixed = (mixed ^ sign(key, PANTHER_PAGE_SIZE * i)) * MIX;
	}
	return mixed;
}

static int role_signer(uint64_t rounds)
{
	static const char *const names[KEYS] = {"ia", "ib", "da", "db", "ga"};
	uint64_t first[KEYS];

	for (size_t key = 0; key < KEYS; key++) {
		first[key] = signature(key);
	}
	for (uint64_t i = 0; i < rounds * KEYS; i++) {
		(void)panther_yield();
		if (signature(i % KEYS) != first[i % KEYS]) {
			return 1;
		}
	}
	for (size_t key = 0; key < KEYS; key++) {
		say_number(names[key], (int64_t)first[key]);
	}
	return 0;
}

static void run(uint64_t argument)
{
	int64_t pids[] = {start("signer", ROUNDS), start("signer", ROUNDS)};

	(void)argument;
	(void)say_end(pids[0]);
	(void)say_end(pids[1]);
	(void)say_end(start("signer", 0));
}

static const struct role roles[] = {{"signer", role_signer}, NO_ROLE};

const struct subject subjects_signatures[] = {{"L09", run, roles}, {NULL, NULL, NULL}};
