/*
 * What stays in the twin's CPU when a program traps: FP and SIMD registers, TPIDR_EL0.
 */
#include "hal_host/process_state.h"

#include "tests/unit/twin_program.h"

/* CPACR_EL1 as it is decided for both CPUs, and with FP and SIMD switched on (Arm ARM D17.2.31). */
#define CPACR_OFF 0x10000000UL
#define CPACR_ON 0x10300000UL

/* An FP instruction that traps: CV, COND = 0b1110. */
#define FP_ACCESS ESR(0x07, 0x1e00000)

static struct hal_fp_state fp;

static void set_access(void *cpacr)
{
	hal_fp_access_set(*(uint64_t *)cpacr);
}

static void save(void *unused)
{
	(void)unused;
	hal_fp_save(&fp);
}

static void load(void *unused)
{
	(void)unused;
	hal_fp_load(&fp);
}

/* FP. */

static void test_only_two_values_switch_fp(void **state)
{
	static const struct twin_options machines[] = {{.cpu = TWIN_CPU_A72}, {.cpu = TWIN_CPU_MAX}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		fixture_reset(&machines[i]);
		for (unsigned bit = 0; bit < 64; bit++) {
			uint64_t off = CPACR_OFF ^ 1UL << bit;
			uint64_t on = CPACR_ON ^ 1UL << bit;

			expect_abort("registers", set_access, &off);
			expect_abort("registers", set_access, &on);
		}
		hal_fp_access_set(CPACR_ON);
		hal_fp_access_set(CPACR_OFF);
	}
}

static void test_the_kernel_has_no_access_until_it_is_switched_on(void **state)
{
	(void)state;
	expect_abort("fp-trapped", save, NULL);
	expect_abort("fp-trapped", load, NULL);
	hal_fp_access_set(CPACR_ON);
	save(NULL);
	load(NULL);
	hal_fp_access_set(CPACR_OFF);
	expect_abort("fp-trapped", save, NULL);
	fixture_setup(state);
	expect_abort("fp-trapped", save, NULL);
}

static void test_protecting_switches_fp_off(void **state)
{
	(void)state;
	twin_reset(NULL);
	hal_fp_access_set(CPACR_ON);
	fixture_protect();
	expect_abort("fp-trapped", save, NULL);
}

static void assert_no_zero(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		assert_int_not_equal(((const uint8_t *)bytes)[i], 0);
	}
}

static void test_what_was_never_set_shows(void **state)
{
	uint64_t pointer = hal_thread_pointer();

	(void)state;
	assert_no_zero(&pointer, sizeof(pointer));
	hal_fp_access_set(CPACR_ON);
	save(NULL);
	assert_no_zero(&fp, sizeof(fp));
}

static void test_registers_do_not_outlive_a_reset(void **state)
{
	static const struct hal_fp_state zeros;

	hal_fp_access_set(CPACR_ON);
	hal_fp_load(&zeros);
	hal_thread_pointer_set(0);
	fixture_setup(state);
	test_what_was_never_set_shows(state);
}

static void test_fp_instructions_trap_and_are_run_again(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_FP_LOAD, .target = 31, .value = 0x1122334455667788},
		{.kind = TWIN_FP_STORE, .target = 31},
		{.kind = TWIN_SVC},
	};
	struct hal_context context = fixture_context();

	(void)state;
	play(steps, 3);
	for (unsigned times = 0; times < 2; times++) {
		assert_int_equal(run(&context).esr, FP_ACCESS);
		assert_int_equal(context.pc, CODE);
		assert_int_equal(script.next, 1);
	}
	hal_fp_access_set(CPACR_ON);
	assert_int_equal(run(&context).esr, ESR(SVC, 0));
	assert_int_equal(results[0].pc, CODE + 4);
	assert_int_equal(results[1].x[0], 0x1122334455667788);
	save(NULL);
	assert_int_equal(fp.v[31][0], 0x1122334455667788);
	assert_int_equal(fp.v[31][1], 0x1122334455667788);
	assert_int_not_equal(fp.v[30][1], 0x1122334455667788);
}

static void test_stores_trap_as_well(void **state)
{
	static const struct twin_step step = {.kind = TWIN_FP_STORE};

	(void)state;
	assert_int_equal(run_step(&step).esr, FP_ACCESS);
}

