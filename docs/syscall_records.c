/*
 * What abi/process.h and abi/limits.h say, as tables for docs/SYSCALLS.md. Values and offsets are the compiler's; that
 * no field is left out is checked here, that no constant is, by lint.syscall-docs.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "abi/limits.h"
#include "abi/process.h"
#include "docs/syscall_reference.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct kind {
	const char *name;
	const char *meaning;
};

static const struct kind kinds[] = {
	{"STATUS", "an exit status; its low eight bits count"},
	{"FD", "a file descriptor: 0 is console input, 1 and 2 are console output"},
	{"IN", "the address of bytes that the kernel reads; the next argument is their length"},
	{"OUT", "the address of bytes that the kernel writes; the next argument is their length"},
	{"LENGTH", "a length in bytes"},
	{"REQUEST",
	 "the address of a `struct panther_spawn_request` with its strings; the next argument is their length"},
	{"EXIT", "the address of a `struct panther_exit`, which the kernel writes"},
	{"PID", "a process id"},
	{"TIME", "nanoseconds since boot"},
	{"PAGES", "the address of a page in the process: a multiple of 4096"},
	{"ACCESS", "`PANTHER_READ`, with `PANTHER_WRITE` or `PANTHER_EXECUTE` if wanted"},
	{"CALLS", "a set of system calls: `PANTHER_CALL_BIT(number)` of each, the bit with its number"},
	{"FLAGS", "flag bits, named at the call"},
	{"TOPIC", "what `info` tells about: one of `PANTHER_INFO_...`"},
	{"INDEX", "the number of a record, from 0"},
};

struct constant {
	const char *name;
	uint64_t value;
	const char *meaning;
};

#define CONSTANT(name, meaning) {#name, name, meaning}

static const struct constant constants[] = {
	CONSTANT(PANTHER_READ, "access: reading; every page has it"),
	CONSTANT(PANTHER_WRITE, "access: writing"),
	CONSTANT(PANTHER_EXECUTE, "access: executing; never together with writing"),
	CONSTANT(
		PANTHER_SPAWN_INHERIT,
		"flag of `spawn`: the child has its parent's calls and limits; calls, frames_max and children_max are 0"),
	CONSTANT(PANTHER_WAIT_NO_BLOCK, "flag of `wait`: -EAGAIN instead of waiting"),
	CONSTANT(PANTHER_ENDED_EXIT, "how a child ended: it called `exit`; the code is its status, 0 to 255"),
	CONSTANT(PANTHER_ENDED_FAULT, "the CPU stopped it; the code is the exception class, ESR_EL1.EC"),
	CONSTANT(PANTHER_ENDED_KILLED, "its parent killed it; the code is 0"),
	CONSTANT(PANTHER_INFO_PROCESS,
		 "topic: `struct panther_process_info`, of the first process at or behind `index`"),
	CONSTANT(PANTHER_INFO_PROGRAM, "topic: `struct panther_program_info`, of the archive's program number `index`"),
	CONSTANT(PANTHER_INFO_MEMORY, "topic: `struct panther_memory_info`; `index` is 0"),
	CONSTANT(PANTHER_INFO_LIMITS, "topic: `struct panther_limits_info`, of the caller; `index` is 0"),
	CONSTANT(PANTHER_STATE_READY, "state of a process: it runs, or could"),
	CONSTANT(PANTHER_STATE_LOADING, "its program is being loaded"),
	CONSTANT(PANTHER_STATE_SLEEPING, "it waits for a time"),
	CONSTANT(PANTHER_STATE_READING, "it waits for input"),
	CONSTANT(PANTHER_STATE_WAITING, "it waits for a child"),
	CONSTANT(PANTHER_STATE_ENDING, "it gives its memory back"),
	CONSTANT(PANTHER_STATE_ENDED, "it waits for its parent to ask how it ended"),
};

static const struct constant limits[] = {
	CONSTANT(PANTHER_PAGE_SIZE, "a page, in bytes"),
	CONSTANT(PANTHER_PAGE_SHIFT, "the same as a power of two"),
	CONSTANT(PANTHER_IO_MAX, "longest length that `read`, `write`, `random` and `info` take, in bytes"),
	CONSTANT(PANTHER_WRITE_CHUNK, "most bytes that one `write` takes"),
	CONSTANT(PANTHER_READ_CHUNK, "most bytes that one `read` gives"),
	CONSTANT(PANTHER_RANDOM_CHUNK, "most bytes that one `random` gives"),
	CONSTANT(PANTHER_MAP_MAX, "most bytes that one `map`, `unmap` or `protect` deals with"),
	CONSTANT(PANTHER_PATH_MAX, "room for the name of a program, in bytes, its NUL counted"),
	CONSTANT(PANTHER_ARGUMENTS_MAX, "most arguments of a program"),
	CONSTANT(PANTHER_SPAWN_MAX, "most bytes of a request to `spawn`"),
	CONSTANT(PANTHER_PROCESSES_MAX, "most processes at a time, ended ones that nobody has waited for counted"),
	CONSTANT(PANTHER_USER_BITS, "bits of an address"),
	CONSTANT(PANTHER_USER_BOTTOM, "lowest address that can be mapped"),
	CONSTANT(PANTHER_USER_TOP, "first address that is none: the user limit"),
	CONSTANT(PANTHER_USER_IMAGE_RANDOM_BASE, "lowest address of a position-independent program"),
	CONSTANT(PANTHER_USER_IMAGE_TOP, "end of the addresses that programs have"),
	CONSTANT(PANTHER_USER_MAP_BASE, "lowest address that `map` chooses"),
	CONSTANT(PANTHER_USER_MAP_TOP, "end of the addresses that `map` chooses"),
	CONSTANT(PANTHER_USER_STACK_BASE, "lowest address of a stack"),
	CONSTANT(PANTHER_USER_STACK_SIZE, "a stack, in bytes"),
	CONSTANT(PANTHER_USER_GUARD, "bytes that nothing maps between things that the kernel places"),
};

struct field {
	const char *name;
	size_t offset;
	size_t size;
	const char *meaning;
};

/* Fields end with one whose name is NULL. */
struct record {
	const char *name;
	size_t size;
	const char *use;
	struct field fields[12];
};

