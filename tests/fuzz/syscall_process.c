#include "tests/fuzz/syscall_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"
#include "abi/process.h"
#include "core/kernel.h"
#include "hal/cpu.h"
#include "hal_host/check.h"
#include "hal_host/state.h"
#include "hal_host/walker.h"
#include "tests/fuzz/syscall_table.h"

#define NANOSECONDS_A_SECOND 1000000000

/* More than one call needs. */
#define ROOM_FRAMES 256
/* More than all the kernel's own turns need from one step of a process to the next. */
#define SHORT_FRAMES 1024

struct model_world model_world;

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

struct segment {
	uint64_t address;
	uint64_t pages;
	uint8_t access;
};

static const struct segment player_segments[] = {
	{SCRIPT_CODE_ADDRESS, 1, PANTHER_READ | PANTHER_EXECUTE},
	{SCRIPT_CONST_ADDRESS, 1, PANTHER_READ},
	{SCRIPT_DATA_ADDRESS, SCRIPT_DATA_SIZE / PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_WRITE},
	{SCRIPT_STATE_ADDRESS, 1, PANTHER_READ | PANTHER_WRITE},
	{SCRIPT_SCRIPTS_ADDRESS, 1, PANTHER_READ},
};

static const struct segment big_segments[] = {
	{SCRIPT_CODE_ADDRESS, 1, PANTHER_READ | PANTHER_EXECUTE},
	{SCRIPT_DATA_ADDRESS, SCRIPT_BIG_PAGES, PANTHER_READ | PANTHER_WRITE},
};

static void map_segments(struct model_process *model, const struct segment *segments, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		model_map(model, segments[i].address, segments[i].pages * PANTHER_PAGE_SIZE, segments[i].access);
	}
}

void model_begin(struct model_process *model, uint64_t pid, const struct hal_context *context, enum model_role role)
{
	uint64_t stack_top = (context->sp | (PANTHER_PAGE_SIZE - 1)) + 1;

	memset(model, 0, offsetof(struct model_process, pages));
	model->pid = pid;
	model->role = role;
	model->stack_bottom = stack_top - PANTHER_USER_STACK_SIZE;
	if (role == MODEL_BIG) {
		map_segments(model, big_segments, sizeof(big_segments) / sizeof(big_segments[0]));
	} else {
		map_segments(model, player_segments, sizeof(player_segments) / sizeof(player_segments[0]));
	}
	model_map(model, model->stack_bottom, PANTHER_USER_STACK_SIZE, PANTHER_READ | PANTHER_WRITE);
}

struct comparison {
	struct model_process *model;
	size_t seen;
	size_t kernel_count;
	uint64_t kernel_frames[2 * PROCESS_SLOTS];
};

/* The frames of FP registers and root tables, of whatever process, are the kernel's. */
static void note_kernel_frames(struct comparison *comparison)
{
	struct table_walk walk = {0};

	for (const struct process *process = table_next(&walk); process != NULL; process = table_next(&walk)) {
		if (process->state != PROCESS_ENDING && process->state != PROCESS_ENDED) {
			comparison->kernel_frames[comparison->kernel_count++] = process->register_frame.value;
			comparison->kernel_frames[comparison->kernel_count++] = process->space.space.root.value;
		}
	}
}

static void check_frame(const struct comparison *comparison, const struct walker_translation *page)
{
	for (size_t i = 0; i < comparison->kernel_count; i++) {
		if (walker_leads_to(page, comparison->kernel_frames[i])) {
			model_fail(comparison->model, "a page that is the kernel's", page->base);
		}
	}
}

static uint8_t access_of(const struct walker_translation *page)
{
	return (page->el0_read ? PANTHER_READ : 0) | (page->el0_write ? PANTHER_WRITE : 0) |
	       (page->el0_execute ? PANTHER_EXECUTE : 0);
}

static void compare_page(void *owner, const struct walker_translation *page)
{
	struct comparison *comparison = owner;
	const struct model_page *known = model_find(comparison->model, page->base);

	if (known == NULL || known->access != access_of(page)) {
		model_fail(comparison->model, "a page that is not as the process has it", page->base | access_of(page));
	}
	check_frame(comparison, page);
	comparison->seen++;
}

uint64_t model_now(void)
{
	unsigned __int128 ticks = hal_time_ticks() - TWIN_FIRST_TICK;
	unsigned __int128 now = ticks * NANOSECONDS_A_SECOND / TWIN_FREQUENCY_DEFAULT;

	return now > UINT64_MAX ? UINT64_MAX : (uint64_t)now;
}

/* Between a call and the moment when its answer is judged others may have ended, and given memory back. */
void model_note_memory(void)
{
	if (kernel.frames.free_count < SHORT_FRAMES) {
		model_world.was_scarce = true;
	}
}

bool model_may_lack(const struct model_process *model, uint64_t limit)
{
	const struct process *process = process_table_find(&kernel.processes, model->pid);

	return model_world.was_scarce || limit - process->space.frames_used < ROOM_FRAMES;
}

uint64_t model_check_pages(struct model_process *model, const struct hal_space *space)
{
	struct comparison comparison = {.model = model};
	uint64_t tables;

	note_kernel_frames(&comparison);
	tables = check_space(space, compare_page, &comparison);
	if (comparison.seen != model->page_count) {
		model_fail(model, "pages are missing", comparison.seen);
	}
	return tables;
}

/* With the pages beside the range. */
void model_check_range(struct model_process *model, uint64_t address, uint64_t length)
{
	uint64_t first = address < PANTHER_PAGE_SIZE ? 0 : address - PANTHER_PAGE_SIZE;
	uint64_t end = address + length + PANTHER_PAGE_SIZE;

	for (uint64_t page = first; page < end && page < PANTHER_USER_TOP; page += PANTHER_PAGE_SIZE) {
		const struct model_page *known = model_find(model, page);
		struct walker_translation found;
		uint8_t status;
		bool is_mapped = walker_walk(&twin.mmu, &walker_memory, page, &found, &status);

		if (is_mapped != (known != NULL) || (is_mapped && known->access != access_of(&found))) {
			model_fail(model, "a page that is not as the process has it", page);
		}
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
