#include "tests/differential/player.h"

#include <stdbool.h>

#include "abi/limits.h"
#include "abi/syscalls.h"

/* "player", as the first bytes of a word: what a request names, and what is put in its place. */
#define NAME_MASK 0xffffffffffffUL
#define NAME ('p' | 'l' << 8 | 'a' << 16 | (uint64_t)'y' << 24 | (uint64_t)'e' << 32 | (uint64_t)'r' << 40)

#define PAGE_MASK ((uint64_t)PANTHER_PAGE_SIZE - 1)

/* What is done with the result of the last instruction. */
enum phase { IDENTIFY, IDENTIFIED, FETCH, RECORD, HIDE, DIFFER, SEEN, SAID, SPUN, END };

/* Longer than a slice (core/process/scheduler.h), shorter than two: nanoseconds, and instructions of QEMU. */
#define SPIN_NANOSECONDS 2500000UL

static uint64_t digit(uint8_t text)
{
	return (text & 0xf) % 10;
}

void player_begin(struct player *player, const struct player_arguments *arguments)
{
	uint64_t stack = (arguments->stack | (PANTHER_PAGE_SIZE - 1)) + 1 - PANTHER_USER_STACK_SIZE;
	uint64_t script;

	player->play.script = SCRIPT_SCRIPTS_ADDRESS;
	player->play.salt = stack;
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
	play_write(&player->play, &player->line, PLAYER_STATE + offsetof(struct player, line.text));
	player->phase = SAID;
}

static void put_word(struct player *player, uint64_t value)
{
	play_at(&player->play, SCRIPT_POINT_STORE_8, player->record + player->word * sizeof(uint64_t), value);
	player->word++;
	player->phase = HIDE;
}

