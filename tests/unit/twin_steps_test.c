/*
 * The twin's EL0: what programs do there, and what traps.
 */
#include "tests/unit/twin_program.h"

/* Steps. */

static void test_svc(void **state)
{
	static const uint64_t registers[31] = {[6] = 0x66, [7] = 0x77, [9] = 0x99, [30] = 0x3030};
	static const struct twin_step steps[] = {
		{.kind = TWIN_SVC, .number = UINT64_MAX, .immediate = 0xffff, .arguments = {1, 2, 3, 4, 5, UINT64_MAX}},
		{.kind = TWIN_SVC, .number = 8, .registers = registers},
	};
	struct hal_context context = fixture_context();
	struct hal_trap trap;

	(void)state;
	play(steps, 2);
	context.sp = 0x5b;
	trap = run(&context);
	assert_int_equal(trap.kind, HAL_TRAP_SYNC);
	assert_int_equal(trap.esr, ESR(SVC, 0xffff));
	assert_int_equal(context.pc, CODE + 4);
	assert_int_equal(context.sp, 0x5b);
	assert_int_equal(context.x[8], UINT64_MAX);
	assert_int_equal(context.x[5], UINT64_MAX);
	context.x[0] = (uint64_t)-38;
	trap = run(&context);
	assert_int_equal(trap.esr, ESR(SVC, 0));
	assert_int_equal(results[0].x[0], (uint64_t)-38);
	assert_int_equal(results[0].x[1], 2);
	assert_int_equal(results[0].pc, CODE + 4);
	assert_int_equal(context.x[6], 0x66);
	assert_int_equal(context.x[30], 0x3030);
	assert_int_equal(script.recorded, 1);
}

static void run_to_the_end(void *context)
{
	for (;;) {
		run_context(context);
	}
}

static void test_script_ends(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_SVC}, {.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();

	(void)state;
	play(steps, 2);
	assert_int_equal(twin_call(run_to_the_end, &context), TWIN_SCRIPT_END);
	assert_int_equal(script.recorded, 2);
}

static void test_loads_and_stores(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_STORE, .address = DATA + 3, .value = 0x1122334455667788},
		{.kind = TWIN_LOAD, .address = DATA + 3},
		{.kind = TWIN_LOAD, .address = DATA + 4, .size = 1},
		{.kind = TWIN_STORE, .address = DATA, .value = 0xff, .size = 1},
		{.kind = TWIN_LOAD, .address = DATA, .size = 8},
		{.kind = TWIN_SVC},
	};
	struct hal_context context = fixture_context();

	(void)state;
	play(steps, 6);
	run(&context);
	assert_int_equal(results[1].x[0], 0x1122334455667788);
	assert_int_equal(results[2].x[0], 0x77);
	assert_int_equal(results[4].x[0], 0x44556677880000ff);
}

static void test_data_aborts(void **state)
{
	static const struct {
		enum twin_step_kind kind;
		uint64_t address;
		unsigned size;
		uint64_t esr;
		uint64_t far;
	} cases[] = {
		{TWIN_LOAD, UNMAPPED, 8, 0x07, UNMAPPED},
		{TWIN_STORE, UNMAPPED, 8, 0x47, UNMAPPED},
		{TWIN_STORE, CONSTANT + 8, 8, 0x4f, CONSTANT + 8},
		{TWIN_STORE, CODE, 8, 0x4f, CODE},
		{TWIN_LOAD, 0, 8, 0x06, 0},
		{TWIN_LOAD, 0xfff, 1, 0x06, 0xfff},
		{TWIN_LOAD, CONSTANT + 0xffc, 8, 0x07, UNMAPPED},
		{TWIN_LOAD, 0xffffffc000000008, 8, 0x0f, 0xffffffc000000008},
		{TWIN_STORE, 0xffffffc0000e0000, 8, 0x4f, 0xffffffc0000e0000},
		{TWIN_STORE, 0xffffff8001000000, 8, 0x4e, 0xffffff8001000000},
		{TWIN_LOAD, 0x8000000000, 8, 0x04, 0x8000000000},
		{TWIN_LOAD, 0x7fffffffff, 1, 0x05, 0x7fffffffff},
		{TWIN_LOAD, 0x0100000000401000, 8, 0x04, 0x0100000000401000},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct twin_step step = {.kind = cases[i].kind, .address = cases[i].address, .size = cases[i].size};
		struct hal_trap trap;

		fixture_setup(state);
		trap = run_step(&step);
		assert_int_equal(trap.esr, ESR(DATA_ABORT, cases[i].esr));
		assert_int_equal(trap.far, cases[i].far);
	}
}

static void test_memory_that_is_not_there_aborts_externally(void **state)
{
	static const struct twin_step step = {.kind = TWIN_LOAD, .address = UNMAPPED};

	(void)state;
	fixture_put_page(UNMAPPED, 0x10000000 | D_USER_READ);
	assert_int_equal(run_step(&step).esr, ESR(DATA_ABORT, 0x10));
}

