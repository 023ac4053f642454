/*
 * What a step means when it is played: the same code for both sides, without a library.
 */
#include "tests/script/script.h"

#include "abi/process.h"
#include "abi/syscalls.h"

/* The fields of struct panther_spawn_request. */
#define REQUEST_FIELDS 4
#define IMMEDIATES 4

static const uint16_t immediates[IMMEDIATES] = {0, 1, 2, 65535};

/* Which of the four the immediate of a call is; IMMEDIATES: none. */
static unsigned immediate_index(uint16_t immediate)
{
	unsigned index = 0;

	while (index < IMMEDIATES && immediates[index] != immediate) {
		index++;
	}
	return index;
}

/* 0 to 3 for the sizes 1, 2, 4 and 8; 4 for all others. */
static unsigned size_index(uint8_t size)
{
	unsigned index = 0;

	while (index < 4 && 1U << index != size) {
		index++;
	}
	return index;
}

enum script_point script_point(const struct script_step *step)
{
	static const uint8_t points[SCRIPT_REPLAYABLE_KINDS] = {
		[SCRIPT_BRANCH] = SCRIPT_POINT_BRANCH,
		[SCRIPT_UNDEFINED] = SCRIPT_POINT_UNDEFINED,
		[SCRIPT_HASH] = SCRIPT_POINT_HASH,
		[SCRIPT_REQUEST] = SCRIPT_POINT_STORE_8,
		[SCRIPT_FP_SET] = SCRIPT_POINT_FP_SET,
		[SCRIPT_FP_GET] = SCRIPT_POINT_FP_GET,
		[SCRIPT_THREAD_SET] = SCRIPT_POINT_THREAD_SET,
		[SCRIPT_THREAD_GET] = SCRIPT_POINT_THREAD_GET,
		[SCRIPT_WAIT] = SCRIPT_POINT_WAIT,
	};

	switch (step->kind) {
	case SCRIPT_CALL:
		return (enum script_point)(SCRIPT_POINT_SVC_0 + immediate_index(step->immediate));
	case SCRIPT_LOAD:
		return (enum script_point)(SCRIPT_POINT_LOAD_1 + size_index(step->size));
	case SCRIPT_STORE:
		return (enum script_point)(SCRIPT_POINT_STORE_1 + size_index(step->size));
	default:
		return step->kind < SCRIPT_REPLAYABLE_KINDS ? (enum script_point)points[step->kind]
							    : SCRIPT_POINT_BRANCH;
	}
}

void script_player_begin(struct script_player *player, uint64_t script, uint64_t process, uint64_t stack, uint64_t pid)
{
	player->script = script;
	player->process = process;
	player->stack = stack;
	player->pid = pid;
	player->now = 0;
	player->map = 0;
	player->result = 0;
	player->child = 0;
	player->hash = SCRIPT_HASH_BASIS;
	player->next = 0;
}

const struct script_step *script_next_step(struct script_player *player, const struct script *script)
{
	while (player->next < script->count) {
		const struct script_step *step = &script->steps[player->next++];

		if (step->process == player->process) {
			return step;
		}
	}
	return NULL;
}

static uint64_t base_value(const struct script_player *player, uint8_t base)
{
	switch (base) {
	case SCRIPT_CODE:
		return SCRIPT_CODE_ADDRESS;
	case SCRIPT_CONST:
		return SCRIPT_CONST_ADDRESS;
	case SCRIPT_DATA:
		return SCRIPT_DATA_ADDRESS;
	case SCRIPT_STACK:
		return player->stack;
	case SCRIPT_MAP:
		return player->map;
	case SCRIPT_RESULT:
		return player->result;
	case SCRIPT_CHILD:
		return player->child;
	case SCRIPT_SELF:
		return player->pid;
	case SCRIPT_NOW:
		return player->now;
	default:
		return 0;
	}
}

uint64_t script_operand(const struct script_player *player, const struct script_step *step, unsigned index)
{
	return base_value(player, step->bases[index]) + step->values[index];
}

uint64_t script_branch_target(uint64_t address)
{
	if (address - SCRIPT_CODE_ADDRESS >= PANTHER_PAGE_SIZE) {
		return address;
	}
	return SCRIPT_CODE_ADDRESS + (address - SCRIPT_CODE_ADDRESS) % SCRIPT_BEND_SIZE;
}

uint64_t script_hash_length(uint64_t length)
{
	return length < SCRIPT_HASH_MAX ? length : SCRIPT_HASH_MAX;
}

/* The strings of a request while they are written. */
struct strings {
	uint64_t *words;
	unsigned used; /* bytes */
};

#define STRINGS_SIZE ((SCRIPT_REQUEST_WORDS - REQUEST_FIELDS) * 8)

static void put(struct strings *strings, char byte)
{
	strings->words[strings->used / 8] |= (uint64_t)(uint8_t)byte << strings->used % 8 * 8;
	strings->used++;
}

/* With its NUL. */
static void put_string(struct strings *strings, const char *text)
{
	for (; *text != '\0'; text++) {
		put(strings, *text);
	}
	put(strings, '\0');
}

static void put_digit(struct strings *strings, uint64_t digit)
{
	put(strings, (char)('0' + digit % 10));
}

/* All that is left of the room, but the last `less` bytes. */
static void put_letters(struct strings *strings, unsigned less)
{
	while (strings->used < STRINGS_SIZE - less) {
		put(strings, 'x');
	}
}

/* No process of a script starts one that plays the steps of another one before it, or its own: they would never end. */
static uint64_t bend_process(const struct script_player *player, uint64_t process)
{
	return player->process < SCRIPT_PROCESSES && process <= player->process ? SCRIPT_NO_PROCESS : process;
}

