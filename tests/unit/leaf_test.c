/*
 * What may be stored as a leaf, and what panics. Right values as in descriptor_test.c, by hand from the Arm ARM
 * (D8.3.1).
 */
#include "core/memory/leaf.h"

#include "core/memory/page_table.h"
#include "tests/unit/expect_panic.h"
#include "tests/unit/frames_fixture.h"

#define USER 0x400000UL
#define KERNEL 0xffffffc000110000UL
#define PAGE_LEVEL 3
#define BLOCK_LEVEL 2

#define READ_ONLY (1UL << 7)
#define WAS_WRITABLE (1UL << 55)
#define GUARDED (1UL << 50)
#define UXN (1UL << 54)

static const struct {
	uint64_t address;
	uint64_t leaf;
	unsigned level;
	uint64_t free; /* beside the address: with any one of these bits changed it is another right one */
} right[] = {
	{USER, 0x0060000041234fc3, PAGE_LEVEL, UXN | WAS_WRITABLE}, /* read */
	{USER, 0x00e0000041234fc3, PAGE_LEVEL, WAS_WRITABLE | READ_ONLY},
	{USER, 0x00e0000041234f43, PAGE_LEVEL, READ_ONLY},     /* read, write */
	{USER, 0x0020000041234fc3, PAGE_LEVEL, UXN | GUARDED}, /* read, execute */
	{USER, 0x0024000041234fc3, PAGE_LEVEL, GUARDED},       /* the same, guarded */
	{KERNEL, 0x0060000041234783, PAGE_LEVEL, READ_ONLY | 1UL << 53 | 1UL << 50},
	{KERNEL, 0x0060000041234703, PAGE_LEVEL, READ_ONLY | 1UL << 50 | 1UL << 3},
	{KERNEL, 0x0040000041234783, PAGE_LEVEL, 1UL << 53 | 1UL << 50},
	{KERNEL, 0x0044000041234783, PAGE_LEVEL, 1UL << 53 | 1UL << 50}, /* guarded text */
	{KERNEL, 0x0060000009000407, PAGE_LEVEL, 0},			 /* a device */
	{KERNEL, 0x006000004123470b, PAGE_LEVEL, 1UL << 3},		 /* with tags */
	{KERNEL, 0x0060000041200701, BLOCK_LEVEL, READ_ONLY | 1UL << 50 | 1UL << 3},
};

static uint64_t address_bits(unsigned level)
{
	return level == PAGE_LEVEL ? 0x0000fffffffff000 : 0x0000ffffffe00000;
}

static void test_right_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < K_ARRAY_SIZE(right); i++) {
		assert_null(leaf_problem(right[i].address, right[i].level, right[i].leaf));
	}
}

static void test_every_bit(void **state)
{
	(void)state;
	for (size_t i = 0; i < K_ARRAY_SIZE(right); i++) {
		for (unsigned bit = 0; bit < 64; bit++) {
			uint64_t free = right[i].free | address_bits(right[i].level);
			const char *problem =
				leaf_problem(right[i].address, right[i].level, right[i].leaf ^ 1UL << bit);

			if ((problem == NULL) != ((free & 1UL << bit) != 0)) {
				fail_msg("leaf %zu, bit %u: %s", i, bit, problem == NULL ? "accepted" : problem);
			}
		}
	}
}

/* What decides on the path of a map says the same as what gives the reason, for all values two bits away from a right
 * one. */
static void test_both_rules_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < 5; i++) {
		for (unsigned bit = 0; bit < 64 * 64; bit++) {
			uint64_t leaf = right[i].leaf ^ 1UL << bit / 64 ^ 1UL << bit % 64;

			assert_int_equal(leaf_is_user_page(leaf), leaf_problem(USER, PAGE_LEVEL, leaf) == NULL);
		}
	}
}

static const struct {
	uint64_t address;
	uint64_t leaf;
	const char *tag;
	const char *problem;
} wrong[] = {
	{USER, 0x00a0000041234f43, "wx-policy", "it is writable and executable"},
	{USER, 0x0020000041234f43, "wx-policy", "it is writable and executable"},
	{KERNEL, 0x0040000041234703, "wx-policy", "it is writable and executable"},
	{USER, 0x0060000041234783, "pt-check", "a page of the kernel in the space of a program"},
	{USER, 0x0060000041234f83, "pt-check", "a page of the kernel in the space of a program"},
	{KERNEL, 0x0060000041234fc3, "pt-check", "EL0 may reach it"},
	{KERNEL, 0x00600000412347c3, "pt-check", "EL0 may reach it"},
	{USER, 0x0060000041234bc3, "pt-check", "AF is 0"},
	{KERNEL, 0x0060000041234383, "pt-check", "AF is 0"},
	{USER, 0x00600000412347c3, "pt-check", "wrong nG"},
	{KERNEL, 0x0060000041234f83, "pt-check", "wrong nG"},
	{USER, 0x0040000041234fc3, "pt-check", "EL1 may execute it"},
	{KERNEL, 0x0020000041234783, "pt-check", "EL0 may execute it"},
	{KERNEL, 0x0040000009000407, "wx-policy", "EL1 may execute it"},
	{KERNEL, 0x0060000041234483, "pt-check", "wrong memory type or shareability"},
	{KERNEL, 0x006000004123478f, "pt-check", "wrong memory type or shareability"},
	{USER, 0x0060000041234fcb, "pt-check", "wrong memory type or shareability"},
	{KERNEL, 0x006000004123479f, "pt-check", "wrong memory type or shareability"},
	{USER, 0x0060000041234fc7, "pt-check", "wrong memory type or shareability"},
	{USER, 0x0060000041234cc3, "pt-check", "wrong memory type or shareability"},
	{USER, 0x0060000041234fc1, "pt-check", "a page among blocks, or a block among pages"},
	{USER, 0x0060000041234fc2, "pt-check", "it is not valid"},
	{USER, 0x0460000041234fc3, "pt-check", "it uses bits that nobody uses"},
	{KERNEL, 0x00e0000041234783, "pt-check", "it uses bits that nobody uses"},
	{USER, 0x0064000041234fc3, "pt-check", "it is guarded, and no code"},
	{USER, 0x0060000041234f43, "pt-check", "whether it was once writable does not fit"},
	{USER, 0x00a0000041234fc3, "pt-check", "whether it was once writable does not fit"},
};

