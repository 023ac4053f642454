#include "tests/differential/player.h"

#include <stdbool.h>

#include "abi/limits.h"
#include "abi/syscalls.h"

/* "player", as the first bytes of a word: what a request names, and what is put in its place. */
#define NAME_MASK 0xffffffffffffUL
#define NAME ('p' | 'l' << 8 | 'a' << 16 | (uint64_t)'y' << 24 | (uint64_t)'e' << 32 | (uint64_t)'r' << 40)

/* What is done with the result of the last instruction. */
enum phase { IDENTIFY, IDENTIFIED, FETCH, RECORD, HIDE, SEEN, SAID, END };

static uint64_t digit(uint8_t text)
{
	return (text & 0xf) % 10;
}

void player_begin(struct player *player, const struct player_arguments *arguments)
{
	uint64_t stack = (arguments->stack | (PANTHER_PAGE_SIZE - 1)) + 1 - PANTHER_USER_STACK_SIZE;
	uint64_t script;

	player->play.script = SCRIPT_SCRIPTS_ADDRESS;
	if (arguments->count < PLAYER_ARGUMENTS || arguments->process[0] == '\0') {
		player->phase = END;
		return;
	}
	script = (digit(arguments->script[0]) * 10 + digit(arguments->script[1])) % SCRIPT_SCRIPTS_MAX;
	player->play.script += script * PANTHER_PAGE_SIZE;
	player->file = (uint64_t)arguments->file[PLAYER_NAME_DIGITS] << 32 |
		       (uint64_t)arguments->file[PLAYER_NAME_DIGITS + 1] << 40;
	script_player_begin(&player->script, script, digit(arguments->process[0]), stack, 0);
}

/*
 * The files of a boot are many, and each player starts its own again. The name stands at the beginning of the strings,
 * and behind its NUL once more.
 */
static void put_name(const struct player *player, uint64_t words[SCRIPT_REQUEST_WORDS])
{
	uint64_t second = words[4] >> 56 | words[5] << 8;

	if ((words[4] & NAME_MASK) == NAME) {
		words[4] = (words[4] & ~PLAYER_FILE_MASK) | player->file;
	}
	if ((second & NAME_MASK) == NAME) {
		words[5] = (words[5] & ~(PLAYER_FILE_MASK >> 8)) | player->file >> 8;
	}
}

static void say(struct player *player)
{
	play_line_hex(&player->line, player->script.process);
	play_line_text(&player->line, ' ');
	play_line_hex(&player->line, player->step);
	play_line_text(&player->line, ' ');
	play_line_hex(&player->line, player->shown);
	if (player->phase == SEEN) {
		play_line_text(&player->line, ' ');
		play_line_hex(&player->line, player->play.result);
	}
	play_line_text(&player->line, '\n');
	play_write(&player->play, &player->line, PLAYER_STATE + offsetof(struct player, line.text));
	player->phase = SAID;
}

/* What no two machines agree on does not stay in the script's memory. */
static bool hide_word(struct player *player)
{
	bool hides = false;

	while (player->hidden != 0 && !hides) {
		hides = (player->hidden & 1) != 0;
		play_at(&player->play, SCRIPT_POINT_STORE_8, player->record, 0);
		player->hidden >>= 1;
		player->record += sizeof(uint64_t);
	}
	return hides;
}

/* The kinds of steps that have a result, as bits. */
#define RESULTS \
	(1U << SCRIPT_CALL | 1U << SCRIPT_LOAD | 1U << SCRIPT_HASH | 1U << SCRIPT_FP_GET | 1U << SCRIPT_THREAD_GET)

static uint64_t result_of(const struct player *player, const struct script_step *step)
{
	return (RESULTS >> (step->kind & 31) & 1) != 0 ? player->play.result : 0;
}

static bool brought_record(const struct script_step *step, uint64_t result)
{
	return step->kind == SCRIPT_CALL && step->number == SYS_info && (int64_t)result > 0;
}

