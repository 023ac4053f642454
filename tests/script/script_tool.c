/*
 * usage: script_tool draw FILE OUTPUT     writes the script that an input of the system call fuzzer draws
 *        script_tool show FILE [--fuzz]   prints a script as text; with --fuzz that of an input of the fuzzer
 *        script_tool make TEXT OUTPUT     writes the script of a text: a file that draws itself
 */
#include <stdlib.h>
#include <string.h>

#include "tests/script/script_draw.h"
#include "tests/script/script_text.h"
#include "tests/support/whole_file.h"

static int write_script(const char *path, const struct script *script)
{
	FILE *file = fopen(path, "wb");
	bool is_written = file != NULL && fwrite(script, script_size(script), 1, file) == 1;

	if (file != NULL && fclose(file) == 0 && is_written) {
		return 0;
	}
	perror(path);
	return 2;
}

static int draw(const char *input, const char *output)
{
	size_t size;
	char *bytes = whole_file_read(input, &size);
	struct script script;

	script_draw((const uint8_t *)bytes, size, &script);
	free(bytes);
	return write_script(output, &script);
}

static int show(const char *input, bool is_drawn)
{
	struct script script = {0};
	size_t size;
	char *bytes = whole_file_read(input, &size);
	bool is_script;

	memcpy(&script, bytes, size < sizeof(script) ? size : sizeof(script));
	if (is_drawn) {
		script_draw((const uint8_t *)bytes, size, &script);
	}
	free(bytes);
	is_script = is_drawn || script_is_valid(&script, size);
	if (is_script) {
		script_print(stdout, &script);
	} else {
		fprintf(stderr, "%s: not a script\n", input);
	}
	return is_script ? 0 : 1;
}

static int make(const char *input, const char *output)
{
	size_t size;
	char *text = whole_file_read(input, &size);
	struct script script;
	bool is_script = script_parse(text, &script);

	free(text);
	return is_script ? write_script(output, &script) : 1;
}

int main(int count, char **arguments)
{
	if (count == 4 && strcmp(arguments[1], "draw") == 0) {
		return draw(arguments[2], arguments[3]);
	}
	if (count == 4 && strcmp(arguments[1], "make") == 0) {
		return make(arguments[2], arguments[3]);
	}
	if (count == 3 && strcmp(arguments[1], "show") == 0) {
		return show(arguments[2], false);
	}
	if (count == 4 && strcmp(arguments[1], "show") == 0 && strcmp(arguments[3], "--fuzz") == 0) {
		return show(arguments[2], true);
	}
	fprintf(stderr, "usage: script_tool draw FILE OUTPUT | show FILE [--fuzz] | make TEXT OUTPUT\n");
	return 2;
}
