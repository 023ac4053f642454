/*
 * Bytes are read as cells of SCRIPT_CELL bytes: a step each, or two where a spawn needs its request. Each operand has a
 * place of its own in the cell, so that a changed byte changes one operand.
 */
#include "tests/script/script_draw.h"

#include <string.h>

#include "abi/syscalls.h"
#include "tests/script/script_operands.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A cell: which kind of step, whose, which call, and what its operands are drawn from, three bytes each. */
struct cell {
	uint8_t kind;
	uint8_t process;
	uint8_t number;
	uint8_t operands[SCRIPT_CELL - 3];
};

_Static_assert(sizeof(struct cell) == SCRIPT_CELL, "cells have no padding");

/* Calls with more operands than a cell has places use the first ones again. */
static struct source source_of(const struct cell *cell, unsigned index)
{
	const uint8_t *bytes = cell->operands + index % 4 * 3;

	return (struct source){bytes[0], (uint16_t)(bytes[1] | bytes[2] << 8)};
}

static void put(struct script_step *step, unsigned index, struct operand operand)
{
	step->bases[index] = operand.base;
	step->values[index] = operand.value;
}

/* Those that end what an input could find are drawn less often than others. */
static const struct drawn_call *call_of(const struct cell *cell)
{
	size_t count = drawn_call_count();
	size_t index = cell->number % count;
	uint64_t number = drawn_call(index)->number;
	bool is_rare = number == SYS_exit || number == SYS_restrict;

	return drawn_call(is_rare && cell->operands[SCRIPT_CELL - 4] < 192 ? (index + 1) % count : index);
}

static void draw_call(const struct cell *cell, struct script_step *step)
{
	static const uint16_t immediates[] = {1, 2, 65535};
	const struct drawn_call *call = call_of(cell);

	step->number = call->number;
	for (unsigned i = 0; i < SCRIPT_OPERANDS; i++) {
		draw_operand *draw = call->arguments[i];

		if (draw != NULL) {
			put(step, i, draw(source_of(cell, i)));
		}
	}
	if (cell->number >= 248) {
		step->number = cell->number < 252 ? drawn_call_count() + cell->number % 4U : mix(source_of(cell, 0));
	}
	if (cell->process >= 248) {
		step->immediate = immediates[cell->process % COUNT(immediates)];
	}
}

static void draw_access_step(const struct cell *cell, struct script_step *step)
{
	step->kind = cell->kind % 2 == 0 ? SCRIPT_LOAD : SCRIPT_STORE;
	step->size = (uint8_t)(1U << cell->number % 4);
	put(step, 0, draw_address(source_of(cell, 0)));
	if (step->kind == SCRIPT_STORE) {
		put(step, 1, any(source_of(cell, 1)));
	}
}

static void draw_hash(const struct cell *cell, struct script_step *step)
{
	step->kind = SCRIPT_HASH;
	put(step, 0, draw_address(source_of(cell, 0)));
	put(step, 1, draw_length(source_of(cell, 1)));
}

/* What a request asks for: mostly what the caller may give. */
static void draw_request_step(const struct cell *cell, struct script_step *step)
{
	struct source limits = source_of(cell, 2);
	struct source strings = source_of(cell, 3);
	bool inherits = cell->number < 96;

	step->kind = SCRIPT_REQUEST;
	put(step, 0, draw_request(source_of(cell, 0)));
	put(step, 1, inherits ? absolute(0) : draw_calls(source_of(cell, 1)));
	put(step, 2, inherits ? absolute(0) : absolute(limits.choice < 240 ? 24U + limits.choice : mix(limits)));
	put(step, 3, inherits ? absolute(0) : absolute(limits.choice < 248 ? limits.detail % 8 : mix(limits)));
	put(step, 4, absolute(inherits));
	if (cell->number % 16 == 15) {
		put(step, 4, draw_small(limits, 4));
	}
	/* The same, where only 32 bits are looked at. */
	if (cell->number % 32 == 30) {
		step->values[2 + limits.detail % 2] += 1UL << 32;
	}
	/* The player, mostly, as one of the other processes, with strings as they ought to be. */
	put(step, 5,
	    absolute((strings.choice < 160 ? 0UL : strings.choice % SCRIPT_NAMES) |
		     (strings.detail % (uint64_t)SCRIPT_PROCESSES) << 8 |
		     (strings.detail < 0xc000 ? 0UL : strings.detail % SCRIPT_STRINGS_SHAPES) << 16));
}

static void draw_other(const struct cell *cell, struct script_step *step)
{
	static const uint8_t kinds[] = {SCRIPT_BRANCH,	   SCRIPT_UNDEFINED, SCRIPT_WAIT,   SCRIPT_WAIT,
					SCRIPT_FP_SET,	   SCRIPT_FP_GET,    SCRIPT_FP_SET, SCRIPT_FP_GET,
					SCRIPT_THREAD_SET, SCRIPT_THREAD_GET};

	step->kind = kinds[cell->number % COUNT(kinds)];
	if (step->kind == SCRIPT_BRANCH) {
		put(step, 0, draw_address(source_of(cell, 0)));
	} else if (step->kind == SCRIPT_FP_SET || step->kind == SCRIPT_THREAD_SET) {
		put(step, 0, any(source_of(cell, 0)));
	}
}

