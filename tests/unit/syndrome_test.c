/*
 * core/trap/syndrome.h. Classes, fault status codes and fields are those of the Arm ARM, D17.2.37.
 */
#include "core/trap/syndrome.h"

#include "tests/unit/cmocka_test.h"

#define CLASSES 64
#define IL ((uint64_t)1 << 25)
#define FNV ((uint64_t)1 << 10)

static uint64_t esr_of(uint64_t exception_class, uint64_t iss)
{
	return exception_class << 26 | IL | iss;
}

static void fields_are_taken_from_their_places(void **state)
{
	(void)state;
	for (uint64_t ec = 0; ec < CLASSES; ec++) {
		uint64_t esr = ec << 26;

		assert_int_equal(syndrome_class(esr), ec);
		assert_int_equal(syndrome_iss(esr), 0);
		/* What surrounds a field does not get into it: ISS2 above, IL between. */
		assert_int_equal(syndrome_class(esr | 0xffffffff03ffffff), ec);
		assert_int_equal(syndrome_iss(esr | 0xffffffff03ffffff), 0x1ffffff);
		assert_int_equal(syndrome_iss(esr | IL | 0x1234567), 0x1234567);
	}
}

static void svc_0_is_one_word(void **state)
{
	(void)state;
	assert_int_equal(SYNDROME_SVC_0, 0x56000000);
}

/* Every class that has a name; the others are not told apart. */
static const char *const names[CLASSES] = {
	[0x00] = "undefined",
	[0x01] = "wait",
	[0x07] = "fp",
	[0x0d] = "branch-target",
	[0x0e] = "illegal-state",
	[0x15] = "svc",
	[0x18] = "system-register",
	[0x19] = "sve",
	[0x1c] = "pac",
	[0x1d] = "sme",
	[0x20] = "instruction-abort",
	[0x21] = "instruction-abort",
	[0x22] = "pc-alignment",
	[0x24] = "data-abort",
	[0x25] = "data-abort",
	[0x26] = "sp-alignment",
	[0x2c] = "fp-exception",
	[0x2f] = "serror",
	[0x30] = "breakpoint",
	[0x32] = "step",
	[0x34] = "watchpoint",
	[0x3c] = "brk",
};

static void classes_have_names(void **state)
{
	(void)state;
	for (unsigned ec = 0; ec < CLASSES; ec++) {
		assert_string_equal(syndrome_class_name(ec), names[ec] == NULL ? "reserved" : names[ec]);
	}
	assert_string_equal(syndrome_class_name(CLASSES), "reserved");
	assert_string_equal(syndrome_class_name(0x124), "reserved");
}

/* Tables D17-7 and D17-9. */
static enum fault_status expected_status(uint64_t code)
{
	if (code <= 0x0f) {
		return (enum fault_status[]){FAULT_ADDRESS_SIZE, FAULT_TRANSLATION, FAULT_ACCESS_FLAG,
					     FAULT_PERMISSION}[code / 4];
	}
	if (code == 0x10 || (code >= 0x14 && code <= 0x17)) {
		return FAULT_EXTERNAL;
	}
	if (code == 0x11) {
		return FAULT_TAG;
	}
	return code == 0x21 ? FAULT_ALIGNMENT : FAULT_OTHER;
}

static void status_codes_are_decoded_without_their_level(void **state)
{
	(void)state;
	for (uint64_t code = 0; code < 64; code++) {
		assert_int_equal(syndrome_fault_status(esr_of(0x24, code)), expected_status(code));
		assert_int_equal(syndrome_fault_status(esr_of(0x25, code | 0x1ffffc0)), expected_status(code));
	}
}

static void a_store_is_told_from_a_load(void **state)
{
	(void)state;
	assert_true(syndrome_is_write(esr_of(0x25, 0x40)));
	assert_true(syndrome_is_write(esr_of(0x25, 0x4f)));
	assert_false(syndrome_is_write(esr_of(0x25, 0x0f)));
	assert_false(syndrome_is_write(~(uint64_t)0x40));
}

/* Aborts and watchpoints (unless FnV says otherwise), and misaligned PCs; FAR_EL1 is UNKNOWN for all others. */
static void far_is_believed_only_where_it_is_set(void **state)
{
	(void)state;
	for (uint64_t ec = 0; ec < CLASSES; ec++) {
		bool has_fnv = ec == 0x20 || ec == 0x21 || ec == 0x24 || ec == 0x25 || ec == 0x34;
		bool is_other = ec == 0x22;

		assert_int_equal(syndrome_far_is_valid(esr_of(ec, 0)), has_fnv || is_other);
		assert_int_equal(syndrome_far_is_valid(esr_of(ec, 0x1ffffff & ~FNV)), has_fnv || is_other);
		assert_int_equal(syndrome_far_is_valid(esr_of(ec, FNV)), is_other);
		assert_int_equal(syndrome_far_is_valid(esr_of(ec, FNV | 0x10)), is_other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_taken_from_their_places),
		cmocka_unit_test(svc_0_is_one_word),
		cmocka_unit_test(classes_have_names),
		cmocka_unit_test(status_codes_are_decoded_without_their_level),
		cmocka_unit_test(a_store_is_told_from_a_load),
		cmocka_unit_test(far_is_believed_only_where_it_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
