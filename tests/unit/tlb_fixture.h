/*
 * What tests of the twin's TLB have in common: the fixture's space, entered, so that anything of it may be cached.
 */
#ifndef TESTS_UNIT_TLB_FIXTURE_H
#define TESTS_UNIT_TLB_FIXTURE_H

#include "hal_host/mmu.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/twin_fixture.h"

#define OK 0xff

static const struct hal_space other_space = {{OTHER_ROOT}, ASID + 1};

static inline int setup(void **state)
{
	fixture_setup(state);
	for (unsigned programs = 0; programs < 4; programs++) {
		twin_program(fixture_driver, NULL);
	}
	fixture_enter(&fixture_space);
	return 0;
}

static inline uint8_t access_user(uint64_t address, enum walker_access access)
{
	uint64_t physical;
	uint8_t status = OK;

	(void)mmu_translate_user(address, access, &physical, &status);
	return status;
}

static inline void break_page(uint64_t page)
{
	fixture_put_page(page, 0);
	hal_tlb_invalidate_space(ASID);
}

static inline void enter(void *space)
{
	fixture_enter(space);
}

static inline void enter_fixture(void *unused)
{
	(void)unused;
	fixture_enter(&fixture_space);
}

#endif
