#include "tests/contract/space.h"

#include "abi/limits.h"
#include "core/kernel.h"
#include "hal/memory.h"
#include "hal/user.h"
#include "lib/memory.h"
#include "tests/contract/contract.h"

/* More than a space of these needs, tables counted. */
#define FRAMES_MAX 32

static void map(struct address_space *space, uint64_t page, enum page_access access)
{
	phys_addr frame;

	CHECK_EQUAL(address_space_map(space, (user_addr){page}, access, &frame), K_OK);
}

void space_make(struct address_space *space, uint64_t asid, const uint32_t *words, size_t count)
{
	phys_addr frame;
	enum page_access access;

	CHECK_EQUAL(address_space_create(space, &kernel.frames, FRAMES_MAX, &kernel.random), K_OK);
	space->space.asid = asid;
	space->generation = 1;
	map(space, CODE_PAGE, PAGE_USER_EXECUTE);
	map(space, DATA_PAGE, PAGE_USER_READ_WRITE);
	map(space, DATA_PAGE_2, PAGE_USER_READ_WRITE);
	map(space, CONSTANT_PAGE, PAGE_USER_READ);
	k_memcpy(space_page(space, CODE_PAGE), words, count * sizeof(*words));
	CHECK_EQUAL(address_space_find(space, (user_addr){CODE_PAGE}, &frame, &access), K_OK);
	hal_code_sync(frame, PANTHER_PAGE_SIZE);
}

void space_end(struct address_space *space)
{
	while (!address_space_clear(space)) {
	}
	address_space_destroy(space);
}

uint8_t *space_page(const struct address_space *space, uint64_t page)
{
	phys_addr frame = {0};
	enum page_access access;

	CHECK_EQUAL(address_space_find(space, (user_addr){page}, &frame, &access), K_OK);
	return hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE);
}

struct hal_trap space_run(const struct address_space *space, struct hal_context *context)
{
	struct hal_trap trap;

	hal_user_prepare();
	hal_user_run(context, &space->space, &trap);
	return trap;
}

struct hal_trap space_start(const struct address_space *space)
{
	struct hal_context context = {.pc = CODE_PAGE, .sp = DATA_PAGE_2};

	return space_run(space, &context);
}
