/*
 * Copies of a machine: RAM is as it was after a restore, and no pointer into it from before is any good.
 */
#include <sanitizer/asan_interface.h>

#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "tests/unit/expect_death.h"
#include "tests/unit/snapshot_fixture.h"

static void test_frames_come_back(void **state)
{
	(void)state;
	memset(bytes_of(DATA_FRAME), 0x11, 4096);
	memset(bytes_of(SPARE_FRAME), 0x22, 4096);
	twin_snapshot();
	for (unsigned round = 0; round < 3; round++) {
		assert_true(is_filled_with(DATA_FRAME, 0x11));
		assert_true(is_filled_with(SPARE_FRAME, 0x22));
		memset(bytes_of(DATA_FRAME), 0x33, 4096);
		bytes_of(SPARE_FRAME)[4095] = 0x33;
		twin_restore();
	}
}

static void test_the_last_snapshot_counts(void **state)
{
	(void)state;
	memset(bytes_of(DATA_FRAME), 0x11, 4096);
	twin_snapshot();
	memset(bytes_of(DATA_FRAME), 0x22, 4096);
	memset(bytes_of(NEW_FRAME), 0x44, 4096);
	twin_snapshot();
	memset(bytes_of(DATA_FRAME), 0x33, 4096);
	memset(bytes_of(NEW_FRAME), 0x33, 4096);
	twin_restore();
	assert_true(is_filled_with(DATA_FRAME, 0x22));
	assert_true(is_filled_with(NEW_FRAME, 0x44));
}

static void test_cleared_frames_come_back(void **state)
{
	(void)state;
	memset(bytes_of(SPARE_FRAME), 0x22, 4096);
	twin_snapshot();
	hal_frame_clear((phys_addr){SPARE_FRAME});
	twin_restore();
	assert_true(is_filled_with(SPARE_FRAME, 0x22));
}

static void test_new_frames_are_hostile_again(void **state)
{
	(void)state;
	twin_snapshot();
	for (unsigned round = 0; round < 3; round++) {
		assert_true(is_filled_with(NEW_FRAME, TWIN_FILL));
		hal_frame_clear((phys_addr){NEW_FRAME});
		fixture_put(NEW_FRAME, 5, LEVEL3 | D_TABLE);
		hal_code_sync((phys_addr){NEW_FRAME}, 4096);
		assert_int_equal(ram_table_mirror(NEW_FRAME + 40), LEVEL3 | D_TABLE);
		twin_restore();
		assert_int_equal(ram_table_mirror(NEW_FRAME + 40), 0);
		assert_false(ram_code_word(NEW_FRAME, &(uint32_t){0}));
	}
}

static void test_old_pointers_are_no_good(void **state)
{
	uint8_t *data = bytes_of(DATA_FRAME);

	(void)state;
	twin_snapshot();
	assert_int_equal(__asan_address_is_poisoned(data), true);
	assert_ptr_equal(bytes_of(DATA_FRAME), data);
	data[0] = 1;
	twin_restore();
	assert_int_equal(__asan_address_is_poisoned(data + 4095), true);
}

/* What the twin reads for itself is no frame that the kernel asked for: a restore has nothing to bring back. */
static void test_what_the_twin_reads_stays_closed(void **state)
{
	uint8_t *data = bytes_of(DATA_FRAME);

	(void)state;
	data[0] = 0x55;
	twin_snapshot();
	assert_int_equal(ram_read64(DATA_FRAME) & 0xff, 0x55);
	assert_int_equal(ram_read32(DATA_FRAME) & 0xff, 0x55);
	assert_non_null(ram_words(DATA_FRAME, 4096));
	assert_int_equal(__asan_address_is_poisoned(data), true);
	assert_false(ram_was_opened(DATA_FRAME));
	(void)bytes_of(DATA_FRAME);
	assert_true(ram_was_opened(DATA_FRAME));
}

/* Poisoned: what lies beside a frame that was looked at. Free of it: what nobody has come near. */
static void test_fences_come_back(void **state)
{
	uint8_t *lonely = bytes_of(FRAME(8)) + (LONELY_FRAME - FRAME(8));

	(void)state;
	twin_snapshot();
	for (unsigned round = 0; round < 2; round++) {
		assert_false(__asan_address_is_poisoned(lonely));
		assert_false(__asan_address_is_poisoned(lonely - 1));
		assert_false(__asan_address_is_poisoned(lonely + 4096));
		(void)bytes_of(LONELY_FRAME);
		assert_false(__asan_address_is_poisoned(lonely));
		assert_int_equal(__asan_address_is_poisoned(lonely - 1), true);
		assert_int_equal(__asan_address_is_poisoned(lonely + 4096), true);
		/* The frame behind the last one of the snapshot. */
		(void)bytes_of(FRAME(9));
		assert_int_equal(__asan_address_is_poisoned(lonely - (LONELY_FRAME - FRAME(10))), true);
		twin_restore();
		assert_int_equal(__asan_address_is_poisoned(lonely - (LONELY_FRAME - FRAME(9))), true);
		assert_false(__asan_address_is_poisoned(lonely - (LONELY_FRAME - FRAME(10))));
	}
}

/* A frame that is new since the snapshot is none that a later snapshot keeps. */
static void test_new_frames_are_forgotten(void **state)
{
	uint8_t *lonely = bytes_of(FRAME(8)) + (LONELY_FRAME - FRAME(8));

	(void)state;
	twin_snapshot();
	(void)bytes_of(LONELY_FRAME);
	twin_restore();
	twin_snapshot();
	assert_false(__asan_address_is_poisoned(lonely));
	assert_false(__asan_address_is_poisoned(lonely - 1));
}

/* The kernel keeps where a process's FP registers lie. */
static void test_fp_registers_by_an_old_pointer(void **state)
{
	struct hal_fp_state *fp = hal_phys_to_ptr((phys_addr){SPARE_FRAME}, sizeof(*fp));

	(void)state;
	fp->v[3][0] = 5;
	twin.fp_is_on = true;
	twin_snapshot();
	hal_fp_load(fp);
	assert_int_equal(twin.fp.v[3][0], 5);
	twin.fp.v[3][0] = 6;
	twin_restore();
	twin.fp.v[3][0] = 7;
	hal_fp_save(fp);
	assert_int_equal(fp->v[3][0], 7);
	twin_restore();
	hal_fp_load(fp);
	assert_int_equal(twin.fp.v[3][0], 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_frames_come_back, setup),
		cmocka_unit_test_setup(test_the_last_snapshot_counts, setup),
		cmocka_unit_test_setup(test_cleared_frames_come_back, setup),
		cmocka_unit_test_setup(test_new_frames_are_hostile_again, setup),
		cmocka_unit_test_setup(test_old_pointers_are_no_good, setup),
		cmocka_unit_test_setup(test_what_the_twin_reads_stays_closed, setup),
		cmocka_unit_test_setup(test_fences_come_back, setup),
		cmocka_unit_test_setup(test_new_frames_are_forgotten, setup),
		cmocka_unit_test_setup(test_fp_registers_by_an_old_pointer, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
