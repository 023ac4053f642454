/*
 * A hostile program: each input is a script of its steps, played through the whole kernel on the twin. Numbers and
 * arguments come from the system call table: the value of an argument is drawn by its kind. After every step the
 * outcome is compared with a model, or, for a call without a model of its own, with what its row declares; and the
 * oracles look at tables, heap and console.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "hal/layout.h"
#include "hal_host/twin.h"
#include "tests/unit/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 32

struct fuzz {
	const uint8_t *data;
	size_t size;
	size_t steps;
	struct twin_step last; /* the step whose outcome the next call of the driver sees */
	bool has_last;
	size_t console_before;
};

/* Input bytes; zeros when there are none left. */
static uint8_t take(struct fuzz *fuzz)
{
	if (fuzz->size == 0) {
		return 0;
	}
	fuzz->size--;
	return *fuzz->data++;
}

static uint64_t take_bytes(struct fuzz *fuzz, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++) {
		value = value << 8 | take(fuzz);
	}
	return value;
}

/* A value near something that matters, or any value at all. */
static uint64_t near(struct fuzz *fuzz, const uint64_t *places, size_t count)
{
	uint64_t place = take(fuzz);

	if (place >= count) {
		return take_bytes(fuzz, 8);
	}
	return places[place] + (uint64_t)(int64_t)(int16_t)take_bytes(fuzz, 2);
}

static uint64_t draw_address(struct fuzz *fuzz)
{
	static const uint64_t places[] = {
		PROGRAM_DATA,	     PROGRAM_CONSTANTS,
		PROGRAM_CODE,	     PROGRAM_DATA + 0x1000,
		PANTHER_USER_TOP,    0,
		PANTHER_USER_BOTTOM, PANTHER_USER_STACK_TOP - PANTHER_USER_STACK_SIZE,
		KERNEL_LINEAR_BASE,  KERNEL_IMAGE_BASE,
		KERNEL_DEVICE_BASE,  1ULL << 56 | PROGRAM_DATA,
		1ULL << 63,	     UINT64_MAX,
		1ULL << 48,
	};

	return near(fuzz, places, sizeof(places) / sizeof(places[0]));
}

static uint64_t draw_length(struct fuzz *fuzz)
{
	static const uint64_t places[] = {
		0, 1, 64, PANTHER_WRITE_CHUNK, PANTHER_IO_MAX, PANTHER_USER_TOP, 1ULL << 63, 1ULL << 32};

	return near(fuzz, places, sizeof(places) / sizeof(places[0]));
}

static uint64_t draw_small(struct fuzz *fuzz)
{
	static const uint64_t places[] = {1, 2, 1ULL << 32, UINT64_MAX};
	uint64_t place = take(fuzz);

	return place < 128 ? 1 + place % 2 : near(fuzz, places, sizeof(places) / sizeof(places[0]));
}

/* What the table declares of each call: its number, and the errors that it may answer; zeros end them. */
static const struct {
	uint64_t number;
	int errors[9];
} declared[] = {
#define NO_ERRORS 0
#define ERRORS(...) __VA_ARGS__
#define ERROR(error, text) PANTHER_##error
#define SYSCALL(number, name, since, summary, arguments, errors, result) {number, {errors}},
#include "abi/syscalls.def"
#undef SYSCALL
#undef ERROR
#undef ERRORS
#undef NO_ERRORS
};

#define CALLS (sizeof(declared) / sizeof(declared[0]))

/* By kind of argument, as abi/syscalls.def names them. */
#define draw_FD draw_small
#define draw_STATUS draw_small
#define draw_IN draw_address
#define draw_LENGTH draw_length

static void draw_arguments(struct fuzz *fuzz, struct twin_step *step)
{
	switch (step->number) {
#define ARGUMENTS(...) __VA_ARGS__
#define NO_ARGUMENTS (void)0
#define ARGUMENT(register_number, kind, name, text) step->arguments[register_number] = draw_##kind(fuzz)
#define SYSCALL(number, name, since, summary, arguments, errors, result) \
	case number:                                                     \
		arguments;                                               \
		break;
#include "abi/syscalls.def"
#undef SYSCALL
#undef ARGUMENT
#undef NO_ARGUMENTS
#undef ARGUMENTS
	default:
		for (unsigned i = 0; i < 6; i++) {
			step->arguments[i] = draw_address(fuzz);
		}
	}
}

static void draw_svc(struct fuzz *fuzz, struct twin_step *step)
{
	uint8_t choice = take(fuzz);

	step->kind = TWIN_SVC;
	step->number = choice < 200 ? SYS_write : choice < 210 ? take_bytes(fuzz, 8) : choice % (CALLS + 2);
	step->immediate = choice == 255 ? (uint16_t)take_bytes(fuzz, 2) : 0;
	draw_arguments(fuzz, step);
}

static void draw_step(struct fuzz *fuzz, struct twin_step *step)
{
	uint8_t choice = take(fuzz);

	if (choice < 224) {
		draw_svc(fuzz, step);
		return;
	}
	step->size = 1U << (choice % 4);
	step->address = draw_address(fuzz);
	step->kind = choice < 236 ? TWIN_LOAD : choice < 248 ? TWIN_STORE : choice < 252 ? TWIN_BRANCH : TWIN_UNDEFINED;
}

