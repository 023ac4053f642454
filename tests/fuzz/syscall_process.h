/*
 * What the system call fuzzer knows of a process by the ABI alone: its pages, the calls it may make, its registers, and
 * what it did last. Nothing of it is read from the kernel's own account of the same things.
 */
#ifndef TESTS_FUZZ_SYSCALL_PROCESS_H
#define TESTS_FUZZ_SYSCALL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/limits.h"
#include "hal/context.h"
#include "hal_host/twin.h"

#define MODEL_PAGES_MAX 8192

struct model_page {
	uint64_t address;
	uint8_t access; /* PANTHER_READ and so on */
	bool was_writable;
};

struct model_process {
	uint64_t pid; /* 0: there was none in this place yet */
	uint64_t calls;
	uint64_t calls_of_children; /* those it had at its first spawn */
	uint64_t base;		    /* what its program's addresses count from: 0 unless it is position-independent */
	uint64_t stack_bottom;
	uint64_t vectors[32]; /* the low halves of V0 to V31 */
	uint64_t thread_pointer;
	struct twin_step last;	    /* whose outcome the next call of the driver sees */
	struct hal_context context; /* what the registers must be then, x0 and pc apart */
	uint64_t time;		    /* what clock said last */
	uint64_t waited;	    /* the child that wait told about last */
	uint64_t child_calls;	    /* what the child of the last spawn may call */
	bool has_last;
	size_t page_count;
	struct model_page pages[MODEL_PAGES_MAX]; /* ascending */
};

/* Console input, in bytes: what was typed, and what all processes have read. */
extern struct model_input {
	uint64_t typed;
	uint64_t read;
} model_input;

/* A process that has just been entered for the first time. `data_pages` is how many its program has of them. */
void model_begin(struct model_process *model, uint64_t pid, const struct hal_context *context, size_t data_pages);

/* The page that an address lies on, or NULL. */
struct model_page *model_find(struct model_process *model, uint64_t address);

void model_map(struct model_process *model, uint64_t address, uint64_t length, uint64_t access);
void model_unmap(struct model_process *model, uint64_t address, uint64_t length);
void model_protect(struct model_process *model, uint64_t address, uint64_t length, uint64_t access);

/* May the process use all of these bytes in that way? */
bool model_allows(struct model_process *model, uint64_t address, uint64_t length, uint8_t access);

/* Ends the fuzzer, with what the process did last. */
_Noreturn void model_fail(const struct model_process *model, const char *what, uint64_t got);

/* Ends the fuzzer unless the last call answered what it must. */
void model_expect(const struct model_process *model, int64_t result, int64_t expected);

/* Are all of these bytes below the user limit? */
static inline bool model_is_user_range(uint64_t address, uint64_t length)
{
	return length <= PANTHER_USER_TOP && address <= PANTHER_USER_TOP - length;
}

/* The outcomes of map, unmap and protect, and what they do to the pages. */
void model_judge_map(struct model_process *model, int64_t result);
void model_judge_unmap(struct model_process *model, int64_t result);
void model_judge_protect(struct model_process *model, int64_t result);

/* Compares the outcome of the last step with the ABI, and learns from it. `printed` is how much of the console it took
 * where that is known. */
void model_judge(struct model_process *model, const struct hal_context *context);

/* How many bytes the last step prints, as the ABI has it. */
size_t model_printed(struct model_process *model);

/* Is the last step one that the CPU stops? */
bool model_faults(struct model_process *model);

/* Can what comes after the last step be executed? */
bool model_has_next(struct model_process *model);

/* Compares the pages with those that the tables of the live space have. */
void model_check_pages(struct model_process *model);

#endif
