/*
 * Numbers and arguments come from the system call table: the value of an argument is drawn by its kind, from the values
 * that mean something to it, from their neighbours, and from all others. A kind that nobody draws does not compile.
 */
#include "tests/fuzz/syscall_draw.h"

#include <string.h>

#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "hal/interrupt.h"
#include "hal/layout.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SLICE (TWIN_FREQUENCY_DEFAULT / SCHEDULER_SLICES_PER_SECOND)
#define NANOSECONDS_A_TICK (1000000000UL / TWIN_FREQUENCY_DEFAULT)

const char *const draw_names[DRAW_NAMES] = {"program", "pie", "big", "bad", "none", "an argument with some length"};

/* The process that draws, for values that are about it. */
struct drawer {
	struct input_bytes *input;
	struct model_process *model;
	uint64_t request_size; /* of the request that was just drawn, or 0 */
};

static uint64_t data_of(const struct drawer *drawer)
{
	return drawer->model->base + PROGRAM_DATA;
}

/* Into the process's data, as if it had written that itself before; not if it could not have. */
static void poke(const struct drawer *drawer, uint64_t address, const void *bytes, size_t size)
{
	if (model_allows(drawer->model, address, size, PANTHER_WRITE)) {
		(void)twin_user_write(twin_live_space(), address, bytes, size);
	}
}

static uint64_t own_page(const struct drawer *drawer)
{
	size_t count = drawer->model->page_count;

	return count == 0 ? 0 : drawer->model->pages[take_bytes(drawer->input, 2) % count].address;
}

static uint64_t draw_address(const struct drawer *drawer)
{
	const uint64_t places[] = {
		data_of(drawer),
		drawer->model->base + PROGRAM_CONSTANTS,
		drawer->model->base + PROGRAM_CODE,
		data_of(drawer) + PANTHER_PAGE_SIZE,
		drawer->model->stack_bottom,
		drawer->model->stack_bottom + PANTHER_USER_STACK_SIZE,
		PANTHER_USER_TOP,
		0,
		PANTHER_USER_BOTTOM,
		PANTHER_USER_MAP_BASE,
		PANTHER_USER_MAP_TOP,
		KERNEL_LINEAR_BASE,
		KERNEL_IMAGE_BASE,
		KERNEL_DEVICE_BASE,
		1ULL << 56 | PROGRAM_DATA,
		1ULL << 63,
		UINT64_MAX,
		1ULL << 48,
	};
	uint8_t choice = take(drawer->input);

	if (choice < 64) {
		return own_page(drawer) + take_bytes(drawer->input, 2) % PANTHER_PAGE_SIZE;
	}
	return choice < 128 ? data_of(drawer) : take_near(drawer->input, places, COUNT(places));
}

static uint64_t draw_length(const struct drawer *drawer)
{
	static const uint64_t places[] = {0,
					  1,
					  64,
					  sizeof(struct panther_process_info),
					  PANTHER_READ_CHUNK,
					  PANTHER_WRITE_CHUNK,
					  PANTHER_MAP_MAX,
					  PANTHER_IO_MAX,
					  PANTHER_USER_TOP,
					  1ULL << 63,
					  1ULL << 32};
	uint8_t choice = take(drawer->input);

	if (drawer->request_size != 0 && choice < 224) {
		return drawer->request_size;
	}
	return choice < 128 ? (choice & 7U) * PANTHER_PAGE_SIZE : take_near(drawer->input, places, COUNT(places));
}

static uint64_t draw_fd(const struct drawer *drawer)
{
	static const uint64_t places[] = {0, 1, 2, 1ULL << 32, UINT64_MAX};
	uint8_t choice = take(drawer->input);

	return choice < 160 ? choice % 3 : take_near(drawer->input, places, COUNT(places));
}

/* The first process must end with 0, or the machine stops: mostly it does. */
static uint64_t draw_status(const struct drawer *drawer)
{
	uint8_t choice = take(drawer->input);

	return choice < 192 ? (uint64_t)choice << 8 : take_bytes(drawer->input, 8);
}

static uint64_t draw_calls(const struct drawer *drawer)
{
	uint8_t choice = take(drawer->input);
	uint64_t all = 0;

#define SYSCALL(number, name, since, summary, arguments, errors, result) all |= PANTHER_CALL_BIT(number);
#include "abi/syscalls.def"
#undef SYSCALL
	return choice < 192 ? all & ~PANTHER_CALL_BIT(choice % 32) : take_bytes(drawer->input, 8);
}

static struct panther_spawn_request draw_options(const struct drawer *drawer)
{
	uint8_t choice = take(drawer->input);

	if (choice < 96) {
		return (struct panther_spawn_request){.flags = PANTHER_SPAWN_INHERIT};
	}
	return (struct panther_spawn_request){
		.calls = draw_calls(drawer) & drawer->model->calls,
		.frames_max = choice < 192 ? 24 + take(drawer->input) : take_bytes(drawer->input, 8),
		.children_max = choice < 200 ? take(drawer->input) % 8 : take_bytes(drawer->input, 8),
		.flags = choice < 208 ? 0 : take_bytes(drawer->input, 8),
	};
}

