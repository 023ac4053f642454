/*
 * Descriptors against the Arm ARM (D8.3.1, D8.3.2), bit by bit, and against the twin's walker.
 */
#include "core/memory/descriptor.h"

#include "hal/layout.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "tests/unit/twin_fixture.h"

#define ADDRESS 0x41234000UL
#define BLOCK 0x41200000UL
#define FIRST PAGE_KERNEL_READ
#define LAST PAGE_KERNEL_TAGGED

/*
 * Bit by bit: valid and page 3 (block 1); AttrIndx 1 is 0x004; AP[1] 0x040, AP[2] 0x080; inner shareable 0x300; AF
 * 0x400; nG 0x800; PXN 0x0020 << 48, UXN 0x0040 << 48. Of a table: PXNTable 0x0800 << 48, UXNTable 0x1000 << 48,
 * APTable[0] 0x2000 << 48. Bit 55 of a page, 0x0080 << 48, is for software: EL0 could write here.
 */
static const struct {
	uint64_t page, block, table;
	bool writable, executable, user;
} expected[] = {
	[PAGE_KERNEL_READ] = {0x0060000041234783, 0x0060000041200781, 0x3800000041234003, false, false, false},
	[PAGE_KERNEL_READ_WRITE] = {0x0060000041234703, 0x0060000041200701, 0x3800000041234003, true, false, false},
	[PAGE_KERNEL_EXECUTE] = {0x0040000041234783, 0x0040000041200781, 0x3000000041234003, false, true, false},
	[PAGE_DEVICE] = {0x0060000041234407, 0x0060000041200405, 0x3800000041234003, true, false, false},
	[PAGE_USER_READ] = {0x0060000041234fc3, 0x0060000041200fc1, 0x0800000041234003, false, false, true},
	[PAGE_USER_READ_WRITE] = {0x00e0000041234f43, 0x0060000041200f41, 0x0800000041234003, true, false, true},
	[PAGE_USER_EXECUTE] = {0x0020000041234fc3, 0x0020000041200fc1, 0x0800000041234003, false, true, true},
	/* GP is bit 50 (D8.3.2). */
	[PAGE_USER_EXECUTE_GUARDED] = {0x0024000041234fc3, 0x0024000041200fc1, 0x0800000041234003, false, true, true},
	[PAGE_KERNEL_TAGGED] = {0x006000004123470b, 0x0060000041200709, 0x3800000041234003, true, false, false},
};

static void test_values(void **state)
{
	(void)state;
	for (unsigned access = FIRST; access <= LAST; access++) {
		assert_int_equal(descriptor_page((phys_addr){ADDRESS}, access), expected[access].page);
		assert_int_equal(descriptor_block((phys_addr){BLOCK}, access), expected[access].block);
		assert_int_equal(descriptor_table((phys_addr){ADDRESS}, access), expected[access].table);
	}
}

static void test_predicates(void **state)
{
	(void)state;
	for (unsigned access = FIRST; access <= LAST; access++) {
		uint64_t page = expected[access].page;

		assert_true(descriptor_is_valid(page));
		assert_true(descriptor_is_valid(expected[access].block));
		assert_true(descriptor_is_valid(expected[access].table));
		assert_true(descriptor_is_table(expected[access].table));
		assert_false(descriptor_is_table(expected[access].block));
		assert_int_equal(descriptor_is_writable(page), expected[access].writable);
		assert_int_equal(descriptor_is_executable(page), expected[access].executable);
		assert_int_equal(descriptor_is_user(page), expected[access].user);
		assert_int_equal(descriptor_is_guarded(page), access == PAGE_USER_EXECUTE_GUARDED);
		assert_int_equal(page_access_is_code(access), expected[access].executable && expected[access].user);
		assert_false(descriptor_is_writable(page) && descriptor_is_executable(page));
	}
	assert_false(descriptor_is_valid(DESCRIPTOR_INVALID));
	assert_false(descriptor_is_valid(expected[0].page & ~1UL));
}

