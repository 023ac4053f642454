/*
 * Steps that are played at an address of their own.
 */
#include "tests/unit/twin_program.h"

#define ELSEWHERE (CODE + 0x40)

static void test_a_call_returns_behind_its_address(void **state)
{
	struct hal_context context = fixture_context();
	const struct twin_step step = {.kind = TWIN_SVC, .number = 3, .at = ELSEWHERE};

	(void)state;
	play(&step, 1);
	assert_int_equal(run(&context).esr, ESR(SVC, 0));
	assert_int_equal(context.pc, ELSEWHERE + 4);
	assert_int_equal(context.x[8], 3);
}

static void test_a_load_goes_on_behind_its_address(void **state)
{
	struct hal_context context = fixture_context();
	static const struct twin_step steps[] = {
		{.kind = TWIN_LOAD, .address = DATA, .at = ELSEWHERE},
		{.kind = TWIN_SVC, .at = CODE + 0x80},
	};

	(void)state;
	play(steps, 2);
	(void)run(&context);
	assert_int_equal(results[0].pc, ELSEWHERE + 4);
	assert_int_equal(context.pc, CODE + 0x84);
}

static void test_a_fault_is_of_its_address(void **state)
{
	struct hal_context context = fixture_context();
	const struct twin_step step = {.kind = TWIN_STORE, .address = UNMAPPED, .at = ELSEWHERE};

	(void)state;
	play(&step, 1);
	assert_int_equal(run(&context).esr >> 26, DATA_ABORT);
	assert_int_equal(context.pc, ELSEWHERE);
}

/* The step is never played: x8 stays what it was. */
static void assert_fetch_traps(uint64_t at, uint64_t esr)
{
	struct hal_context context = fixture_context();
	const struct twin_step step = {.kind = TWIN_SVC, .number = 3, .at = at};
	struct hal_trap trap;

	play(&step, 1);
	trap = run(&context);
	assert_int_equal(trap.esr, esr);
	assert_int_equal(trap.far, at);
	assert_int_equal(context.pc, at);
	assert_int_equal(context.x[8], 0);
}

static void test_the_fetch_there_is_checked(void **state)
{
	fixture_setup(state);
	assert_fetch_traps(UNMAPPED, ESR(INSTRUCTION_ABORT, 7));
	fixture_setup(state);
	assert_fetch_traps(DATA, ESR(INSTRUCTION_ABORT, 0xf));
	fixture_setup(state);
	assert_fetch_traps(CODE + 2, ESR(PC_ALIGNMENT, 0));
}

static void test_what_lies_there_must_be_synced(void **state)
{
	struct hal_context context = fixture_context();
	const struct twin_step step = {.kind = TWIN_SVC, .at = ELSEWHERE};

	(void)state;
	play(&step, 1);
	*((uint8_t *)hal_phys_to_ptr((phys_addr){CODE_FRAME}, 4096) + 0x40) = 1;
	expect_abort("code-sync", run_context, &context);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_call_returns_behind_its_address, fixture_setup),
		cmocka_unit_test_setup(test_a_load_goes_on_behind_its_address, fixture_setup),
		cmocka_unit_test_setup(test_a_fault_is_of_its_address, fixture_setup),
		cmocka_unit_test(test_the_fetch_there_is_checked),
		cmocka_unit_test_setup(test_what_lies_there_must_be_synced, fixture_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
