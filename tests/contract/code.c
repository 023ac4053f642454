/* hal_code_sync: what was written is what runs. */
#include "hal/memory.h"
#include "tests/contract/a64.h"
#include "tests/contract/contract.h"
#include "tests/contract/space.h"

#include "core/kernel.h"
#include "lib/memory.h"

#define ASID 2

static void put(const struct address_space *space, size_t index, uint32_t word)
{
	k_memcpy(space_page(space, CODE_PAGE) + 4 * index, &word, sizeof(word));
}

static void sync(const struct address_space *space, size_t first, size_t count)
{
	phys_addr frame = {0};
	enum page_access access;

	CHECK_EQUAL(address_space_find(space, (user_addr){CODE_PAGE}, &frame, &access), K_OK);
	hal_code_sync((phys_addr){frame.value + 4 * first}, 4 * count);
}

static void check_rewritten_code(void)
{
	static const uint32_t code[] = {A64_MOVZ(0, 1), A64_SVC(0)};
	struct address_space space;

	space_make(&space, ASID, code, 2);
	CHECK_EQUAL(space_start(&space).esr, 0x56000000);
	for (uint32_t i = 1; i < 20; i++) {
		put(&space, 1, A64_SVC(i));
		sync(&space, 1, 1);
		CHECK_EQUAL(space_start(&space).esr, 0x56000000 + i);
	}
	space_end(&space);
}

/* Ranges that start and end anywhere: every line that they touch is synced. */
static void check_ranges(void)
{
	static const uint32_t code[] = {A64_SVC(0)};
	struct address_space space;

	space_make(&space, ASID, code, 1);
	for (size_t last = 0; last < 1023; last += 31) {
		for (size_t i = 0; i < last; i++) {
			put(&space, i, A64_NOP);
		}
		put(&space, last, A64_SVC(last));
		sync(&space, 0, last + 1);
		CHECK_EQUAL(space_start(&space).esr, 0x56000000 + last);
	}
	space_end(&space);
}

/* The same frames, other code: nothing of the former program is left. */
static void check_next_program(void)
{
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t code[] = {A64_SVC(100 + i)};
		struct address_space space;

		space_make(&space, ASID, code, 1);
		CHECK_EQUAL(space_start(&space).esr, 0x56000000 + 100 + i);
		space_end(&space);
	}
}

void contract_code(void)
{
	check_rewritten_code();
	check_ranges();
	check_next_program();
}
