/*
 * Translation tables: what is mapped is found, by core and by the twin's walker, and every table is accounted for.
 */
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "tests/unit/page_table_fixture.h"

static uint64_t walked(uint64_t address)
{
	struct walker_registers registers = twin.mmu;
	struct walker_translation translation;
	uint8_t status;

	registers.ttbr0 = NEW_ROOT;
	if (!walker_walk(&registers, &walker_memory, address, &translation, &status)) {
		return 0;
	}
	return translation.output + (address - translation.base);
}

static uint64_t page_of(uint64_t frame)
{
	return descriptor_page((phys_addr){frame}, PAGE_USER_READ_WRITE);
}

static void test_what_is_mapped_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ADDRESS_COUNT; i++) {
		uint64_t address = addresses[i];

		assert_int_equal(page_table_lookup(root, address), DESCRIPTOR_INVALID);
		assert_int_equal(map(address, FRAME(100 + i)), K_OK);
		assert_int_equal(page_table_lookup(root, address), page_of(FRAME(100 + i)));
		assert_int_equal(page_table_lookup(root, address + 0xfff), page_of(FRAME(100 + i)));
		assert_int_equal(walked(address + 0x123), FRAME(100 + i) + 0x123);
	}
	/* None disturbed another. */
	for (size_t i = 0; i < ADDRESS_COUNT; i++) {
		assert_int_equal(walked(addresses[i]), FRAME(100 + i));
	}
}

static void test_neighbours_stay_unmapped(void **state)
{
	(void)state;
	assert_int_equal(map(0x40000000, FRAME(100)), K_OK);
	assert_int_equal(page_table_lookup(root, 0x3ffff000), DESCRIPTOR_INVALID);
	assert_int_equal(page_table_lookup(root, 0x40001000), DESCRIPTOR_INVALID);
	assert_int_equal(page_table_lookup(root, 0x40200000), DESCRIPTOR_INVALID);
	assert_int_equal(page_table_lookup(root, 0), DESCRIPTOR_INVALID);
}

static void test_only_39_bits_count(void **state)
{
	(void)state;
	assert_int_equal(page_table_map(root, 0xffffff8012345000, (phys_addr){FRAME(100)}, PAGE_KERNEL_READ, &source),
			 K_OK);
	assert_int_equal(page_table_lookup(root, 0x12345000),
			 descriptor_page((phys_addr){FRAME(100)}, PAGE_KERNEL_READ));
}

static void test_blocks(void **state)
{
	(void)state;
	assert_int_equal(map_block(0x40200000, 0x46000000), K_OK);
	assert_int_equal(page_table_lookup(root, 0x40200000),
			 descriptor_block((phys_addr){0x46000000}, PAGE_USER_READ_WRITE));
	assert_int_equal(page_table_lookup(root, 0x403fffff), page_table_lookup(root, 0x40200000));
	assert_int_equal(page_table_lookup(root, 0x40400000), DESCRIPTOR_INVALID);
	assert_int_equal(walked(0x40212345), 0x46012345);
	assert_int_equal(pool.taken, 1);
}

static void test_nothing_is_mapped_twice(void **state)
{
	(void)state;
	assert_int_equal(map(0x1000, FRAME(100)), K_OK);
	assert_int_equal(map(0x1000, FRAME(101)), K_EINVAL);
	assert_int_equal(map_block(0, 0x46000000), K_EINVAL);
	assert_int_equal(map_block(0x200000, 0x46000000), K_OK);
	assert_int_equal(map_block(0x200000, 0x46200000), K_EINVAL);
	assert_int_equal(map(0x201000, FRAME(101)), K_EINVAL);
	assert_int_equal(walked(0x1000), FRAME(100));
	assert_int_equal(walked(0x201000), 0x46001000);
}

static void test_tables_are_shared(void **state)
{
	(void)state;
	assert_int_equal(map(0x1000, FRAME(100)), K_OK);
	assert_int_equal(pool.taken, 2);
	assert_int_equal(map(0x2000, FRAME(101)), K_OK);
	assert_int_equal(pool.taken, 2);
	assert_int_equal(map(0x200000, FRAME(102)), K_OK);
	assert_int_equal(pool.taken, 3);
	assert_int_equal(map(0x40000000, FRAME(103)), K_OK);
	assert_int_equal(pool.taken, 5);
}