/* Room for more than a request may have. */
struct drawn_request {
	struct panther_spawn_request options;
	char strings[PANTHER_SPAWN_MAX];
};

static size_t add_string(struct drawn_request *request, size_t size, const char *text)
{
	size_t length = strlen(text) + 1;

	if (size + length > sizeof(request->strings)) {
		return size;
	}
	memcpy(request->strings + size, text, length);
	return size + length;
}

/* Mostly in the process's data, and sound; its length is the next argument. */
static uint64_t draw_request(struct drawer *drawer)
{
	struct drawn_request request = {.options = draw_options(drawer)};
	uint64_t address = data_of(drawer) + DRAW_REQUEST_OFFSET;
	uint8_t choice = take(drawer->input);
	size_t count = choice < 192 ? choice % 4 : choice % (PANTHER_ARGUMENTS_MAX + 2);
	/* Of two thirds of all spawns something becomes. */
	size_t size = add_string(&request, 0, draw_names[choice < 128 ? choice % 2 : choice % DRAW_NAMES]);

	for (size_t i = 0; i < count; i++) {
		size = add_string(&request, size, draw_names[(choice + i) % DRAW_NAMES]);
	}
	drawer->request_size = sizeof(request.options) + size;
	poke(drawer, address, &request, drawer->request_size);
	return choice < 240 ? address : draw_address(drawer);
}

static uint64_t draw_exit(const struct drawer *drawer)
{
	return take(drawer->input) < 192 ? data_of(drawer) + DRAW_EXIT_OFFSET : draw_address(drawer);
}

/* 0, one that exists, the caller, or any. */
static uint64_t draw_pid(const struct drawer *drawer)
{
	uint8_t choice = take(drawer->input);
	const struct process *process;
	uint64_t slot;

	if (choice < 96) {
		return 0;
	}
	if (choice >= 224) {
		return take_bytes(drawer->input, 8);
	}
	process = process_table_from(&kernel.processes, choice % 8, &slot);
	return process == NULL ? drawer->model->pid : process->pid;
}

/* Around now, far away, or never. */
static uint64_t draw_time(const struct drawer *drawer)
{
	static const uint64_t places[] = {0, 1ULL << 40, INT64_MAX, 1ULL << 63, UINT64_MAX};
	uint8_t choice = take(drawer->input);
	uint64_t now = (hal_time_ticks() - TWIN_FIRST_TICK) * NANOSECONDS_A_TICK;

	return choice < 224 ? now + take_bytes(drawer->input, 3) * NANOSECONDS_A_TICK
			    : take_near(drawer->input, places, COUNT(places));
}

static uint64_t draw_pages(const struct drawer *drawer)
{
	uint8_t choice = take(drawer->input);

	if (choice < 64) {
		return 0;
	}
	if (choice < 160) {
		return own_page(drawer) + (choice % 4 == 3 ? PANTHER_PAGE_SIZE : 0);
	}
	return choice < 232 ? draw_address(drawer) / PANTHER_PAGE_SIZE * PANTHER_PAGE_SIZE : draw_address(drawer);
}

static uint64_t draw_access(const struct drawer *drawer)
{
	uint8_t choice = take(drawer->input);

	return choice < 192   ? PANTHER_READ | choice % 3 * PANTHER_WRITE
	       : choice < 240 ? choice % 8
			      : take_bytes(drawer->input, 8);
}

/* Mostly one of the first `count` numbers. */
static uint64_t draw_small(const struct drawer *drawer, unsigned count)
{
	uint8_t choice = take(drawer->input);

	return choice < 240 ? choice % count : take_bytes(drawer->input, 8);
}

static uint64_t draw_index(const struct drawer *drawer)
{
	uint8_t choice = take(drawer->input);

	return choice < 128 ? 0 : choice < 250 ? choice - 128U : take_bytes(drawer->input, 8);
}

/* By kind of argument, as abi/syscalls.def names them. */
#define draw_STATUS draw_status
#define draw_FD draw_fd
#define draw_IN draw_address
#define draw_OUT draw_address
#define draw_LENGTH draw_length
#define draw_REQUEST draw_request
#define draw_EXIT draw_exit
#define draw_PID draw_pid
#define draw_TIME draw_time
#define draw_PAGES draw_pages
#define draw_ACCESS draw_access
#define draw_CALLS draw_calls
#define draw_FLAGS(drawer) draw_small(drawer, 2)
#define draw_TOPIC(drawer) draw_small(drawer, 5)
#define draw_INDEX draw_index

static void draw_arguments(struct drawer *drawer, struct twin_step *step)
{
	switch (step->number) {
#define ARGUMENTS(...) __VA_ARGS__
#define NO_ARGUMENTS (void)0
#define ARGUMENT(register_number, kind, name, text) step->arguments[register_number] = draw_##kind(drawer)
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
			step->arguments[i] = draw_address(drawer);
		}
	}
}

