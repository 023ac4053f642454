/*
 * An input is a list of traps, with any ESR_EL1, FAR_EL1 and SPSR_EL1 and by any vector, that children of the first
 * process take, one after the other, through the whole kernel on the twin. What becomes of each is compared with a
 * model (trap_model.c): whose turn is next, all registers, what the console says, how a killed child's end is told to
 * its parent, and that only what a broken machine does makes the kernel panic.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/trap_model.h"
#include "tests/support/archive_builder.h"
#include "tests/support/require.h"
#include "tests/unit/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NAME "child"
#define REQUEST_OFFSET 0x100
#define EXIT_OFFSET 0x100
#define STEPS_MAX 256
/* Lines about killed processes that come at once; time stands still here. */
#define KILL_LINES 32

/* Whose step is next. */
enum turn { ANY, PARENT, CHILD };

static struct {
	struct input_bytes input;
	enum twin_cpu cpu;
	unsigned steps;
	enum turn turn;
	unsigned kills;
	size_t console;		  /* how much of it was looked at */
	char line[TRAP_LINE_MAX]; /* what the last step has to print; "" for nothing */
	uint64_t parent_call;	  /* the parent's last call */

	/* The child that is alive, or was. */
	struct trap_process child;
	bool is_alive;
	bool has_step;
	enum trap_outcome outcome;
	struct hal_context expected; /* after its last step, if it goes on */
	struct panther_exit end;
} fuzz;

/* For a child without arguments, which may do what its parent may. */
static const struct {
	struct panther_spawn_request options;
	char name[sizeof(NAME)];
} request = {{.flags = PANTHER_SPAWN_INHERIT}, NAME};

/* A machine is kept whose first process is about to take its first step. */
static bool is_ready;
static enum twin_cpu ready_cpu;

static struct program_image program;
static uint8_t *archive;
static size_t archive_size;

static void make_archive(void)
{
	struct archive_builder builder = {0};

	program_make(&program, NULL, 0);
	memcpy(program.bytes + PROGRAM_CONSTANTS_OFFSET + REQUEST_OFFSET, &request, sizeof(request));
	archive_builder_add(&builder, NAME, ARCHIVE_REGULAR, program.bytes, sizeof(program.bytes));
	archive = archive_builder_end(&builder, &archive_size);
}

static void check_console(void)
{
	REQUIRE(strcmp(twin_console() + fuzz.console, fuzz.line) == 0);
	fuzz.console = twin_console_size();
	fuzz.line[0] = '\0';
}

static void check_turn(enum turn turn)
{
	check_console();
	REQUIRE(fuzz.turn == ANY || fuzz.turn == turn);
	fuzz.turn = turn;
}

static void call(struct twin_step *step, uint64_t number)
{
	*step = (struct twin_step){.kind = TWIN_SVC, .number = number};
	fuzz.parent_call = number;
}

static void spawn(struct twin_step *step)
{
	call(step, SYS_spawn);
	step->arguments[0] = PROGRAM_CONSTANTS + REQUEST_OFFSET;
	step->arguments[1] = sizeof(request.options) + sizeof(request.name);
	fuzz.turn = ANY;
}

/* How the last child ended is told. */
static void check_end(const struct hal_context *context)
{
	struct panther_exit end;

	REQUIRE(context->x[0] == fuzz.child.pid);
	REQUIRE(twin_user_read(twin_live_space(), PROGRAM_DATA + EXIT_OFFSET, &end, sizeof(end)));
	REQUIRE(end.reason == fuzz.end.reason && end.code == fuzz.end.code);
	fuzz.child = (struct trap_process){.pid = 0};
}

/* The child may have run before its parent is told about it, and even be dead. */
static void check_answer(const struct hal_context *context)
{
	if (fuzz.parent_call == SYS_wait) {
		check_end(context);
	} else if (fuzz.parent_call == SYS_spawn && fuzz.child.pid == 0) {
		fuzz.child.pid = context->x[0];
		fuzz.is_alive = true;
	} else if (fuzz.parent_call == SYS_spawn) {
		REQUIRE(context->x[0] == fuzz.child.pid);
	}
	fuzz.parent_call = SYS_yield;
}

/* Starts a child, lets it take its traps, asks how it ended, and starts another. */
static bool drive_parent(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)owner;
	(void)word;
	if (!is_ready) {
		is_ready = true;
		twin_snapshot();
		return false;
	}
	check_turn(PARENT);
	check_answer(context);
	if (fuzz.is_alive) {
		call(step, SYS_yield);
		fuzz.turn = CHILD;
	} else if (fuzz.child.pid != 0) {
		call(step, SYS_wait);
		step->arguments[0] = fuzz.child.pid;
		step->arguments[1] = PROGRAM_DATA + EXIT_OFFSET;
	} else if (fuzz.input.size != 0 && fuzz.steps < STEPS_MAX) {
		spawn(step);
	} else {
		call(step, SYS_exit);
	}
	return true;
}

static void begin_child(const struct hal_context *context)
{
	fuzz.child.pid = fuzz.child.pid == 0 ? kernel.scheduler.current->pid : fuzz.child.pid;
	fuzz.child.stack_bottom = (context->sp | (PANTHER_PAGE_SIZE - 1)) + 1 - PANTHER_USER_STACK_SIZE;
	fuzz.is_alive = true;
	fuzz.has_step = false;
}

/* What a trap that the process survives leaves in its registers. */
static void expect_registers(const struct hal_context *context, const struct twin_step *step)
{
	fuzz.expected = *context;
	memcpy(fuzz.expected.x, step->registers, sizeof(fuzz.expected.x));
	fuzz.expected.pstate = step->value & trap_pstate(fuzz.cpu);
	switch (fuzz.outcome) {
	case TRAP_CALL:
		fuzz.expected.x[0] = fuzz.child.pid;
		break;
	case TRAP_NONE:
		fuzz.expected.x[0] = (uint64_t)-PANTHER_ENOSYS;
		break;
	case TRAP_YIELD:
		fuzz.expected.pc += 4;
		break;
	default:
		break;
	}
}

