/*
 * core/start/secrets.h: each source alone makes other secrets, and what counts as a seed. The counter and the CPU's
 * random numbers are this file's own.
 */
#include "core/start/secrets.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

#define WORDS 4 /* of 64 bits, in a seed of 32 bytes */

static struct machine machine;
static struct hal_secrets secrets;
static struct random generator;

/* The sources. */
static uint64_t ticks;
static uint64_t random_words[WORDS];
static unsigned random_count; /* of them that the CPU gives; then it has none left */
static unsigned random_given;

uint64_t hal_time_ticks(void)
{
	return ticks;
}

bool hal_random(uint64_t *value)
{
	if (random_given == random_count) {
		return false;
	}
	*value = random_words[random_given % WORDS];
	random_given++;
	return true;
}

/* A machine with `size` bytes of seed, a CPU with `count` random numbers, and a generator that nothing went into. */
static void start(size_t size, unsigned count)
{
	machine = (struct machine){.seed_size = size, .seed_is_whole = size >= RANDOM_SEED_SIZE};
	for (size_t i = 0; i < size; i++) {
		machine.seed[i] = (uint8_t)(0x31 + 7 * i);
	}
	for (unsigned i = 0; i < WORDS; i++) {
		random_words[i] = 0x9e3779b97f4a7c15 * (i + 1);
	}
	ticks = 1000;
	random_count = count;
	random_given = 0;
	memset(&secrets, 0, sizeof(secrets));
	memset(&generator, 0, sizeof(generator));
}

/* The secrets without one source's change, and with it. */
static struct hal_secrets before;
static struct random generator_before;

static void keep(void)
{
	secrets_draw(&before, &machine, &generator);
	generator_before = generator;
}

/* What programs get later differs as well. */
static void assert_all_differ(void)
{
	secrets_draw(&secrets, &machine, &generator);
	assert_int_not_equal(secrets.return_key[0], before.return_key[0]);
	assert_int_not_equal(secrets.return_key[1], before.return_key[1]);
	assert_int_not_equal(secrets.canary, before.canary);
	assert_memory_not_equal(generator.key, generator_before.key, sizeof(generator.key));
}

static void the_counter_alone(void **state)
{
	(void)state;
	for (unsigned shift = 0; shift < 64; shift++) {
		start(0, 0);
		keep();
		start(0, 0);
		ticks ^= (uint64_t)1 << shift;
		assert_all_differ();
	}
}

/* Every bit of every word, also when the CPU runs dry before the last. */
static void each_random_number_alone(void **state)
{
	(void)state;
	for (unsigned count = 1; count <= WORDS; count++) {
		for (unsigned bit = 0; bit < count * 64; bit++) {
			start(0, count);
			keep();
			start(0, count);
			random_words[bit / 64] ^= (uint64_t)1 << bit % 64;
			assert_all_differ();
		}
		/* And a CPU that has one more from a CPU that has not. */
		start(0, count);
		keep();
		start(0, count - 1);
		assert_all_differ();
	}
}

/* Every byte of a seed of any length: also of one that is no multiple of anything. */
static void each_byte_of_the_seed_alone(void **state)
{
	(void)state;
	for (size_t size = 1; size <= MACHINE_SEED_SIZE; size++) {
		for (size_t byte = 0; byte < size; byte++) {
			start(size, 0);
			keep();
			start(size, 0);
			machine.seed[byte] ^= 1;
			assert_all_differ();
		}
	}
}

/* Two words that change places are another seed. */
static void the_order_of_the_seed_counts(void **state)
{
	(void)state;
	start(16, 0);
	keep();
	start(16, 0);
	for (size_t i = 0; i < 8; i++) {
		uint8_t byte = machine.seed[i];

		machine.seed[i] = machine.seed[i + 8];
		machine.seed[i + 8] = byte;
	}
	assert_all_differ();
}

static void equal_sources_make_equal_secrets(void **state)
{
	(void)state;
	start(40, 4);
	keep();
	start(40, 4);
	secrets_draw(&secrets, &machine, &generator);
	assert_memory_equal(&secrets, &before, sizeof(secrets));
	assert_memory_equal(&generator, &generator_before, sizeof(generator));
}

static unsigned bits_that_differ(uint64_t left, uint64_t right)
{
	return (unsigned)__builtin_popcountll(left ^ right);
}