static void test_other_steps(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_MOVE, .target = 19, .value = 0x1919},
		{.kind = TWIN_MOVE, .target = TWIN_REGISTER_SP, .value = 0x5b},
		{.kind = TWIN_MOVE, .target = TWIN_REGISTER_FLAGS, .value = UINT64_MAX},
		{.kind = TWIN_UNDEFINED},
		{.kind = TWIN_TRAP, .trap = {.kind = HAL_TRAP_SERROR, .esr = 5, .far = 6}, .value = 0x3c5},
	};
	struct hal_context context = fixture_context();
	struct hal_trap trap;

	(void)state;
	play(steps, 5);
	trap = run(&context);
	assert_int_equal(trap.esr, ESR(0, 0));
	assert_int_equal(context.x[19], 0x1919);
	assert_int_equal(context.sp, 0x5b);
	assert_int_equal(context.pstate, 0xf0000000);
	assert_int_equal(context.pc, CODE);
	trap = run(&context);
	assert_int_equal(trap.kind, HAL_TRAP_SERROR);
	assert_int_equal(trap.esr, 5);
	assert_int_equal(trap.far, 6);
	assert_int_equal(context.pstate, 0x3c5);
}

static void test_branches(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_BRANCH, .address = CODE + 0x40},
		{.kind = TWIN_SVC},
		{.kind = TWIN_BRANCH, .address = DATA},
	};
	struct hal_context context = fixture_context();

	(void)state;
	play(steps, 3);
	run(&context);
	assert_int_equal(context.pc, CODE + 0x44);
	assert_int_equal(run(&context).esr, ESR(INSTRUCTION_ABORT, 0x0f));
	assert_int_equal(context.pc, DATA);
}

static void count_call(void *owner)
{
	*(unsigned *)owner += 1;
}

static void test_hooks_run_before_their_step(void **state)
{
	unsigned calls = 0;
	struct twin_step step = {.kind = TWIN_SVC, .before = count_call, .owner = &calls};

	(void)state;
	run_step(&step);
	assert_int_equal(calls, 1);
}

static void test_spinning_without_interrupts_aborts(void **state)
{
	static const struct twin_step step = {.kind = TWIN_SPIN};
	struct hal_context context = fixture_context();

	(void)state;
	play(&step, 1);
	expect_abort("endless", run_context, &context);
}

/* Real instructions. */

static void test_interpreter(void **state)
{
	static const uint32_t code[] = {
		0xd2820001, /* movz x1, #0x1000 */
		0xf2a00801, /* movk x1, #0x40, lsl #16 */
		0xd28000a2, /* movz x2, #5 */
		0xf9000822, /* str x2, [x1, #16] */
		0x39404020, /* ldrb w0, [x1, #16] */
		0xd2800108, /* movz x8, #8 */
		0xd503201f, /* nop */
		0x14000002, /* b +8 */
		0x00000000, /* udf #0 */
		0xd4000841, /* svc #0x42 */
		0x17ffffff, /* b -4 */
	};
	struct hal_context context = fixture_context();
	struct hal_trap trap;

	(void)state;
	memcpy(hal_phys_to_ptr((phys_addr){CODE_FRAME}, sizeof(code)), code, sizeof(code));
	hal_code_sync((phys_addr){CODE_FRAME}, sizeof(code));
	twin_program(twin_interpreter, NULL);
	trap = run(&context);
	assert_int_equal(trap.esr, ESR(SVC, 0x42));
	assert_int_equal(context.x[0], 5);
	assert_int_equal(context.x[1], 0x401000);
	assert_int_equal(context.x[8], 8);
	assert_int_equal(context.pc, CODE + 40);
	trap = run(&context);
	assert_int_equal(trap.esr, ESR(SVC, 0x42));
	context.pc = CODE + 32;
	assert_int_equal(run(&context).esr, ESR(0, 0));
}

static void test_interpreter_knows_what_it_does_not_know(void **state)
{
	static const uint32_t unknown[] = {0xd5033fdf, 0x8b020020, 0xb9400020, 0xf9400021, 0xd65f03c0, 0xd4200000};

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		struct hal_context context = fixture_context();

		fixture_setup(state);
		memcpy(hal_phys_to_ptr((phys_addr){CODE_FRAME}, 4), &unknown[i], 4);
		hal_code_sync((phys_addr){CODE_FRAME}, 4);
		twin_program(twin_interpreter, NULL);
		expect_abort("instruction", run_context, &context);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_svc, fixture_setup),
		cmocka_unit_test_setup(test_script_ends, fixture_setup),
		cmocka_unit_test_setup(test_loads_and_stores, fixture_setup),
		cmocka_unit_test_setup(test_data_aborts, fixture_setup),
		cmocka_unit_test_setup(test_memory_that_is_not_there_aborts_externally, fixture_setup),
		cmocka_unit_test_setup(test_other_steps, fixture_setup),
		cmocka_unit_test_setup(test_branches, fixture_setup),
		cmocka_unit_test_setup(test_hooks_run_before_their_step, fixture_setup),
		cmocka_unit_test_setup(test_spinning_without_interrupts_aborts, fixture_setup),
		cmocka_unit_test_setup(test_interpreter, fixture_setup),
		cmocka_unit_test_setup(test_interpreter_knows_what_it_does_not_know, fixture_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