static void put_right(struct strings *strings, const struct script_player *player, const char *name, uint64_t process)
{
	put_string(strings, name);
	put_string(strings, name);
	put_digit(strings, player->script / 10);
	put_digit(strings, player->script);
	put(strings, '\0');
	put_digit(strings, bend_process(player, process));
	put(strings, '\0');
	put_letters(strings, 1);
}

/* `which` is operand 5 of the step. */
static void put_strings(struct strings *strings, const struct script_player *player, uint64_t which)
{
	static const char names[SCRIPT_NAMES][7] = {"player", "big", "bad", "none", ""};
	const char *name = names[(which & 0xff) % SCRIPT_NAMES];
	uint64_t shape = (which >> 16 & 0xff) % SCRIPT_STRINGS_SHAPES;

	if (shape == SCRIPT_STRINGS_MANY) {
		put_string(strings, name);
		return;
	}
	if (shape != SCRIPT_STRINGS_LETTERS) {
		put_right(strings, player, name, which >> 8 & 0xff);
	}
	if (shape != SCRIPT_STRINGS_RIGHT) {
		put_letters(strings, 0);
	}
}

void script_request_words(const struct script_player *player, const struct script_step *step,
			  uint64_t words[SCRIPT_REQUEST_WORDS])
{
	struct strings strings = {words + REQUEST_FIELDS, 0};

	for (unsigned i = 0; i < SCRIPT_REQUEST_WORDS; i++) {
		words[i] = i < REQUEST_FIELDS ? script_operand(player, step, i + 1) : 0;
	}
	put_strings(&strings, player, script_operand(player, step, SCRIPT_OPERANDS - 1));
}

uint64_t script_result(const struct script_step *step, uint64_t result)
{
	bool is_time = step->kind == SCRIPT_CALL && step->number == SYS_clock && (int64_t)result >= 0;

	return is_time ? 0 : result;
}

static void record_call(struct script_player *player, uint64_t number, uint64_t result)
{
	player->result = result;
	if ((int64_t)result < 0) {
		return;
	}
	if (number == SYS_map) {
		player->map = result;
	} else if (number == SYS_spawn) {
		player->child = result;
	}
}

void script_record(struct script_player *player, const struct script_step *step, uint64_t result)
{
	uint64_t counted = script_result(step, result);

	for (unsigned shift = 0; shift < 64; shift += 8) {
		player->hash = script_hash_byte(player->hash, (uint8_t)(counted >> shift & 0xff));
	}
	if (step->kind == SCRIPT_CALL) {
		record_call(player, step->number, counted);
	}
}

#define WORD_OF(type, field) (1UL << offsetof(struct type, field) / 8)

uint64_t script_info_hidden(uint64_t topic)
{
	switch (topic) {
	case PANTHER_INFO_PROCESS:
		return WORD_OF(panther_process_info, cpu_time);
	case PANTHER_INFO_MEMORY:
		return WORD_OF(panther_memory_info, input_lost);
	default:
		return 0;
	}
}

uint64_t script_info_relative(uint64_t topic)
{
	if (topic != PANTHER_INFO_MEMORY) {
		return 0;
	}
	return WORD_OF(panther_memory_info, frames_total) | WORD_OF(panther_memory_info, frames_free) |
	       WORD_OF(panther_memory_info, heap_used) | WORD_OF(panther_memory_info, spurious_interrupts);
}

uint64_t script_exit_status(const struct script_player *player)
{
	uint64_t hash = player->hash;

	hash ^= hash >> 32;
	hash ^= hash >> 16;
	return (hash ^ hash >> 8) & 0xff;
}

static bool has_base(const struct script_step *step, uint8_t base)
{
	for (unsigned i = 0; i < SCRIPT_OPERANDS; i++) {
		if (step->bases[i] == base) {
			return true;
		}
	}
	return false;
}

bool script_is_replayable(const struct script_step *step)
{
	return step->kind < SCRIPT_REPLAYABLE_KINDS && !has_base(step, SCRIPT_NOW);
}

static bool is_valid_step(const struct script_step *step)
{
	bool is_access = step->kind == SCRIPT_LOAD || step->kind == SCRIPT_STORE;
	bool is_kind = step->kind < SCRIPT_REPLAYABLE_KINDS ||
		       (step->kind >= SCRIPT_TWIN_ONLY && step->kind < SCRIPT_KINDS_END);

	for (unsigned i = 0; i < SCRIPT_OPERANDS; i++) {
		if (step->bases[i] >= SCRIPT_BASES) {
			return false;
		}
	}
	return is_kind && step->process < SCRIPT_PROCESSES && step->reserved == 0 && step->reserved2 == 0 &&
	       (is_access ? size_index(step->size) < 4 : step->size == 0) &&
	       (step->kind == SCRIPT_CALL ? immediate_index(step->immediate) < IMMEDIATES
					  : step->immediate == 0 && step->number == 0);
}

bool script_is_valid(const struct script *script, size_t size)
{
	if (size < offsetof(struct script, steps) || script->magic != SCRIPT_MAGIC ||
	    script->version != SCRIPT_VERSION || script->count > SCRIPT_STEPS_MAX || size != script_size(script) ||
	    script->pace >= SCRIPT_PACES) {
		return false;
	}
	for (size_t i = 0; i < sizeof(script->reserved); i++) {
		if (script->reserved[i] != 0) {
			return false;
		}
	}
	for (size_t i = 0; i < script->count; i++) {
		if (!is_valid_step(&script->steps[i])) {
			return false;
		}
	}
	return true;
}

/* At most half a slice, or computing would get nowhere. */
uint64_t script_pace(const struct script *script)
{
	static const uint32_t ticks[SCRIPT_PACES] = {0, 1, 40, 1000, 7000, 30000, 50000, 62500};

	return ticks[script->pace % SCRIPT_PACES];
}