/* One bit of one source turns over about half of all bits: at least a quarter, at most three quarters. */
static void a_small_change_reaches_all_bits(void **state)
{
	uint64_t changed = 0;

	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		start(40, 0);
		keep();
		start(40, 0);
		machine.seed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_all_differ();
		assert_in_range(bits_that_differ(before.return_key[0], secrets.return_key[0]), 16, 48);
		assert_in_range(bits_that_differ(before.return_key[1], secrets.return_key[1]), 16, 48);
		assert_in_range(bits_that_differ(before.canary, secrets.canary), 14, 42);
		changed |= before.canary ^ secrets.canary;
	}
	assert_int_equal(changed, ~(uint64_t)0xff);
}

/* A string that runs over its end meets a NUL first. */
static void the_canarys_lowest_byte_is_zero(void **state)
{
	(void)state;
	start(8, 0);
	for (unsigned i = 0; i < 1000; i++) {
		ticks++;
		secrets_draw(&secrets, &machine, &generator);
		assert_int_equal(secrets.canary & 0xff, 0);
		assert_int_not_equal(secrets.canary, 0);
	}
}

/* Knowing one of them tells nothing of the others: they are not alike. */
static void the_secrets_are_not_each_other(void **state)
{
	(void)state;
	start(40, 0);
	secrets_draw(&secrets, &machine, &generator);
	assert_in_range(bits_that_differ(secrets.return_key[0], secrets.return_key[1]), 16, 48);
	assert_in_range(bits_that_differ(secrets.return_key[0], secrets.canary), 16, 48);
	assert_in_range(bits_that_differ(secrets.return_key[1], secrets.canary), 16, 48);
}

static void the_seed_is_wiped(void **state)
{
	static const uint8_t zeros[MACHINE_SEED_SIZE];

	(void)state;
	start(40, 0);
	secrets_draw(&secrets, &machine, &generator);
	assert_memory_equal(machine.seed, zeros, sizeof(zeros));
	assert_int_equal(machine.seed_size, 0);
	start(3, 0);
	secrets_draw(&secrets, &machine, &generator);
	assert_memory_equal(machine.seed, zeros, sizeof(zeros));
}

/* 256 bits from the tree in one piece: QEMU's rng-seed. As many in parts, one of them its kaslr-seed, do not count. */
static void the_trees_seed_counts_if_it_is_whole(void **state)
{
	(void)state;
	for (size_t size = 0; size <= MACHINE_SEED_SIZE; size++) {
		start(size, 0);
		machine.seed_is_whole = false;
		secrets_draw(&secrets, &machine, &generator);
		assert_false(generator.is_seeded);
	}
	start(32, 0);
	assert_true(machine.seed_is_whole);
	secrets_draw(&secrets, &machine, &generator);
	assert_true(generator.is_seeded);
	assert_false(machine.seed_is_whole); /* it is gone */
}

static void the_cpus_numbers_count_if_there_are_four(void **state)
{
	(void)state;
	for (unsigned count = 0; count <= WORDS; count++) {
		start(0, count);
		secrets_draw(&secrets, &machine, &generator);
		assert_true(generator.is_seeded == (count == WORDS));
		/* Halves from two sources are no whole. */
		start(24, count);
		secrets_draw(&secrets, &machine, &generator);
		assert_true(generator.is_seeded == (count == WORDS));
		start(32, count);
		secrets_draw(&secrets, &machine, &generator);
		assert_true(generator.is_seeded);
	}
}

/* A CPU that always has another one is asked for a seed's worth. */
static void no_more_numbers_are_taken_than_are_needed(void **state)
{
	(void)state;
	start(40, 1000);
	secrets_draw(&secrets, &machine, &generator);
	assert_int_equal(random_given, WORDS);
}

/* What was in the generator before stays in it. */
static void the_generator_keeps_what_it_had(void **state)
{
	(void)state;
	start(40, 4);
	keep();
	start(40, 4);
	generator.key[7] = 1;
	assert_all_differ();
	start(0, 0);
	generator.is_seeded = true;
	secrets_draw(&secrets, &machine, &generator);
	assert_true(generator.is_seeded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_counter_alone),
		cmocka_unit_test(each_random_number_alone),
		cmocka_unit_test(each_byte_of_the_seed_alone),
		cmocka_unit_test(the_order_of_the_seed_counts),
		cmocka_unit_test(equal_sources_make_equal_secrets),
		cmocka_unit_test(a_small_change_reaches_all_bits),
		cmocka_unit_test(the_canarys_lowest_byte_is_zero),
		cmocka_unit_test(the_secrets_are_not_each_other),
		cmocka_unit_test(the_seed_is_wiped),
		cmocka_unit_test(the_trees_seed_counts_if_it_is_whole),
		cmocka_unit_test(the_cpus_numbers_count_if_there_are_four),
		cmocka_unit_test(no_more_numbers_are_taken_than_are_needed),
		cmocka_unit_test(the_generator_keeps_what_it_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