static void test_tables_run_out(void **state)
{
	(void)state;
	for (pool.limit = 0; pool.limit < 2; pool.limit++) {
		assert_int_equal(map(0x1000, FRAME(100)), K_ENOMEM);
		assert_int_equal(page_table_lookup(root, 0x1000), DESCRIPTOR_INVALID);
	}
	/* The table that was there is used now. */
	assert_int_equal(pool.taken, 1);
	assert_int_equal(map(0x1000, FRAME(100)), K_OK);
	assert_int_equal(pool.taken, 2);
}

static void test_tables_take_rights_away(void **state)
{
	(void)state;
	assert_int_equal(map(0x1000, FRAME(100)), K_OK);
	assert_int_equal(*fixture_entry(NEW_ROOT, 0), POOL | 0x0800000000000003);
	assert_int_equal(*fixture_entry(POOL, 0), (POOL + POOL_STRIDE) | 0x0800000000000003);
	assert_int_equal(page_table_map(root, 0xffffff8040000000, (phys_addr){FRAME(101)}, PAGE_KERNEL_READ_WRITE,
					&source),
			 K_OK);
	assert_int_equal(*fixture_entry(NEW_ROOT, 1), (POOL + 2 * POOL_STRIDE) | 0x3800000000000003);
}

static void test_unmapping(void **state)
{
	(void)state;
	assert_int_equal(map(0x1000, FRAME(100)), K_OK);
	assert_int_equal(map(0x2000, FRAME(101)), K_OK);
	assert_int_equal(page_table_unmap(root, 0x1000), page_of(FRAME(100)));
	assert_int_equal(page_table_unmap(root, 0x1000), DESCRIPTOR_INVALID);
	assert_int_equal(page_table_unmap(root, 0x3000), DESCRIPTOR_INVALID);
	assert_int_equal(page_table_unmap(root, 0x40000000), DESCRIPTOR_INVALID);
	assert_int_equal(walked(0x1000), 0);
	assert_int_equal(walked(0x2000), FRAME(101));
	assert_int_equal(map(0x1000, FRAME(102)), K_OK);
	assert_int_equal(walked(0x1000), FRAME(102));
}

static void test_unmapping_a_block(void **state)
{
	(void)state;
	assert_int_equal(map_block(0x200000, 0x46000000), K_OK);
	assert_int_equal(page_table_unmap(root, 0x234567),
			 descriptor_block((phys_addr){0x46000000}, PAGE_USER_READ_WRITE));
	assert_int_equal(walked(0x200000), 0);
}

static void test_protecting(void **state)
{
	(void)state;
	assert_int_equal(map(0x1000, FRAME(100)), K_OK);
	assert_int_equal(page_table_protect(root, 0x1000, PAGE_USER_READ), K_OK);
	/* Bit 55: it was writable. */
	assert_int_equal(page_table_lookup(root, 0x1000),
			 descriptor_page((phys_addr){FRAME(100)}, PAGE_USER_READ) | 1UL << 55);
	assert_int_equal(page_table_protect(root, 0x2000, PAGE_USER_READ), K_EINVAL);
	assert_int_equal(page_table_protect(root, 0x40000000, PAGE_USER_READ), K_EINVAL);
	assert_int_equal(map_block(0x200000, 0x46000000), K_OK);
	assert_int_equal(page_table_protect(root, 0x200000, PAGE_USER_READ), K_EINVAL);
	assert_int_equal(page_table_lookup(root, 0x2000), DESCRIPTOR_INVALID);
}

/* Visits. */

struct visits {
	size_t count;
	uint64_t address[16];
	unsigned level[16];
	uint64_t descriptor[16];
};

static void record(void *owner, uint64_t address, unsigned level, uint64_t descriptor)
{
	struct visits *visits = owner;

	assert_true(visits->count < 16);
	visits->address[visits->count] = address;
	visits->level[visits->count] = level;
	visits->descriptor[visits->count] = descriptor;
	visits->count++;
}

static void test_visits_in_order(void **state)
{
	struct visits visits = {0};

	(void)state;
	assert_int_equal(map(0x7ffffff000, FRAME(102)), K_OK);
	assert_int_equal(map_block(0x40200000, 0x46000000), K_OK);
	assert_int_equal(map(0x0, FRAME(100)), K_OK);
	assert_int_equal(map(0x1ff000, FRAME(101)), K_OK);
	page_table_visit(root, record, &visits);
	assert_int_equal(visits.count, 4);
	assert_int_equal(visits.address[0], 0);
	assert_int_equal(visits.address[1], 0x1ff000);
	assert_int_equal(visits.address[2], 0x40200000);
	assert_int_equal(visits.level[2], 2);
	assert_int_equal(visits.address[3], 0x7ffffff000);
	assert_int_equal(visits.level[3], 3);
	assert_int_equal(visits.descriptor[3], page_of(FRAME(102)));
}

