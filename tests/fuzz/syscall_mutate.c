/*
 * How libFuzzer changes an input of the system call fuzzer: by whole steps of the script that it draws, or, where it
 * knows better, by its own ways. What comes out is always a valid script.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests/script/script_draw.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
				 size_t max_out_size, unsigned seed);

/* A generator of its own for each mutation (xorshift64*), so that a seed says all. */
struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *dice, size_t sides)
{
	dice->state ^= dice->state >> 12;
	dice->state ^= dice->state << 25;
	dice->state ^= dice->state >> 27;
	return (uint32_t)((dice->state * 0x2545f4914f6cdd1dUL >> 32) % sides);
}

static struct dice new_dice(unsigned seed)
{
	return (struct dice){((uint64_t)seed << 1 | 1) * 0x9e3779b97f4a7c15UL};
}

static bool is_full(const struct script *script)
{
	return script->count == SCRIPT_STEPS_MAX;
}

/* Makes room for `count` steps at `place`; those behind the last one are lost. */
static struct script_step *open_gap(struct script *script, size_t place, size_t count)
{
	size_t room = SCRIPT_STEPS_MAX - place;
	size_t behind = script->count - place;

	count = count < room ? count : room;
	behind = behind < room - count ? behind : room - count;
	memmove(&script->steps[place + count], &script->steps[place], behind * sizeof(script->steps[0]));
	script->count = (uint16_t)(place + count + behind);
	return &script->steps[place];
}

/* What random bytes draw, somewhere. */
static void insert(struct script *script, struct dice *dice)
{
	struct script drawn = {0};
	uint8_t cell[SCRIPT_CELL];
	size_t place = roll(dice, script->count + 1U);
	size_t room = SCRIPT_STEPS_MAX - place;

	for (size_t i = 0; i < sizeof(cell); i++) {
		cell[i] = (uint8_t)roll(dice, 256);
	}
	script_draw_cell(cell, sizeof(cell), &drawn);
	if (room != 0) {
		size_t count = drawn.count < room ? drawn.count : room;

		memcpy(open_gap(script, place, count), drawn.steps, count * sizeof(drawn.steps[0]));
	}
}

static void delete(struct script *script, struct dice *dice)
{
	size_t place = roll(dice, script->count);
	size_t count = 1 + roll(dice, 2) * roll(dice, script->count - place);

	script->count = (uint16_t)(script->count - count);
	memmove(&script->steps[place], &script->steps[place + count],
		(script->count - place) * sizeof(script->steps[0]));
}

static void duplicate(struct script *script, struct dice *dice)
{
	struct script_step copy = script->steps[roll(dice, script->count)];
	size_t place = roll(dice, script->count + 1U);

	if (!is_full(script)) {
		*open_gap(script, place, 1) = copy;
	}
}

static void swap(struct script *script, struct dice *dice)
{
	struct script_step *one = &script->steps[roll(dice, script->count)];
	struct script_step *other = &script->steps[roll(dice, script->count)];
	struct script_step copy = *one;

	*one = *other;
	*other = copy;
}

static void change_owner(struct script *script, struct dice *dice)
{
	script->steps[roll(dice, script->count)].process = (uint8_t)roll(dice, SCRIPT_PROCESSES);
}

/* An operand becomes one of a drawn step, of another step, or a little larger or smaller. */
static void change_operand(struct script *script, struct dice *dice)
{
	struct script_step *step = &script->steps[roll(dice, script->count)];
	const struct script_step *other = &script->steps[roll(dice, script->count)];
	unsigned index = roll(dice, 4);
	unsigned from = roll(dice, 4);

	switch (roll(dice, 4)) {
	case 0:
		step->bases[index] = other->bases[from];
		step->values[index] = other->values[from];
		break;
	case 1:
		step->values[index] += roll(dice, 33) - 16UL;
		break;
	case 2:
		step->values[index] ^= 1UL << roll(dice, 64);
		break;
	default:
		step->bases[index] = (uint8_t)roll(dice, SCRIPT_BASES);
		break;
	}
}

static void change_pace(struct script *script, struct dice *dice)
{
	script->pace = (uint8_t)roll(dice, SCRIPT_PACES);
}

/* Those bytes of a step that libFuzzer likes; comparisons that it saw tell it values. */
static void change_bytes(struct script *script, struct dice *dice)
{
	struct script_step *step = &script->steps[roll(dice, script->count)];

	(void)LLVMFuzzerMutate((uint8_t *)step->values, sizeof(step->values), sizeof(step->values));
	script_repair_step(step);
}

static void mutate(struct script *script, struct dice *dice)
{
	static void (*const ways[])(struct script *script, struct dice *dice) = {
		insert,	      insert,	      insert,	      delete,	      duplicate,    swap,
		change_owner, change_operand, change_operand, change_operand, change_bytes, change_pace,
	};

	if (script->count == 0) {
		insert(script, dice);
	} else {
		ways[roll(dice, sizeof(ways) / sizeof(ways[0]))](script, dice);
	}
}

static size_t put_out(const struct script *script, uint8_t *data, size_t max_size)
{
	struct script copy = *script;

	while (script_size(&copy) > max_size && copy.count != 0) {
		copy.count--;
	}
	if (script_size(&copy) > max_size) {
		return 0;
	}
	memcpy(data, &copy, script_size(&copy));
	return script_size(&copy);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	struct dice dice = new_dice(seed);
	struct script script;

	script_draw(data, size, &script);
	for (unsigned left = 1 + roll(&dice, 4); left != 0; left--) {
		mutate(&script, &dice);
	}
	return put_out(&script, data, max_size);
}

/* The first steps of one, the last ones of the other. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
				 size_t max_out_size, unsigned seed)
{
	struct dice dice = new_dice(seed);
	struct script script, other;
	size_t from;

	script_draw(data1, size1, &script);
	script_draw(data2, size2, &other);
	script.count = (uint16_t)roll(&dice, script.count + 1U);
	from = roll(&dice, other.count + 1U);
	for (size_t i = from; i < other.count && !is_full(&script); i++) {
		script.steps[script.count++] = other.steps[i];
	}
	return put_out(&script, out, max_out_size);
}
