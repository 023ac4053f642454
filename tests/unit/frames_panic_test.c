/*
 * core/memory/frames.h: what only a bug of the kernel can do, and what frames_check sees.
 */
#include "core/memory/frames.h"

#include "tests/unit/expect_panic.h"
#include "tests/unit/frames_fixture.h"

static void call_free(void *argument)
{
	frames_free(&frames, *(const phys_addr *)argument);
}

static void call_check(void *argument)
{
	(void)argument;
	frames_check(&frames);
}

static void call_allocate(void *argument)
{
	(void)frames_allocate(&frames, argument);
}

static void expect_bad_free(uint64_t address, const char *tag)
{
	phys_addr frame = {address};

	expect_panic(tag, call_free, &frame);
}

static void double_free_panics(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr first = allocate();
	phys_addr second = allocate();

	frames_free(&frames, first);
	expect_panic("frame-double-free", call_free, &first);
	frames_free(&frames, second);
	/* Also when it is not the newest one, and when the list is longer. */
	expect_panic("frame-double-free", call_free, &first);
	expect_panic("frame-double-free", call_free, &second);
	assert_counts(511, 511);
	frames_check(&frames);
}

static void bad_free_panics(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK}, {START + 4 * BLOCK, BLOCK});
	phys_addr first = allocate();
	phys_addr last = allocate();

	fill(first, 0x77);
	/* Never handed out: above the watermark, of the other range, of no range, the table, beyond everything. */
	expect_bad_free(last.value + PAGE, "frame-bad-free");
	expect_bad_free(START + BLOCK - PAGE, "frame-bad-free");
	expect_bad_free(START + BLOCK, "frame-bad-free");
	expect_bad_free(START + 4 * BLOCK + PAGE, "frame-bad-free");
	expect_bad_free(START, "frame-bad-free");
	expect_bad_free(START - PAGE, "frame-bad-free");
	expect_bad_free(TWIN_IMAGE_BASE, "frame-bad-free");
	expect_bad_free(0, "frame-bad-free");
	expect_bad_free(UINT64_MAX, "frame-bad-free");
	expect_bad_free(UINT64_MAX - PAGE + 1, "frame-bad-free");
	/* Not a frame's first byte. */
	expect_bad_free(first.value + 1, "frame-bad-free");
	expect_bad_free(first.value + 8, "frame-bad-free");
	expect_bad_free(last.value - 1, "frame-bad-free");
	assert_int_equal(*(const uint8_t *)hal_phys_to_ptr(first, 1), 0x77);
	assert_counts(2 * 511 - 2, 2 * 511);
	frames_free(&frames, first);
	frames_free(&frames, last);
	frames_check(&frames);
}

/* K23 of the attack list: the list of free frames is not in the frames. */
static void a_stale_write_does_not_reach_the_list(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr first = allocate();
	phys_addr second = allocate();
	phys_addr third = allocate();

	frames_free(&frames, first);
	frames_free(&frames, second);
	fill(first, 0xff);
	fill(second, 0x01);
	/* What is freed later is handed out first, then each of the two is seen when its turn comes. */
	frames_free(&frames, third);
	assert_int_equal(allocate().value, third.value);
	expect_panic("page-poison", call_allocate, &third);
	fill(second, 0);
	assert_int_equal(allocate().value, second.value);
	expect_panic("page-poison", call_allocate, &third);
	fill(first, 0);
	assert_int_equal(allocate().value, first.value);
	frames_check(&frames);
}

/* K23: whichever byte it is. */
static void a_stale_write_is_seen_when_the_frame_is_used_again(void **state)
{
	phys_addr again;

	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr frame = allocate();

	frames_free(&frames, frame);
	for (size_t offset = 0; offset < PAGE; offset += 91) {
		uint8_t *byte = (uint8_t *)hal_phys_to_ptr(frame, PAGE) + offset;

		*byte = 0x80;
		expect_panic("page-poison", call_allocate, &again);
		assert_counts(511, 511);
		*byte = 0;
	}
	assert_int_equal(allocate().value, frame.value);
	frames_free(&frames, frame);
}

static uint32_t *state_of(uint32_t index)
{
	return hal_phys_to_ptr((phys_addr){START + index * 4UL}, 4);
}

static void check_sees_a_stale_write(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr frame = allocate();

	frames_free(&frames, frame);
	frames_check(&frames);
	*((uint8_t *)hal_phys_to_ptr(frame, PAGE) + PAGE - 1) = 1;
	expect_panic("page-poison", call_check, NULL);
}

static void check_sees_a_wrong_count(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	frames_free(&frames, allocate());
	frames.free_count--;
	expect_panic("frame-corrupt", call_check, NULL);
	frames.free_count += 2;
	expect_panic("frame-corrupt", call_check, NULL);
	frames.free_count--;
	frames.total_count++;
	expect_panic("frame-corrupt", call_check, NULL);
	frames.total_count--;
	frames_check(&frames);
}

/* Frames 0 and 1 are free, 2 is in use: every wrong link is seen, before it leads to a frame handed out twice. */
static void a_broken_list_is_seen(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr taken[3] = {allocate(), allocate(), allocate()};
	const uint32_t wrong_heads[] = {2, 3, 600, 1U << 28, 0xfffffffe, 0x0fffffff};

	frames_free(&frames, taken[0]);
	frames_free(&frames, taken[1]);
	frames_check(&frames);
	const uint32_t head = frames.free_head;

	for (size_t index = 0; index < sizeof(wrong_heads) / sizeof(wrong_heads[0]); index++) {
		phys_addr frame = {0x1234};

		frames.free_head = wrong_heads[index];
		expect_panic("frame-corrupt", call_check, NULL);
		expect_panic("frame-corrupt", call_allocate, &frame);
		assert_int_equal(frame.value, 0x1234);
	}
	frames.free_head = head;
	/* A ring, and a list that is too short. */
	const uint32_t link = *state_of(1);

	*state_of(1) = 1;
	expect_panic("frame-corrupt", call_check, NULL);
	*state_of(1) = 0xffffffff;
	expect_panic("frame-corrupt", call_check, NULL);
	*state_of(1) = link;
	/* A frame that is neither in use nor in the list. */
	*state_of(2) = 0xffffffff;
	expect_panic("frame-corrupt", call_check, NULL);
	*state_of(2) = 0xfffffffe;
	frames_check(&frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(double_free_panics),
		cmocka_unit_test(bad_free_panics),
		cmocka_unit_test(a_stale_write_does_not_reach_the_list),
		cmocka_unit_test(a_stale_write_is_seen_when_the_frame_is_used_again),
		cmocka_unit_test(check_sees_a_stale_write),
		cmocka_unit_test(check_sees_a_wrong_count),
		cmocka_unit_test(a_broken_list_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