static uint64_t *entry;

static int setup(void **state)
{
	(void)state;
	make_over(32 * MIB, {TWIN_RAM_BASE, BLOCK}, {START, 2 * BLOCK}, {START + 4 * BLOCK, BLOCK});
	entry = hal_phys_to_ptr(allocate(), PAGE);
	return 0;
}

static void store(void *index)
{
	size_t i = *(size_t *)index;

	leaf_store(entry, wrong[i].address, PAGE_LEVEL, wrong[i].leaf);
}

static void test_wrong_ones_panic(void **state)
{
	for (size_t i = 0; i < K_ARRAY_SIZE(wrong); i++) {
		char line[160];

		setup(state);
		expect_panic(wrong[i].tag, store, &i);
		assert_int_equal(*entry, 0);
		snprintf(line, sizeof(line), "KPANIC[%s] %s: descriptor 0x%lx", wrong[i].tag, wrong[i].problem,
			 wrong[i].leaf);
		if (strstr(twin_console(), line) == NULL) {
			fail_msg("expected %s, got %s", line, twin_console());
		}
	}
}

static void store_user(void *page)
{
	leaf_store_user(entry, *(uint64_t *)page, &frames);
}

static void test_wrong_ones_of_programs_panic(void **state)
{
	for (size_t i = 0; i < K_ARRAY_SIZE(wrong); i++) {
		uint64_t page = (wrong[i].leaf & ~0xfffffffff000UL) | START;

		if (wrong[i].address == USER) {
			setup(state);
			expect_panic(wrong[i].tag, store_user, &page);
			assert_int_equal(*entry, 0);
		}
	}
}

static void test_frames_of_programs(void **state)
{
	static const uint64_t right_frames[] = {
		TWIN_RAM_BASE + PAGE,
		TWIN_RAM_BASE + BLOCK - PAGE,
		START,
		START + 5 * BLOCK - PAGE,
	};
	/* The table of frames, what is no RAM, and all of the image's block; beyond 40 bits. */
	static const uint64_t wrong_frames[] = {
		0,
		TWIN_RAM_BASE - PAGE,
		TWIN_RAM_BASE,
		TWIN_IMAGE_BASE,
		TWIN_IMAGE_BASE + TWIN_IMAGE_SIZE - PAGE,
		TWIN_IMAGE_BASE + BLOCK - PAGE,
		START + 5 * BLOCK,
		TWIN_UART_BASE,
		1UL << 40 | START,
		0x0000fffffffff000,
	};

	for (size_t i = 0; i < K_ARRAY_SIZE(right_frames); i++) {
		uint64_t page = right[0].leaf & ~0xfffffffff000UL;

		setup(state);
		leaf_store_user(entry, page | right_frames[i], &frames);
		assert_int_equal(*entry, page | right_frames[i]);
	}
	for (size_t i = 0; i < K_ARRAY_SIZE(wrong_frames); i++) {
		uint64_t page = (right[0].leaf & ~0xfffffffff000UL) | wrong_frames[i];

		setup(state);
		expect_panic("pt-check", store_user, &page);
		assert_non_null(strstr(twin_console(), "its frame is not for programs"));
		assert_int_equal(*entry, 0);
	}
}

/* There is no access that is both; beyond the last one the bounds of the table are a trap. */
static void test_no_access_is_writable_and_executable(void **state)
{
	(void)state;
	for (unsigned access = PAGE_KERNEL_READ; access <= PAGE_KERNEL_TAGGED; access++) {
		uint64_t page = descriptor_page((phys_addr){START}, access);
		bool is_user = access >= PAGE_USER_READ && access <= PAGE_USER_EXECUTE_GUARDED;

		assert_false(descriptor_is_writable(page) && descriptor_is_executable(page));
		assert_null(leaf_problem(is_user ? USER : KERNEL, PAGE_LEVEL, page));
		assert_non_null(leaf_problem(is_user ? KERNEL : USER, PAGE_LEVEL, page));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_ones),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_both_rules_agree),
		cmocka_unit_test_setup(test_wrong_ones_panic, setup),
		cmocka_unit_test_setup(test_wrong_ones_of_programs_panic, setup),
		cmocka_unit_test_setup(test_frames_of_programs, setup),
		cmocka_unit_test(test_no_access_is_writable_and_executable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
