#include <ctype.h>
#include <string.h>

#include "tests/script/script_names.h"
#include "tests/script/script_text.h"

/* The words of a line that have not been read yet. */
struct line {
	const char *at;
	const char *end;
	const char *wrong; /* what is, if something is */
};

struct word {
	const char *text;
	size_t size; /* 0: there was none */
};

static struct word next_word(struct line *line)
{
	struct word word;

	while (line->at < line->end && (*line->at == ' ' || *line->at == '\t' || *line->at == '\r')) {
		line->at++;
	}
	word = (struct word){line->at, 0};
	while (line->at < line->end && !isspace((unsigned char)*line->at)) {
		line->at++;
		word.size++;
	}
	return word;
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9') {
		return digit - '0';
	}
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : 16;
}

/* Decimal, or hexadecimal with 0x; the whole word. */
static bool parse_number(const char *text, size_t size, uint64_t *number)
{
	unsigned base = size > 2 && text[0] == '0' && text[1] == 'x' ? 16 : 10;
	uint64_t value = 0;

	for (size_t i = base == 16 ? 2 : 0; i < size; i++) {
		unsigned digit = (unsigned)digit_value(text[i]);

		if (digit >= base || value > (UINT64_MAX - digit) / base) {
			return false;
		}
		value = value * base + digit;
	}
	*number = value;
	return size != 0;
}

static uint64_t read_number(struct line *line, struct word word, uint64_t end, const char *what)
{
	uint64_t number = 0;

	if (!parse_number(word.text, word.size, &number) || number >= end) {
		line->wrong = what;
		return 0;
	}
	return number;
}

/* A number, or BASE, BASE+NUMBER, BASE-NUMBER. */
static bool parse_operand(struct word word, uint8_t *base, uint64_t *value)
{
	size_t size = 0;

	*base = SCRIPT_ABSOLUTE;
	if (parse_number(word.text, word.size, value)) {
		return true;
	}
	while (size < word.size && word.text[size] != '+' && word.text[size] != '-') {
		size++;
	}
	*value = 0;
	if (!script_base_find(word.text, size, base)) {
		return false;
	}
	if (size == word.size) {
		return true;
	}
	if (!parse_number(word.text + size + 1, word.size - size - 1, value)) {
		return false;
	}
	*value = word.text[size] == '-' ? 0 - *value : *value;
	return true;
}

static void parse_operands(struct line *line, struct script_step *step)
{
	struct word word = next_word(line);

	for (unsigned i = 0; word.size != 0; i++) {
		if (i == SCRIPT_OPERANDS || !parse_operand(word, &step->bases[i], &step->values[i])) {
			line->wrong = "an operand";
			return;
		}
		word = next_word(line);
	}
}

/* call or call#IMMEDIATE, and then the call. */
static void parse_call(struct line *line, struct word word, struct script_step *step)
{
	size_t size = strlen("call");
	struct word call = next_word(line);

	if (word.size > size) {
		struct word immediate = {word.text + size + 1, word.size - size - 1};

		step->immediate = (uint16_t)read_number(line, immediate, UINT16_MAX + 1, "an immediate");
	}
	if (!script_call_find(call.text, call.size, &step->number) &&
	    !parse_number(call.text, call.size, &step->number)) {
		line->wrong = "a call";
	}
}

/* A name; that of a load or a store with its size. */
static void parse_kind(struct line *line, struct script_step *step)
{
	struct word word = next_word(line);
	const char *mark = memchr(word.text, '#', word.size);
	size_t size = mark != NULL ? (size_t)(mark - word.text) : word.size;

	if (size > 1 && isdigit((unsigned char)word.text[size - 1])) {
		size--;
		step->size = (uint8_t)(word.text[size] - '0');
	}
	if (!script_kind_find(word.text, size, &step->kind) || (mark != NULL && step->kind != SCRIPT_CALL)) {
		line->wrong = "a kind of step";
	} else if (step->kind == SCRIPT_CALL) {
		parse_call(line, word, step);
	}
}

static void parse_step(struct line *line, struct word process, struct script *script)
{
	struct script_step *step = &script->steps[script->count];

	if (script->count == SCRIPT_STEPS_MAX) {
		line->wrong = "one step too many";
		return;
	}
	step->process = (uint8_t)read_number(line, process, SCRIPT_PROCESSES, "whose step it is");
	if (line->wrong == NULL) {
		parse_kind(line, step);
	}
	if (line->wrong == NULL) {
		parse_operands(line, step);
	}
	script->count++;
	if (line->wrong == NULL && !script_is_valid(script, script_size(script))) {
		line->wrong = "a step that cannot be";
	}
}

static void parse_line(struct line *line, struct script *script)
{
	struct word word = next_word(line);

	if (word.size == strlen("pace") && memcmp(word.text, "pace", word.size) == 0) {
		script->pace = (uint8_t)read_number(line, next_word(line), SCRIPT_PACES, "a pace");
	} else if (word.size != 0) {
		parse_step(line, word, script);
	}
}

/* A comment starts a line, or stands behind a space. */
static const char *end_of_words(const char *text, const char *end)
{
	for (const char *at = text; at < end; at++) {
		if (*at == '#' && (at == text || isspace((unsigned char)at[-1]))) {
			return at;
		}
	}
	return end;
}

bool script_parse(const char *text, struct script *script)
{
	*script = (struct script){.magic = SCRIPT_MAGIC, .version = SCRIPT_VERSION};
	for (unsigned number = 1; *text != '\0'; number++) {
		const char *end = text + strcspn(text, "\n");
		struct line line = {.at = text, .end = end_of_words(text, end)};

		parse_line(&line, script);
		if (line.wrong != NULL) {
			fprintf(stderr, "line %u: %s: %.*s\n", number, line.wrong, (int)(end - text), text);
			return false;
		}
		text = *end == '\0' ? end : end + 1;
	}
	return true;
}
