#include "tests/differential/twin_driver.h"

#include <string.h>

#include "abi/syscalls.h"
#include "core/kernel.h"
#include "core/process/lifecycle.h"
#include "hal_host/state.h"
#include "tests/differential/director.h"
#include "tests/differential/player.h"
#include "tests/script/script.h"

/* ESR_EL1 of a trapped WFI (Arm ARM D17.2.37): EC 0x01, IL. */
#define ESR_WFI 0x06000000

/* The condition flags (Arm ARM C5.2.11). */
#define PSTATE_NZCV 0xf0000000UL

/* The kernel's table has no more places (core/process/table.h). */
#define ACTORS 128

/* What a program has just done. */
enum stage {
	BEGUN,	/* nothing: it stands at its entry */
	PLAYED, /* an instruction of its own */
	STORED, /* its registers in the state page */
	LOOKED, /* at its script */
};

/* A process: what it does next is in its own memory, and this. */
struct actor {
	uint64_t pid;
	enum stage stage;
	struct play play; /* the instruction */
};

/* The state page as the programs' own C has it. */
union state {
	struct play play;
	struct director director;
	struct player player;
};

static struct actor actors[ACTORS];
static bool somebody_types;

static bool is_director(const struct actor *actor)
{
	return actor->pid == LIFECYCLE_FIRST_PID;
}

static struct actor *current_actor(void)
{
	uint64_t pid = kernel.scheduler.current->pid;
	struct actor *actor = &actors[pid % ACTORS];

	if (actor->pid != pid) {
		*actor = (struct actor){.pid = pid};
	}
	return actor;
}

static void read_user(uint64_t address, void *bytes, size_t size)
{
	if (!twin_user_read(twin_live_space(), address, bytes, size)) {
		twin_abort("script", "a player cannot read 0x%llx", (unsigned long long)address);
	}
}

static void write_user(uint64_t address, const void *bytes, size_t size)
{
	if (!twin_user_write(twin_live_space(), address, bytes, size)) {
		twin_abort("script", "a player cannot write 0x%llx", (unsigned long long)address);
	}
}

/* The beginning of a string; zeros behind its end. */
static void read_text(uint64_t address, uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		read_user(address + i, &text[i], 1);
		if (text[i] == '\0') {
			return;
		}
	}
}

static void read_arguments(const struct hal_context *context, struct player_arguments *arguments)
{
	uint64_t addresses[PLAYER_ARGUMENTS];

	arguments->count = context->x[0];
	arguments->stack = context->sp;
	if (arguments->count >= PLAYER_ARGUMENTS) {
		read_user(context->x[1], addresses, sizeof(addresses));
		read_text(addresses[0], arguments->file, sizeof(arguments->file));
		read_text(addresses[1], arguments->script, sizeof(arguments->script));
		read_text(addresses[2], arguments->process, sizeof(arguments->process));
	}
}

static void begin(const struct actor *actor, const struct hal_context *context, union state *state)
{
	struct player_arguments arguments = {0};

	memset(state, 0, sizeof(*state));
	if (is_director(actor)) {
		state->play.script = PLAYER_SCRIPTS;
	} else {
		read_arguments(context, &arguments);
		player_begin(&state->player, &arguments);
	}
}

static void decide(const struct actor *actor, union state *state)
{
	struct director_plan plan;
	struct script script;

	if (is_director(actor)) {
		read_user(state->play.script, &plan, sizeof(plan));
		director_next(&state->director, &plan);
	} else {
		read_user(state->play.script, &script, sizeof(script));
		player_next(&state->player, &script);
	}
}

/* FP registers are in the CPU while a process runs that has used them. */
static void load_registers(const struct play *play)
{
	struct hal_context *context = &kernel.scheduler.current->context;

	memcpy(context->x, play->registers, sizeof(context->x));
	context->sp = play->registers[PLAYER_SP];
	context->pstate = (context->pstate & ~PSTATE_NZCV) | play->registers[PLAYER_FLAGS];
	if ((play->fp >> PLAYER_FP_LOADED_BIT & 1) != 0) {
		if (!twin.fp_is_on) {
			twin_abort("script", "the FP registers of a player are not in the CPU");
		}
		memcpy(twin.fp.v, &play->registers[PLAYER_V], sizeof(twin.fp.v));
		twin.fp.fpcr = play->registers[PLAYER_FPCR];
		twin.fp.fpsr = play->registers[PLAYER_FPSR];
	}
}

