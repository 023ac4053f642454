/*
 * Which driver plays which program of the twin.
 */
#include "hal_host/state.h"
#include "tests/unit/twin_program.h"

static const struct hal_space other = {{OTHER_ROOT}, ASID + 1};

static const struct twin_step first_steps[] = {{.kind = TWIN_SVC, .number = 11}, {.kind = TWIN_SVC, .number = 12}};
static const struct twin_step second_steps[] = {{.kind = TWIN_SVC, .number = 21}, {.kind = TWIN_SVC, .number = 22}};
static struct twin_script scripts[2];

static int setup(void **state)
{
	fixture_setup(state);
	fixture_put(OTHER_ROOT, 0, LEVEL2 | D_TABLE);
	scripts[0] = (struct twin_script){.steps = first_steps, .count = 2};
	scripts[1] = (struct twin_script){.steps = second_steps, .count = 2};
	return 0;
}

static void play_both(void)
{
	twin_program(twin_script_driver, &scripts[0]);
	twin_program(twin_script_driver, &scripts[1]);
}

/* The next call of the program in that space: its number. */
static uint64_t call_of(const struct hal_space *space)
{
	struct hal_context context = fixture_context();
	struct hal_trap trap;

	hal_user_run(&context, space, &trap);
	return context.x[8];
}

/* The space ends, as the kernel would end it, and its root table is cleared. */
static void end_other(void)
{
	hal_space_park();
	hal_tlb_invalidate_space(other.asid);
	hal_frame_clear((phys_addr){OTHER_ROOT});
	fixture_put(OTHER_ROOT, 0, LEVEL2 | D_TABLE);
}

static void test_program_without_script_aborts(void **state)
{
	struct hal_context context = fixture_context();

	(void)state;
	expect_abort("script", run_context, &context);
}

static void test_each_program_has_its_own_script(void **state)
{
	(void)state;
	play_both();
	assert_int_equal(call_of(&fixture_space), 11);
	assert_int_equal(call_of(&other), 21);
	assert_int_equal(call_of(&fixture_space), 12);
	assert_int_equal(call_of(&other), 22);
}

static void test_a_program_keeps_its_script_under_another_asid(void **state)
{
	static const struct hal_space renewed = {{ROOT}, ASID + 5};

	(void)state;
	play_both();
	assert_int_equal(call_of(&fixture_space), 11);
	hal_space_park();
	hal_tlb_invalidate_all();
	assert_int_equal(call_of(&renewed), 12);
}

static void test_a_program_ends_with_its_root_table(void **state)
{
	(void)state;
	play_both();
	assert_int_equal(call_of(&other), 11);
	/* Neither parking nor an invalidation ends it. */
	hal_space_park();
	hal_tlb_invalidate_space(other.asid);
	assert_int_equal(call_of(&other), 12);
	end_other();
	assert_int_equal(call_of(&other), 21);
}

static void test_other_frames_do_not_end_a_program(void **state)
{
	(void)state;
	play_both();
	assert_int_equal(call_of(&fixture_space), 11);
	hal_frame_clear((phys_addr){SPARE_FRAME});
	assert_int_equal(call_of(&fixture_space), 12);
}

static bool every_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)context;
	(void)word;
	step->kind = TWIN_SVC;
	step->number = *(uint64_t *)owner;
	return true;
}

static void test_the_list_comes_before_every_program(void **state)
{
	static uint64_t number = 91;

	(void)state;
	twin_every_program(every_driver, &number);
	twin_program(twin_script_driver, &scripts[0]);
	assert_int_equal(call_of(&fixture_space), 11);
	/* Programs come and go: more of them than there are places at a time. */
	for (unsigned program = 0; program < 300; program++) {
		assert_int_equal(call_of(&other), 91);
		end_other();
	}
	assert_int_equal(call_of(&fixture_space), 12);
}

static void test_every_program_does_not_outlive_a_reset(void **state)
{
	static uint64_t number = 91;
	struct hal_context context = fixture_context();

	twin_every_program(every_driver, &number);
	fixture_setup(state);
	expect_abort("script", run_context, &context);
}

static void add_program(void *unused)
{
	(void)unused;
	twin_program(fixture_driver, NULL);
}

static void test_too_many_programs_abort(void **state)
{
	(void)state;
	for (unsigned programs = 0; programs < 256; programs++) {
		add_program(NULL);
	}
	expect_abort("script", add_program, NULL);
}

static void run_at(void *root)
{
	struct hal_context context = fixture_context();
	const struct hal_space space = {{*(uint64_t *)root}, ASID};
	struct hal_trap trap;

	hal_frame_clear(space.root);
	fixture_put(space.root.value, 0, LEVEL2 | D_TABLE);
	hal_user_run(&context, &space, &trap);
	hal_space_park();
	hal_tlb_invalidate_space(ASID);
}

static void test_too_many_programs_at_a_time_abort(void **state)
{
	uint64_t root = FRAME(16);

	twin_every_program(fixture_driver, NULL);
	for (unsigned programs = 0; programs < 256; programs++, root += 4096) {
		run_at(&root);
	}
	expect_abort("script", run_at, &root);
	fixture_setup(state);
	twin_every_program(fixture_driver, NULL);
	run_at(&root);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_program_without_script_aborts, setup),
		cmocka_unit_test_setup(test_each_program_has_its_own_script, setup),
		cmocka_unit_test_setup(test_a_program_keeps_its_script_under_another_asid, setup),
		cmocka_unit_test_setup(test_a_program_ends_with_its_root_table, setup),
		cmocka_unit_test_setup(test_other_frames_do_not_end_a_program, setup),
		cmocka_unit_test_setup(test_the_list_comes_before_every_program, setup),
		cmocka_unit_test_setup(test_every_program_does_not_outlive_a_reset, setup),
		cmocka_unit_test_setup(test_too_many_programs_abort, setup),
		cmocka_unit_test_setup(test_too_many_programs_at_a_time_abort, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
