/*
 * core/syscall/random.c.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

#define MIB 0x100000UL
#define ROOM PROGRAM_DATA

static void mark(void)
{
	uint8_t bytes[4096];

	memset(bytes, 0xee, sizeof(bytes));
	world_poke(ROOM, bytes, sizeof(bytes));
}

/* How many bytes of the process's data are no longer the mark; that is at most what chance hides. */
static size_t changed(size_t from, size_t to)
{
	uint8_t bytes[4096];
	size_t count = 0;

	world_peek(ROOM, bytes, sizeof(bytes));
	for (size_t i = from; i < to; i++) {
		count += bytes[i] != 0xee ? 1 : 0;
	}
	return count;
}

static void assert_bounce_is_wiped(void)
{
	for (size_t i = 0; i < PANTHER_RANDOM_CHUNK; i++) {
		assert_int_equal(kernel.bounce[i], 0);
	}
}

/* How often each length is asked for: a bit of a random byte that is never 1, or never 0, is one by chance every 2^63
 * runs. */
#define TRIES 64

/* What each byte has been: all bits that were 1 once, and those that always were. */
struct seen {
	uint8_t once[PANTHER_RANDOM_CHUNK], always[PANTHER_RANDOM_CHUNK];
};

static void note(struct seen *seen, size_t given)
{
	uint8_t bytes[PANTHER_RANDOM_CHUNK];

	world_peek(ROOM + 100, bytes, given);
	for (size_t i = 0; i < given; i++) {
		seen->once[i] |= bytes[i];
		seen->always[i] &= bytes[i];
	}
}

/* Each bit of each byte that is given, and of no other, comes as 0 and as 1. */
static void assert_given(uint64_t asked, size_t given)
{
	struct seen seen;

	memset(seen.once, 0, sizeof(seen.once));
	memset(seen.always, 0xff, sizeof(seen.always));
	for (unsigned i = 0; i < TRIES; i++) {
		mark();
		assert_int_equal(world_call(SYS_random, ROOM + 100, asked, 0), given);
		assert_int_equal(changed(0, 100), 0);
		assert_int_equal(changed(100 + given, 4096), 0);
		assert_bounce_is_wiped();
		note(&seen, given);
	}
	for (size_t i = 0; i < given; i++) {
		assert_int_equal(seen.once[i], 0xff);
		assert_int_equal(seen.always[i], 0);
	}
}

static void as_many_as_asked_for_256_at_most(void **state)
{
	static const struct {
		uint64_t asked;
		size_t given;
	} lengths[] = {{0, 0},	   {1, 1},     {7, 7},	   {8, 8},     {17, 17},   {64, 64},	{128, 128},
		       {129, 129}, {254, 254}, {255, 255}, {256, 256}, {257, 256}, {4096, 256}, {MIB, 256}};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		assert_given(lengths[i].asked, lengths[i].given);
	}
}

static void no_two_answers_are_equal(void **state)
{
	uint8_t bytes[64];

	(void)state;
	assert_int_equal(world_call(SYS_random, ROOM, 32, 0), 32);
	assert_int_equal(world_call(SYS_random, ROOM + 32, 32, 0), 32);
	world_peek(ROOM, bytes, sizeof(bytes));
	assert_memory_not_equal(bytes, bytes + 32, 32);
}

static void assert_refused(int64_t error, uint64_t address, uint64_t length)
{
	mark();
	assert_int_equal((int64_t)world_call(SYS_random, address, length, 0), error);
	assert_int_equal(changed(0, 4096), 0);
	assert_bounce_is_wiped();
}

static void checks_come_in_order(void **state)
{
	(void)state;
	kernel.random.is_seeded = false;
	for (unsigned bit = 21; bit < 64; bit++) {
		assert_refused(-PANTHER_EINVAL, ~(uint64_t)0, (uint64_t)1 << bit);
	}
	assert_refused(-PANTHER_EINVAL, ROOM, MIB + 1);
	assert_refused(-PANTHER_EINVAL, ROOM, ~(uint64_t)0);
	assert_refused(-PANTHER_EFAULT, ~(uint64_t)0, MIB);
	assert_refused(-PANTHER_EFAULT, PANTHER_USER_TOP - 1, 2);
	assert_refused(-PANTHER_EFAULT, 0xffffffc000000000, 1);
	/* Without a seed nothing is fit for keys, and nothing is given. */
	assert_refused(-PANTHER_EAGAIN, ROOM, 32);
	assert_refused(-PANTHER_EAGAIN, ROOM, 0);
}

static void bytes_that_cannot_be_written_fault(void **state)
{
	uint8_t end[16];

	(void)state;
	assert_refused(-PANTHER_EFAULT, 0, 1);
	assert_refused(-PANTHER_EFAULT, PROGRAM_CONSTANTS, 16);
	assert_refused(-PANTHER_EFAULT, PROGRAM_CODE, 16);
	assert_refused(-PANTHER_EFAULT, ROOM + 4096, 16);
	/* Those below the fault have been written. */
	mark();
	assert_int_equal((int64_t)world_call(SYS_random, ROOM + 4096 - 64, 128, 0), -PANTHER_EFAULT);
	assert_true(changed(4096 - 64, 4096) > 32);
	assert_int_equal(changed(0, 4096 - 64), 0);
	assert_bounce_is_wiped();
	world_peek(PROGRAM_CONSTANTS, end, 5);
	assert_memory_equal(end, "Hello", 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(as_many_as_asked_for_256_at_most),
		TEST(no_two_answers_are_equal),
		TEST(checks_come_in_order),
		TEST(bytes_that_cannot_be_written_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
