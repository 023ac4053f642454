#include "hal_host/runner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The twin's own control flow; not part of the machine, so not part of struct twin. */
static struct {
	jmp_buf exit;
	bool is_running;
	enum twin_end end;
	const char *expected_rule;
} runner;

void runner_reset(void)
{
	runner.expected_rule = NULL;
}

void runner_check_outside(const char *what)
{
	if (runner.is_running) {
		twin_abort("nested-call", "%s within twin_call", what);
	}
}

enum twin_end twin_call(void (*function)(void *argument), void *argument)
{
	runner_check_outside("twin_call");
	runner.is_running = true;
	runner.end = TWIN_RETURNED;
	if (setjmp(runner.exit) == 0) {
		function(argument);
	}
	runner.is_running = false;
	runner.expected_rule = NULL;
	return runner.end;
}

__attribute__((no_sanitize("address"))) void runner_jump(enum twin_end end)
{
	static const char *const names[] = {"returned", "power-off", "stopped", "script-end", "aborted"};

	if (!runner.is_running) {
		fprintf(stderr, "%s\nTWIN: the machine ended (%s) outside twin_call\n", twin_console(), names[end]);
		abort();
	}
	runner.end = end;
	longjmp(runner.exit, 1);
}

void twin_expect_abort(const char *rule)
{
	runner.expected_rule = rule;
}

void twin_abort(const char *rule, const char *format, ...)
{
	va_list arguments;

	if (runner.is_running && runner.expected_rule != NULL && strcmp(runner.expected_rule, rule) == 0) {
		runner_leave(TWIN_ABORTED);
	}
	va_start(arguments, format);
	fprintf(stderr, "%s\nTWIN[%s]: ", twin_console(), rule);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	abort();
}
