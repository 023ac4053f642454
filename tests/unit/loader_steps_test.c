/*
 * core/process/loader.h: how much one step does, and what happens when memory runs out.
 */
#include "tests/unit/loader_fixture.h"

/* What make_space uses: the root, the top page of the stack, and the two tables on the way to it. */
#define USED_BEFORE 4

/* A page of code, and as many of data, none of which lies on a third table. */
static struct elf_program sized[2];

static void use_pages(uint64_t data_pages)
{
	sized[0] = (struct elf_program){ELF_LOAD, ELF_RX, BASE, 0x10, 0x10};
	sized[1] = (struct elf_program){ELF_LOAD, ELF_RW, BASE + PAGE, 0x10, data_pages * PAGE};
	use_fixed(sized);
}

static void a_step_is_32_pages(void **state)
{
	/* Pages of data, beside one of code and 7 of the stack; and how many steps all that is. */
	static const unsigned cases[][2] = {{1, 1},  {23, 1}, {24, 1}, {25, 2}, {31, 2},
					    {32, 2}, {56, 2}, {57, 3}, {88, 3}, {89, 4}};

	(void)state;
	assert_int_equal(ADDRESS_SPACE_STEP, 32);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_space(FIXTURE_FRAMES);
		use_pages(cases[i][0]);
		assert_int_equal(load(), cases[i][1]);
		assert_loaded();
		assert_true(is_mapped(space.stack_bottom));
		/* Two tables more. */
		assert_int_equal(frames.free_count, FIXTURE_FRAMES - USED_BEFORE - 2 - 1 - cases[i][0] - 7);
	}
}

/* First the segments, then the stack, each from its lowest page up. */
static void pages_come_in_order(void **state)
{
	(void)state;
	use_pages(40);
	assert_int_equal(start(), K_OK);
	for (unsigned steps = 1; steps <= 2; steps++) {
		assert_int_equal(step(), K_OK);
		assert_int_equal(is_done, steps == 2);
		for (unsigned page = 0; page < 41; page++) {
			assert_int_equal(is_mapped(BASE + page * PAGE), page < 32 * steps);
		}
		for (unsigned page = 0; page < STACK_PAGES - 1; page++) {
			assert_int_equal(is_mapped(space.stack_bottom + page * PAGE), 41 + page < 32 * steps);
		}
	}
}

/* A step may end within the stack. */
static void a_step_ends_within_the_stack(void **state)
{
	(void)state;
	use_pages(26);
	assert_int_equal(start(), K_OK);
	assert_int_equal(step(), K_OK);
	assert_false(is_done);
	assert_int_equal(entry, UNTOUCHED);
	assert_true(is_mapped(space.stack_bottom + 4 * PAGE));
	assert_false(is_mapped(space.stack_bottom + 5 * PAGE));
	assert_int_equal(step(), K_OK);
	assert_true(is_done);
	assert_int_equal(entry, BASE);
	for (unsigned page = 0; page < STACK_PAGES; page++) {
		assert_true(is_mapped(space.stack_bottom + page * PAGE));
	}
}

/* Two programs that are loaded at the same time know nothing of each other. */
static void a_loader_holds_no_other_state(void **state)
{
	struct address_space first_space;
	struct loader first;

	(void)state;
	use_pages(40);
	assert_int_equal(start(), K_OK);
	assert_int_equal(step(), K_OK);
	first_space = space;
	first = loader;
	assert_int_equal(address_space_create(&space, &frames, FIXTURE_FRAMES, &generator), K_OK);
	assert_int_equal(load(), 2);
	assert_loaded();
	space = first_space;
	loader = first;
	is_done = false;
	assert_int_equal(step(), K_OK);
	assert_true(is_done);
	assert_loaded();
}

/* One page of code, 7 of the stack, and data: the limit is reached with one page more, whatever the tables. */
static void a_program_that_its_limit_can_never_hold(void **state)
{
	struct loader before;

	(void)state;
	make_space(100);
	memcpy(&before, &loader, sizeof(before));
	use_pages(100 - USED_BEFORE - 8);
	assert_int_equal(start(), K_OK);
	use_pages(100 - USED_BEFORE - 8 + 1);
	memcpy(&loader, &before, sizeof(loader));
	assert_int_equal(start(), K_ENOMEM);
	assert_memory_equal(&loader, &before, sizeof(loader));
	use_pages(ELF_MEMORY_MAX / PAGE - 1);
	assert_int_equal(start(), K_ENOMEM);
}

/* The limit counts tables; what was mapped until then goes with the space. */
static void a_limit_that_is_reached_on_the_way(void **state)
{
	(void)state;
	make_space(100);
	use_pages(100 - USED_BEFORE - 8 - 2);
	assert_int_equal(load(), 3);
	assert_int_equal(space.frames_used, 100);
	make_space(100);
	use_pages(100 - USED_BEFORE - 8 - 1);
	assert_int_equal(start(), K_OK);
	assert_int_equal(step(), K_OK);
	assert_int_equal(step(), K_OK);
	assert_int_equal(step(), K_ENOMEM);
	assert_false(is_done);
	assert_int_equal(entry, UNTOUCHED);
	destroy_space();
	assert_int_equal(frames.free_count, FIXTURE_FRAMES);
}

/* Two tables and four pages of the image, then seven of the stack: the first, the last, and some between. */
static void without_frames_the_program_does_not_fit(void **state)
{
	static const uint64_t left[] = {0, 1, 2, 3, 5, 6, 10, 12};

	(void)state;
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		phys_addr frame;
		uint64_t taken = 0;

		make_space(FIXTURE_FRAMES);
		use_pages(3);
		while (frames.free_count > left[i]) {
			assert_int_equal(frames_allocate(&frames, &frame), K_OK);
			taken++;
		}
		assert_int_equal(start(), K_OK);
		assert_int_equal(step(), K_ENOMEM);
		assert_false(is_done);
		assert_int_equal(entry, UNTOUCHED);
		destroy_space();
		assert_int_equal(frames.free_count, FIXTURE_FRAMES - taken);
	}
}

/* Nobody maps anything there before; but if so, the step ends there, though all the rest would fit. */
static void a_page_that_is_taken(void **state)
{
	phys_addr frame;

	(void)state;
	use_pages(3);
	assert_int_equal(address_space_map(&space, (user_addr){BASE + 2 * PAGE}, PAGE_USER_READ, &frame), K_OK);
	assert_int_equal(start(), K_OK);
	assert_int_equal(step(), K_EINVAL);
	assert_false(is_done);
	assert_int_equal(entry, UNTOUCHED);
	assert_false(is_mapped(BASE + 3 * PAGE));
	assert_false(is_mapped(space.stack_bottom));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_step_is_32_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(pages_come_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(a_step_ends_within_the_stack, setup, teardown),
		cmocka_unit_test_setup_teardown(a_loader_holds_no_other_state, setup, teardown),
		cmocka_unit_test_setup_teardown(a_program_that_its_limit_can_never_hold, setup, teardown),
		cmocka_unit_test_setup_teardown(a_limit_that_is_reached_on_the_way, setup, teardown),
		cmocka_unit_test_setup_teardown(a_page_that_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(without_frames_the_program_does_not_fit, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
