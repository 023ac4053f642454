/*
 * One call of each row of abi/syscalls.def that succeeds, and what the row says about it, for tests that are about all
 * calls. A new row has to bring its sound call, a new kind of argument has to say what the kernel does with it: else
 * this does not compile.
 */
#ifndef TESTS_UNIT_SOUND_CALLS_H
#define TESTS_UNIT_SOUND_CALLS_H

#include "abi/errno.h"
#include "hal_host/state.h"
#include "hal_host/walker.h"
#include "tests/unit/spawn_fixture.h"

/* What the kernel does with an argument: nothing but judge it, or reach for memory there. */
enum sound_use { SOUND_VALUE, SOUND_LENGTH, SOUND_IN, SOUND_OUT };

#define SOUND_USE_STATUS SOUND_VALUE
#define SOUND_USE_FD SOUND_VALUE
#define SOUND_USE_IN SOUND_IN
#define SOUND_USE_OUT SOUND_OUT
#define SOUND_USE_LENGTH SOUND_LENGTH
#define SOUND_USE_REQUEST SOUND_IN
#define SOUND_USE_EXIT SOUND_OUT
#define SOUND_USE_PID SOUND_VALUE
#define SOUND_USE_TIME SOUND_VALUE
#define SOUND_USE_PAGES SOUND_VALUE
#define SOUND_USE_ACCESS SOUND_VALUE
#define SOUND_USE_CALLS SOUND_VALUE
#define SOUND_USE_FLAGS SOUND_VALUE
#define SOUND_USE_TOPIC SOUND_VALUE
#define SOUND_USE_INDEX SOUND_VALUE

/* The memory of the process that calls: it holds a request, and is REQUEST_ROOM bytes. */
#define SOUND_BUFFER REQUEST_AT
#define SOUND_STRINGS "program\0first\0second"
#define SOUND_REQUEST_SIZE (sizeof(struct panther_spawn_request) + sizeof(SOUND_STRINGS))
/* Two pages each in two tables, of which each lies in another one. */
#define SOUND_PAGES 0x7fffe000UL
#define SOUND_PAGES_SIZE 0x4000UL
#define SOUND_TYPED "sixteen bytes in"
#define SOUND_ENDED 2 /* a child that has ended, with status 7 */
#define SOUND_ALIVE 3 /* one that computes */

/* Arguments and result, for the first process in the world of sound_setup. */
#define SOUND_NOT_NEGATIVE (-1)
#define SOUND_exit .arguments = {0}
#define SOUND_write .arguments = {1, SOUND_BUFFER, 48}, .result = 48
#define SOUND_read .arguments = {0, SOUND_BUFFER, 16}, .result = 16
#define SOUND_getpid .result = 1
#define SOUND_yield .result = 0
#define SOUND_clock .result = SOUND_NOT_NEGATIVE
#define SOUND_sleep .arguments = {1000000000}, .result = 0
#define SOUND_spawn .arguments = {SOUND_BUFFER, SOUND_REQUEST_SIZE}, .result = SOUND_NOT_NEGATIVE
#define SOUND_wait .arguments = {SOUND_ENDED, SOUND_BUFFER, 0}, .result = SOUND_ENDED
#define SOUND_kill .arguments = {SOUND_ALIVE}, .result = 0
#define SOUND_map .arguments = {SOUND_PAGES, SOUND_PAGES_SIZE, PANTHER_READ | PANTHER_EXECUTE}, .result = SOUND_PAGES
#define SOUND_unmap .arguments = {SOUND_BUFFER, REQUEST_ROOM}, .result = 0
#define SOUND_protect .arguments = {SOUND_BUFFER, REQUEST_ROOM, PANTHER_READ}, .result = 0
#define SOUND_random .arguments = {SOUND_BUFFER, 48}, .result = 48
#define SOUND_restrict .arguments = {SYSCALLS_ALL & ~PANTHER_CALL_BIT(SYS_clock)}, .result = 0
#define SOUND_info                                                                                 \
	.arguments = {PANTHER_INFO_PROCESS, 0, SOUND_BUFFER, sizeof(struct panther_process_info)}, \
	.result = sizeof(struct panther_process_info)