#define FIELD(name, field, meaning) {#field, offsetof(struct name, field), sizeof(((struct name *)0)->field), meaning}

static const struct record records[] = {
	{"panther_spawn_request",
	 sizeof(struct panther_spawn_request),
	 "what `spawn` is asked for; right behind it, each with its NUL: the program's name, then its arguments "
	 "(`struct panther_spawn_packed` has room for both)",
	 {FIELD(panther_spawn_request, calls, "the calls that the child may make, a subset of the caller's"),
	  FIELD(panther_spawn_request, frames_max,
		"its memory, page tables counted, in pages; at most the caller's limit"),
	  FIELD(panther_spawn_request, children_max, "children it may have at a time; at most the caller's limit"),
	  FIELD(panther_spawn_request, flags, "`PANTHER_SPAWN_INHERIT` or 0")}},
	{"panther_exit",
	 sizeof(struct panther_exit),
	 "how a child ended, from `wait`",
	 {FIELD(panther_exit, reason, "`PANTHER_ENDED_...`"), FIELD(panther_exit, code, "as the reason says")}},
	{"panther_process_info",
	 sizeof(struct panther_process_info),
	 "`PANTHER_INFO_PROCESS`",
	 {FIELD(panther_process_info, index, "of this record; the next one is at or behind it plus 1"),
	  FIELD(panther_process_info, pid, "its id"), FIELD(panther_process_info, parent, "its parent's id; 0: none"),
	  FIELD(panther_process_info, cpu_time, "nanoseconds, the kernel's work for it counted"),
	  FIELD(panther_process_info, frames, "memory in use, page tables counted, in pages"),
	  FIELD(panther_process_info, state, "`PANTHER_STATE_...`"),
	  FIELD(panther_process_info, program, "the program's name, NUL-terminated")}},
	{"panther_program_info",
	 sizeof(struct panther_program_info),
	 "`PANTHER_INFO_PROGRAM`",
	 {FIELD(panther_program_info, size, "of its file, in bytes"),
	  FIELD(panther_program_info, program, "its name, NUL-terminated")}},
	{"panther_memory_info",
	 sizeof(struct panther_memory_info),
	 "`PANTHER_INFO_MEMORY`",
	 {FIELD(panther_memory_info, frames_total, "pages of memory that the kernel gives out"),
	  FIELD(panther_memory_info, frames_free, "of these, pages that are free"),
	  FIELD(panther_memory_info, heap_total, "the kernel's own heap, in bytes"),
	  FIELD(panther_memory_info, heap_used, "of these, bytes in use"),
	  FIELD(panther_memory_info, processes, "ended ones that nobody has waited for counted"),
	  FIELD(panther_memory_info, processes_max, "most of them at a time"),
	  FIELD(panther_memory_info, input_lost, "bytes of input that found no room, or came in error, since boot"),
	  FIELD(panther_memory_info, spurious_interrupts,
		"interrupts of no device that the kernel knows, since boot")}},
	{"panther_limits_info",
	 sizeof(struct panther_limits_info),
	 "`PANTHER_INFO_LIMITS`",
	 {FIELD(panther_limits_info, calls, "the calls that the caller may make"),
	  FIELD(panther_limits_info, frames_used, "its memory, page tables counted, in pages"),
	  FIELD(panther_limits_info, frames_max, "most of it"),
	  FIELD(panther_limits_info, children, "ended ones that it has not waited for counted"),
	  FIELD(panther_limits_info, children_max, "most of them at a time")}},
};