/* Time, faults, scarcity, and what the world does. */
static void draw_twin_only(const struct cell *cell, struct script_step *step)
{
	struct source source = source_of(cell, 0);
	uint64_t value = source.detail;

	step->kind = SCRIPT_TWIN_ONLY + cell->number % (SCRIPT_KINDS_END - SCRIPT_TWIN_ONLY);
	switch (step->kind) {
	case SCRIPT_PASS:
	case SCRIPT_ADVANCE:
		value = (uint64_t)source.choice * source.detail;
		break;
	case SCRIPT_CHANGE_MEMORY:
		put(step, 0, draw_address(source));
		put(step, 1, any(source_of(cell, 1)));
		return;
	case SCRIPT_SPIN:
	case SCRIPT_SPURIOUS:
		return;
	case SCRIPT_CHANGE_AFTER_FETCH:
		value %= 2;
		break;
	case SCRIPT_COPY_FAULT:
		value %= 512;
		break;
	default:
		value %= 32;
		break;
	}
	put(step, 0, absolute(value));
}

/* The next step of a script that has room for it. */
static struct script_step *add(struct script *script, const struct cell *cell)
{
	struct script_step *step = &script->steps[script->count++];

	*step = (struct script_step){.process = cell->process < 128 ? 0 : cell->process % SCRIPT_PROCESSES};
	return step;
}

/* A request and the call that passes it. */
static void draw_spawn(const struct cell *cell, struct script *script)
{
	struct script_step *call;

	draw_request_step(cell, add(script, cell));
	if (script->count == SCRIPT_STEPS_MAX) {
		return;
	}
	call = add(script, cell);
	call->number = SYS_spawn;
	put(call, 0,
	    (struct operand){script->steps[script->count - 2].bases[0], script->steps[script->count - 2].values[0]});
	put(call, 1, absolute(SCRIPT_REQUEST_SIZE));
}

static void draw_cell(const struct cell *cell, struct script *script)
{
	if (cell->kind < 128) {
		draw_call(cell, add(script, cell));
	} else if (cell->kind < 160) {
		draw_spawn(cell, script);
	} else if (cell->kind < 176) {
		draw_access_step(cell, add(script, cell));
	} else if (cell->kind < 184) {
		draw_hash(cell, add(script, cell));
	} else if (cell->kind < 188) {
		draw_request_step(cell, add(script, cell));
	} else if (cell->kind < 208) {
		draw_other(cell, add(script, cell));
	} else {
		draw_twin_only(cell, add(script, cell));
	}
}

void script_draw_cell(const uint8_t *data, size_t size, struct script *script)
{
	struct cell cell = {0};

	if (script->count < SCRIPT_STEPS_MAX) {
		memcpy(&cell, data, size < SCRIPT_CELL ? size : SCRIPT_CELL);
		draw_cell(&cell, script);
	}
}

static bool is_kind(uint8_t kind)
{
	return kind < SCRIPT_REPLAYABLE_KINDS || (kind >= SCRIPT_TWIN_ONLY && kind < SCRIPT_KINDS_END);
}

void script_repair_step(struct script_step *step)
{
	static const uint16_t immediates[] = {0, 1, 2, 65535};
	bool is_access;

	step->kind = is_kind(step->kind) ? step->kind : step->kind % SCRIPT_REPLAYABLE_KINDS;
	is_access = step->kind == SCRIPT_LOAD || step->kind == SCRIPT_STORE;
	step->process %= SCRIPT_PROCESSES;
	step->size = is_access ? (uint8_t)(step->size < 8 ? 1U << step->size / 2 : 8) : 0;
	for (unsigned i = 0; i < SCRIPT_OPERANDS; i++) {
		step->bases[i] %= SCRIPT_BASES;
	}
	step->reserved = 0;
	step->reserved2 = 0;
	if (step->kind != SCRIPT_CALL) {
		step->immediate = 0;
		step->number = 0;
	} else if (step->immediate > 2) {
		step->immediate = immediates[step->immediate % COUNT(immediates)];
	}
}

/* As much of a script as there is. */
static void repair(const uint8_t *data, size_t size, struct script *script)
{
	size_t steps;

	memcpy(script, data, size < sizeof(*script) ? size : sizeof(*script));
	steps = size < offsetof(struct script, steps)
			? 0
			: (size - offsetof(struct script, steps)) / sizeof(struct script_step);
	script->version = SCRIPT_VERSION;
	script->count = (uint16_t)(steps < SCRIPT_STEPS_MAX ? steps : SCRIPT_STEPS_MAX);
	script->pace %= SCRIPT_PACES;
	memset(script->reserved, 0, sizeof(script->reserved));
	for (size_t i = 0; i < script->count; i++) {
		script_repair_step(&script->steps[i]);
	}
	memset(script->steps + script->count, 0, (SCRIPT_STEPS_MAX - script->count) * sizeof(script->steps[0]));
}

static bool starts_like_a_script(const uint8_t *data, size_t size)
{
	static const uint8_t magic[] = {'S', 'C', 'R', 'P'};

	return size >= sizeof(magic) && memcmp(data, magic, sizeof(magic)) == 0;
}

void script_draw(const uint8_t *data, size_t size, struct script *script)
{
	*script = (struct script){.magic = SCRIPT_MAGIC, .version = SCRIPT_VERSION};
	if (starts_like_a_script(data, size)) {
		repair(data, size, script);
		return;
	}
	if (size != 0) {
		script->pace = data[0] % SCRIPT_PACES;
	}
	for (size_t at = 1; at < size; at += SCRIPT_CELL) {
		script_draw_cell(data + at, size - at, script);
	}
}