static void expect_kill(const struct hal_trap *trap)
{
	if (fuzz.kills < KILL_LINES) {
		trap_kill_line(&fuzz.child, trap, fuzz.line);
	}
	fuzz.kills++;
	fuzz.is_alive = false;
	fuzz.turn = PARENT;
	fuzz.end = (struct panther_exit){PANTHER_ENDED_FAULT, trap_class(trap)};
}

static void expect(const struct hal_context *context, const struct twin_step *step)
{
	fuzz.child.pc = context->pc;
	fuzz.outcome = trap_judge(&fuzz.child, &step->trap);
	fuzz.turn = fuzz.outcome == TRAP_YIELD ? PARENT : CHILD;
	fuzz.child.has_fp |= fuzz.outcome == TRAP_USE_FP;
	fuzz.has_step = true;
	expect_registers(context, step);
	if (fuzz.outcome == TRAP_KILL) {
		expect_kill(&step->trap);
	} else if (fuzz.outcome == TRAP_PANIC) {
		trap_panic_line(&step->trap, fuzz.line);
	}
}

/* Any 64 bits, or those that there are: class, IL, ISS. */
static uint64_t take_esr(struct input_bytes *input)
{
	uint8_t choice = take(input);

	if (choice >= 128) {
		return take_bytes(input, 8);
	}
	return (uint64_t)(choice % 64) << 26 | (uint64_t)(choice < 64) << 25 | (take_bytes(input, 4) & 0x1ffffff);
}

static enum hal_trap_kind take_kind(struct input_bytes *input)
{
	static const enum hal_trap_kind kinds[] = {HAL_TRAP_SYNC,    HAL_TRAP_SYNC, HAL_TRAP_SYNC,  HAL_TRAP_IRQ,
						   HAL_TRAP_AARCH32, HAL_TRAP_FIQ,  HAL_TRAP_SERROR};

	return kinds[take(input) % (sizeof(kinds) / sizeof(kinds[0]))];
}

/* The call asks who is calling; x0 is a pattern that no answer is. */
static void take_trap(struct input_bytes *input, struct twin_step *step)
{
	const uint64_t places[] = {fuzz.child.stack_bottom, fuzz.child.stack_bottom - PANTHER_USER_GUARD,
				   PANTHER_USER_TOP, 0xffffffc000000000};
	static uint64_t registers[31];

	*step = (struct twin_step){.kind = TWIN_TRAP, .registers = registers};
	step->trap.kind = take_kind(input);
	step->trap.esr = take_esr(input);
	step->trap.far = take_near(input, places, sizeof(places) / sizeof(places[0]));
	step->value = take_bytes(input, 8);
	for (size_t i = 0; i < 31; i++) {
		registers[i] = step->value ^ (0xabcdef0000000000 + i);
	}
	registers[8] = SYS_getpid;
}

static void check_child(const struct hal_context *context)
{
	check_turn(CHILD);
	if (fuzz.child.stack_bottom == 0) {
		begin_child(context);
	}
	REQUIRE(kernel.scheduler.current->pid == fuzz.child.pid);
	if (fuzz.has_step) {
		REQUIRE(memcmp(context, &fuzz.expected, sizeof(*context)) == 0);
	}
}

static bool drive_child(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)owner;
	(void)word;
	check_child(context);
	if (fuzz.input.size == 0 || fuzz.steps == STEPS_MAX) {
		*step = (struct twin_step){.kind = TWIN_SVC, .number = SYS_exit, .arguments = {7}};
		fuzz.end = (struct panther_exit){PANTHER_ENDED_EXIT, 7};
		fuzz.is_alive = false;
		fuzz.turn = PARENT;
		return true;
	}
	fuzz.steps++;
	take_trap(&fuzz.input, step);
	expect(context, step);
	return true;
}

/* Boots, unless there is a machine of that kind. */
static void make_ready(enum twin_cpu cpu)
{
	struct twin_options options = {.cpu = cpu, .ram_size = TWIN_RAM_SIZE_MIN};

	if (archive == NULL) {
		make_archive();
	}
	if (is_ready && ready_cpu == cpu) {
		return;
	}
	options.archive = archive;
	options.archive_size = archive_size;
	is_ready = false;
	ready_cpu = cpu;
	twin_reset(&options);
	twin_program(drive_parent, NULL);
	twin_every_program(drive_child, NULL);
	REQUIRE(twin_boot() == TWIN_SCRIPT_END);
}

/* Few inputs are for the CPU with fewer features, as a boot takes long. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input_bytes input = {data, size};
	enum twin_cpu cpu = take(&input) >= 240 ? TWIN_CPU_A72 : TWIN_CPU_MAX;
	enum twin_end end;

	make_ready(cpu);
	memset(&fuzz, 0, sizeof(fuzz));
	fuzz.input = input;
	fuzz.cpu = cpu;
	twin_restore();
	fuzz.console = twin_console_size();
	end = twin_resume();
	if (fuzz.outcome == TRAP_PANIC) {
		REQUIRE(end == TWIN_STOPPED);
		REQUIRE(strncmp(twin_console() + fuzz.console, fuzz.line, strlen(fuzz.line)) == 0);
	} else {
		REQUIRE(end == TWIN_POWER_OFF);
		REQUIRE(kernel.frames.free_count == kernel.frames.total_count && heap_used(&kernel.heap) == 0);
	}
	return 0;
}