struct sound_call {
	const char *name;
	uint64_t number;
	enum sound_use uses[6];
	int errors[16];	     /* ended by 0 */
	const char *returns; /* what the row says of its result */
	uint64_t arguments[6];
	int64_t result;
};

#define NO_ARGUMENTS SOUND_VALUE
#define ARGUMENTS(...) __VA_ARGS__
#define ARGUMENT(register_number, kind, name, text) [register_number] = SOUND_USE_##kind
#define NO_ERRORS 0
#define ERRORS(...) __VA_ARGS__
#define ERROR(error, when) PANTHER_##error
#define SYSCALL(number_, name_, since, summary, uses_, errors_, returns_) \
	{.name = #name_, .number = (number_), .uses = {uses_}, .errors = {errors_}, .returns = returns_, SOUND_##name_},
static const struct sound_call sound_calls[] = {
#include "abi/syscalls.def"
};
#undef SYSCALL
#undef ERROR
#undef ERRORS
#undef NO_ERRORS
#undef ARGUMENT
#undef ARGUMENTS
#undef NO_ARGUMENTS

#define SOUND_CALLS (sizeof(sound_calls) / sizeof(sound_calls[0]))

static inline bool sound_uses(const struct sound_call *call, enum sound_use use)
{
	for (size_t i = 0; i < 6; i++) {
		if (call->uses[i] == use) {
			return true;
		}
	}
	return false;
}

static inline bool sound_declares(const struct sound_call *call, int64_t result)
{
	for (size_t i = 0; call->errors[i] != 0; i++) {
		if (result == -call->errors[i]) {
			return true;
		}
	}
	return false;
}

/* exit, which goes other ways than all others. */
static inline bool sound_returns(const struct sound_call *call)
{
	return strcmp(call->returns, "does not return") != 0;
}

static inline bool sound_is_success(const struct sound_call *call, int64_t result)
{
	return call->result == SOUND_NOT_NEGATIVE ? result >= 0 : result == call->result;
}

/* What the process has written for its calls. */
static inline void sound_fill_buffer(uint64_t request_at)
{
	static const struct panther_spawn_request inherit = {.flags = PANTHER_SPAWN_INHERIT};
	uint8_t bytes[REQUEST_ROOM];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(1 + i % 251);
	}
	world_poke(SOUND_BUFFER, bytes, sizeof(bytes));
	world_poke(request_at, &inherit, sizeof(inherit));
	world_poke(request_at + sizeof(inherit), SOUND_STRINGS, sizeof(SOUND_STRINGS));
}

/* The first process has memory, children and input for its calls. */
static inline void sound_begin(void)
{
	static const struct twin_step exit_7[] = {WORLD_CALL(exit, 7)};

	assert_int_equal(world_call(SYS_map, REQUEST_AT, REQUEST_ROOM, PANTHER_READ | PANTHER_WRITE), REQUEST_AT);
	(void)WORLD_PLAYS(SOUND_ENDED, exit_7);
	assert_int_equal(world_spawn(), SOUND_ENDED);
	world_yield_until(SOUND_ENDED, PROCESS_ENDED);
	assert_int_equal(world_spawn(), SOUND_ALIVE);
	twin_console_type(SOUND_TYPED, sizeof(SOUND_TYPED) - 1);
	world_yield();
	assert_int_equal(kernel.input.count, sizeof(SOUND_TYPED) - 1);
	sound_fill_buffer(SOUND_BUFFER);
}

static inline int sound_setup(void **state)
{
	world_setup(state);
	sound_begin();
	return 0;
}

