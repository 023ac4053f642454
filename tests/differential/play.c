#include "tests/differential/play.h"

#include <stdbool.h>

#include "abi/syscalls.h"

/* FPCR: DN, FZ, RMode; FPSR: QC and all cumulative exceptions; the condition flags (Arm ARM C5.2.8, C5.2.10, C5.2.11).
 */
#define FPCR 0x03c00000UL
#define FPSR 0x0800009fUL
#define NZCV 0xf0000000UL
/* An address of a point has it clear. */
#define NO_POINT (1UL << 63)

/* Weyl's sequence, by the golden ratio; and any other odd number. */
#define WEYL 0x9e3779b97f4a7c15UL
#define ODD 0xbf58476d1ce4e5b9UL

static uint64_t pattern(const struct play *play)
{
	return (play->salt + play->count) * ODD;
}

/* Where SP points. */
static uint64_t place(const struct play *play)
{
	uint64_t index = pattern(play) >> 32 & (PLAY_PLACES - 1);

	return PLAYER_STATE + offsetof(struct play, places) + index * sizeof(play->places[0]);
}

#define POINT_BIT(name) (1UL << SCRIPT_POINT_##name)
#define HASHES (POINT_BIT(HASH) | POINT_BIT(HASH_8))
#define USES_OF_FP (POINT_BIT(FP_SET) | POINT_BIT(FP_GET))
/* They leave x0 as it is. */
#define WITHOUT_RESULT                                                                                           \
	(POINT_BIT(STORE_1) | POINT_BIT(STORE_2) | POINT_BIT(STORE_4) | POINT_BIT(STORE_8) | POINT_BIT(FP_SET) | \
	 POINT_BIT(THREAD_SET) | POINT_BIT(WAIT))

static uint64_t point_bit(const struct play *play)
{
	return 1UL << ((play->point - SCRIPT_POINT_ADDRESS(0)) / SCRIPT_POINT_SIZE & 63);
}

/* Is the register the instruction's own? */
static bool changes(const struct play *play, unsigned which)
{
	uint64_t point = point_bit(play);

	if (which == 0) {
		return (point & WITHOUT_RESULT) == 0;
	}
	return (point & HASHES) != 0 && (which == 2 || which == 4 || which == PLAYER_FLAGS);
}

static void set_vector(struct play *play)
{
	play->expected[PLAYER_V] = play->vector;
	play->expected[PLAYER_V + 1] = play->vector;
}

static void judge(struct play *play)
{
	unsigned count = play->fp != 0 ? PLAYER_REGISTERS : PLAYER_FPCR;

	for (unsigned which = 0; which < count; which++) {
		if (play->registers[which] != play->expected[which] && !changes(play, which)) {
			play->lost = which + 1;
			play->found = play->registers[which];
			return;
		}
	}
}

/* What the instruction itself has put into its registers lasts. */
static void note_own(struct play *play)
{
	uint64_t point = point_bit(play);

	play->uses_fp |= point & USES_OF_FP;
	if (point == POINT_BIT(FP_SET)) {
		play->vector = play->operands[0];
		set_vector(play);
	} else if (point == POINT_BIT(THREAD_SET)) {
		play->thread = play->operands[0];
		play->expected[PLAYER_THREAD] = play->thread;
	}
}

void play_take(struct play *play)
{
	play->result = play->registers[0];
	if (play->count != 0) {
		note_own(play);
		if (play->lost == 0) {
			judge(play);
		}
	}
}

/* FP registers are zeros until the process uses them. */
static unsigned choose_fp(struct play *play)
{
	if (play->uses_fp != 0) {
		play->fp = 1UL << PLAYER_FP_LOADED_BIT | 1UL << PLAYER_FP_SAVED_BIT;
		return PLAYER_REGISTERS;
	}
	play->fp = (point_bit(play) & USES_OF_FP) != 0 ? 1UL << PLAYER_FP_SAVED_BIT : 0;
	return PLAYER_FPCR;
}

/* The instruction's address is in x16 or in x17: in the other one that cannot be. */
static void set_branch(struct play *play)
{
	unsigned which = 16 + (play->count & 1);

	play->expected[33 - which] |= NO_POINT;
	play->expected[which] = play->point;
}

static void set_own(struct play *play)
{
	for (unsigned i = 0; i < SCRIPT_OPERANDS; i++) {
		play->expected[i] = play->operands[i];
	}
	play->expected[8] = play->number;
	set_branch(play);
	play->expected[PLAYER_SP] = place(play);
	play->expected[PLAYER_FLAGS] &= NZCV;
	play->expected[PLAYER_THREAD] = play->thread;
	play->expected[PLAYER_FPCR] &= FPCR;
	play->expected[PLAYER_FPSR] &= FPSR;
	set_vector(play);
}

void play_give(struct play *play)
{
	unsigned count = choose_fp(play);
	uint64_t word;

	play->count++;
	word = pattern(play);
	for (unsigned which = 0; which < count; which++) {
		play->expected[which] = word;
		word += WEYL;
	}
	set_own(play);
	for (unsigned which = 0; which < count; which++) {
		play->registers[which] = play->expected[which];
	}
}

void play_line_text(struct play_line *line, uint64_t text)
{
	for (; text != 0 && line->size < PLAY_LINE_MAX; text >>= 8) {
		line->text[line->size++] = (char)(text & 0x7f);
	}
}

void play_line_hex(struct play_line *line, uint64_t value)
{
	unsigned shift = 60;

	while (shift > 0 && value >> shift == 0) {
		shift -= 4;
	}
	for (;; shift -= 4) {
		uint64_t digit = value >> shift & 0xf;

		play_line_text(line, digit < 10 ? '0' + digit : 'a' + digit - 10);
		if (shift == 0) {
			return;
		}
	}
}

void play_at(struct play *play, enum script_point point, uint64_t first, uint64_t second)
{
	play->point = SCRIPT_POINT_ADDRESS(point);
	play->operands[0] = first;
	play->operands[1] = second;
}

void play_call(struct play *play, uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
	play_at(play, SCRIPT_POINT_SVC_0, first, second);
	play->number = number;
	play->operands[2] = third;
	play->operands[3] = 0;
	play->operands[4] = 0;
	play->operands[5] = 0;
}

static void end_line(struct play *play, struct play_line *line)
{
	if (play->lost != 0) {
		play_line_text(line, ' ' | 'l' << 8 | 'o' << 16 | (uint64_t)'s' << 24 | (uint64_t)'t' << 32 |
					     (uint64_t)' ' << 40);
		play_line_hex(line, play->lost - 1);
		play_line_text(line, ' ');
		play_line_hex(line, play->found);
		play->lost = 0;
	}
	play_line_text(line, '\n');
}

void play_write(struct play *play, struct play_line *line, uint64_t address)
{
	end_line(play, line);
	play_call(play, SYS_write, 1, address, line->size);
	play->point = SCRIPT_POINT_ADDRESS(SCRIPT_POINT_LINE);
	line->size = 0;
}
