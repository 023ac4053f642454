#include "user/sh/words.h"

#include "user/common/text.h"

static void take_ampersand(char *line, struct command *command)
{
	size_t end = text_length(line);

	while (end > 0 && line[end - 1] == ' ') {
		end--;
	}
	if (end > 0 && line[end - 1] == '&') {
		line[end - 1] = '\0';
		command->is_background = true;
	}
}

bool words_split(char *line, struct command *command)
{
	*command = (struct command){0};
	take_ampersand(line, command);
	while (*line != '\0') {
		if (*line == ' ') {
			*line++ = '\0';
			continue;
		}
		if (command->count == PANTHER_ARGUMENTS_MAX) {
			return false;
		}
		command->words[command->count++] = line;
		while (*line != '\0' && *line != ' ') {
			line++;
		}
	}
	return true;
}

struct command words_rest(const struct command *command)
{
	struct command rest = {.is_background = command->is_background};

	for (size_t i = 1; i < command->count; i++) {
		rest.words[rest.count++] = command->words[i];
	}
	return rest;
}
