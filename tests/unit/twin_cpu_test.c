/*
 * The twin's CPU: the values that it accepts, time, chance, the console and the ways to end.
 */
#include "hal/console.h"
#include "hal_host/registers.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/expect_death.h"
#include "tests/unit/twin_fixture.h"

static const struct hal_secrets secrets = {{1, 2}, 0x123400, 1};

/* The values of the registers that lock EL0 down, worked out by hand (docs/SECURITY.md). */
static const struct hal_registers a72 = {
	.sctlr = 0x30d8199d,
	.tcr = 0x14b5193519,
	.mair = 0x04ff,
	.cpacr = 0x10000000,
	.mdscr = 0x1000,
	.pstate = 0x3c1,
	.has_pmu = true,
};

static const struct hal_registers max = {
	.sctlr = 0x18f878399d,
	.tcr = 0x01000015b5193519,
	.mair = 0x04ff,
	.cpacr = 0x10000000,
	.mdscr = 0x1000,
	.pstate = 0x4003c1,
	.has_pan = true,
	.has_uao = true,
	.has_ssbs = true,
	.has_pac = true,
	.has_pmu = true,
};

static int setup(void **state)
{
	(void)state;
	twin_reset(NULL);
	return 0;
}

static void protect(void *registers)
{
	hal_cpu_protect(registers, &secrets);
}

static void test_right_values_are_accepted(void **state)
{
	static const struct twin_options options = {.cpu = TWIN_CPU_MAX};

	(void)state;
	hal_cpu_protect(&a72, &secrets);
	twin_reset(&options);
	hal_cpu_protect(&max, &secrets);
}

static void test_values_for_another_cpu_abort(void **state)
{
	static const struct twin_options options = {.cpu = TWIN_CPU_MAX};
	struct hal_registers registers = max;

	(void)state;
	expect_abort("registers", protect, &registers);
	twin_reset(&options);
	registers = a72;
	expect_abort("registers", protect, &registers);
}

static void test_each_bit_counts(void **state)
{
	struct hal_registers registers = a72;
	uint64_t *words[] = {&registers.sctlr,	   &registers.tcr,  &registers.cpacr,	   &registers.cntkctl,
			     &registers.mdscr,	   &registers.mair, &registers.contextidr, &registers.tpidrro,
			     &registers.pmuserenr, &registers.pmcr, &registers.amuserenr,  &registers.pstate};
	bool *flags[] = {&registers.has_pan, &registers.has_uao, &registers.has_ssbs,
			 &registers.has_pac, &registers.has_pmu, &registers.has_amu};

	(void)state;
	for (size_t word = 0; word < sizeof(words) / sizeof(words[0]); word++) {
		for (unsigned bit = 0; bit < 64; bit++) {
			*words[word] ^= 1UL << bit;
			expect_abort("registers", protect, &registers);
			*words[word] ^= 1UL << bit;
		}
	}
	for (size_t flag = 0; flag < sizeof(flags) / sizeof(flags[0]); flag++) {
		*flags[flag] ^= true;
		expect_abort("registers", protect, &registers);
		*flags[flag] ^= true;
	}
	protect(&registers);
	expect_abort("protect", protect, &registers);
}

/* What is read is what was written, and what the backend has of its own. */
static void test_registers_are_read_as_they_stand(void **state)
{
	static const struct twin_options options = {.cpu = TWIN_CPU_MAX};
	struct hal_registers now = {0};

	(void)state;
	twin_reset(&options);
	hal_cpu_protect(&max, &secrets);
	hal_registers_read(&now);
	assert_int_equal(now.sctlr, max.sctlr);
	assert_int_equal(now.tcr, max.tcr);
	assert_int_equal(now.mair, max.mair);
	assert_int_equal(now.cpacr, max.cpacr);
	assert_int_equal(now.pstate, max.pstate);
	assert_int_equal(now.oslsr, 2);
	assert_int_equal(now.ttbr1, twin_boot_info()->kernel_root.value);
	assert_int_not_equal(now.vbar, 0);
	hal_fp_access_set(0x10300000);
	hal_registers_read(&now);
	assert_int_equal(now.cpacr, 0x10300000);
}

static void protect_with(void *given)
{
	hal_cpu_protect(&max, given);
}

