/*
 * Plays the steps of a row (script.h) as a program of the twin: what
 * user_player.c does at EL0, with the same lines on the console. As there, the
 * first program starts the player, waits for it, and sees to it that everything
 * came back (programs/judge.c). Any further program exits at once.
 *
 * usage: attack_twin_player ARCHIVE SCRIPT "KERNEL COMMAND LINE"
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/syscalls.h"
#include "hal_host/twin.h"
#include "tests/attack/script.h"
#include "tests/attack/twin_judge.h"
#include "tests/support/whole_file.h"

#define FLAGS_MASK 0xf0000000UL

struct player {
	struct step script[SCRIPT_STEPS_MAX];
	size_t next;		   /* the step that is played */
	uint64_t turn;		   /* how far within it */
	uint64_t home;		   /* where the program stands: any mapped code will do */
	uint64_t stack;		   /* its stack's lowest byte */
	uint64_t state;		   /* of the random numbers */
	uint64_t wrong;		   /* calls of a sweep that were not refused */
	bool is_answered;	   /* the last step of the twin was a call of a sweep */
	struct hal_context before; /* the registers that a call must keep */
};

/* What a step of the script comes to, as far as this turn goes. */
enum turn { TURN_STEP, TURN_DONE };

static void begin_call(struct player *player, const struct step *step, const struct hal_context *context)
{
	uint64_t state = step->seed;

	player->before = *context;
	for (size_t i = 0; i < 31; i++) {
		player->before.x[i] = step->seed == 0 ? 0 : script_random(&state);
	}
	player->before.pstate = step->seed == 0 ? 0 : script_random(&state) & FLAGS_MASK;
	memcpy(player->before.x, step->arguments, sizeof(step->arguments));
	player->before.x[8] = step->number;
}

static uint64_t lost(const struct hal_context *before, const struct hal_context *after)
{
	uint64_t mask = 0;

	for (size_t i = 1; i < 31; i++) {
		mask |= (uint64_t)(before->x[i] != after->x[i]) << i;
	}
	mask |= (uint64_t)(before->sp != after->sp) << LOST_SP;
	mask |= (uint64_t)(before->pstate != after->pstate) << LOST_FLAGS;
	return mask;
}

static void say_call(const struct step *step, uint64_t result, uint64_t mask)
{
	if (step->kind == STEP_CALL_GOOD && (int64_t)result >= 0) {
		printf("good lost 0x%" PRIx64 "\n", mask);
	} else {
		printf("call 0x%" PRIx64 " lost 0x%" PRIx64 "\n", result, mask);
	}
}

/* Three turns: the flags, the call with all registers, the answer. */
static enum turn play_call(struct player *player, const struct step *step, const struct hal_context *context,
			   struct twin_step *out)
{
	switch (player->turn++) {
	case 0:
		begin_call(player, step, context);
		*out = (struct twin_step){
			.kind = TWIN_MOVE, .target = TWIN_REGISTER_FLAGS, .value = player->before.pstate};
		return TURN_STEP;
	case 1:
		twin_judge_call(out, step->number, step->arguments, step->immediate);
		out->registers = player->before.x;
		return TURN_STEP;
	default:
		say_call(step, context->x[0], lost(&player->before, context));
		return TURN_DONE;
	}
}

/* Counts the answer to the number before, if there was one. */
static void judge(struct player *player, const struct hal_context *context)
{
	player->wrong += player->is_answered && context->x[0] != (uint64_t)-PANTHER_ENOSYS;
	player->is_answered = false;
}

/* A call that write would accept but for its number. */
static void call_number(struct player *player, uint64_t number, struct twin_step *out)
{
	const uint64_t arguments[6] = {1, player->home, 1};

	twin_judge_call(out, number, arguments, 0);
	player->is_answered = true;
}

static enum turn play_sweep(struct player *player, const struct step *step, const struct hal_context *context,
			    struct twin_step *out)
{
	uint64_t number = step->address + player->turn++;

	judge(player, context);
	if (number > step->value) {
		printf("sweep 0x%" PRIx64 "\n", player->wrong);
		return TURN_DONE;
	}
	call_number(player, number, out);
	return TURN_STEP;
}

static enum turn play_random(struct player *player, const struct step *step, const struct hal_context *context,
			     struct twin_step *out)
{
	uint64_t number = 0;

	judge(player, context);
	if (player->turn == 0) {
		player->state = step->seed;
	}
	while (player->turn++ < step->value) {
		number = script_random_number(&player->state);
		if (number >= step->address) {
			call_number(player, number, out);
			return TURN_STEP;
		}
	}
	printf("random 0x%" PRIx64 "\n", player->wrong);
	return TURN_DONE;
}

static enum turn play_fill(struct player *player, const struct step *step, struct twin_step *out)
{
	uint64_t at = 8 * player->turn++;

	if (at >= step->size) {
		return TURN_DONE;
	}
	*out = (struct twin_step){.kind = TWIN_STORE,
				  .address = step->address + at,
				  .value = (step->value & 0xff) * 0x0101010101010101,
				  .size = 8};
	return TURN_STEP;
}

