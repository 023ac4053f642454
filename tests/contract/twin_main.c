/*
 * The contract's checks on the twin: contract_twin [GROUP].
 */
#include <stdio.h>
#include <string.h>

#include "hal_host/twin.h"
#include "tests/support/archive_builder.h"
#include "tests/unit/program.h"

/* What the console group writes. */
static bool console_is_right(void)
{
	char line[202] = "\n";

	for (size_t i = 0; i < 200; i++) {
		line[i] = (char)('0' + i % 10);
	}
	line[200] = '\n';
	return strstr(twin_console(), "\none line, three writes\n0123456789abcdef!\n") != NULL &&
	       strstr(twin_console(), line) != NULL && strstr(twin_console(), "not this") == NULL;
}

int main(int count, char **arguments)
{
	static struct program_image image;
	static char command_line[64];
	struct archive_builder builder = {0};
	struct twin_options options = {.echo = true};
	const char *group = count > 1 ? arguments[1] : "";
	enum twin_end end;

	program_make(&image, NULL, 0);
	archive_builder_add(&builder, "first", ARCHIVE_REGULAR, image.bytes, sizeof(image.bytes));
	options.archive = archive_builder_end(&builder, &options.archive_size);
	snprintf(command_line, sizeof(command_line), "%s%s", count > 1 ? "group=" : "", group);
	options.command_line = command_line;
	twin_reset(&options);
	twin_step_ticks(1000);
	twin_every_program(twin_interpreter, NULL);
	end = twin_boot();
	if (end != TWIN_POWER_OFF || strstr(twin_console(), " passed, 0 failed\n[BOOT] Halting CPU...\n") == NULL ||
	    strstr(twin_console(), "\ncontract: 0 passed") != NULL) {
		return 1;
	}
	return (strcmp(group, "console") == 0 || group[0] == '\0') && !console_is_right();
}
