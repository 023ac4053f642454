/*
 * A driver that runs real A64 instructions, the few that a small test program needs (Arm ARM C6.2). Anything else
 * aborts: a program for the twin says what it does in words that both backends understand.
 *
 *   movz movk (64 bits)   svc   b   br   nop   udf   ldr str ldrb strb [Xn, #imm]
 */
#include "hal_host/twin.h"

#define BITS(word, high, low) ((word) >> (low) & ((1U << ((high) - (low) + 1)) - 1))

/* Instruction classes: the bits that are fixed, and their value. */
#define IS(word, mask, value) (((word) & (mask)) == (value))

static uint64_t read_register(const struct hal_context *context, unsigned index, bool is_base)
{
	if (index < 31) {
		return context->x[index];
	}
	return is_base ? context->sp : 0;
}

static struct twin_step branch(uint64_t address)
{
	return (struct twin_step){.kind = TWIN_BRANCH, .address = address};
}

/* MOVZ, MOVK: 16 bits at a position; MOVK keeps the others. */
static struct twin_step move_wide(const struct hal_context *context, uint32_t word, bool keep)
{
	unsigned target = BITS(word, 4, 0);
	unsigned shift = BITS(word, 22, 21) * 16;
	uint64_t old = keep ? read_register(context, target, false) & ~(0xffffUL << shift) : 0;

	if (target == 31) {
		return branch(context->pc + 4);
	}
	return (struct twin_step){
		.kind = TWIN_MOVE, .target = target, .value = old | (uint64_t)BITS(word, 20, 5) << shift};
}

/* LDR, STR, LDRB, STRB with an unsigned, scaled offset. A load goes to x0 only: that is what a twin's step can do. */
static struct twin_step access_memory(const struct hal_context *context, uint32_t word)
{
	unsigned size = 1U << BITS(word, 31, 30);
	unsigned target = BITS(word, 4, 0);
	struct twin_step step = {.size = size};

	step.address = read_register(context, BITS(word, 9, 5), true) + BITS(word, 21, 10) * size;
	step.kind = BITS(word, 22, 22) != 0 ? TWIN_LOAD : TWIN_STORE;
	step.value = read_register(context, target, false);
	if (step.kind == TWIN_LOAD && target != 0) {
		twin_abort("instruction", "the interpreter loads into x0 only");
	}
	return step;
}

static struct twin_step system_call(const struct hal_context *context, uint32_t word)
{
	struct twin_step step = {.kind = TWIN_SVC, .number = context->x[8], .immediate = (uint16_t)BITS(word, 20, 5)};

	for (unsigned i = 0; i < 6; i++) {
		step.arguments[i] = context->x[i];
	}
	return step;
}

static struct twin_step branch_immediate(const struct hal_context *context, uint32_t word)
{
	int64_t offset = (int64_t)((uint64_t)BITS(word, 25, 0) << 38) >> 36;

	return branch((uint64_t)((int64_t)context->pc + offset));
}

bool twin_interpreter(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)owner;
	if (IS(word, 0xff800000, 0xd2800000)) {
		*step = move_wide(context, word, false);
	} else if (IS(word, 0xff800000, 0xf2800000)) {
		*step = move_wide(context, word, true);
	} else if (IS(word, 0xffe0001f, 0xd4000001)) {
		*step = system_call(context, word);
	} else if (IS(word, 0xfc000000, 0x14000000)) {
		*step = branch_immediate(context, word);
	} else if (IS(word, 0xfffffc1f, 0xd61f0000)) {
		*step = branch(read_register(context, BITS(word, 9, 5), false));
	} else if (word == 0xd503201f) {
		*step = branch(context->pc + 4);
	} else if (IS(word, 0xffff0000, 0)) {
		*step = (struct twin_step){.kind = TWIN_UNDEFINED};
	} else if (IS(word, 0x3f800000, 0x39000000) && BITS(word, 31, 30) % 3 == 0) {
		*step = access_memory(context, word);
	} else {
		twin_abort("instruction", "0x%08x at 0x%llx is none that the interpreter knows", word,
			   (unsigned long long)context->pc);
	}
	return true;
}
