#include "user/sh/builtins.h"

#include <panther.h>

#include "user/common/errors.h"
#include "user/common/output.h"
#include "user/common/text.h"
#include "user/sh/jobs.h"
#include "user/sh/show.h"

#define SECOND 1000000000
#define MICROSECOND 1000

struct builtin {
	const char *name;
	const char *usage; /* what comes behind the name */
	const char *text;
	size_t words_min; /* the name counted */
	size_t words_max;
	void (*run)(const struct command *command);
};

static void help(const struct command *command);

static void ls(const struct command *command)
{
	(void)command;
	show_programs();
}

static void ps(const struct command *command)
{
	(void)command;
	show_processes();
}

static void mem(const struct command *command)
{
	(void)command;
	show_memory();
}

static void limits(const struct command *command)
{
	(void)command;
	show_limits();
}

static void run(const struct command *command)
{
	struct command rest = words_rest(command);

	jobs_run(&rest);
}

static void list_jobs(const struct command *command)
{
	(void)command;
	jobs_list();
}

static void complain(const char *name, const char *what)
{
	output_text("sh: ");
	output_text(name);
	output_text(": ");
	output_text(what);
	output_text("\n");
}

static void kill(const struct command *command)
{
	uint64_t pid;
	int64_t status = text_to_number(command->words[1], &pid) ? jobs_kill(pid) : -PANTHER_EINVAL;

	if (status < 0) {
		complain("kill", error_text(status));
	}
}

static void measure(const struct command *command)
{
	struct command rest = words_rest(command);
	uint64_t before = (uint64_t)panther_clock();
	uint64_t passed;

	builtins_run(&rest);
	passed = ((uint64_t)panther_clock() - before) / MICROSECOND;
	output_number(passed / (SECOND / MICROSECOND));
	output_text(".");
	for (uint64_t digit = SECOND / MICROSECOND / 10; digit > 0; digit /= 10) {
		output_number(passed / digit % 10);
	}
	output_text(" seconds\n");
}

static void leave(const struct command *command)
{
	uint64_t status = 0;

	if (command->count > 1 && !text_to_number(command->words[1], &status)) {
		complain("exit", error_text(-PANTHER_EINVAL));
		return;
	}
	jobs_kill_all();
	(void)panther_exit((int64_t)(status & 0xff));
}

static const struct builtin builtins[] = {
	{"help", "", "says this", 1, 1, help},
	{"ls", "", "lists the programs", 1, 1, ls},
	{"ps", "", "lists the processes", 1, 1, ps},
	{"mem", "", "says how much memory is in use", 1, 1, mem},
	{"limits", "", "says what the shell itself may do", 1, 1, limits},
	{"run", "PROGRAM [ARGUMENT...] [&]", "runs a program; & at the end: without waiting for it", 2,
	 PANTHER_ARGUMENTS_MAX, run},
	{"jobs", "", "lists the programs that run in the background", 1, 1, list_jobs},
	{"kill", "PID", "ends a program that the shell has started", 2, 2, kill},
	{"time", "COMMAND", "runs a command and says how long it took", 2, PANTHER_ARGUMENTS_MAX, measure},
	{"exit", "[STATUS]", "ends the shell and all that it has started", 1, 2, leave},
};

#define BUILTIN_COUNT (sizeof(builtins) / sizeof(builtins[0]))

static void help(const struct command *command)
{
	(void)command;
	for (size_t i = 0; i < BUILTIN_COUNT; i++) {
		output_column(builtins[i].name, 6);
		output_column(builtins[i].usage, 26);
		output_text(builtins[i].text);
		output_text("\n");
	}
	output_text("`run` may be left out.\n");
}

static void run_builtin(const struct builtin *builtin, const struct command *command)
{
	if (command->count >= builtin->words_min && command->count <= builtin->words_max) {
		builtin->run(command);
		return;
	}
	output_text("usage: ");
	output_text(builtin->name);
	output_text(" ");
	output_text(builtin->usage);
	output_text("\n");
}

void builtins_run(const struct command *command)
{
	for (size_t i = 0; i < BUILTIN_COUNT; i++) {
		if (text_equal(builtins[i].name, command->words[0])) {
			run_builtin(&builtins[i], command);
			return;
		}
	}
	jobs_run(command);
}
