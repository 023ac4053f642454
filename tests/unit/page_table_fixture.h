/*
 * A root table, and a pool that its further tables come from and go back to. One per test file.
 */
#ifndef TESTS_UNIT_PAGE_TABLE_FIXTURE_H
#define TESTS_UNIT_PAGE_TABLE_FIXTURE_H

#include "core/memory/page_table.h"

#include "tests/unit/twin_fixture.h"

#define NEW_ROOT FRAME(16)
#define POOL FRAME(32)
#define POOL_STRIDE 0x2000UL /* behind each table lies a frame of zeros: who reads on finds nothing */
#define POOL_SIZE 32

/* Tables come from here, and are counted. */
static struct {
	unsigned limit;
	unsigned taken;
	unsigned given_back;
} pool;

static inline k_status take(void *owner, phys_addr *table)
{
	(void)owner;
	if (pool.taken == pool.limit) {
		return K_ENOMEM;
	}
	*table = (phys_addr){POOL + POOL_STRIDE * pool.taken++};
	hal_frame_clear(*table);
	hal_frame_clear((phys_addr){table->value + 0x1000});
	return K_OK;
}

static inline void give_back(void *owner, phys_addr table)
{
	(void)owner;
	pool.given_back++;
	/* Whoever has it next finds nothing; another table above it must not be read any more. */
	hal_frame_clear(table);
}

static const struct table_source source = {.take = take, .give_back = give_back, .owner = NULL};
static const phys_addr root = {NEW_ROOT};

static inline int setup(void **state)
{
	fixture_setup(state);
	hal_frame_clear(root);
	memset(&pool, 0, sizeof(pool));
	pool.limit = POOL_SIZE;
	return 0;
}

static inline k_status map(uint64_t address, uint64_t frame)
{
	return page_table_map(root, address, (phys_addr){frame}, PAGE_USER_READ_WRITE, &source);
}

static inline k_status map_block(uint64_t address, uint64_t block)
{
	return page_table_map_block(root, address, (phys_addr){block}, PAGE_USER_READ_WRITE, &source);
}

/* One page at each interesting index of each level. */
static const uint64_t addresses[] = {
	0x0,	    0x1000,	0x1ff000,     0x200000,	    0x3fffe000,	  0x3ffff000,	0x40000000,
	0x40001000, 0x7fe00000, 0x3ffffff000, 0x4000000000, 0x7fc0000000, 0x7fffe00000, 0x7ffffff000,
};
#define ADDRESS_COUNT (sizeof(addresses) / sizeof(addresses[0]))

#endif
