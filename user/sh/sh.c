/*
 * A small shell.
 */
#include <panther.h>

#include "user/common/output.h"
#include "user/sh/builtins.h"
#include "user/sh/jobs.h"
#include "user/sh/line.h"
#include "user/sh/words.h"

static void run(char line[LINE_SIZE])
{
	struct command command;

	if (!words_split(line, &command)) {
		output_text("sh: too many words\n");
	} else if (command.count > 0) {
		builtins_run(&command);
	}
}

int main(void)
{
	char line[LINE_SIZE];

	output_text("PantherOS shell. `help` says what it can do.\n");
	while (line_read("> ", line)) {
		run(line);
		jobs_report();
	}
	jobs_kill_all();
	return 0;
}