bool records_know_kind(const char *kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i].name, kind) == 0) {
			return true;
		}
	}
	return false;
}

bool records_are_whole(void)
{
	for (size_t i = 0; i < COUNT(records); i++) {
		size_t offset = 0;

		for (const struct field *field = records[i].fields; field->name; field++) {
			if (field->offset != offset) {
				return false;
			}
			offset += field->size;
		}
		if (offset != records[i].size) {
			return false;
		}
	}
	return true;
}

void records_print_kinds(void)
{
	printf("\n## Kinds of argument\n\n| kind | |\n|---|---|\n");
	for (size_t i = 0; i < COUNT(kinds); i++) {
		printf("| %s | %s |\n", kinds[i].name, kinds[i].meaning);
	}
}

static void print_record(const struct record *record)
{
	printf("\n`struct %s`, %zu bytes: %s.\n\n| offset | bytes | field | |\n|---|---|---|---|\n", record->name,
	       record->size, record->use);
	for (const struct field *field = record->fields; field->name; field++) {
		printf("| %zu | %zu | `%s` | %s |\n", field->offset, field->size, field->name, field->meaning);
	}
}

void records_print(void)
{
	printf("\n## Records\n\nAll numbers are unsigned and little-endian; there is no padding.\n");
	for (size_t i = 0; i < COUNT(records); i++) {
		print_record(&records[i]);
	}
	printf("\n## Constants\n\n| name | value | |\n|---|---|---|\n");
	for (size_t i = 0; i < COUNT(constants); i++) {
		printf("| `%s` | %" PRIu64 " | %s |\n", constants[i].name, constants[i].value, constants[i].meaning);
	}
	printf("\n## Limits\n\n| name | value | |\n|---|---|---|\n");
	for (size_t i = 0; i < COUNT(limits); i++) {
		/* Counts as people count, addresses as they write them. */
		printf(limits[i].value < PANTHER_USER_BOTTOM ? "| `%s` | %" PRIu64 " | %s |\n"
							     : "| `%s` | 0x%" PRIx64 " | %s |\n",
		       limits[i].name, limits[i].value, limits[i].meaning);
	}
}
