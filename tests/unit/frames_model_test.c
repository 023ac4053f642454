/*
 * core/memory/frames.h: a long random sequence of allocations and frees, against a model.
 */
#include "core/memory/frames.h"

#include <stdbool.h>
#include <string.h>

#include "core/memory/kernel_map.h"
#include "hal/memory.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_panic.h"

#define PAGE 4096UL
#define BLOCK 0x200000UL
#define WORDS (PAGE / sizeof(uint64_t))
#define OPERATIONS 100000

/* Three ranges with 2, 1 and 0 whole blocks, all misaligned or odd in size. */
#define START (TWIN_RAM_BASE + 2 * BLOCK)
#define FRAMES_EXPECTED (1023 + 511)

static const struct phys_range ranges[] = {
	{START - 3 * PAGE, 2 * BLOCK + 5 * PAGE},
	{START + 3 * BLOCK, BLOCK + PAGE},
	{START + 5 * BLOCK, BLOCK - PAGE},
};

struct model {
	struct frames frames;
	struct kernel_map map;
	phys_addr taken[FRAMES_EXPECTED];
	size_t count;
	bool is_taken[8 * BLOCK / PAGE]; /* by page from START */
	uint64_t seed;
	size_t refused;
};

static struct model model;

static uint64_t next_random(void)
{
	model.seed ^= model.seed << 13;
	model.seed ^= model.seed >> 7;
	model.seed ^= model.seed << 17;
	return model.seed >> 8;
}

static bool is_usable(phys_addr frame)
{
	uint64_t offset = frame.value - START;

	return frame.value >= START && frame.value % PAGE == 0 &&
	       ((offset >= PAGE && offset < 2 * BLOCK) || (offset >= 3 * BLOCK + PAGE && offset < 4 * BLOCK));
}

static size_t page_of(phys_addr frame)
{
	return (frame.value - START) / PAGE;
}

/* The frame's content is its own address throughout, so that an overlap would be seen. */
static void assert_content(phys_addr frame, uint64_t word)
{
	const uint64_t *words = hal_phys_to_ptr(frame, PAGE);

	assert_int_equal(words[0], word);
	assert_memory_equal(words, words + 1, PAGE - sizeof(uint64_t));
}

static void fill(phys_addr frame)
{
	uint64_t *words = hal_phys_to_ptr(frame, PAGE);

	for (size_t index = 0; index < WORDS; index++) {
		words[index] = frame.value;
	}
}

static void allocate(void)
{
	phys_addr frame = {0};
	k_status status = frames_allocate(&model.frames, &frame);

	assert_int_equal(status, model.count < FRAMES_EXPECTED ? K_OK : K_ENOMEM);
	if (status != K_OK) {
		model.refused++;
		return;
	}
	assert_true(is_usable(frame));
	assert_false(model.is_taken[page_of(frame)]);
	assert_content(frame, 0);
	fill(frame);
	model.is_taken[page_of(frame)] = true;
	model.taken[model.count] = frame;
	model.count++;
}

static void release(void)
{
	size_t index = next_random() % model.count;
	phys_addr frame = model.taken[index];

	assert_content(frame, frame.value);
	frames_free(&model.frames, frame);
	assert_content(frame, 0);
	model.is_taken[page_of(frame)] = false;
	model.count--;
	model.taken[index] = model.taken[model.count];
}

static void call_free(void *argument)
{
	frames_free(&model.frames, *(const phys_addr *)argument);
}

/* Any page around the ranges: all that are handed out are refused as double or bad frees. */
static void release_wrongly(void)
{
	phys_addr frame = {START - BLOCK + next_random() % (8 * BLOCK) / PAGE * PAGE};

	if (!is_usable(frame)) {
		expect_panic("frame-bad-free", call_free, &frame);
	} else if (!model.is_taken[page_of(frame)]) {
		/* Every frame has been handed out once by then. */
		expect_panic("frame-double-free", call_free, &frame);
	}
}

static void step(size_t operation)
{
	/* For a while frames are mostly taken, then for a while mostly given back. */
	bool is_filling = operation / 5000 % 2 == 0;

	if (model.count == 0 || next_random() % 100 < (is_filling ? 80 : 20)) {
		allocate();
	} else {
		release();
	}
	if (operation % 1009 == 0) {
		frames_check(&model.frames);
	}
	if (operation > 5000 && operation % 997 == 0) {
		release_wrongly();
	}
	assert_int_equal(model.frames.free_count, FRAMES_EXPECTED - model.count);
	assert_int_equal(model.frames.total_count, FRAMES_EXPECTED);
}

static void random_operations_agree_with_a_model(void **state)
{
	struct region_set ram = {.count = 3};

	(void)state;
	twin_reset(NULL);
	memset(&model, 0, sizeof(model));
	model.seed = 0x6672616d6573;
	memcpy(ram.ranges, ranges, sizeof(ranges));
	kernel_map_init(&model.map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	frames_init(&model.frames, &ram, &model.map);
	for (size_t operation = 0; operation < OPERATIONS; operation++) {
		step(operation);
	}
	/* Memory was exhausted at times. */
	assert_true(model.refused > 1000);
	while (model.count != 0) {
		release();
	}
	frames_check(&model.frames);
	assert_int_equal(model.frames.free_count, FRAMES_EXPECTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
