/*
 * core/start/secrets.h: each source alone makes other secrets.
 */
#include "core/start/secrets.h"

#include <string.h>

#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

static struct machine machine;
static struct hal_secrets secrets;

/* A fresh machine with `size` bytes of seed; without RNDR there is no other source but the counter. */
static void start(enum twin_cpu cpu, size_t size)
{
	const struct twin_options options = {.cpu = cpu};

	twin_reset(&options);
	machine = (struct machine){.seed_size = size};
	for (size_t i = 0; i < size; i++) {
		machine.seed[i] = (uint8_t)(0x31 + 7 * i);
	}
	memset(&secrets, 0, sizeof(secrets));
}

/* The secrets without one source's change, and with it. */
static struct hal_secrets before;

static void keep(void)
{
	secrets_draw(&before, &machine);
}

static void assert_all_differ(void)
{
	secrets_draw(&secrets, &machine);
	assert_int_not_equal(secrets.return_key[0], before.return_key[0]);
	assert_int_not_equal(secrets.return_key[1], before.return_key[1]);
	assert_int_not_equal(secrets.canary, before.canary);
}

static void the_counter_alone(void **state)
{
	(void)state;
	for (unsigned shift = 0; shift < 40; shift++) {
		start(TWIN_CPU_A72, 0);
		keep();
		start(TWIN_CPU_A72, 0);
		twin_advance((uint64_t)1 << shift);
		assert_all_differ();
	}
}

static void the_random_number_alone(void **state)
{
	uint64_t number;

	(void)state;
	start(TWIN_CPU_MAX, 0);
	keep();
	start(TWIN_CPU_MAX, 0);
	assert_true(hal_random(&number));
	assert_all_differ();
	/* And a CPU that has one from a CPU that has none. */
	start(TWIN_CPU_A72, 0);
	assert_all_differ();
}

/* Every byte of a seed of any length: also of one that is no multiple of anything. */
static void each_byte_of_the_seed_alone(void **state)
{
	(void)state;
	for (size_t size = 1; size <= MACHINE_SEED_SIZE; size++) {
		for (size_t byte = 0; byte < size; byte++) {
			start(TWIN_CPU_A72, size);
			keep();
			start(TWIN_CPU_A72, size);
			machine.seed[byte] ^= 1;
			assert_all_differ();
		}
	}
}

/* Two words that change places are another seed. */
static void the_order_of_the_seed_counts(void **state)
{
	(void)state;
	start(TWIN_CPU_A72, 16);
	keep();
	start(TWIN_CPU_A72, 16);
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
	start(TWIN_CPU_MAX, 40);
	keep();
	start(TWIN_CPU_MAX, 40);
	secrets_draw(&secrets, &machine);
	assert_memory_equal(&secrets, &before, sizeof(secrets));
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
		start(TWIN_CPU_A72, 40);
		keep();
		start(TWIN_CPU_A72, 40);
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
	start(TWIN_CPU_A72, 8);
	for (unsigned i = 0; i < 1000; i++) {
		twin_advance(1);
		secrets_draw(&secrets, &machine);
		assert_int_equal(secrets.canary & 0xff, 0);
		assert_int_not_equal(secrets.canary, 0);
	}
}

/* Knowing one of them tells nothing of the others: they are not alike. */
static void the_secrets_are_not_each_other(void **state)
{
	(void)state;
	start(TWIN_CPU_A72, 40);
	secrets_draw(&secrets, &machine);
	assert_in_range(bits_that_differ(secrets.return_key[0], secrets.return_key[1]), 16, 48);
	assert_in_range(bits_that_differ(secrets.return_key[0], secrets.canary), 16, 48);
	assert_in_range(bits_that_differ(secrets.return_key[1], secrets.canary), 16, 48);
}

static void the_seed_is_wiped(void **state)
{
	static const uint8_t zeros[MACHINE_SEED_SIZE];

	(void)state;
	start(TWIN_CPU_A72, 40);
	secrets_draw(&secrets, &machine);
	assert_memory_equal(machine.seed, zeros, sizeof(zeros));
	assert_int_equal(machine.seed_size, 0);
	start(TWIN_CPU_A72, 3);
	secrets_draw(&secrets, &machine);
	assert_memory_equal(machine.seed, zeros, sizeof(zeros));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_counter_alone),
		cmocka_unit_test(the_random_number_alone),
		cmocka_unit_test(each_byte_of_the_seed_alone),
		cmocka_unit_test(the_order_of_the_seed_counts),
		cmocka_unit_test(equal_sources_make_equal_secrets),
		cmocka_unit_test(a_small_change_reaches_all_bits),
		cmocka_unit_test(the_canarys_lowest_byte_is_zero),
		cmocka_unit_test(the_secrets_are_not_each_other),
		cmocka_unit_test(the_seed_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
