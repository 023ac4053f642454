#include "core/start/command_line.h"

#include <stddef.h>

#include "lib/memory.h"
#include "lib/string.h"

/* If the word is `key=value`, hands out where the value begins. */
static bool word_has_key(const char *word, size_t length, const char *key, const char **value)
{
	size_t key_length = k_strnlen(key, length);

	if (key_length >= length || word[key_length] != '=' || k_memcmp(word, key, key_length) != 0) {
		return false;
	}
	*value = word + key_length + 1;
	return true;
}

static bool word_is(const char *word, size_t length, const char *text)
{
	return k_strnlen(text, length + 1) == length && k_memcmp(word, text, length) == 0;
}

static void apply_init(const char *value, size_t length, char init[PANTHER_PATH_MAX])
{
	if (length > 0 && length < PANTHER_PATH_MAX) {
		k_str_copy(init, PANTHER_PATH_MAX, value, length);
	}
}

static void apply_word(const char *word, size_t length, struct log *log, char init[PANTHER_PATH_MAX])
{
	const char *end = word + length;
	const char *value;

	if (word_is(word, length, "verbose")) {
		log->verbose = true;
	} else if (word_has_key(word, length, "init", &value)) {
		apply_init(value, (size_t)(end - value), init);
	}
}

/* Hands out the text's next word, and its length; false behind the last. */
static bool next_word(const char **text, const char **word, size_t *length)
{
	const char *end = *text;

	while (*end == ' ') {
		end++;
	}
	*word = end;
	while (*end != '\0' && *end != ' ') {
		end++;
	}
	*text = end;
	*length = (size_t)(end - *word);
	return *length != 0;
}

bool command_line_number(const char *text, const char *key, uint64_t *number)
{
	bool is_there = false;
	const char *word, *value;
	size_t length;

	while (next_word(&text, &word, &length)) {
		if (word_has_key(word, length, key, &value) &&
		    k_parse_u64(value, (size_t)(word + length - value), number)) {
			is_there = true;
		}
	}
	return is_there;
}

void command_line_apply(const char *text, struct log *log, char init[PANTHER_PATH_MAX])
{
	const char *rest = text;
	const char *word;
	size_t length;

	init[0] = '\0';
	while (next_word(&rest, &word, &length)) {
		apply_word(word, length, log, init);
	}
	log->has_nonce = command_line_number(text, "nonce", &log->nonce) || log->has_nonce;
}
