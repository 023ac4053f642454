/* hal/tags.h. The heap has no blocks yet: its memory is there to be painted. */
#include "hal/tags.h"
#include "core/kernel.h"
#include "lib/memory.h"
#include "tests/contract/contract.h"

#define FILL 0x5c
#define BLOCK_SIZE ((size_t)(4 * HAL_TAGS_GRANULE))
#define ROUNDS 200

/* Three blocks side by side, the middle one first. */
static uint8_t *block_at(size_t number)
{
	return &kernel.heap.arena[number * BLOCK_SIZE];
}

static bool is_all(const uint8_t *bytes, uint8_t value)
{
	for (size_t i = 0; i < BLOCK_SIZE; i++) {
		if (bytes[i] != value) {
			return false;
		}
	}
	return true;
}

/* Every byte of the block is reached by the pointer that painting gave, and the heap finds that pointer again. */
static void check_painted(uint8_t *block, uint8_t *painted)
{
	CHECK(hal_tags_strip(painted) == hal_tags_strip(block));
	for (size_t offset = 0; offset < BLOCK_SIZE; offset += HAL_TAGS_GRANULE) {
		CHECK(hal_tags_pointer(block + offset) == painted + offset);
		CHECK(hal_tags_pointer(painted + offset) == painted + offset);
	}
}

static void check_content_stays(void)
{
	uint8_t *first = hal_tags_paint(block_at(1), BLOCK_SIZE);
	uint8_t *second;

	check_painted(block_at(1), first);
	k_memset(first, FILL, BLOCK_SIZE);
	second = hal_tags_paint(first, BLOCK_SIZE);
	check_painted(block_at(1), second);
	CHECK(is_all(second, FILL));
	k_memset(second, 0, BLOCK_SIZE);
	CHECK(is_all(hal_tags_pointer(block_at(1)), 0));
}

/* With tags: a stale pointer never has the block's, a neighbour's never has, and no pointer without a tag. */
static void check_tags_differ(void)
{
	bool has_tags = hal_tags_paint(block_at(1), BLOCK_SIZE) != block_at(1);
	unsigned same = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		const uint8_t *stale = hal_tags_pointer(block_at(1));
		const uint8_t *left = hal_tags_paint(block_at(0), BLOCK_SIZE);
		const uint8_t *right = hal_tags_paint(block_at(2), BLOCK_SIZE);
		const uint8_t *painted = hal_tags_paint(block_at(1), BLOCK_SIZE);

		same += painted == stale;
		same += painted - left == (ptrdiff_t)BLOCK_SIZE;
		same += right - painted == (ptrdiff_t)BLOCK_SIZE;
		same += painted == block_at(1);
	}
	CHECK_EQUAL(same, has_tags ? 0 : 4 * ROUNDS);
}

void contract_tags(void)
{
	CHECK(hal_tags_strip(block_at(1)) == (uintptr_t)block_at(1));
	CHECK(hal_tags_strip(&kernel) == (uintptr_t)&kernel);
	check_content_stays();
	check_tags_differ();
}
