/*
 * What tests of the twin's walker have in common: walks through the fixture's tables, changed past all rules.
 */
#ifndef TESTS_UNIT_WALKER_FIXTURE_H
#define TESTS_UNIT_WALKER_FIXTURE_H

#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/walker.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/twin_fixture.h"

#define OK 0xff /* no fault */

static struct walker_registers registers;

static inline int setup(void **state)
{
	fixture_setup(state);
	registers = twin.mmu;
	registers.ttbr0 = ROOT;
	return 0;
}

/* Changes a descriptor past all rules: the walker is what is tested. */
static inline void poke(uint64_t table, unsigned index, uint64_t descriptor)
{
	ram_table_store(table + 8 * index, descriptor);
}

static inline uint8_t walk(uint64_t address, struct walker_translation *translation)
{
	uint8_t status = OK;

	(void)walker_walk(&registers, &walker_memory, address, translation, &status);
	return status;
}

static inline uint8_t access_page(uint64_t address, enum walker_access access, bool privileged)
{
	struct walker_translation translation;
	uint8_t status = walk(address, &translation);

	if (status == OK) {
		(void)walker_allows(&translation, access, privileged, &status);
	}
	return status;
}

#endif
