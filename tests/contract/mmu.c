/* hal/mmu.h, seen through user copies. */
#include "hal/mmu.h"
#include "core/kernel.h"
#include "core/memory/page_table.h"
#include "hal/user.h"
#include "tests/contract/a64.h"
#include "tests/contract/contract.h"
#include "tests/contract/space.h"

#define FIRST_ASID 2
#define SECOND_ASID 3

static const uint32_t call[] = {A64_SVC(0), A64_B(-1)};

static bool read_byte(const struct address_space *space, uint64_t address, uint8_t *value)
{
	return hal_copy_from_user(&space->space, value, (user_addr){address}, 1);
}

static bool write_byte(const struct address_space *space, uint64_t address, uint8_t value)
{
	return hal_copy_to_user(&space->space, (user_addr){address}, &value, 1);
}

/* Each read is a call of its own: no call may read a byte twice. */
static void check_reads(const struct address_space *space, uint64_t address, uint8_t expected)
{
	uint8_t value = 0;

	CHECK_EQUAL(space_start(space).esr, 0x56000000);
	CHECK(read_byte(space, address, &value));
	CHECK_EQUAL(value, expected);
}

static void check_unmapping(void)
{
	struct address_space space;
	uint64_t descriptor;
	uint8_t value;

	space_make(&space, FIRST_ASID, call, 2);
	space_page(&space, DATA_PAGE)[0] = 0x11;
	check_reads(&space, DATA_PAGE, 0x11);
	descriptor = page_table_unmap(space.space.root, DATA_PAGE);
	hal_tlb_invalidate_space(FIRST_ASID);
	CHECK(!read_byte(&space, DATA_PAGE + 1, &value));
	CHECK(!write_byte(&space, DATA_PAGE + 1, 0));
	/* Its neighbour is still there. */
	CHECK(read_byte(&space, DATA_PAGE_2, &value));
	CHECK_EQUAL(page_table_map(space.space.root, DATA_PAGE, descriptor_address(descriptor), PAGE_USER_READ_WRITE,
				   NULL),
		    K_OK);
	check_reads(&space, DATA_PAGE, 0x11);
	space_end(&space);
}

static void check_another_frame(void)
{
	struct address_space space;
	phys_addr first, second;

	space_make(&space, FIRST_ASID, call, 2);
	space_page(&space, DATA_PAGE)[0] = 0x11;
	space_page(&space, DATA_PAGE_2)[0] = 0x22;
	check_reads(&space, DATA_PAGE, 0x11);
	first = descriptor_address(page_table_unmap(space.space.root, DATA_PAGE));
	second = descriptor_address(page_table_unmap(space.space.root, DATA_PAGE_2));
	hal_tlb_invalidate_space(FIRST_ASID);
	CHECK_EQUAL(page_table_map(space.space.root, DATA_PAGE, second, PAGE_USER_READ_WRITE, NULL), K_OK);
	CHECK_EQUAL(page_table_map(space.space.root, DATA_PAGE_2, first, PAGE_USER_READ_WRITE, NULL), K_OK);
	check_reads(&space, DATA_PAGE, 0x22);
	check_reads(&space, DATA_PAGE_2, 0x11);
	space_end(&space);
}

static void check_rights(void)
{
	struct address_space space;
	uint8_t value;

	space_make(&space, FIRST_ASID, call, 2);
	(void)space_start(&space);
	CHECK(write_byte(&space, DATA_PAGE, 0x33));
	CHECK_EQUAL(page_table_protect(space.space.root, DATA_PAGE, PAGE_USER_READ), K_OK);
	hal_tlb_invalidate_space(FIRST_ASID);
	CHECK(!write_byte(&space, DATA_PAGE, 0x44));
	CHECK(read_byte(&space, DATA_PAGE, &value));
	CHECK_EQUAL(value, 0x33);
	CHECK_EQUAL(page_table_protect(space.space.root, DATA_PAGE, PAGE_USER_READ_WRITE), K_OK);
	hal_tlb_invalidate_space(FIRST_ASID);
	CHECK(write_byte(&space, DATA_PAGE + 1, 0x44));
	CHECK_EQUAL(space_page(&space, DATA_PAGE)[1], 0x44);
	space_end(&space);
}

/* Two spaces, one address, two values, whichever way they are switched. */
static void check_two_spaces(void)
{
	struct address_space first, second;

	space_make(&first, FIRST_ASID, call, 2);
	space_make(&second, SECOND_ASID, call, 2);
	space_page(&first, DATA_PAGE)[0] = 0x11;
	space_page(&second, DATA_PAGE)[0] = 0x22;
	for (unsigned i = 0; i < 3; i++) {
		check_reads(&first, DATA_PAGE, 0x11);
		check_reads(&second, DATA_PAGE, 0x22);
	}
	/* The end of one leaves the other alone. */
	space_end(&first);
	check_reads(&second, DATA_PAGE, 0x22);
	space_end(&second);
}

