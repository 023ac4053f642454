/*
 * The part of the model of a process that is about its pages: what map, unmap and protect must answer and do.
 */
#include <string.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/process.h"
#include "tests/fuzz/syscall_end.h"
#include "tests/fuzz/syscall_process.h"

static bool are_pages(uint64_t address, uint64_t length)
{
	return address % PANTHER_PAGE_SIZE == 0 && length % PANTHER_PAGE_SIZE == 0 && length != 0 &&
	       length <= PANTHER_MAP_MAX && model_is_user_range(address, length);
}

/* 0, or the error of registers that no map or protect can have. */
static int64_t pages_result(const uint64_t *x)
{
	if (!are_pages(x[0], x[1]) || (x[2] & PANTHER_READ) == 0 ||
	    (x[2] & ~(uint64_t)(PANTHER_READ | PANTHER_WRITE | PANTHER_EXECUTE)) != 0) {
		return -PANTHER_EINVAL;
	}
	return (x[2] & PANTHER_WRITE) != 0 && (x[2] & PANTHER_EXECUTE) != 0 ? -PANTHER_EACCES : 0;
}

static bool is_free(struct model_process *model, uint64_t address, uint64_t length)
{
	uint64_t end = address + length;

	for (uint64_t page = address; page != end; page += PANTHER_PAGE_SIZE) {
		if (model_find(model, page) != NULL) {
			return false;
		}
	}
	return address >= PANTHER_USER_BOTTOM &&
	       (end <= model->stack_bottom - PANTHER_USER_GUARD || address >= model->stack_bottom);
}

static void check_zeroed(const struct model_process *model, uint64_t address, uint64_t length)
{
	static const uint8_t zeros[PANTHER_PAGE_SIZE];
	uint8_t bytes[PANTHER_PAGE_SIZE];

	for (uint64_t done = 0; done != length; done += PANTHER_PAGE_SIZE) {
		if (!twin_user_read(twin_live_space(), address + done, bytes, sizeof(bytes)) ||
		    memcmp(bytes, zeros, sizeof(bytes)) != 0) {
			model_fail(model, "a new page is not there, or not zeros", address + done);
		}
	}
}

/* A call that failed did nothing. */
static void check_unchanged(struct model_process *model)
{
	const uint64_t *x = model->last.arguments;

	if (are_pages(x[0], x[1])) {
		model_check_range(model, x[0], x[1]);
	}
	end_check_account(model);
}

/* Where the kernel chooses, the place must be a good one. */
void model_judge_map(struct model_process *model, int64_t result)
{
	const uint64_t *x = model->last.arguments;
	int64_t expected = pages_result(x);
	uint64_t address = x[0];

	if (expected == 0 && address == 0) {
		address = (uint64_t)result;
		if (result >= 0 && (address < PANTHER_USER_MAP_BASE || address + x[1] > PANTHER_USER_MAP_TOP ||
				    address % PANTHER_PAGE_SIZE != 0 || !is_free(model, address, x[1]))) {
			model_fail(model, "no place to choose", address);
		}
	} else if (expected == 0 && !is_free(model, address, x[1])) {
		expected = -PANTHER_EINVAL;
	}
	if (expected == 0 && result == -PANTHER_ENOMEM && model_may_lack(model, model->frames_max)) {
		end_check_space(model);
		return;
	}
	model_expect(model, result, expected == 0 ? (int64_t)address : expected);
	if (expected != 0) {
		check_unchanged(model);
	} else {
		model_world.has_mapped = true;
		model_map(model, address, x[1], x[2]);
		check_zeroed(model, address, x[1]);
		model_check_range(model, address, x[1]);
		end_check_account(model);
	}
}

void model_judge_unmap(struct model_process *model, int64_t result)
{
	const uint64_t *x = model->last.arguments;
	bool is_right = are_pages(x[0], x[1]) && model_allows(model, x[0], x[1], PANTHER_READ);

	model_expect(model, result, is_right ? 0 : -PANTHER_EINVAL);
	if (!is_right) {
		check_unchanged(model);
	} else {
		model_world.has_mapped = true;
		model_unmap(model, x[0], x[1]);
		model_check_range(model, x[0], x[1]);
		end_check_account(model);
	}
}

static bool was_writable(struct model_process *model, uint64_t address, uint64_t length)
{
	for (uint64_t done = 0; done != length; done += PANTHER_PAGE_SIZE) {
		if (model_find(model, address + done)->was_writable) {
			return true;
		}
	}
	return false;
}

void model_judge_protect(struct model_process *model, int64_t result)
{
	const uint64_t *x = model->last.arguments;
	int64_t expected = pages_result(x);

	if (expected == 0 && !model_allows(model, x[0], x[1], PANTHER_READ)) {
		expected = -PANTHER_EINVAL;
	}
	if (expected == 0 && (x[2] & PANTHER_EXECUTE) != 0 && was_writable(model, x[0], x[1])) {
		expected = -PANTHER_EACCES;
	}
	model_expect(model, result, expected);
	if (expected != 0) {
		check_unchanged(model);
	} else {
		model_world.has_mapped = true;
		model_protect(model, x[0], x[1], x[2]);
		model_check_range(model, x[0], x[1]);
	}
}
