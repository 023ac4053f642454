/*
 * hal_host/keys.h: a program runs with keys that are its own and stay so.
 */
#include "hal_host/keys.h"

#include "tests/unit/expect_abort.h"
#include "tests/unit/twin_fixture.h"

#define WORDS (sizeof(struct hal_keys) / sizeof(uint64_t))

/* Another program's root table; nothing but the account of keys looks at it. */
#define OTHER 0x40800000

static const struct twin_options max = {.cpu = TWIN_CPU_MAX};

static int setup(void **state)
{
	(void)state;
	fixture_reset(&max);
	twin_every_program(fixture_driver, NULL);
	fixture_enter(&fixture_space);
	return 0;
}

static struct hal_keys keys_from(uint64_t first)
{
	return (struct hal_keys){{first, first + 1},
				 {first + 2, first + 3},
				 {first + 4, first + 5},
				 {first + 6, first + 7},
				 {first + 8, first + 9}};
}

static void enter(void *unused)
{
	(void)unused;
	fixture_enter(&fixture_space);
}

static void enter_other(void *unused)
{
	(void)unused;
	keys_check(OTHER);
}

static void load(void *keys)
{
	hal_keys_load(keys);
}

static void test_a_program_keeps_its_keys(void **state)
{
	(void)state;
	for (size_t word = 0; word < WORDS; word++) {
		struct hal_keys keys = fixture_keys;

		((uint64_t *)&keys)[word] ^= 1UL << word;
		hal_keys_load(&keys);
		expect_abort("keys", enter, NULL);
		hal_keys_load(&fixture_keys);
		enter(NULL);
	}
}

static void test_no_two_programs_share_a_key(void **state)
{
	(void)state;
	expect_abort("keys", enter_other, NULL);
	for (size_t word = 0; word < WORDS; word++) {
		struct hal_keys keys = keys_from(100);

		/* Also in another place than the other has it. */
		((uint64_t *)&keys)[word] = 11 + (word + 3) % WORDS;
		hal_keys_load(&keys);
		expect_abort("keys", enter_other, NULL);
	}
	hal_keys_load(&(struct hal_keys){{100, 101}, {102, 103}, {104, 105}, {106, 107}, {108, 109}});
	enter_other(NULL);
	hal_keys_load(&fixture_keys);
	enter(NULL);
}

/* Nothing was drawn, one key for two purposes, or the kernel's own, {1, 2}. */
static void test_keys_must_be_chance(void **state)
{
	static const uint64_t bad[] = {0, 1, 2, 100};

	(void)state;
	for (size_t word = 1; word < WORDS; word++) {
		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
			struct hal_keys keys = keys_from(100);

			((uint64_t *)&keys)[word] = bad[i];
			hal_keys_load(&keys);
			expect_abort("keys", enter_other, NULL);
		}
	}
}

static void test_who_is_gone_has_no_keys(void **state)
{
	(void)state;
	keys_forget(fixture_space.root.value);
	enter_other(NULL);
}

static void test_no_keys_were_loaded(void **state)
{
	static const struct hal_keys none;

	(void)state;
	hal_keys_load(&none);
	keys_forget(fixture_space.root.value);
	expect_abort("keys", enter, NULL);
}

static void test_a_cpu_without_keys(void **state)
{
	struct hal_keys keys = keys_from(100);

	(void)state;
	fixture_reset(NULL);
	expect_abort("keys", load, &keys);
	/* Nor before anything is switched on. */
	twin_reset(&max);
	expect_abort("keys", load, &keys);
}

/* What is known goes back with the machine. */
static void test_a_snapshot_has_them(void **state)
{
	struct hal_keys keys = keys_from(100);

	(void)state;
	twin_snapshot();
	hal_keys_load(&keys);
	enter_other(NULL);
	keys_forget(fixture_space.root.value);
	twin_restore();
	enter(NULL);
	hal_keys_load(&keys);
	expect_abort("keys", enter, NULL);
	enter_other(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_program_keeps_its_keys, setup),
		cmocka_unit_test_setup(test_no_two_programs_share_a_key, setup),
		cmocka_unit_test_setup(test_keys_must_be_chance, setup),
		cmocka_unit_test_setup(test_who_is_gone_has_no_keys, setup),
		cmocka_unit_test_setup(test_no_keys_were_loaded, setup),
		cmocka_unit_test_setup(test_a_cpu_without_keys, setup),
		cmocka_unit_test_setup(test_a_snapshot_has_them, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