/* A tag that was invalidated starts anew. */
static void check_used_tag(void)
{
	for (uint8_t value = 1; value < 4; value++) {
		struct address_space space;

		space_make(&space, FIRST_ASID, call, 2);
		space_page(&space, DATA_PAGE)[0] = value;
		check_reads(&space, DATA_PAGE, value);
		space_end(&space);
	}
}

/* One page of one space: its neighbour and the other space keep theirs. */
static void check_one_page(void)
{
	struct address_space first, second;
	uint64_t descriptor;
	uint8_t value;

	space_make(&first, FIRST_ASID, call, 2);
	space_make(&second, SECOND_ASID, call, 2);
	space_page(&first, DATA_PAGE)[0] = 0x11;
	space_page(&second, DATA_PAGE)[0] = 0x22;
	check_reads(&second, DATA_PAGE, 0x22);
	check_reads(&first, DATA_PAGE, 0x11);
	descriptor = page_table_unmap(first.space.root, DATA_PAGE);
	hal_tlb_invalidate_page(FIRST_ASID, (user_addr){DATA_PAGE});
	CHECK(!read_byte(&first, DATA_PAGE + 1, &value));
	CHECK(!write_byte(&first, DATA_PAGE + 1, 0));
	CHECK(read_byte(&first, DATA_PAGE_2, &value));
	check_reads(&second, DATA_PAGE, 0x22);
	CHECK_EQUAL(page_table_map(first.space.root, DATA_PAGE, descriptor_address(descriptor), PAGE_USER_READ, NULL),
		    K_OK);
	check_reads(&first, DATA_PAGE, 0x11);
	CHECK(!write_byte(&first, DATA_PAGE + 1, 0));
	space_end(&first);
	space_end(&second);
}

/* After that every tag may name any space. */
static void check_all_forgotten(void)
{
	struct address_space first, second;

	space_make(&first, FIRST_ASID, call, 2);
	space_make(&second, SECOND_ASID, call, 2);
	space_page(&first, DATA_PAGE)[0] = 0x11;
	space_page(&second, DATA_PAGE)[0] = 0x22;
	check_reads(&first, DATA_PAGE, 0x11);
	check_reads(&second, DATA_PAGE, 0x22);
	hal_space_park();
	hal_tlb_invalidate_all();
	first.space.asid = SECOND_ASID;
	second.space.asid = FIRST_ASID;
	check_reads(&first, DATA_PAGE, 0x11);
	check_reads(&second, DATA_PAGE, 0x22);
	space_end(&first);
	space_end(&second);
}

/* Copies follow the space that was entered, though nothing runs in it. Each byte is read once. */
static void check_entering(void)
{
	struct address_space first, second;
	uint8_t value = 0;

	space_make(&first, FIRST_ASID, call, 2);
	space_make(&second, SECOND_ASID, call, 2);
	CHECK_EQUAL(space_start(&first).esr, 0x56000000);
	for (uint8_t i = 0; i < 3; i++) {
		space_page(&first, DATA_PAGE)[i] = (uint8_t)(0x10 + i);
		space_page(&second, DATA_PAGE)[i] = (uint8_t)(0x20 + i);
		hal_space_enter(&second.space);
		CHECK(read_byte(&second, DATA_PAGE + i, &value));
		CHECK_EQUAL(value, 0x20U + i);
		CHECK(write_byte(&second, DATA_PAGE_2, (uint8_t)(0x30 + i)));
		CHECK_EQUAL(space_page(&second, DATA_PAGE_2)[0], 0x30U + i);
		CHECK_EQUAL(space_page(&first, DATA_PAGE_2)[0], 0);
		hal_space_enter(&first.space);
		CHECK(read_byte(&first, DATA_PAGE + i, &value));
		CHECK_EQUAL(value, 0x10U + i);
	}
	hal_space_park();
	hal_space_enter(&second.space);
	CHECK(!read_byte(&second, UNMAPPED_PAGE, &value));
	CHECK(read_byte(&second, DATA_PAGE + 3, &value));
	CHECK_EQUAL(space_start(&first).esr, 0x56000000);
	space_end(&second);
	space_end(&first);
}

static void check_parking(void)
{
	struct address_space space;

	space_make(&space, FIRST_ASID, call, 2);
	(void)space_start(&space);
	hal_space_park();
	hal_space_park();
	space_page(&space, DATA_PAGE)[0] = 0x55;
	check_reads(&space, DATA_PAGE, 0x55);
	space_end(&space);
}

void contract_mmu(void)
{
	check_unmapping();
	check_another_frame();
	check_rights();
	check_two_spaces();
	check_used_tag();
	check_one_page();
	check_all_forgotten();
	check_entering();
	check_parking();
}