static void test_what_was_writable_stays_so(void **state)
{
	static const enum page_access user[] = {PAGE_USER_READ, PAGE_USER_READ_WRITE, PAGE_USER_EXECUTE};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		uint64_t never = expected[user[i]].page;
		uint64_t was = descriptor_with_access(expected[PAGE_USER_READ_WRITE].page, user[i]);

		assert_int_equal(descriptor_was_writable(never), user[i] == PAGE_USER_READ_WRITE);
		assert_int_equal(was, never | 1UL << 55);
		assert_true(descriptor_was_writable(was));
		assert_true(descriptor_was_writable(descriptor_with_access(was, PAGE_USER_READ)));
		assert_int_equal(descriptor_with_access(expected[PAGE_USER_READ].page, user[i]), never);
	}
	/* The kernel's own pages are never a program's. */
	assert_false(descriptor_was_writable(expected[PAGE_KERNEL_READ_WRITE].page));
}

static void test_executable_at_either_level(void **state)
{
	(void)state;
	assert_true(descriptor_is_executable(0x0020000041234783));
	assert_true(descriptor_is_executable(0x0040000041234783));
	assert_true(descriptor_is_executable(0x0000000041234783));
	assert_false(descriptor_is_executable(0x0060000041234783));
}

static void test_every_address_bit(void **state)
{
	(void)state;
	for (unsigned bit = 12; bit < 48; bit++) {
		phys_addr address = {1UL << bit};

		assert_int_equal(descriptor_page(address, PAGE_USER_READ), 0x0060000000000fc3 | 1UL << bit);
		assert_int_equal(descriptor_address(descriptor_page(address, PAGE_USER_READ)).value, 1UL << bit);
		assert_int_equal(descriptor_address(descriptor_table(address, PAGE_USER_READ)).value, 1UL << bit);
	}
	assert_int_equal(descriptor_address(~0UL).value, 0x0000fffffffff000);
}

/* Puts a descriptor where the walker finds it: the kernel's half for kernel pages, the fixture's space for user ones.
 */
static uint64_t put(uint64_t descriptor, bool user)
{
	if (user) {
		ram_table_store(LEVEL3 + 8 * 3, descriptor);
		return UNMAPPED;
	}
	ram_table_store(twin_boot_info()->kernel_root.value + 0x2000 + 8 * 0x110, descriptor);
	return KERNEL_IMAGE_BASE + 0x110000;
}

static void test_walker_agrees(void **state)
{
	struct walker_registers registers = twin.mmu;

	(void)state;
	registers.ttbr0 = ROOT;
	registers.sctlr |= 1UL << 35; /* BT0: a CPU with FEAT_BTI */
	registers.mair = 0xf004ff;
	for (unsigned access = FIRST; access <= LAST; access++) {
		struct walker_translation page;
		bool user = expected[access].user;
		bool executable = expected[access].executable;
		uint64_t address = put(descriptor_page((phys_addr){ADDRESS}, access), user);
		uint8_t status;

		assert_true(walker_walk(&registers, &walker_memory, address, &page, &status));
		assert_int_equal(page.output, ADDRESS);
		assert_int_equal(page.memory, access == PAGE_DEVICE	     ? 0x04
					      : access == PAGE_KERNEL_TAGGED ? 0xf0
									     : 0xff);
		assert_int_equal(page.is_global, !user);
		assert_int_equal(page.is_guarded, access == PAGE_USER_EXECUTE_GUARDED);
		assert_int_equal(page.el0_read, user);
		assert_int_equal(page.el0_write, user && expected[access].writable);
		assert_int_equal(page.el0_execute, user && executable);
		assert_int_equal(page.el1_write, expected[access].writable);
		assert_int_equal(page.el1_execute, !user && executable);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_values, fixture_setup),
		cmocka_unit_test_setup(test_predicates, fixture_setup),
		cmocka_unit_test_setup(test_what_was_writable_stays_so, fixture_setup),
		cmocka_unit_test_setup(test_executable_at_either_level, fixture_setup),
		cmocka_unit_test_setup(test_every_address_bit, fixture_setup),
		cmocka_unit_test_setup(test_walker_agrees, fixture_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