/* What no two machines agree on does not stay in the script's memory. False if no word is left. */
static bool hide_word(struct player *player)
{
	uint64_t words = (player->hidden | player->relative) >> player->word;

	for (; words != 0; words >>= 1, player->word++) {
		if ((player->hidden >> player->word & 1) != 0) {
			put_word(player, 0);
			return true;
		}
		if ((words & 1) != 0) {
			play_at(&player->play, SCRIPT_POINT_LOAD_8, player->record + player->word * sizeof(uint64_t),
				0);
			player->phase = DIFFER;
			return true;
		}
	}
	return false;
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

/* Is the byte on a page that the process can read, as far as it knows? */
static bool is_there(const struct player *player, uint64_t address)
{
	for (uint64_t i = player->changes; i > 0 && player->changes - i < PLAYER_CHANGES; i--) {
		const struct player_change *change = &player->changed[(i - 1) % PLAYER_CHANGES];

		if (address - change->address < change->size) {
			return change->is_mapped != 0;
		}
	}
	return player->changes <= PLAYER_CHANGES &&
	       (address - SCRIPT_CODE_ADDRESS < IMAGE_SIZE || address - player->script.stack < PANTHER_USER_STACK_SIZE);
}

/* A failed info may have left the words that are hidden otherwise. */
static bool is_looked_at(const struct player *player, const struct script_step *step, uint64_t address)
{
	bool is_hidden =
		step->number == SYS_info && (int64_t)player->shown < 0 &&
		(script_info_hidden(player->play.operands[0]) | script_info_relative(player->play.operands[0])) != 0;

	/* What has been written to is there. */
	return address != 0 && !is_hidden && ((int64_t)player->shown > 0 || is_there(player, address));
}

/* The memory around what a call may have written: on the next page too, if that is there. */
static uint64_t window_at(const struct player *player, uint64_t address)
{
	uint64_t page = address & ~PAGE_MASK;
	uint64_t start = address - page < PLAYER_WINDOW / 4 ? page : address - PLAYER_WINDOW / 4;

	if (start + PLAYER_WINDOW > page + PANTHER_PAGE_SIZE && !is_there(player, page + PANTHER_PAGE_SIZE)) {
		start = page + PANTHER_PAGE_SIZE - PLAYER_WINDOW;
	}
	return start / sizeof(uint64_t) * sizeof(uint64_t);
}

/* 0 if there is none to look at. */
static uint64_t window_of(const struct player *player, const struct script_step *step)
{
	unsigned index = output_operand(step);
	uint64_t address = index < SCRIPT_OPERANDS ? player->play.operands[index] : 0;

	return is_looked_at(player, step, address) ? window_at(player, address) : 0;
}

/* What a call has mapped or unmapped. */
static void note_pages(struct player *player, const struct script_step *step, uint64_t result)
{
	bool is_map = step->number == SYS_map;
	struct player_change *change = &player->changed[player->changes % PLAYER_CHANGES];

	if (step->kind == SCRIPT_CALL && (int64_t)result >= 0 && (is_map || step->number == SYS_unmap)) {
		change->address = is_map ? result : player->play.operands[0];
		change->size = (player->play.operands[1] + PAGE_MASK) & ~PAGE_MASK;
		change->is_mapped = is_map;
		player->changes++;
	}
}

static void hash(struct play *play, enum script_point point, uint64_t start, uint64_t end)
{
	play_at(play, point, start, end);
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
	hash(&player->play, SCRIPT_POINT_HASH_8, player->window, player->window + PLAYER_WINDOW);
}

/* The step is done, and the process still there. */
static void record(struct player *player, const struct script_step *step)
{
	uint64_t result = result_of(player, step);

	player->hidden = 0;
	player->relative = 0;
	player->word = 0;
	if (brought_record(step, result)) {
		player->hidden = script_info_hidden(player->play.operands[0]);
		player->relative = script_info_relative(player->play.operands[0]);
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

	hash(play, SCRIPT_POINT_HASH, play->operands[0], play->operands[0] + length);
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

	if (step == NULL && player->play.lost != 0 && player->is_ending == 0) {
		player->is_ending = 1;
		say(player);
	} else if (step == NULL) {
		play_call(&player->play, SYS_exit, (script_exit_status(&player->script) + player->play.lost) & 0xff, 0,
			  0);
	} else {
		player->step = (uint64_t)(step - script->steps);
		start_step(player, step);
	}
}

/* Where nobody may ask, there are zeros. */
static void look_at_memory(struct player *player)
{
	player->script.pid = player->play.result;
	play_call(&player->play, SYS_info, PANTHER_INFO_MEMORY, 0, PLAYER_STATE + offsetof(struct player, memory));
	player->play.operands[3] = sizeof(player->memory);
	player->phase = FETCH;
}

/* Lets others run: by the step that is, on a machine, a yield; before it, in some scripts, by the end of the slice. */
static void give_way(struct player *player, const struct script *script)
{
	if (script->pace != 0 && player->phase == SAID) {
		play_at(&player->play, SCRIPT_POINT_SPIN, SPIN_NANOSECONDS / 2, 0);
		player->phase = SPUN;
	} else {
		/* It takes no operands: they are to be kept, whatever they are. */
		play_at(&player->play, SCRIPT_POINT_WAIT, player->play.salt, player->play.count);
		player->phase = FETCH;
	}
}

static void next(struct player *player, const struct script *script)
{
	const struct script_step *step = &script->steps[player->step];

	switch ((enum phase)player->phase) {
	case IDENTIFY:
		play_call(&player->play, SYS_getpid, 0, 0, 0);
		player->phase = IDENTIFIED;
		return;
	case IDENTIFIED:
		look_at_memory(player);
		return;
	case FETCH:
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
	case DIFFER:
		put_word(player, player->play.result - player->memory[player->word]);
		return;
	case SEEN:
		say(player);
		return;
	case SAID:
	case SPUN:
		give_way(player, script);
		return;
	case END:
		play_call(&player->play, SYS_exit, 0, 0, 0);
		return;
	}
}

void player_next(struct player *player, const struct script *script)
{
	play_take(&player->play);
	next(player, script);
	play_give(&player->play);
}
