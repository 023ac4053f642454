/*
 * What the system call fuzzer knows of a process by the ABI alone: its pages, the calls it may make, its registers, and
 * what it did last. Nothing of it is read from the kernel's own account of the same things.
 */
#ifndef TESTS_FUZZ_SYSCALL_PROCESS_H
#define TESTS_FUZZ_SYSCALL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/process.h"
#include "hal/context.h"
#include "hal_host/twin.h"
#include "tests/script/script.h"

#define MODEL_PAGES_MAX 8192

/* By the name of its program in the archive. */
enum model_role {
	MODEL_DIRECTOR, /* the first process: waits for process 0 of the script, and ends what is left behind it */
	MODEL_PLAYER,
	MODEL_BIG, /* exits at once */
};

struct model_page {
	uint64_t address;
	uint32_t access;       /* PANTHER_READ and so on */
	uint32_t was_writable; /* it ever was */
};

struct model_process {
	uint64_t pid;	 /* 0: there was none in this place yet */
	uint64_t parent; /* that spawned it; 0: none */
	uint64_t root;	 /* the address of its root table */
	uint64_t calls;
	uint64_t calls_of_children; /* those it had at its first spawn */
	uint64_t frames_max;
	uint64_t children_max;
	uint64_t stack_bottom;
	uint64_t vector; /* both halves of V0 */
	uint64_t thread_pointer;
	enum model_role role;
	struct script_player player;
	const struct script_step *step; /* of the script, which is being played; NULL: none */
	unsigned part;			/* of it: several steps of the twin may make one of the script */
	bool copy_faults;		/* at byte copy_fault_at of a user copy of the last call */
	uint64_t copy_fault_at;
	int64_t spawn_error;	/* what the last spawn must answer, or 0 if nothing speaks against it */
	bool spawn_is_roomy;	/* its child has room for its program */
	bool table_is_full;	/* there are as many processes as there can be */
	bool may_be_killed;	/* its parent has called kill */
	uint64_t faults_before; /* model_world.copy_faults when its last step had begun */
	unsigned child_count;
	uint64_t children[PANTHER_PROCESSES_MAX]; /* that it spawned and has not waited for */
	uint64_t stored;			  /* bytes that the kernel has copied to it since its last step began */
	struct twin_step last;			  /* whose outcome the next call of the driver sees */
	struct hal_context context;		  /* what the registers must be then, x0 and pc apart */
	uint64_t child_calls;			  /* what the child of the last spawn may call */
	bool has_last;
	size_t page_count;
	struct model_page pages[MODEL_PAGES_MAX]; /* ascending */
};

/* What all processes of a run have to do with. */
extern struct model_world {
	uint64_t copy_faults; /* how often a copy was to fault */
	bool was_scarce;      /* memory, at some time */
	bool has_mapped;      /* somebody's pages are others than those of his program */
} model_world;

/* A process that has just been entered for the first time. */
void model_begin(struct model_process *model, uint64_t pid, const struct hal_context *context, enum model_role role);

/* The last step is a system call, which is about to be made: looks at what the caller has for it. */
void model_begin_call(struct model_process *model);
void model_begin_spawn(struct model_process *model);

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

/* The model of a process that has made a step, or NULL. */
struct model_process *model_of(uint64_t pid);

/* Is the last step a system call, one that the process has not given up? */
bool model_may_call(const struct model_process *model);

/* Can the process have ended like that? */
bool model_may_end(uint64_t pid, const struct panther_exit *end);

/* Are all of these bytes below the user limit? */
static inline bool model_is_user_range(uint64_t address, uint64_t length)
{
	return length <= PANTHER_USER_TOP && address <= PANTHER_USER_TOP - length;
}

/* Does a copy of that many bytes fault, because the harness says so? */
static inline bool model_copy_faults(const struct model_process *model, uint64_t size)
{
	return model->copy_faults && model->copy_fault_at < size;
}

/* Its call has waited, and the copy that was to fault for another process may have been its own. */
static inline bool model_may_have_faulted(const struct model_process *model, int64_t result)
{
	return result == -PANTHER_EFAULT && model->faults_before != model_world.copy_faults;
}

/* The outcomes of spawn, wait and kill, and what they do to the children. */
void model_judge_spawn(struct model_process *model, int64_t result);
void model_judge_wait(struct model_process *model, int64_t result);
void model_judge_kill(struct model_process *model, int64_t result);
void model_begin_kill(const struct model_process *model);
bool model_is_child(const struct model_process *model, uint64_t pid);
void model_add_child(struct model_process *model, uint64_t pid);

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

/* What clock has to say. */
uint64_t model_now(void);

/* To be called at each step of anybody: notes when memory is short. */
void model_note_memory(void);

/* Could a map or spawn have been short of memory, with `limit` frames at most on the account? */
bool model_may_lack(const struct model_process *model, uint64_t limit);

/* Compares the pages with all those that its tables have, which the twin's oracles see as well. Returns how many tables
 * there are. */
uint64_t model_check_pages(struct model_process *model, const struct hal_space *space);

/* Compares those that the last call was about with the live space's. */
void model_check_range(struct model_process *model, uint64_t address, uint64_t length);

#endif
