/*
 * usage: differential_scripts OUTPUT COUNT FILE...
 *
 * Writes the scripts of the differential tests, a page each: those of the files, and others drawn from numbers that are
 * the same every time, until COUNT of them have LONG steps, which is not to say that all of them get played
 * (census_test.py). A file that is named *.script, or has only printable characters, is a text; any other an input of
 * the fuzzer of the system calls. What cannot be played on a machine is left out.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/syscalls.h"
#include "tests/script/script_draw.h"
#include "tests/script/script_text.h"
#include "tests/support/whole_file.h"

/* How many steps a script has to have to be counted. */
#define LONG 16
/* From which step on a tame script may do what ends a process. */
#define LATE 36
/* Of so many scripts that are drawn one has a pace: there, steps end with their slices (script.h). Odd, so that every
 * part of the scripts has some. */
#define PACED 255
#define PAGE 4096
#define INPUT_MAX 1600

static uint64_t random_state = 0x9e3779b97f4a7c15;

/* xorshift64 (Marsaglia 2003, "Xorshift RNGs"). */
static uint64_t draw_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 11;
}

static void leave_out(struct script *script, bool (*stays)(const struct script_step *step, unsigned place))
{
	uint16_t count = 0;

	for (uint16_t i = 0; i < script->count; i++) {
		if (stays(&script->steps[i], i)) {
			script->steps[count++] = script->steps[i];
		}
	}
	memset(&script->steps[count], 0, (SCRIPT_STEPS_MAX - (size_t)count) * sizeof(script->steps[0]));
	script->count = count;
}

static bool is_playable(const struct script_step *step, unsigned place)
{
	(void)place;
	return script_is_replayable(step);
}

static bool is_in_pages(const struct script_step *step)
{
	return (step->bases[0] == SCRIPT_DATA || step->bases[0] == SCRIPT_STACK) && step->values[0] < 0x3000;
}

/* Sleeps for ever, waits for what nobody types, or is the process's last call or line. */
static bool is_an_end(const struct script_step *step)
{
	switch (step->number) {
	case SYS_exit:
	case SYS_restrict:
		return true;
	case SYS_sleep:
		return step->bases[0] == SCRIPT_RESULT || step->values[0] > 1UL << 32;
	case SYS_read:
		return step->values[0] % (1UL << 32) == 0;
	case SYS_unmap:
	case SYS_protect:
		return step->bases[0] != SCRIPT_MAP;
	default:
		return false;
	}
}

/* Most of what would end a process goes, and what of it stays comes late, so that more of the script is played. */
static bool is_tame(const struct script_step *step, unsigned place)
{
	bool is_wild = place >= LATE && draw_number() % 4 == 0;

	switch (step->kind) {
	case SCRIPT_BRANCH:
	case SCRIPT_UNDEFINED:
		return is_wild;
	case SCRIPT_LOAD:
	case SCRIPT_STORE:
	case SCRIPT_REQUEST:
		return is_in_pages(step) || is_wild;
	case SCRIPT_HASH:
		return (is_in_pages(step) && step->values[1] < 0x1000 && step->bases[1] == SCRIPT_ABSOLUTE) || is_wild;
	case SCRIPT_CALL:
		return !is_an_end(step) || is_wild;
	default:
		return true;
	}
}

static void write_script(FILE *output, const struct script *script)
{
	static uint8_t page[PAGE];

	memset(page, 0, sizeof(page));
	memcpy(page, script, script_size(script));
	if (fwrite(page, sizeof(page), 1, output) != 1) {
		perror("differential_scripts");
		exit(2);
	}
}

/* By its name or by its bytes: inputs of the fuzzer have others as well, and those that draw themselves zeros. */
static bool is_text(const char *path, const char *bytes, size_t size)
{
	const char *suffix = strrchr(path, '.');

	if (suffix != NULL && strcmp(suffix, ".script") == 0) {
		return true;
	}
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (!isprint(byte) && !isspace(byte)) {
			return false;
		}
	}
	return true;
}

static void take_file(const char *path, struct script *script)
{
	size_t size;
	char *bytes = whole_file_read(path, &size);

	if (!is_text(path, bytes, size)) {
		script_draw((const uint8_t *)bytes, size, script);
		script->pace = 0;
	} else if (!script_parse(bytes, script)) {
		fprintf(stderr, "%s: a text, but not a script\n", path);
		exit(2);
	}
	free(bytes);
}

static void draw(struct script *script, bool is_to_be_tame)
{
	uint8_t input[INPUT_MAX];
	size_t size = 800 + draw_number() % (INPUT_MAX - 800);

	for (size_t i = 0; i < size; i++) {
		input[i] = (uint8_t)(draw_number() & 0xff);
	}
	script_draw(input, size, script);
	if (is_to_be_tame) {
		leave_out(script, is_tame);
	}
}

int main(int count, char **arguments)
{
	FILE *output = count < 3 ? NULL : fopen(arguments[1], "wb");
	unsigned long wanted = count < 3 ? 0 : strtoul(arguments[2], NULL, 10);
	struct script script = {0};

	if (output == NULL) {
		fprintf(stderr, "usage: %s OUTPUT COUNT FILE...\n", arguments[0]);
		return 2;
	}
	for (int i = 3; i < count; i++) {
		take_file(arguments[i], &script);
		leave_out(&script, is_playable);
		write_script(output, &script);
		wanted -= script.count >= LONG && wanted > 0;
	}
	while (wanted > 0) {
		draw(&script, wanted % 16 != 0);
		script.pace = wanted % PACED == 1;
		leave_out(&script, is_playable);
		if (script.count >= LONG) {
			write_script(output, &script);
			wanted--;
		}
	}
	return fclose(output) == 0 ? 0 : 2;
}