static void test_visiting_nothing(void **state)
{
	struct visits visits = {0};

	(void)state;
	page_table_visit(root, record, &visits);
	assert_int_equal(visits.count, 0);
}

static void count_and_compare(void *owner, const struct walker_translation *translation)
{
	const struct visits *visits = owner;

	for (size_t i = 0; i < visits->count; i++) {
		if (visits->address[i] == translation->base) {
			assert_int_equal(visits->descriptor[i], translation->descriptor);
			assert_int_equal(visits->level[i], translation->level);
			return;
		}
	}
	fail_msg("the walker sees 0x%lx, core does not", (unsigned long)translation->base);
}

static void test_core_and_walker_see_the_same(void **state)
{
	struct walker_registers registers = twin.mmu;
	struct visits visits = {0};

	(void)state;
	registers.ttbr0 = NEW_ROOT;
	for (size_t i = 0; i < ADDRESS_COUNT; i++) {
		assert_int_equal(map(addresses[i], FRAME(100 + i)), K_OK);
	}
	page_table_visit(root, record, &visits);
	assert_int_equal(visits.count, ADDRESS_COUNT);
	walker_visit(&registers, false, count_and_compare, &visits);
}

/* Entries side by side. */

static void test_pages_side_by_side(void **state)
{
	uint64_t *entries;

	(void)state;
	assert_null(page_table_find_pages(root, 0x40200000));
	assert_int_equal(page_table_make_pages(root, 0x40200000, PAGE_USER_READ, &source, &entries), K_OK);
	assert_int_equal(pool.taken, 2);
	assert_ptr_equal(page_table_find_pages(root, 0x40200000), entries);
	assert_ptr_equal(page_table_find_pages(root, 0x40200fff), entries);
	assert_ptr_equal(page_table_find_pages(root, 0x403ff000), entries + 511);
	assert_null(page_table_find_pages(root, 0x40400000));
	assert_null(page_table_find_pages(root, 0x401ff000));
	assert_null(page_table_find_pages(root, 0x80200000));
	hal_descriptor_write(&entries[7], page_of(FRAME(100)));
	assert_int_equal(walked(0x40207123), FRAME(100) + 0x123);
	/* What is there is used. */
	assert_int_equal(page_table_make_pages(root, 0x40207000, PAGE_USER_READ, &source, &entries), K_OK);
	assert_int_equal(pool.taken, 2);
	assert_int_equal(*entries, page_of(FRAME(100)));
}

static void test_blocks_have_no_pages(void **state)
{
	uint64_t *entries;

	(void)state;
	assert_int_equal(map_block(0x40200000, 0x46000000), K_OK);
	assert_null(page_table_find_pages(root, 0x40200000));
	assert_int_equal(page_table_make_pages(root, 0x40200000, PAGE_USER_READ, &source, &entries), K_EINVAL);
}

static void test_no_table_for_pages(void **state)
{
	uint64_t *entries = NULL;

	(void)state;
	for (pool.limit = 0; pool.limit < 2; pool.limit++) {
		assert_int_equal(page_table_make_pages(root, 0x1000, PAGE_USER_READ, &source, &entries), K_ENOMEM);
		assert_null(entries);
		assert_null(page_table_find_pages(root, 0x1000));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_is_mapped_is_found, setup),
		cmocka_unit_test_setup(test_neighbours_stay_unmapped, setup),
		cmocka_unit_test_setup(test_only_39_bits_count, setup),
		cmocka_unit_test_setup(test_blocks, setup),
		cmocka_unit_test_setup(test_nothing_is_mapped_twice, setup),
		cmocka_unit_test_setup(test_tables_are_shared, setup),
		cmocka_unit_test_setup(test_tables_run_out, setup),
		cmocka_unit_test_setup(test_tables_take_rights_away, setup),
		cmocka_unit_test_setup(test_unmapping, setup),
		cmocka_unit_test_setup(test_unmapping_a_block, setup),
		cmocka_unit_test_setup(test_protecting, setup),
		cmocka_unit_test_setup(test_visits_in_order, setup),
		cmocka_unit_test_setup(test_visiting_nothing, setup),
		cmocka_unit_test_setup(test_core_and_walker_see_the_same, setup),
		cmocka_unit_test_setup(test_pages_side_by_side, setup),
		cmocka_unit_test_setup(test_blocks_have_no_pages, setup),
		cmocka_unit_test_setup(test_no_table_for_pages, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