/* All children go, and then all else. */
static inline int sound_teardown(void **state)
{
	uint64_t slot = 0;

	for (const struct process *child = process_table_from(&kernel.processes, 2, &slot); child != NULL;
	     child = process_table_from(&kernel.processes, slot + 1, &slot)) {
		assert_int_equal(world_call(SYS_kill, child->pid, 0, 0), 0);
	}
	while (world.process->children != 0) {
		assert_true((int64_t)world_call_and_wait(SYS_wait, 0, PROGRAM_DATA, 0) > 0);
	}
	return world_teardown(state);
}

/* The call, to its end. Returns its result; all other registers are as they were. */
static inline int64_t sound_make(const struct sound_call *call, const uint64_t arguments[6])
{
	struct twin_step step = {.kind = TWIN_SVC, .number = call->number};
	struct hal_context expected = world.process->context;
	uint64_t pid = world.process->pid;

	memcpy(step.arguments, arguments, sizeof(step.arguments));
	memcpy(expected.x, arguments, sizeof(step.arguments));
	expected.x[8] = call->number;
	expected.pc = PROGRAM_CODE + 4;
	world_step(&step);
	if (world.process->state != PROCESS_RUNNING) {
		world_go_on_as(pid);
	}
	expected.x[0] = world.process->context.x[0];
	assert_memory_equal(&world.process->context, &expected, sizeof(expected));
	return (int64_t)expected.x[0];
}

/* FNV-1a, 64 bits: of all that a test compares, but does not look at. */
static inline void sound_hash(uint64_t *hash, const void *bytes, size_t size)
{
	const uint8_t *next = bytes;

	for (size_t i = 0; i < size; i++) {
		*hash = (*hash ^ next[i]) * 0x100000001b3;
	}
}

static inline void sound_hash_page(void *hash, const struct walker_translation *page)
{
	sound_hash(hash, &page->base, sizeof(page->base));
	sound_hash(hash, &page->descriptor, sizeof(page->descriptor));
	sound_hash(hash, hal_phys_to_ptr((phys_addr){page->output}, page->size), page->size);
}

/* All that a process has mapped: where, with which rights, and what is in it. */
static inline uint64_t sound_hash_space(const struct process *process)
{
	struct walker_registers registers = twin.mmu;
	uint64_t hash = 0xcbf29ce484222325;

	registers.ttbr0 = process->space.space.root.value;
	walker_visit(&registers, false, sound_hash_page, &hash);
	return hash;
}

/* What a call that fails leaves as it was. */
struct sound_state {
	struct world_counts counts;
	uint64_t memory; /* of the process that calls */
	uint64_t others; /* which processes there are, what they may do, who has ended and how */
	uint64_t calls;
	size_t console;
	size_t input;
	size_t input_first;
};

static inline void sound_hash_process(uint64_t *hash, const struct process *process)
{
	const uint64_t words[] = {
		process->pid,	       process->parent == NULL ? 0 : process->parent->pid,
		process->calls,	       process->space.frames_max,
		process->children_max, process->state == PROCESS_ENDED,
		process->end.reason,   process->end.code,
	};

	sound_hash(hash, words, sizeof(words));
}

static inline struct sound_state sound_look(void)
{
	struct sound_state state = {
		.counts = world_count(),
		.memory = sound_hash_space(world.process),
		.calls = world.process->calls,
		.console = twin_console_size(),
		.input = kernel.input.count,
		.input_first = kernel.input.first,
	};
	uint64_t slot = 0;

	for (const struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
		sound_hash_process(&state.others, process);
	}
	return state;
}

static inline void sound_assert_unchanged(const struct sound_state *before)
{
	const struct sound_state now = sound_look();

	world_assert_counts(&before->counts);
	assert_int_equal(now.memory, before->memory);
	assert_int_equal(now.others, before->others);
	assert_int_equal(now.calls, before->calls);
	assert_int_equal(now.console, before->console);
	assert_int_equal(now.input, before->input);
	assert_int_equal(now.input_first, before->input_first);
}

#endif
