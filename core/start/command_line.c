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

static void apply_nonce(const char *value, size_t length, struct log *log)
{
	if (k_parse_u64(value, length, &log->nonce)) {
		log->has_nonce = true;
	}
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
	} else if (word_has_key(word, length, "nonce", &value)) {
		apply_nonce(value, (size_t)(end - value), log);
	} else if (word_has_key(word, length, "init", &value)) {
		apply_init(value, (size_t)(end - value), init);
	}
}

void command_line_apply(const char *text, struct log *log, char init[PANTHER_PATH_MAX])
{
	init[0] = '\0';
	while (*text != '\0') {
		size_t length = 0;

		while (text[length] != '\0' && text[length] != ' ') {
			length++;
		}
		apply_word(text, length, log, init);
		text += length;
		if (*text == ' ') {
			text++;
		}
	}
}
