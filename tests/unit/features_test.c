/*
 * core/cpu/features.h. Fields and values are those of the Arm ARM, D17.2.
 */
#include "core/cpu/features.h"

#include <string.h>

#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

#define REGISTER(name) offsetof(struct hal_id_registers, name)
#define FLAG(name) offsetof(struct cpu_features, name)

/* A field of four bits, the smallest value that means the feature, and where the decoder says so. */
struct field {
	size_t id_register;
	unsigned low;
	uint64_t first;
	size_t flag;
};

static const struct field fields[] = {
	{REGISTER(mmfr0), 4, 2, FLAG(asid16)},	     /* ASIDBits: 0 is 8 bits, 2 is 16 */
	{REGISTER(mmfr1), 20, 1, FLAG(pan)},	     /* PAN */
	{REGISTER(mmfr2), 4, 1, FLAG(uao)},	     /* UAO */
	{REGISTER(isar1), 4, 1, FLAG(pac_address)},  /* APA: QARMA5 */
	{REGISTER(isar1), 8, 1, FLAG(pac_address)},  /* API: the implementation's own */
	{REGISTER(isar2), 12, 1, FLAG(pac_address)}, /* APA3: QARMA3 */
	{REGISTER(pfr1), 0, 1, FLAG(bti)},	     /* BT */
	{REGISTER(mmfr2), 60, 1, FLAG(e0pd)},	     /* E0PD */
	{REGISTER(isar0), 60, 1, FLAG(rng)},	     /* RNDR */
	{REGISTER(mmfr2), 12, 1, FLAG(iesb)},	     /* IESB */
	{REGISTER(pfr0), 48, 1, FLAG(dit)},	     /* DIT */
	{REGISTER(pfr1), 4, 1, FLAG(ssbs)},	     /* SSBS */
	{REGISTER(pfr1), 8, 2, FLAG(mte)},	     /* MTE: 1 is instructions only, no tags in memory */
	{REGISTER(dfr0), 8, 1, FLAG(pmu)},	     /* PMUVer: 15 is the implementation's own */
	{REGISTER(pfr0), 44, 1, FLAG(amu)},	     /* AMU */
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const size_t flags[] = {
	FLAG(asid16), FLAG(pan),  FLAG(pac_address), FLAG(bti), FLAG(e0pd), FLAG(rng), FLAG(iesb),
	FLAG(dit),    FLAG(ssbs), FLAG(mte),	     FLAG(pmu), FLAG(amu),  FLAG(uao),
};

#define FLAGS (sizeof(flags) / sizeof(flags[0]))

static bool flag_of(const struct cpu_features *features, size_t flag)
{
	return *(const bool *)((const uint8_t *)features + flag);
}

static void put(struct hal_id_registers *registers, const struct field *field, uint64_t value)
{
	uint64_t *id_register = (uint64_t *)(void *)((uint8_t *)registers + field->id_register);

	*id_register = (*id_register & ~((uint64_t)15 << field->low)) | value << field->low;
}

static struct cpu_features decode(const struct hal_id_registers *registers)
{
	struct cpu_features features;

	memset(&features, 0, sizeof(features));
	cpu_features_decode(&features, registers);
	return features;
}

static void assert_only(const struct cpu_features *features, size_t flag)
{
	for (size_t i = 0; i < FLAGS; i++) {
		assert_int_equal(flag_of(features, flags[i]), flags[i] == flag);
	}
}

static void a_field_alone_makes_its_feature_and_no_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIELDS; i++) {
		for (uint64_t value = fields[i].first; value < 15; value++) {
			struct hal_id_registers registers = {0};
			struct cpu_features features;

			if (fields[i].flag == FLAG(asid16) && value != 2) {
				continue;
			}
			put(&registers, &fields[i], value);
			features = decode(&registers);
			assert_only(&features, fields[i].flag);
		}
	}
}

static void below_the_first_value_there_is_no_feature(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIELDS; i++) {
		for (uint64_t value = 0; value < fields[i].first; value++) {
			struct hal_id_registers registers = {0};
			struct cpu_features features;

			put(&registers, &fields[i], value);
			features = decode(&registers);
			assert_false(flag_of(&features, fields[i].flag));
		}
	}
}

/* All neighbours are set: a field that is taken too wide or from the wrong place would show. */
static void neighbours_do_not_make_a_feature(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIELDS; i++) {
		struct hal_id_registers registers;
		struct cpu_features features;

		memset(&registers, 0xff, sizeof(registers));
		for (size_t other = 0; other < FIELDS; other++) {
			if (fields[other].flag == fields[i].flag) {
				put(&registers, &fields[other], 0);
			}
		}
		features = decode(&registers);
		assert_false(flag_of(&features, fields[i].flag));
	}
}

/* 1 is the PSTATE bit alone, which only SPSR_EL1 reaches. */
static void ssbs_is_a_register_from_2_on(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < 15; value++) {
		struct hal_id_registers registers = {.pfr1 = value << 4};

		assert_int_equal(decode(&registers).ssbs2, value >= 2);
	}
}