/* All that the instruction left, x0 aside. */
static void save_registers(const struct hal_context *context, uint64_t result, struct play *play)
{
	memcpy(play->registers, context->x, sizeof(context->x));
	play->registers[0] = result;
	play->registers[PLAYER_SP] = context->sp;
	play->registers[PLAYER_FLAGS] = context->pstate & PSTATE_NZCV;
	play->registers[PLAYER_THREAD] = twin.thread_pointer;
	if ((play->fp >> PLAYER_FP_SAVED_BIT & 1) != 0) {
		memcpy(&play->registers[PLAYER_V], twin.fp.v, sizeof(twin.fp.v));
		play->registers[PLAYER_FPCR] = twin.fp.fpcr;
		play->registers[PLAYER_FPSR] = twin.fp.fpsr;
	}
}

/* Asks the program itself, whose state is in its own memory. */
static void choose(struct actor *actor, const struct hal_context *context)
{
	union state state;

	if (actor->stage == BEGUN) {
		begin(actor, context, &state);
	} else {
		read_user(PLAYER_STATE, &state, sizeof(state));
	}
	decide(actor, &state);
	write_user(PLAYER_STATE, &state, sizeof(state));
	actor->play = state.play;
	load_registers(&actor->play);
}

static enum script_point point_of(const struct play *play)
{
	return (enum script_point)((play->point - SCRIPT_POINT_ADDRESS(0)) / SCRIPT_POINT_SIZE);
}

static struct twin_step call_step(const struct play *play, uint16_t immediate)
{
	struct twin_step step = {.kind = TWIN_SVC, .immediate = immediate, .number = play->number};

	memcpy(step.arguments, play->operands, sizeof(step.arguments));
	return step;
}

static struct twin_step load_step(uint64_t address, unsigned size)
{
	return (struct twin_step){.kind = TWIN_LOAD, .address = address, .size = size};
}

static struct twin_step store_step(uint64_t address, uint64_t value, unsigned size)
{
	return (struct twin_step){.kind = TWIN_STORE, .address = address, .value = value, .size = size};
}

static struct twin_step wait_step(const struct hal_context *context)
{
	return (struct twin_step){
		.kind = TWIN_TRAP, .trap = {.kind = HAL_TRAP_SYNC, .esr = ESR_WFI}, .value = context->pstate};
}

/* What player.S has at that point. */
static struct twin_step point_step(const struct play *play, const struct hal_context *context)
{
	static const uint16_t immediates[] = {0, 1, 2, 65535};
	enum script_point point = point_of(play);
	const uint64_t *operands = play->operands;

	switch (point) {
	case SCRIPT_POINT_SVC_0:
	case SCRIPT_POINT_SVC_1:
	case SCRIPT_POINT_SVC_2:
	case SCRIPT_POINT_SVC_65535:
		return call_step(play, immediates[point - SCRIPT_POINT_SVC_0]);
	case SCRIPT_POINT_LINE:
		return call_step(play, 0);
	case SCRIPT_POINT_LOAD_1:
	case SCRIPT_POINT_LOAD_2:
	case SCRIPT_POINT_LOAD_4:
	case SCRIPT_POINT_LOAD_8:
		return load_step(operands[0], 1U << (point - SCRIPT_POINT_LOAD_1));
	case SCRIPT_POINT_STORE_1:
	case SCRIPT_POINT_STORE_2:
	case SCRIPT_POINT_STORE_4:
	case SCRIPT_POINT_STORE_8:
		return store_step(operands[0], operands[1], 1U << (point - SCRIPT_POINT_STORE_1));
	case SCRIPT_POINT_BRANCH:
		return (struct twin_step){.kind = TWIN_BRANCH, .address = operands[0]};
	case SCRIPT_POINT_UNDEFINED:
		return (struct twin_step){.kind = TWIN_UNDEFINED};
	case SCRIPT_POINT_HASH:
		return load_step(operands[0], 1);
	case SCRIPT_POINT_HASH_8:
		return load_step(operands[0], 8);
	case SCRIPT_POINT_SPIN: /* turns of two instructions, a nanosecond each */
		return (struct twin_step){.kind = TWIN_PASS,
					  .value = operands[0] * 2 * TWIN_FREQUENCY_DEFAULT / 1000000000};
	case SCRIPT_POINT_FP_SET:
		return (struct twin_step){.kind = TWIN_FP_LOAD, .value = operands[0]};
	case SCRIPT_POINT_FP_GET:
		return (struct twin_step){.kind = TWIN_FP_STORE};
	case SCRIPT_POINT_THREAD_SET:
		return (struct twin_step){
			.kind = TWIN_MOVE, .target = TWIN_REGISTER_THREAD_POINTER, .value = operands[0]};
	case SCRIPT_POINT_THREAD_GET:
		return (struct twin_step){.kind = TWIN_READ_THREAD_POINTER};
	case SCRIPT_POINT_WAIT:
		return wait_step(context);
	case SCRIPT_POINT_PROBE_STATE:
	case SCRIPT_POINTS:
		break;
	}
	twin_abort("script", "a program plays at 0x%llx", (unsigned long long)play->point);
}

