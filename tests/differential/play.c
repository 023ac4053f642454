#include "tests/differential/play.h"

#include "abi/syscalls.h"

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

void play_write(struct play *play, struct play_line *line, uint64_t address)
{
	play_call(play, SYS_write, 1, address, line->size);
	play->point = SCRIPT_POINT_ADDRESS(SCRIPT_POINT_LINE);
	line->size = 0;
}