/* 1 is FEAT_PAN, 2 adds instructions that PAN bars (Arm ARM D17.2.65). */
static void epan_is_there_from_3_on(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < 15; value++) {
		struct hal_id_registers registers = {.mmfr1 = value << 20};

		assert_int_equal(decode(&registers).epan, value >= 3);
		assert_int_equal(decode(&registers).pan, value >= 1);
	}
}

static void a_pmu_of_the_implementations_own_is_none(void **state)
{
	struct hal_id_registers registers = {.dfr0 = 15 << 8};
	struct cpu_features features = decode(&registers);

	(void)state;
	assert_false(features.pmu);
}

/* PARange, D17.2.64; 52 and 56 bits need descriptors of another format, so 48 are used. */
static void physical_addresses_have_as_many_bits_as_the_cpu_says(void **state)
{
	static const unsigned bits[16] = {32, 36, 40, 42, 44, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48};

	(void)state;
	for (uint64_t range = 0; range < 16; range++) {
		struct hal_id_registers registers = {.mmfr0 = range | ~(uint64_t)15};

		assert_int_equal(decode(&registers).physical_bits, bits[range]);
	}
}

/* The identification registers of two real CPUs, as their manuals have them. */
static void known_cpus_are_decoded(void **state)
{
	/* Cortex-A53 TRM, 4.3; Neoverse N1 TRM, B2.4. */
	const struct hal_id_registers a53 = {.pfr0 = 0x2222, .isar0 = 0x11120, .mmfr0 = 0x1122, .dfr0 = 0x10305106};
	const struct hal_id_registers n1 = {.pfr0 = 0x1100000010111112,
					    .pfr1 = 0x20,
					    .isar0 = 0x100010211120,
					    .isar1 = 0x100001,
					    .mmfr0 = 0x101125,
					    .mmfr1 = 0x10212122,
					    .mmfr2 = 0x1011,
					    .dfr0 = 0x110305408};
	struct cpu_features features = decode(&a53);

	(void)state;
	assert_int_equal(features.physical_bits, 40);
	assert_true(features.asid16 && features.pmu);
	features.asid16 = features.pmu = false;
	assert_only(&features, SIZE_MAX);
	features = decode(&n1);
	assert_int_equal(features.physical_bits, 48);
	assert_true(features.asid16 && features.pmu && features.pan && features.uao && features.ssbs && features.iesb);
	features.asid16 = features.pmu = features.pan = features.uao = features.ssbs = features.iesb = false;
	assert_only(&features, SIZE_MAX);
}

static void nothing_is_printed_unless_asked(void **state)
{
	const struct cpu_features features = {.physical_bits = 44};

	(void)state;
	twin_reset(NULL);
	cpu_features_log(&features);
	assert_string_equal(twin_console(), "");
}

static const char *logged(const struct cpu_features *features)
{
	twin_reset(NULL);
	kernel.log.verbose = true;
	cpu_features_log(features);
	return twin_console();
}

static void verbose_says_what_is_there(void **state)
{
	const struct cpu_features none = {.physical_bits = 36};
	const struct cpu_features all = {.physical_bits = 48,
					 .asid16 = true,
					 .pan = true,
					 .pac_address = true,
					 .bti = true,
					 .e0pd = true,
					 .rng = true,
					 .mte = true};

	(void)state;
	assert_string_equal(logged(&none), "[BOOT] CPU: 36-bit physical addresses, 8-bit ASIDs\n"
					   "[BOOT] CPU features: PAN no, PAC no, BTI no, E0PD no, RNG no, MTE no\n");
	assert_string_equal(logged(&all),
			    "[BOOT] CPU: 48-bit physical addresses, 16-bit ASIDs\n"
			    "[BOOT] CPU features: PAN yes, PAC yes, BTI yes, E0PD yes, RNG yes, MTE yes\n");
}

/* Each word of the second line follows its own feature. */
static void each_mark_is_its_features(void **state)
{
	static const struct {
		size_t flag;
		const char *text;
	} marks[] = {
		{FLAG(pan), "PAN yes,"},   {FLAG(pac_address), "PAC yes,"}, {FLAG(bti), "BTI yes,"},
		{FLAG(e0pd), "E0PD yes,"}, {FLAG(rng), "RNG yes,"},	    {FLAG(mte), "MTE yes\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct cpu_features features = {.physical_bits = 40};
		const char *line;

		*(bool *)((uint8_t *)&features + marks[i].flag) = true;
		line = logged(&features);
		assert_non_null(strstr(line, marks[i].text));
		assert_ptr_equal(strstr(strstr(line, " yes") + 1, " yes"), NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_alone_makes_its_feature_and_no_other),
		cmocka_unit_test(below_the_first_value_there_is_no_feature),
		cmocka_unit_test(neighbours_do_not_make_a_feature),
		cmocka_unit_test(ssbs_is_a_register_from_2_on),
		cmocka_unit_test(epan_is_there_from_3_on),
		cmocka_unit_test(a_pmu_of_the_implementations_own_is_none),
		cmocka_unit_test(physical_addresses_have_as_many_bits_as_the_cpu_says),
		cmocka_unit_test(known_cpus_are_decoded),
		cmocka_unit_test(nothing_is_printed_unless_asked),
		cmocka_unit_test(verbose_says_what_is_there),
		cmocka_unit_test(each_mark_is_its_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
