/*
 * The twin's EL0: what it takes to get there, and to fetch an instruction.
 */
#include "tests/unit/twin_program.h"

/* Entry. */

static void test_unprotected_cpu_aborts(void **state)
{
	struct hal_context context = fixture_context();

	(void)state;
	twin_reset(NULL);
	expect_abort("unprotected", run_context, &context);
}

static void test_illegal_returns_abort(void **state)
{
	struct hal_context context = fixture_context();

	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		if (bit >= 28 && bit < 32) {
			continue;
		}
		context.pstate = 1UL << bit;
		expect_abort("illegal-return", run_context, &context);
	}
}

static void test_flags_are_the_programs_own(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();

	(void)state;
	play(steps, 1);
	context.pstate = 0xf0000000;
	run(&context);
	assert_int_equal(context.pstate, 0xf0000000);
}

static void test_max_cpu_has_more_flags(void **state)
{
	static const struct twin_options options = {.cpu = TWIN_CPU_MAX};
	static const unsigned allowed[] = {10, 11, 12, 24};
	struct hal_context context = fixture_context();

	(void)state;
	fixture_reset(&options);
	twin_program(fixture_driver, NULL);
	for (size_t i = 0; i < 4; i++) {
		context.pstate = 1UL << allowed[i];
		run(&context);
	}
	context.pstate = 1UL << 21; /* single step */
	expect_abort("illegal-return", run_context, &context);
}

static void run_space(void *space)
{
	struct hal_context context = fixture_context();
	struct hal_trap trap;

	hal_user_run(&context, space, &trap);
}

static void test_root_must_be_a_frame_of_ram(void **state)
{
	struct hal_space spaces[] = {{{ROOT + 64}, ASID}, {{0x1000}, ASID}};

	(void)state;
	expect_abort("outside-ram", run_space, &spaces[0]);
	expect_abort("outside-ram", run_space, &spaces[1]);
}

/* Fetch. */

static void test_fetch_faults(void **state)
{
	static const struct {
		uint64_t pc;
		uint64_t esr;
	} cases[] = {
		{UNMAPPED, ESR(INSTRUCTION_ABORT, 0x07)},
		{DATA, ESR(INSTRUCTION_ABORT, 0x0f)},
		{CONSTANT, ESR(INSTRUCTION_ABORT, 0x0f)},
		{0, ESR(INSTRUCTION_ABORT, 0x06)},
		{0x40000000, ESR(INSTRUCTION_ABORT, 0x05)},
		{0x8000000000, ESR(INSTRUCTION_ABORT, 0x04)},
		{0xffffffc000000000, ESR(INSTRUCTION_ABORT, 0x0f)},
		{0xffffff8001000000, ESR(INSTRUCTION_ABORT, 0x0e)},
		{CODE + 1, ESR(PC_ALIGNMENT, 0)},
		{CODE + 2, ESR(PC_ALIGNMENT, 0)},
		{0xffffffc000000002, ESR(PC_ALIGNMENT, 0)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hal_context context = {.pc = cases[i].pc};
		struct hal_trap trap = run(&context);

		assert_int_equal(trap.kind, HAL_TRAP_SYNC);
		assert_int_equal(trap.esr, cases[i].esr);
		assert_int_equal(trap.far, cases[i].pc);
		assert_int_equal(context.pc, cases[i].pc);
	}
}

static void test_e0pd_hides_the_kernel(void **state)
{
	static const struct twin_options options = {.cpu = TWIN_CPU_MAX};
	static const struct twin_step step = {.kind = TWIN_LOAD, .address = 0xffffffc000000000};
	struct hal_context context = {.pc = 0xffffffc000000000};

	(void)state;
	fixture_reset(&options);
	assert_int_equal(run(&context).esr, ESR(INSTRUCTION_ABORT, 0x04));
	assert_int_equal(run_step(&step).esr, ESR(DATA_ABORT, 0x04));
}

static void test_unsynced_code_aborts(void **state)
{
	struct hal_context context = fixture_context();
	uint32_t *code = hal_phys_to_ptr((phys_addr){CODE_FRAME}, 4096);

	(void)state;
	twin_program(fixture_driver, NULL);
	run(&context);
	/* The same line, and the next one. */
	code[1] = 0x12345678;
	context.pc = CODE + 4;
	expect_abort("code-sync", run_context, &context);
	hal_code_sync((phys_addr){CODE_FRAME}, 4);
	run(&context);
	code[16] = 0x12345678;
	context.pc = CODE + 64;
	expect_abort("code-sync", run_context, &context);
	hal_code_sync((phys_addr){CODE_FRAME}, 64);
	expect_abort("code-sync", run_context, &context);
	hal_code_sync((phys_addr){CODE_FRAME}, 65);
	run(&context);
}

static void test_cleared_code_must_be_synced_again(void **state)
{
	struct hal_context context = fixture_context();

	(void)state;
	hal_frame_clear((phys_addr){CODE_FRAME});
	expect_abort("code-sync", run_context, &context);
	fixture_setup(state);
	fixture_put_page(CODE, 0);
	fixture_put_page(CODE, SPARE_FRAME | D_USER_CODE);
	expect_abort("code-sync", run_context, &context);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_unprotected_cpu_aborts, fixture_setup),
		cmocka_unit_test_setup(test_illegal_returns_abort, fixture_setup),
		cmocka_unit_test_setup(test_flags_are_the_programs_own, fixture_setup),
		cmocka_unit_test_setup(test_max_cpu_has_more_flags, fixture_setup),
		cmocka_unit_test_setup(test_root_must_be_a_frame_of_ram, fixture_setup),
		cmocka_unit_test_setup(test_fetch_faults, fixture_setup),
		cmocka_unit_test_setup(test_e0pd_hides_the_kernel, fixture_setup),
		cmocka_unit_test_setup(test_unsynced_code_aborts, fixture_setup),
		cmocka_unit_test_setup(test_cleared_code_must_be_synced_again, fixture_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