static void test_an_instruction_that_is_stepped_over_is_not_run_again(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_FP_LOAD, .value = 1}, {.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();

	(void)state;
	play(steps, 2);
	assert_int_equal(run(&context).esr, FP_ACCESS);
	hal_fp_access_set(CPACR_ON);
	context.pc += 4;
	assert_int_equal(run(&context).esr, ESR(SVC, 0));
	save(NULL);
	assert_int_not_equal(fp.v[0][0], 1);
}

static void count_call(void *owner)
{
	*(unsigned *)owner += 1;
}

static void test_what_comes_before_a_step_comes_once(void **state)
{
	static const uint64_t registers[31] = {[5] = 55};
	unsigned calls = 0;
	struct twin_step steps[] = {
		{.kind = TWIN_FP_LOAD, .before = count_call, .owner = &calls, .registers = registers},
		{.kind = TWIN_SVC},
	};
	struct hal_context context = fixture_context();

	(void)state;
	play(steps, 2);
	run(&context);
	assert_int_equal(context.x[5], 55);
	context.x[5] = 66;
	hal_fp_access_set(CPACR_ON);
	run(&context);
	assert_int_equal(calls, 1);
	assert_int_equal(results[0].x[5], 66);
}

static void test_the_kernel_saves_and_loads_all_registers(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_FP_STORE, .target = 7}, {.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();
	struct hal_fp_state given;

	(void)state;
	for (size_t i = 0; i < sizeof(given); i++) {
		((uint8_t *)&given)[i] = (uint8_t)(i % 251 + 1);
	}
	hal_fp_access_set(CPACR_ON);
	hal_fp_load(&given);
	save(NULL);
	assert_memory_equal(&fp, &given, sizeof(fp));
	play(steps, 2);
	run(&context);
	assert_int_equal(results[0].x[0], given.v[7][0]);
}

static void test_there_are_32_registers(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_FP_LOAD, .target = 32},
						 {.kind = TWIN_FP_STORE, .target = 32}};
	struct hal_context context = fixture_context();

	for (size_t i = 0; i < 2; i++) {
		fixture_setup(state);
		play(&steps[i], 1);
		expect_abort("script", run_context, &context);
	}
}

/* TPIDR_EL0. */

static void test_program_and_kernel_share_the_thread_pointer(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_READ_THREAD_POINTER},
		{.kind = TWIN_MOVE, .target = TWIN_REGISTER_THREAD_POINTER, .value = UINT64_MAX},
		{.kind = TWIN_READ_THREAD_POINTER},
		{.kind = TWIN_SVC},
	};
	struct hal_context context = fixture_context();

	(void)state;
	hal_thread_pointer_set(0x77);
	play(steps, 4);
	run(&context);
	assert_int_equal(results[0].x[0], 0x77);
	assert_int_equal(results[0].pc, CODE + 4);
	assert_int_equal(results[1].pc, CODE + 4);
	assert_int_equal(results[2].x[0], UINT64_MAX);
	assert_int_equal(hal_thread_pointer(), UINT64_MAX);
}

static void test_there_is_no_register_beyond_the_thread_pointer(void **state)
{
	static const struct twin_step step = {.kind = TWIN_MOVE, .target = 34};
	struct hal_context context = fixture_context();

	(void)state;
	play(&step, 1);
	expect_abort("script", run_context, &context);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_only_two_values_switch_fp, fixture_setup),
		cmocka_unit_test_setup(test_the_kernel_has_no_access_until_it_is_switched_on, fixture_setup),
		cmocka_unit_test_setup(test_protecting_switches_fp_off, fixture_setup),
		cmocka_unit_test_setup(test_what_was_never_set_shows, fixture_setup),
		cmocka_unit_test_setup(test_registers_do_not_outlive_a_reset, fixture_setup),
		cmocka_unit_test_setup(test_fp_instructions_trap_and_are_run_again, fixture_setup),
		cmocka_unit_test_setup(test_stores_trap_as_well, fixture_setup),
		cmocka_unit_test_setup(test_an_instruction_that_is_stepped_over_is_not_run_again, fixture_setup),
		cmocka_unit_test_setup(test_what_comes_before_a_step_comes_once, fixture_setup),
		cmocka_unit_test_setup(test_the_kernel_saves_and_loads_all_registers, fixture_setup),
		cmocka_unit_test_setup(test_there_are_32_registers, fixture_setup),
		cmocka_unit_test_setup(test_program_and_kernel_share_the_thread_pointer, fixture_setup),
		cmocka_unit_test_setup(test_there_is_no_register_beyond_the_thread_pointer, fixture_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
