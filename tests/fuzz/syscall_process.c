#include "tests/fuzz/syscall_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"
#include "abi/process.h"
#include "hal_host/state.h"
#include "hal_host/walker.h"
#include "tests/unit/program.h"

struct model_input model_input;

static size_t place_of(const struct model_process *model, uint64_t page)
{
	size_t low = 0;
	size_t high = model->page_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (model->pages[middle].address < page) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

struct model_page *model_find(struct model_process *model, uint64_t address)
{
	uint64_t page = address / PANTHER_PAGE_SIZE * PANTHER_PAGE_SIZE;
	size_t place = place_of(model, page);

	return place < model->page_count && model->pages[place].address == page ? &model->pages[place] : NULL;
}

void model_map(struct model_process *model, uint64_t address, uint64_t length, uint64_t access)
{
	size_t place = place_of(model, address);
	size_t count = (size_t)(length / PANTHER_PAGE_SIZE);
	struct model_page *pages = model->pages + place;

	if (model->page_count + count > MODEL_PAGES_MAX) {
		model_fail(model, "more pages than the model has room for", model->page_count + count);
	}
	memmove(pages + count, pages, (model->page_count - place) * sizeof(*pages));
	for (size_t i = 0; i < count; i++) {
		pages[i] = (struct model_page){.address = address + i * PANTHER_PAGE_SIZE,
					       .access = (uint8_t)access,
					       .was_writable = (access & PANTHER_WRITE) != 0};
	}
	model->page_count += count;
}

void model_unmap(struct model_process *model, uint64_t address, uint64_t length)
{
	size_t place = place_of(model, address);
	size_t count = (size_t)(length / PANTHER_PAGE_SIZE);
	struct model_page *pages = model->pages + place;

	model->page_count -= count;
	memmove(pages, pages + count, (model->page_count - place) * sizeof(*pages));
}

void model_protect(struct model_process *model, uint64_t address, uint64_t length, uint64_t access)
{
	for (uint64_t end = address + length; address != end; address += PANTHER_PAGE_SIZE) {
		struct model_page *page = model_find(model, address);

		page->access = (uint8_t)access;
		page->was_writable = page->was_writable || (access & PANTHER_WRITE) != 0;
	}
}

bool model_allows(struct model_process *model, uint64_t address, uint64_t length, uint8_t access)
{
	uint64_t last = address + length - 1;

	if (length == 0) {
		return true;
	}
	if (last < address) {
		return false;
	}
	for (uint64_t at = address / PANTHER_PAGE_SIZE; at <= last / PANTHER_PAGE_SIZE; at++) {
		const struct model_page *page = model_find(model, at * PANTHER_PAGE_SIZE);

		if (page == NULL || (page->access & access) == 0) {
			return false;
		}
	}
	return true;
}

void model_begin(struct model_process *model, uint64_t pid, const struct hal_context *context, size_t data_pages)
{
	uint64_t stack_top = (context->sp | (PANTHER_PAGE_SIZE - 1)) + 1;

	memset(model, 0, offsetof(struct model_process, pages));
	model->pid = pid;
	model->base = context->pc - PROGRAM_CODE;
	model->stack_bottom = stack_top - PANTHER_USER_STACK_SIZE;
	model_map(model, context->pc, PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_EXECUTE);
	model_map(model, model->base + PROGRAM_CONSTANTS, PANTHER_PAGE_SIZE, PANTHER_READ);
	model_map(model, model->base + PROGRAM_DATA, data_pages * PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_WRITE);
	model_map(model, model->stack_bottom, PANTHER_USER_STACK_SIZE, PANTHER_READ | PANTHER_WRITE);
}

struct comparison {
	struct model_process *model;
	size_t seen;
};

static void compare_page(void *owner, const struct walker_translation *page)
{
	struct comparison *comparison = owner;
	const struct model_page *known = model_find(comparison->model, page->base);
	uint8_t access = (page->el0_read ? PANTHER_READ : 0) | (page->el0_write ? PANTHER_WRITE : 0) |
			 (page->el0_execute ? PANTHER_EXECUTE : 0);

	if (known == NULL || known->access != access) {
		model_fail(comparison->model, "a page that is not as the process has it", page->base | access);
	}
	comparison->seen++;
}

void model_check_pages(struct model_process *model)
{
	struct comparison comparison = {.model = model};

	walker_visit(&twin.mmu, false, compare_page, &comparison);
	if (comparison.seen != model->page_count) {
		model_fail(model, "pages are missing", comparison.seen);
	}
}

void model_fail(const struct model_process *model, const char *what, uint64_t got)
{
	const struct twin_step *step = &model->last;

	fprintf(stderr, "%s\n%s: got 0x%llx in process %llu after step %u, svc #%u, x8=%llu", twin_console(), what,
		(unsigned long long)got, (unsigned long long)model->pid, (unsigned)step->kind, step->immediate,
		(unsigned long long)step->number);
	for (unsigned i = 0; i < 6; i++) {
		fprintf(stderr, " x%u=0x%llx", i, (unsigned long long)step->arguments[i]);
	}
	fprintf(stderr, " address=0x%llx size=%u target=%u\n", (unsigned long long)step->address, step->size,
		step->target);
	abort();
}