/* Every call, but few that end the process or take calls from it, for they end what an input could find. */
static uint64_t draw_number(const struct drawer *drawer)
{
	static const uint8_t often[] = {SYS_spawn, SYS_spawn,	SYS_spawn, SYS_map,  SYS_map,
					SYS_unmap, SYS_protect, SYS_wait,  SYS_kill, SYS_sleep,
					SYS_yield, SYS_read,	SYS_write, SYS_info, SYS_random};
	uint8_t choice = take(drawer->input);

	if (choice < 200) {
		return often[choice % COUNT(often)];
	}
	return choice < 250 ? (choice - 200U) % 20 : take_bytes(drawer->input, 8);
}

static void draw_svc(struct drawer *drawer, struct twin_step *step)
{
	step->kind = TWIN_SVC;
	step->number = draw_number(drawer);
	draw_arguments(drawer, step);
	if (step->number > UINT32_MAX) {
		step->immediate = (uint16_t)take_bytes(drawer->input, 2);
	}
}

static void draw_access_step(const struct drawer *drawer, uint8_t choice, struct twin_step *step)
{
	step->kind = choice % 2 == 0 ? TWIN_LOAD : TWIN_STORE;
	step->size = 1U << choice / 2 % 4;
	step->address = draw_address(drawer);
	step->value = choice;
}

static void draw_register_step(const struct drawer *drawer, uint8_t choice, struct twin_step *step)
{
	static const enum twin_step_kind kinds[] = {
		TWIN_FP_LOAD, TWIN_FP_STORE,	       TWIN_FP_LOAD, TWIN_FP_STORE, TWIN_MOVE,
		TWIN_MOVE,    TWIN_READ_THREAD_POINTER};

	step->kind = kinds[choice % COUNT(kinds)];
	step->value = take_bytes(drawer->input, 2);
	step->target = (unsigned)(step->value >> 8) % 32;
	if (step->kind == TWIN_MOVE && step->target % 4 == 0) {
		step->target = TWIN_REGISTER_THREAD_POINTER;
	} else if (step->kind == TWIN_MOVE && step->target == TWIN_REGISTER_SP) {
		step->target = TWIN_REGISTER_FLAGS;
		step->value <<= 28;
	}
}

/* WFI, which traps (Arm ARM D17.2.37: EC 1, IL, ISS.CV and COND always). */
static void draw_wait(const struct hal_context *context, struct twin_step *step)
{
	step->kind = TWIN_TRAP;
	step->value = context->pstate;
	step->trap = (struct hal_trap){.kind = HAL_TRAP_SYNC, .esr = 1U << 26 | 1U << 25 | 0x1eU << 20};
}

static void draw_rest(const struct drawer *drawer, uint8_t choice, const struct hal_context *context,
		      struct twin_step *step)
{
	if (choice < 3) {
		draw_wait(context, step);
	} else if (choice < 6) {
		step->kind = TWIN_BRANCH;
		step->address = drawer->model->base + PROGRAM_CODE + take(drawer->input) * 4U;
	} else if (choice < 7) {
		step->kind = TWIN_BRANCH;
		step->address = draw_address(drawer);
	} else {
		step->kind = TWIN_UNDEFINED;
	}
}

/* What the world does meanwhile: somebody types, the line is bad, a device that nobody knows interrupts. */
static void draw_event(struct input_bytes *input)
{
	static const uint8_t text[32] = "typed while programs are running";
	uint8_t choice = take(input);

	if (choice < 128) {
		twin_console_type(text, choice % (sizeof(text) + 1));
		model_input.typed += choice % (sizeof(text) + 1);
	} else if (choice < 160) {
		twin_console_noise(choice % 4);
	} else if (choice < 192) {
		twin_interrupt_spurious();
	} else if (choice < 224) {
		twin_interrupt_raise(TWIN_UART_INTERRUPT + 1 + choice % 16);
	} else {
		twin_advance(take_bytes(input, 3));
	}
}

void draw_step(struct input_bytes *input, struct model_process *model, const struct hal_context *context,
	       struct twin_step *step)
{
	struct drawer drawer = {.input = input, .model = model};
	uint8_t choice = take(input);

	while (choice >= 240 && input->size != 0) {
		draw_event(input);
		choice = take(input);
	}
	if (choice < 184) {
		draw_svc(&drawer, step);
	} else if (choice < 200) {
		step->kind = TWIN_PASS;
		step->value = take_bytes(input, 2) * 4 + (choice % 2) * SLICE + 1;
	} else if (choice < 216) {
		draw_access_step(&drawer, choice, step);
	} else if (choice < 232) {
		draw_register_step(&drawer, choice, step);
	} else {
		draw_rest(&drawer, choice % 8, context, step);
	}
}