/* Which operand of a call that writes memory says where; SCRIPT_OPERANDS: none does. */
static unsigned output_operand(const struct script_step *step)
{
	if (step->kind != SCRIPT_CALL || step->immediate != 0) {
		return SCRIPT_OPERANDS;
	}
	switch (step->number) {
	case SYS_read:
	case SYS_wait:
		return 1;
	case SYS_random:
		return 0;
	case SYS_info:
		return 2;
	default:
		return SCRIPT_OPERANDS;
	}
}

/* Code, constants and data: they lie one behind the other. */
#define IMAGE_SIZE (SCRIPT_DATA_ADDRESS + SCRIPT_DATA_SIZE - SCRIPT_CODE_ADDRESS)

/* Is the page surely there? If the call has written to it, or if it is the process's and nothing was unmapped. */
static bool is_there(const struct player *player, uint64_t address)
{
	if ((int64_t)player->shown > 0 || address - player->mapped < player->mapped_size) {
		return true;
	}
	return player->unmapped == 0 &&
	       (address - SCRIPT_CODE_ADDRESS < IMAGE_SIZE || address - player->script.stack < PANTHER_USER_STACK_SIZE);
}

/* A failed info may have left the words that are hidden otherwise. */
static bool is_looked_at(const struct player *player, const struct script_step *step, uint64_t address)
{
	bool is_hidden = step->number == SYS_info && (int64_t)player->shown < 0 &&
			 script_info_hidden(player->play.operands[0]) != 0;

	return address != 0 && !is_hidden && is_there(player, address);
}

/* The memory around what a call may have written: a part of one page. 0 if there is none to look at. */
static uint64_t window_of(const struct player *player, const struct script_step *step)
{
	unsigned index = output_operand(step);
	uint64_t address = index < SCRIPT_OPERANDS ? player->play.operands[index] : 0;
	uint64_t place = address % PANTHER_PAGE_SIZE;

	if (!is_looked_at(player, step, address)) {
		return 0;
	}
	place -= place < PLAYER_WINDOW / 4 ? place : PLAYER_WINDOW / 4;
	if (place > PANTHER_PAGE_SIZE - PLAYER_WINDOW) {
		place = PANTHER_PAGE_SIZE - PLAYER_WINDOW;
	}
	return address / PANTHER_PAGE_SIZE * PANTHER_PAGE_SIZE + place;
}

/* Of what was mapped the last piece is known. */
static void note_pages(struct player *player, const struct script_step *step, uint64_t result)
{
	if (step->kind != SCRIPT_CALL || (int64_t)result < 0) {
		return;
	}
	if (step->number == SYS_map) {
		player->mapped = result;
		player->mapped_size = player->play.operands[1];
	} else if (step->number == SYS_unmap) {
		player->unmapped = 1;
		player->mapped_size = 0;
	}
}

static void hash(struct play *play, uint64_t start, uint64_t end)
{
	play_at(play, SCRIPT_POINT_HASH, start, end);
	play->operands[2] = SCRIPT_HASH_BASIS;
	play->operands[3] = SCRIPT_HASH_PRIME;
}

static void hide_and_say(struct player *player)
{
	player->phase = HIDE;
	if (hide_word(player)) {
		return;
	}
	if (player->window == 0) {
		say(player);
		return;
	}
	player->phase = SEEN;
	hash(&player->play, player->window, player->window + PLAYER_WINDOW);
}

/* The step is done, and the process still there. */
static void record(struct player *player, const struct script_step *step)
{
	uint64_t result = result_of(player, step);

	player->hidden = 0;
	if (brought_record(step, result)) {
		player->hidden = script_info_hidden(player->play.operands[0]);
		player->record = player->play.operands[2];
	}
	script_record(&player->script, step, result);
	player->shown = script_result(step, result);
	note_pages(player, step, result);
	player->window = window_of(player, step);
	hide_and_say(player);
}