static void test_secrets_must_be_secret(void **state)
{
	static const struct twin_options options = {.cpu = TWIN_CPU_MAX};
	struct hal_secrets bad[] = {{{1, 2}, 0, 1},	   {{1, 2}, 0x123401, 1}, {{0, 2}, 0x123400, 1},
				    {{1, 0}, 0x123400, 1}, {{1, 2}, 0x123400, 0}, {{1, 2}, 0x123400, 0x10000}};

	(void)state;
	twin_reset(&options);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		expect_abort("secrets", protect_with, &bad[i]);
	}
}

static void test_time_stands_still_until_told(void **state)
{
	(void)state;
	assert_int_equal(hal_time_ticks(), 1UL << 55);
	assert_int_equal(hal_time_ticks(), 1UL << 55);
	twin_advance(3);
	assert_int_equal(hal_time_ticks(), (1UL << 55) + 3);
	twin_reset(NULL);
	assert_int_equal(hal_time_ticks(), 1UL << 55);
}

static void test_random_numbers(void **state)
{
	static const struct twin_options options = {.cpu = TWIN_CPU_MAX};
	uint64_t first = 42;
	uint64_t second;

	(void)state;
	assert_false(hal_random(&first));
	assert_int_equal(first, 42);
	twin_reset(&options);
	assert_true(hal_random(&first));
	assert_true(hal_random(&second));
	assert_int_not_equal(first, second);
	twin_reset(&options);
	assert_true(hal_random(&second));
	assert_int_equal(first, second);
}

static void test_console_keeps_every_byte(void **state)
{
	static const uint8_t bytes[] = {'a', 0, '\n', 0xff};
	static uint8_t many[10000];

	(void)state;
	assert_string_equal(twin_console(), "");
	hal_console_write(bytes, sizeof(bytes));
	hal_console_write(bytes, 0);
	assert_int_equal(twin_console_size(), 4);
	assert_memory_equal(twin_console(), bytes, 4);
	memset(many, 'm', sizeof(many));
	hal_console_write(many, sizeof(many));
	assert_int_equal(twin_console_size(), 10004);
	assert_int_equal(twin_console()[10003], 'm');
	assert_int_equal(twin_console()[10004], 0);
	twin_reset(NULL);
	assert_string_equal(twin_console(), "");
}

/* Ends. */

static void nothing(void *unused)
{
	(void)unused;
}

static void stop(void *unused)
{
	(void)unused;
	hal_stop();
}

static void power_off(void *conduit)
{
	hal_power_off(*(enum hal_psci_conduit *)conduit);
}

static void test_ends(void **state)
{
	static const struct twin_options options = {.conduit = HAL_PSCI_SMC};
	enum hal_psci_conduit hvc = HAL_PSCI_HVC;
	enum hal_psci_conduit smc = HAL_PSCI_SMC;

	(void)state;
	assert_int_equal(twin_call(nothing, NULL), TWIN_RETURNED);
	assert_int_equal(twin_call(stop, NULL), TWIN_STOPPED);
	assert_int_equal(twin_call(power_off, &hvc), TWIN_POWER_OFF);
	expect_abort("conduit", power_off, &smc);
	twin_reset(&options);
	assert_int_equal(twin_call(power_off, &smc), TWIN_POWER_OFF);
	expect_abort("conduit", power_off, &hvc);
}

static void call_again(void *unused)
{
	(void)twin_call(nothing, unused);
}

static void test_calls_do_not_nest(void **state)
{
	(void)state;
	expect_abort("nested-call", call_again, NULL);
}

static void call_again_in_a_call(void *unused)
{
	(void)twin_call(call_again, unused);
}

static void test_unexpected_ends_end_the_process(void **state)
{
	(void)state;
	/* A rule that nobody expected to be broken, or another one; an end that nobody would see. */
	expect_death(call_again_in_a_call, NULL);
	twin_expect_abort("some-other-rule");
	expect_death(call_again_in_a_call, NULL);
	expect_death(stop, NULL);
}

static void test_an_expectation_ends_with_its_call(void **state)
{
	(void)state;
	twin_expect_abort("nested-call");
	assert_int_equal(twin_call(nothing, NULL), TWIN_RETURNED);
	expect_death(call_again_in_a_call, NULL);
}