static void fail(const struct fuzz *fuzz, const char *what, uint64_t got)
{
	const struct twin_step *step = &fuzz->last;

	fprintf(stderr, "%s: got 0x%llx after svc #%u, x8=0x%llx x0=0x%llx x1=0x%llx x2=0x%llx\n", what,
		(unsigned long long)got, step->immediate, (unsigned long long)step->number,
		(unsigned long long)step->arguments[0], (unsigned long long)step->arguments[1],
		(unsigned long long)step->arguments[2]);
	abort();
}

/* What the program may read, by the layout of its file and of its stack. */
static bool is_readable(uint64_t address)
{
	return (address >= PROGRAM_CODE && address < PROGRAM_DATA + 0x1000) ||
	       (address >= PANTHER_USER_STACK_TOP - PANTHER_USER_STACK_SIZE && address < PANTHER_USER_STACK_TOP);
}

/* What write must answer, written from the table's text and not from the kernel. */
static int64_t model_write(const uint64_t *arguments)
{
	unsigned __int128 end = (unsigned __int128)arguments[1] + arguments[2];
	uint64_t part = arguments[2] < PANTHER_WRITE_CHUNK ? arguments[2] : PANTHER_WRITE_CHUNK;

	if (arguments[0] != 1 && arguments[0] != 2) {
		return -PANTHER_EBADF;
	}
	if (arguments[2] > PANTHER_IO_MAX) {
		return -PANTHER_EINVAL;
	}
	if (end > PANTHER_USER_TOP) {
		return -PANTHER_EFAULT;
	}
	for (uint64_t i = 0; i < part; i++) {
		if (!is_readable(arguments[1] + i)) {
			return -PANTHER_EFAULT;
		}
	}
	return (int64_t)part;
}

static bool is_call(const struct twin_step *step)
{
	for (size_t i = 0; i < CALLS; i++) {
		if (step->immediate == 0 && step->number == declared[i].number) {
			return true;
		}
	}
	return false;
}

/* Is the result, of a call that is in the table, none of a failure, or that of a failure that its row names? */
static bool is_declared(uint64_t number, int64_t result)
{
	bool is_known = result >= 0;

	for (size_t i = 0; i < CALLS; i++) {
		for (size_t j = 0; declared[i].number == number && declared[i].errors[j] != 0; j++) {
			is_known = is_known || result == -declared[i].errors[j];
		}
	}
	return is_known;
}

static void check_write(const struct fuzz *fuzz, int64_t result, size_t printed)
{
	int64_t expected = model_write(fuzz->last.arguments);

	if (result != expected) {
		fail(fuzz, "wrong result", (uint64_t)result);
	}
	if (printed != (expected > 0 ? (size_t)expected : 0)) {
		fail(fuzz, "wrong number of bytes printed", printed);
	}
}

/* Every call but write, and what is no call. */
static void check_other(const struct fuzz *fuzz, int64_t result, size_t printed)
{
	if (!is_call(&fuzz->last)) {
		if (result != -PANTHER_ENOSYS) {
			fail(fuzz, "wrong result of no call", (uint64_t)result);
		}
	} else if (fuzz->last.number == SYS_exit) {
		fail(fuzz, "exit returned", (uint64_t)result);
	} else if (!is_declared(fuzz->last.number, result)) {
		fail(fuzz, "an error that the call's row does not name", (uint64_t)result);
	}
	if (printed != 0) {
		fail(fuzz, "bytes printed by another call than write", printed);
	}
}

static void check_outcome(const struct fuzz *fuzz, const struct hal_context *context)
{
	bool is_write = is_call(&fuzz->last) && fuzz->last.number == SYS_write;
	int64_t result = (int64_t)context->x[0];
	size_t printed = twin_console_size() - fuzz->console_before;

	if (is_write) {
		check_write(fuzz, result, printed);
	} else {
		check_other(fuzz, result, printed);
	}
}

static void check_invariants(void)
{
	twin_check_kernel_half();
	twin_check_space(twin_live_space());
	heap_check(&kernel.heap);
}

static bool drive(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	struct fuzz *fuzz = owner;

	(void)word;
	if (fuzz->has_last) {
		if (fuzz->last.kind == TWIN_SVC) {
			check_outcome(fuzz, context);
		}
		check_invariants();
	}
	if (fuzz->size == 0 || fuzz->steps == STEPS_MAX) {
		*step = (struct twin_step){.kind = TWIN_SVC, .number = SYS_exit};
	} else {
		draw_step(fuzz, step);
	}
	fuzz->steps++;
	fuzz->last = *step;
	fuzz->has_last = true;
	fuzz->console_before = twin_console_size();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct program_image program;
	struct fuzz fuzz = {.data = data, .size = size};
	struct twin_options options = {.program = program.bytes, .program_size = sizeof(program.bytes)};
	uint64_t frames;

	program_make(&program, NULL, 0);
	twin_reset(&options);
	twin_program(drive, &fuzz);
	if (twin_boot() != TWIN_POWER_OFF) {
		fputs(twin_console(), stderr);
		abort();
	}
	frames = kernel.frames.free_count;
	if (kernel.scheduler.current != NULL || heap_used(&kernel.heap) != 0 || frames != kernel.frames.total_count) {
		fputs("memory was lost\n", stderr);
		abort();
	}
	return 0;
}