/* There is no instruction if there are no bytes. */
static void start_hash(struct player *player, const struct script_step *step)
{
	struct play *play = &player->play;
	uint64_t length = script_hash_length(play->operands[1]);

	hash(play, play->operands[0], play->operands[0] + length);
	if (length == 0) {
		play->result = SCRIPT_HASH_BASIS;
		record(player, step);
	}
}

/*
 * Of a misaligned target that cannot be executed either, the Arm ARM wants the alignment reported (D1.3.5, priorities
 * of synchronous exceptions); QEMU 7.2 reports the fetch. So misaligned targets are where they could be executed.
 */
static uint64_t branch_target(uint64_t address)
{
	uint64_t target = script_branch_target(address);

	return target - SCRIPT_CODE_ADDRESS < PANTHER_PAGE_SIZE ? target : target & ~(uint64_t)3;
}

/*
 * No step but map, unmap and protect gets at the state page: what these do to it is a fault at the next probe, and what
 * others do would change what the player does. An operand in it, or less than what a call reads before it, is moved
 * down.
 */
static uint64_t operand(const struct player *player, const struct script_step *step, unsigned index)
{
	uint64_t value = script_operand(&player->script, step, index);
	bool is_safe = step->kind == SCRIPT_CALL && step->number >= SYS_map && step->number <= SYS_protect;

	if (!is_safe && value - (SCRIPT_STATE_ADDRESS - PANTHER_PAGE_SIZE) < 2UL * PANTHER_PAGE_SIZE) {
		value -= 2UL * PANTHER_PAGE_SIZE;
	}
	return value;
}

/* The next word of a request that the step writes. */
static void store_word(struct player *player, const struct script_step *step)
{
	uint64_t words[SCRIPT_REQUEST_WORDS];

	script_request_words(&player->script, step, words);
	put_name(player, words);
	player->play.operands[0] = operand(player, step, 0) + player->stored * sizeof(uint64_t);
	player->play.operands[1] = words[player->stored];
	player->stored++;
}

static void start_step(struct player *player, const struct script_step *step)
{
	struct play *play = &player->play;

	player->phase = RECORD;
	play->point = SCRIPT_POINT_ADDRESS(script_point(step));
	play->number = step->number;
	for (unsigned i = 0; i < SCRIPT_OPERANDS; i++) {
		play->operands[i] = operand(player, step, i);
	}
	if (step->kind == SCRIPT_BRANCH) {
		play->operands[0] = branch_target(play->operands[0]);
	} else if (step->kind == SCRIPT_HASH) {
		start_hash(player, step);
	} else if (step->kind == SCRIPT_REQUEST) {
		player->stored = 0;
		store_word(player, step);
	}
}

static void fetch(struct player *player, const struct script *script)
{
	const struct script_step *step = script_next_step(&player->script, script);

	if (step == NULL) {
		play_call(&player->play, SYS_exit, script_exit_status(&player->script), 0, 0);
	} else {
		player->step = (uint64_t)(step - script->steps);
		start_step(player, step);
	}
}

void player_next(struct player *player, const struct script *script)
{
	const struct script_step *step = &script->steps[player->step];

	switch ((enum phase)player->phase) {
	case IDENTIFY:
		play_call(&player->play, SYS_getpid, 0, 0, 0);
		player->phase = IDENTIFIED;
		return;
	case IDENTIFIED:
	case FETCH:
		if (player->phase == IDENTIFIED) {
			player->script.pid = player->play.result;
		}
		fetch(player, script);
		return;
	case RECORD:
		if (step->kind == SCRIPT_REQUEST && player->stored != SCRIPT_REQUEST_WORDS) {
			store_word(player, step);
		} else {
			record(player, step);
		}
		return;
	case HIDE:
		hide_and_say(player);
		return;
	case SEEN:
		say(player);
		return;
	case SAID:
		play_at(&player->play, SCRIPT_POINT_WAIT, 0, 0);
		player->phase = FETCH;
		return;
	case END:
		play_call(&player->play, SYS_exit, 0, 0, 0);
		return;
	}
}
