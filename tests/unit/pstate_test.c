/*
 * core/cpu/pstate.h: the PSTATE bits that a program may have (SPSR_EL1, Arm ARM C5.2.19).
 */
#include "core/cpu/pstate.h"

#include "tests/unit/cmocka_test.h"

static uint64_t mask(bool dit, bool ssbs, bool mte, bool bti)
{
	const struct cpu_features features = {.dit = dit, .ssbs = ssbs, .mte = mte, .bti = bti};

	return pstate_user_mask(&features);
}

static void without_features_only_the_flags(void **state)
{
	(void)state;
	assert_int_equal(mask(false, false, false, false), 0xf0000000);
}

static void each_feature_adds_its_own_bits(void **state)
{
	(void)state;
	assert_int_equal(mask(true, false, false, false), 0xf1000000);
	assert_int_equal(mask(false, true, false, false), 0xf0001000);
	assert_int_equal(mask(false, false, true, false), 0xf2000000);
	assert_int_equal(mask(false, false, false, true), 0xf0000c00);
	assert_int_equal(mask(true, true, true, true), 0xf3001c00);
}

/* M, nRW, DAIF, ALLINT, IL, SS, PAN, UAO and what lies above bit 31: with any feature. */
static void nothing_else_ever(void **state)
{
	const struct cpu_features all = {
		.physical_bits = 48,
		.asid16 = true,
		.pan = true,
		.pac_address = true,
		.bti = true,
		.e0pd = true,
		.rng = true,
		.iesb = true,
		.dit = true,
		.ssbs = true,
		.mte = true,
		.pmu = true,
		.amu = true,
	};
	const uint64_t privileged = 0x1f | 0x3c0 | 0x2000 | 0x100000 | 0x200000 | 0x400000 | 0x800000;

	(void)state;
	assert_int_equal(pstate_user_mask(&all) & (privileged | ~(uint64_t)UINT32_MAX), 0);
	assert_int_equal(pstate_user_mask(&all), 0xf3001c00);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_features_only_the_flags),
		cmocka_unit_test(each_feature_adds_its_own_bits),
		cmocka_unit_test(nothing_else_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