static enum turn play_bits(struct player *player, const struct step *step, const struct hal_context *context,
			   struct twin_step *out)
{
	uint64_t arguments[6];

	player->wrong += player->is_answered && context->x[0] != step->size;
	player->is_answered = false;
	while (player->turn < 64 && (step->value >> player->turn & 1) == 0) {
		player->turn++;
	}
	if (player->turn == 64) {
		printf("bits 0x%" PRIx64 "\n", player->wrong);
		return TURN_DONE;
	}
	memcpy(arguments, step->arguments, sizeof(arguments));
	arguments[step->address] |= (uint64_t)1 << player->turn++;
	twin_judge_call(out, step->number, arguments, 0);
	player->is_answered = true;
	return TURN_STEP;
}

static enum turn play_load(struct player *player, const struct step *step, const struct hal_context *context,
			   struct twin_step *out)
{
	if (player->turn++ == 0) {
		*out = (struct twin_step){.kind = TWIN_LOAD, .address = step->address, .size = (unsigned)step->size};
		return TURN_STEP;
	}
	printf("load 0x%" PRIx64 "\n", context->x[0]);
	return TURN_DONE;
}

static enum turn play_store(struct player *player, const struct step *step, struct twin_step *out)
{
	if (player->turn++ == 0) {
		*out = (struct twin_step){
			.kind = TWIN_STORE, .address = step->address, .value = step->value, .size = 8};
		return TURN_STEP;
	}
	if (step->kind == STEP_STORE) {
		printf("store\n");
	}
	return TURN_DONE;
}

static enum turn play_turn(struct player *player, const struct hal_context *context, struct twin_step *out)
{
	const struct step placed = script_step(&player->script[player->next], player->stack);
	const struct step *step = &placed;
	const uint64_t nothing[6] = {0};

	switch (step->kind) {
	case STEP_CALL:
	case STEP_CALL_GOOD:
		return play_call(player, step, context, out);
	case STEP_SWEEP:
		return play_sweep(player, step, context, out);
	case STEP_RANDOM:
		return play_random(player, step, context, out);
	case STEP_FILL:
		return play_fill(player, step, out);
	case STEP_BITS:
		return play_bits(player, step, context, out);
	case STEP_LOAD:
		return play_load(player, step, context, out);
	case STEP_STORE:
	case STEP_POKE:
		return play_store(player, step, out);
	case STEP_STACK:
		printf("stack 0x%" PRIx64 "\n", player->stack);
		return TURN_DONE;
	case STEP_END:
		twin_judge_call(out, SYS_exit, nothing, 0);
		return TURN_STEP;
	default:
		fprintf(stderr, "step %" PRIu64 " is not one for the twin\n", step->kind);
		exit(1);
	}
}

static bool drive(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *out)
{
	struct player *player = owner;

	(void)word;
	if (player->home == 0) {
		player->home = context->pc;
		/* The arguments are in the stack's top page. */
		player->stack = (context->x[1] | (PANTHER_PAGE_SIZE - 1)) + 1 - PANTHER_USER_STACK_SIZE;
	}
	/* Every step moves on by one instruction; the program may be shorter than the script. */
	if (context->pc != player->home) {
		*out = (struct twin_step){.kind = TWIN_BRANCH, .address = player->home};
		return true;
	}
	while (play_turn(player, context, out) == TURN_DONE) {
		fflush(stdout);
		player->next++;
		player->turn = 0;
		player->wrong = 0;
	}
	return true;
}

/* Whoever the player starts. */
static bool drive_exit(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *out)
{
	(void)owner;
	(void)context;
	(void)word;
	twin_judge_call(out, SYS_exit, (uint64_t[6]){0}, 0);
	return true;
}

static enum twin_end boot(const struct twin_options *options, struct player *player)
{
	twin_reset(options);
	/* Without a script the archive is what matters. */
	if (player->script[0].kind != STEP_END) {
		twin_program(twin_judge, NULL);
		twin_program(drive, player);
	}
	twin_every_program(drive_exit, NULL);
	return twin_boot();
}

int main(int count, char **arguments)
{
	static struct player player;
	struct twin_options options = {.echo = true};
	size_t script_size;
	char *archive, *script;
	enum twin_end end;

	if (count != 4) {
		fprintf(stderr, "usage: %s ARCHIVE SCRIPT \"KERNEL COMMAND LINE\"\n", arguments[0]);
		return 2;
	}
	archive = whole_file_read(arguments[1], &options.archive_size);
	script = whole_file_read(arguments[2], &script_size);
	if (script_size != sizeof(player.script)) {
		fprintf(stderr, "%s: not a script\n", arguments[2]);
		return 2;
	}
	memcpy(player.script, script, script_size);
	options.archive = (const uint8_t *)archive;
	options.command_line = arguments[3];
	end = boot(&options, &player);
	free(script);
	free(archive);
	return end == TWIN_POWER_OFF ? 0 : 1;
}
