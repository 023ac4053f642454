/*
 * What tests of processes stand on: a machine, its kernel's memory, and an archive of programs (world.h has the rest).
 */
#ifndef TESTS_UNIT_WORLD_MACHINE_H
#define TESTS_UNIT_WORLD_MACHINE_H

#include <stdint.h>
#include <string.h>

#include "abi/syscalls.h"
#include "core/cpu/features.h"
#include "core/cpu/pstate.h"
#include "core/cpu/registers.h"
#include "core/kernel.h"
#include "core/loop.h"
#include "core/process/lifecycle.h"
#include "core/start/devices.h"
#include "core/syscall/dispatch.h"
#include "core/trap/trap.h"
#include "hal/user.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/program.h"

/* One block of RAM has 512 frames, of which one holds the allocator's table. */
#define WORLD_RAM 0x41000000UL
#define WORLD_BLOCK 0x200000UL
#define WORLD_FRAMES 511
#define WORLD_FREQUENCY TWIN_FREQUENCY_DEFAULT
#define WORLD_SLICE (WORLD_FREQUENCY / 500)
/* 15 spaces have a tag at a time. */
#define WORLD_ASID_BITS 4

/* Memory of one process with this program: root, FP registers, three pages, two tables each for program and stack, and
 * the stack. */
#define WORLD_PROCESS_FRAMES (9 + PANTHER_USER_STACK_SIZE / PANTHER_PAGE_SIZE)
#define WORLD_PROCESS_HEAP 512

/* What every process has among its constants: requests to spawn a program like itself, each of WORLD_REQUEST_SIZE
 * bytes, with one argument. */
#define WORLD_REQUEST (PROGRAM_CONSTANTS + 0x100) /* "program" */
#define WORLD_BAD (PROGRAM_CONSTANTS + 0x140)	  /* "bad": a program whose file is none */
#define WORLD_NONE (PROGRAM_CONSTANTS + 0x180)	  /* "none": there is no such program */
#define WORLD_HUGE (PROGRAM_CONSTANTS + 0x1c0)	  /* "huge": a program that wants 15 MiB */
#define WORLD_REQUEST_SIZE (sizeof(struct panther_spawn_request) + sizeof("program\0name"))

#define WORLD_CALL(name, ...)                                                        \
	{                                                                            \
		.kind = TWIN_SVC, .number = SYS_##name, .arguments = { __VA_ARGS__ } \
	}
#define WORLD_SPAWN WORLD_CALL(spawn, WORLD_REQUEST, WORLD_REQUEST_SIZE)

#define WORLD_STEPS 64
#define WORLD_PLAYERS 64

struct world_player {
	uint64_t pid;
	struct twin_script script;
	struct hal_context results[WORLD_STEPS];
};

struct world {
	struct program_image program;
	struct program_image huge;
	uint8_t bad[64];
	uint64_t frames; /* that are free when nothing is used */
	struct world_player players[WORLD_PLAYERS];
	size_t player_count;
	struct process *process; /* the one that world_call is about */
	bool has_step;		 /* what it does next is `step` */
	struct twin_step step;
	uint64_t seen; /* x0 after a step that did not trap */
};

static struct world world;

static inline void world_protect(void)
{
	static const struct hal_secrets secrets = {{1, 2}, 0x123400, 1};
	struct hal_id_registers id;

	hal_id_registers_read(&id);
	cpu_features_decode(&kernel_facts.features, &id);
	kernel_facts.pstate_mask = pstate_user_mask(&kernel_facts.features);
	cpu_registers_decide(&kernel_facts.registers, &kernel_facts.features);
	hal_cpu_protect(&kernel_facts.registers, &secrets);
	cpu_registers_note(&kernel_facts.registers);
}

static inline void world_add_program(const char *name, const uint8_t *file, size_t size)
{
	struct archive *archive = &kernel_facts.archive;

	archive->programs[archive->count++] = (struct archive_program){
		.name = name,
		.name_length = strlen(name),
		.file = file,
		.size = size,
	};
}

/* The file has it where every process will find it. */
static inline void world_put_request(uint64_t address, const char strings[sizeof("program\0name")])
{
	const struct panther_spawn_request request = {.flags = PANTHER_SPAWN_INHERIT};
	uint8_t *at = world.program.bytes + PROGRAM_CONSTANTS_OFFSET + (address - PROGRAM_CONSTANTS);

	memcpy(at, &request, sizeof(request));
	memcpy(at + sizeof(request), strings, WORLD_REQUEST_SIZE - sizeof(request));
}

static inline void world_make_archive(void)
{
	program_make(&world.program, NULL, 0);
	world_put_request(WORLD_REQUEST, "program\0name");
	world_put_request(WORLD_BAD, "bad\0argument");
	world_put_request(WORLD_NONE, "none\0padding");
	world_put_request(WORLD_HUGE, "huge\0padding");
	world.huge = world.program;
	program_put(&world.huge, 64 + 56 * 2 + 40, 0xf00000, 8); /* p_memsz of the data */
	world_add_program("program", world.program.bytes, sizeof(world.program.bytes));
	world_add_program("bad", world.bad, sizeof(world.bad));
	world_add_program("huge", world.huge.bytes, sizeof(world.huge.bytes));
}

static inline void world_make_machine(void)
{
	kernel_facts.machine.gic = (struct machine_gic){
		.version = 2,
		.distributor = {TWIN_DISTRIBUTOR_BASE, 0x10000},
		.interface = {TWIN_CPU_INTERFACE_BASE, 0x10000},
	};
	kernel_facts.machine.timer_interrupt = TWIN_TIMER_INTERRUPT;
	kernel_facts.machine.uart_interrupt = TWIN_UART_INTERRUPT;
}

#endif