static uint64_t trace[HAL_BACKTRACE_MAX];

K_NOINLINE static size_t inner(size_t limit)
{
	size_t count = hal_backtrace(NULL, trace, limit);

	assert_true(count <= limit);
	return count;
}

K_NOINLINE static size_t outer(size_t limit)
{
	size_t count = inner(limit);

	assert_true(count > 0);
	return count;
}

static void test_backtrace_names_its_callers(void **state)
{
	struct hal_fault fault = {0};
	int64_t distance;

	(void)state;
	assert_true(outer(HAL_BACKTRACE_MAX) >= 3);
	/* Return addresses in inner and outer: as far from each other as the functions are, give or take their size. */
	distance = (int64_t)(trace[1] - trace[0]) - (int64_t)((uintptr_t)outer - (uintptr_t)inner);
	assert_true(distance > -0x200 && distance < 0x200);
	assert_int_equal(outer(1), 1);
	/* The twin has no fault of its own to start from. */
	assert_int_equal(hal_backtrace(&fault, trace, HAL_BACKTRACE_MAX), 0);
}

/* Oracles. */

static void check_kernel_half(void *unused)
{
	(void)unused;
	twin_check_kernel_half();
}

static void check_space(void *unused)
{
	(void)unused;
	twin_check_space(&fixture_space);
}

static void put_alias(void *unused)
{
	(void)unused;
	/* The linear map's block with the image in it. */
	fixture_put(twin_boot_info()->table_pool.value, 1, 0x40200000 | D_BLOCK | D_INNER | D_AF | D_UXN | D_PXN);
}

static void put_kernel_page(uint64_t bits)
{
	fixture_put(twin_boot_info()->kernel_root.value + 0x2000, 0x101, SPARE_FRAME | D_PAGE | D_INNER | D_AF | bits);
}

static void test_kernel_half_oracle(void **state)
{
	static const uint64_t bad[] = {
		D_UXN | D_PXN | D_READ_ONLY | D_EL0, /* open to EL0 */
		D_PXN | D_READ_ONLY,		     /* executable at EL0 */
		D_UXN,				     /* writable and executable, but for WXN */
	};

	fixture_setup(state);
	twin_check_kernel_half();
	put_alias(NULL);
	expect_abort("oracle", check_kernel_half, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fixture_setup(state);
		put_kernel_page(bad[i]);
		expect_abort("oracle", check_kernel_half, NULL);
	}
}

static void test_space_oracle(void **state)
{
	static const uint64_t bad[] = {
		0x40200000 | D_USER_READ, /* the image */
		LEVEL3 | D_USER_READ,	  /* its own table */
		SPARE_FRAME | D_USER,	  /* writable and executable, but for WXN */
		ROOT | D_USER_READ,
		0x10000000 | D_USER_READ, /* no RAM */
		SPARE_FRAME | (D_USER_READ & ~D_NG),
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fixture_setup(state);
		twin_check_space(&fixture_space);
		fixture_put_page(UNMAPPED, bad[i]);
		expect_abort("oracle", check_space, NULL);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_right_values_are_accepted, setup),
		cmocka_unit_test_setup(test_values_for_another_cpu_abort, setup),
		cmocka_unit_test_setup(test_each_bit_counts, setup),
		cmocka_unit_test_setup(test_registers_are_read_as_they_stand, setup),
		cmocka_unit_test_setup(test_secrets_must_be_secret, setup),
		cmocka_unit_test_setup(test_time_stands_still_until_told, setup),
		cmocka_unit_test_setup(test_random_numbers, setup),
		cmocka_unit_test_setup(test_console_keeps_every_byte, setup),
		cmocka_unit_test_setup(test_ends, setup),
		cmocka_unit_test_setup(test_calls_do_not_nest, setup),
		cmocka_unit_test_setup(test_unexpected_ends_end_the_process, setup),
		cmocka_unit_test_setup(test_an_expectation_ends_with_its_call, setup),
		cmocka_unit_test_setup(test_backtrace_names_its_callers, setup),
		cmocka_unit_test_setup(test_kernel_half_oracle, setup),
		cmocka_unit_test_setup(test_space_oracle, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