/* How many bytes a load for a hash has; 0: it is none. */
static unsigned hash_size(const struct play *play)
{
	switch (point_of(play)) {
	case SCRIPT_POINT_HASH:
		return 1;
	case SCRIPT_POINT_HASH_8:
		return 8;
	default:
		return 0;
	}
}

/* Takes what was loaded; false at the end. */
static bool hash_goes_on(struct play *play, uint64_t value)
{
	play->operands[2] = (play->operands[2] ^ value) * SCRIPT_HASH_PRIME;
	play->operands[0] += hash_size(play);
	return play->operands[0] != play->operands[1];
}

/* What the instruction left in x0. */
static uint64_t result_of(const struct play *play, const struct hal_context *context)
{
	return hash_size(play) != 0 ? play->operands[2] : context->x[0];
}

static struct twin_step at(enum script_point point, struct twin_step step)
{
	step.at = SCRIPT_POINT_ADDRESS(point);
	return step;
}

static struct twin_step play_next(struct actor *actor, const struct hal_context *context)
{
	choose(actor, context);
	actor->stage = PLAYED;
	return at(point_of(&actor->play), point_step(&actor->play, context));
}

/* Where a branch can go there are nothing but zeros. */
static struct twin_step play_target(const struct hal_context *context, uint32_t word)
{
	if (word != 0) {
		twin_abort("script", "a branch to an instruction, at 0x%llx", (unsigned long long)context->pc);
	}
	return (struct twin_step){.kind = TWIN_UNDEFINED};
}

static struct twin_step after_instruction(struct actor *actor, const struct hal_context *context, uint32_t word)
{
	struct play *play = &actor->play;

	if (point_of(play) == SCRIPT_POINT_BRANCH) {
		return play_target(context, word);
	}
	if (hash_size(play) != 0 && hash_goes_on(play, context->x[0])) {
		return at(point_of(play), load_step(play->operands[0], hash_size(play)));
	}
	actor->stage = STORED;
	return at(SCRIPT_POINT_PROBE_STATE, store_step(context->sp, context->x[16], 8));
}

static struct twin_step look_at_script(struct actor *actor, const struct hal_context *context)
{
	struct twin_step step = load_step(actor->play.script, 8);

	save_registers(context, result_of(&actor->play, context), &actor->play);
	write_user(PLAYER_STATE, &actor->play, offsetof(struct play, result));
	actor->stage = LOOKED;
	step.at = PLAYER_MORE_CODE;
	return step;
}

/* A program that is no player does nothing but exit. */
static bool is_player(const struct process *process)
{
	return strncmp(process->program->name, "play", 4) == 0;
}

static bool drive(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	struct actor *actor = current_actor();

	(void)owner;
	if (somebody_types) {
		twin_console_type("aaaaaaaaaaaaaaaa", TWIN_UART_ROOM);
	}
	if (!is_director(actor) && !is_player(kernel.scheduler.current)) {
		*step = (struct twin_step){.kind = TWIN_SVC, .number = SYS_exit};
	} else if (actor->stage == PLAYED) {
		*step = after_instruction(actor, context, word);
	} else if (actor->stage == STORED) {
		*step = look_at_script(actor, context);
	} else {
		*step = play_next(actor, context);
	}
	return true;
}

void twin_driver_start(bool types)
{
	memset(actors, 0, sizeof(actors));
	somebody_types = types;
	twin_every_program(drive, NULL);
}
