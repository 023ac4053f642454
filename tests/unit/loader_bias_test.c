/*
 * core/process/loader.h: where a position-independent program may come to lie. The random numbers are the test's own:
 * the least that can be drawn, or the greatest.
 */
#include "tests/unit/loader_fixture.h"

static bool draws_greatest;
static unsigned draws;
static uint64_t last_bound;

uint64_t random_below(struct random *random, uint64_t bound)
{
	assert_ptr_equal(random, &generator);
	assert_true(bound > 0);
	draws++;
	last_bound = bound;
	return draws_greatest ? bound - 1 : 0;
}

/* The generator's other functions, so that nothing of the real one is linked. */
void random_stir(struct random *random, const void *bytes, size_t size)
{
	(void)random;
	(void)bytes;
	(void)size;
}

void random_bytes(struct random *random, void *bytes, size_t size)
{
	(void)random;
	memset(bytes, 0, size);
}

static uint64_t bias_drawn(bool greatest)
{
	draws_greatest = greatest;
	draws = 0;
	assert_int_equal(start(), K_OK);
	assert_int_equal(draws, 1);
	return loader.bias;
}

static void a_fixed_program_draws_nothing(void **state)
{
	(void)state;
	draws = 0;
	assert_int_equal(start(), K_OK);
	assert_int_equal(draws, 0);
	assert_int_equal(loader.bias, 0);
	load();
	assert_int_equal(draws, 0);
}

/* The end of `independent` is 0x5000. */
static void from_the_lowest_place_to_the_highest(void **state)
{
	(void)state;
	use_independent(independent);
	assert_int_equal(bias_drawn(false), PANTHER_USER_IMAGE_RANDOM_BASE);
	assert_int_equal(bias_drawn(true), PANTHER_USER_IMAGE_TOP - 0x5000);
	assert_int_equal(last_bound, (0x1fffff0000 - 0x5000 - 0x100000000) / 0x1000 + 1);
}

/* It fits at either end. */
static void all_of_it_lies_there(void **state)
{
	static const bool ends[] = {false, true};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make_space(FIXTURE_FRAMES);
		use_independent(independent);
		draws_greatest = ends[i];
		load();
		assert_loaded();
		assert_int_equal(entry, loader.bias + 0x1124);
	}
	assert_true(is_mapped(PANTHER_USER_IMAGE_TOP - 1));
	assert_false(is_mapped(PANTHER_USER_IMAGE_TOP));
}

/* What lies below the first page is part of the distance, not of the program. */
static void a_first_address_that_is_not_0(void **state)
{
	static const struct elf_program high[] = {{ELF_LOAD, ELF_RX, 0x234000, 0x10, 0x10}};

	(void)state;
	use_independent(high);
	assert_int_equal(bias_drawn(true), PANTHER_USER_IMAGE_TOP - 0x235000);
	assert_int_equal(bias_drawn(false), PANTHER_USER_IMAGE_RANDOM_BASE);
	draws_greatest = false;
	load();
	assert_loaded();
	assert_false(is_mapped(PANTHER_USER_IMAGE_RANDOM_BASE));
	assert_true(is_mapped(PANTHER_USER_IMAGE_RANDOM_BASE + 0x234000));
}

static void the_bias_keeps_the_alignment(void **state)
{
	(void)state;
	use_independent(independent);
	/* The code's offset in the file is its address. */
	assert_int_equal(elf_peek(file, elf_header_of(1) + ELF_P_OFFSET, 8), 0x1124);
	elf_poke(file, elf_header_of(1) + ELF_P_ALIGN, 8, 0x10000);
	assert_int_equal(bias_drawn(false), PANTHER_USER_IMAGE_RANDOM_BASE);
	assert_int_equal(last_bound, (0x1fffff0000 - 0x5000 - 0x100000000) / 0x10000 + 1);
	/* The last multiple of 64 KiB at which all fits. */
	assert_int_equal(bias_drawn(true), 0x1ffffe0000);
	elf_poke(file, elf_header_of(1) + ELF_P_ALIGN, 8, 0x4000);
	assert_int_equal(bias_drawn(true), 0x1ffffe8000);
}

/* The largest program there may be. */
static void the_largest_program_has_a_place(void **state)
{
	static const struct elf_program large[] = {{ELF_LOAD, ELF_RX, 0, 0x1000, ELF_MEMORY_MAX}};

	(void)state;
	make_space(ELF_MEMORY_MAX / PAGE + 100);
	use_independent(large);
	elf_poke(file, ELF_ENTRY, 8, 0x400);
	assert_int_equal(bias_drawn(true), PANTHER_USER_IMAGE_TOP - ELF_MEMORY_MAX);
	assert_int_equal(bias_drawn(false), PANTHER_USER_IMAGE_RANDOM_BASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_fixed_program_draws_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(from_the_lowest_place_to_the_highest, setup, teardown),
		cmocka_unit_test_setup_teardown(all_of_it_lies_there, setup, teardown),
		cmocka_unit_test_setup_teardown(a_first_address_that_is_not_0, setup, teardown),
		cmocka_unit_test_setup_teardown(the_bias_keeps_the_alignment, setup, teardown),
		cmocka_unit_test_setup_teardown(the_largest_program_has_a_place, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
