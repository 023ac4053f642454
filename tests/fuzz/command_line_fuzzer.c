/*
 * An input is the kernel command line, as a boot loader hands it over. What comes of it is compared with a second
 * reading of the words, by the C library: README.md says which there are.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/start/command_line.h"
#include "tests/support/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All that a command line can change. */
struct settings {
	struct log log;
	char init[PANTHER_PATH_MAX];
	bool has_seed; /* of images for tests */
	uint64_t seed;
};

/* The text up to its NUL, in a block that ends there: ASan sees a byte read beyond it. */
static char *text_of(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	REQUIRE(text != NULL);
	return text;
}

/* Decimal digits and nothing else, of a number that has 64 bits. */
static void read_number(const char *value, bool *is_there, uint64_t *number)
{
	unsigned long long found;

	if (!isdigit((unsigned char)value[0]) || value[strspn(value, "0123456789")] != '\0') {
		return;
	}
	errno = 0;
	found = strtoull(value, NULL, 10);
	if (errno == 0) {
		*is_there = true;
		*number = found;
	}
}

static void read_word(const char *word, struct settings *settings)
{
	if (strcmp(word, "verbose") == 0) {
		settings->log.verbose = true;
	} else if (strncmp(word, "nonce=", 6) == 0) {
		read_number(word + 6, &settings->log.has_nonce, &settings->log.nonce);
	} else if (strncmp(word, "seed=", 5) == 0) {
		read_number(word + 5, &settings->has_seed, &settings->seed);
	} else if (strncmp(word, "init=", 5) == 0 && strlen(word + 5) > 0 && strlen(word + 5) < PANTHER_PATH_MAX) {
		strcpy(settings->init, word + 5);
	}
}

static void read_words(const uint8_t *data, size_t size, struct settings *settings)
{
	char *text = text_of(data, size);
	char *rest = text;

	settings->init[0] = '\0';
	for (const char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		read_word(word, settings);
	}
	free(text);
}

/* From settings that a boot starts with, and from others, which stay unless a word changes them. */
static void check_from(const struct settings *before, const uint8_t *data, size_t size)
{
	struct settings expected = *before;
	struct settings found = *before;
	char *text = text_of(data, size);

	read_words(data, size, &expected);
	command_line_apply(text, &found.log, found.init);
	found.has_seed |= command_line_number(text, "seed", &found.seed);
	REQUIRE(found.log.verbose == expected.log.verbose);
	REQUIRE(found.log.has_nonce == expected.log.has_nonce);
	REQUIRE(found.log.nonce == expected.log.nonce);
	REQUIRE(found.has_seed == expected.has_seed && found.seed == expected.seed);
	REQUIRE(memchr(found.init, '\0', sizeof(found.init)) != NULL);
	REQUIRE(strcmp(found.init, expected.init) == 0);
	REQUIRE(strlen(text) == strnlen((const char *)data, size) && memcmp(text, data, strlen(text)) == 0);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings others = {.log = {.verbose = true, .has_nonce = true, .nonce = 0x123456789abcdef0}, .seed = 1};
	struct settings none = {.log = {.verbose = false}};

	memset(others.init, 'x', sizeof(others.init));
	check_from(&none, data, size);
	check_from(&others, data, size);
	return 0;
}
