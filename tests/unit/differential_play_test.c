/* The registers of the differential tests' programs: each that is not as it should be is seen. */
#include <string.h>

#include "cmocka_test.h"
#include "tests/differential/play.h"

/* A program about to yield, which has used FP or not. */
static struct play yielding(uint64_t salt, bool uses_fp)
{
	struct play play = {.salt = salt, .uses_fp = uses_fp, .vector = uses_fp ? 77 : 0, .thread = 88};

	play_at(&play, SCRIPT_POINT_WAIT, 5, 6);
	play_give(&play);
	return play;
}

static void nothing_is_lost_where_all_is_kept(void **state)
{
	struct play play = yielding(1, true);

	(void)state;
	assert_int_equal(play.registers[PLAYER_V + 1], 77);
	assert_int_equal(play.registers[PLAYER_THREAD], 88);
	play_take(&play);
	assert_int_equal(play.lost, 0);
	assert_int_equal(play.result, 5);
}

static void each_register_is_judged(void **state)
{
	(void)state;
	for (unsigned which = 0; which < PLAYER_REGISTERS; which++) {
		struct play play = yielding(1, true);

		play.registers[which] ^= 1UL << 63;
		play_take(&play);
		assert_int_equal(play.lost, which + 1);
		assert_int_equal(play.found, play.registers[which]);
	}
}

static void another_process_has_other_registers(void **state)
{
	const struct play one = yielding(0x7000, true), other = yielding(0x9000, true);

	(void)state;
	for (unsigned which = 6; which < PLAYER_V; which++) {
		if (which != 8 && which != 16 && which != 17 && which < PLAYER_SP) {
			assert_int_not_equal(one.registers[which], other.registers[which]);
			assert_int_not_equal(one.registers[which], one.registers[which - 1]);
		}
	}
	assert_int_not_equal(one.registers[PLAYER_FPSR], other.registers[PLAYER_FPSR]);
}

static void the_first_use_of_fp_finds_zeros(void **state)
{
	struct play play = {.salt = 1};

	(void)state;
	play_at(&play, SCRIPT_POINT_FP_SET, 9, 0);
	play_give(&play);
	assert_int_equal(play.fp, 1U << PLAYER_FP_SAVED_BIT);
	memset(&play.registers[PLAYER_FPCR], 0, (PLAYER_REGISTERS - PLAYER_FPCR) * sizeof(uint64_t));
	play.registers[PLAYER_V] = 9;
	play.registers[PLAYER_V + 1] = 9;
	play.registers[PLAYER_V + 33] = 4;
	play_take(&play);
	assert_int_equal(play.lost, PLAYER_V + 33 + 1);
}

static void what_an_instruction_changes_is_its_own(void **state)
{
	struct play play = yielding(1, false);

	(void)state;
	play_call(&play, 1, 2, 3, 4);
	play_give(&play);
	play.registers[0] = 1000;
	play_take(&play);
	assert_int_equal(play.lost, 0);
	play_at(&play, SCRIPT_POINT_THREAD_SET, 99, 0);
	play_give(&play);
	play.registers[PLAYER_THREAD] = 99;
	play_take(&play);
	assert_int_equal(play.lost, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_where_all_is_kept),
		cmocka_unit_test(each_register_is_judged),
		cmocka_unit_test(another_process_has_other_registers),
		cmocka_unit_test(the_first_use_of_fp_finds_zeros),
		cmocka_unit_test(what_an_instruction_changes_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
