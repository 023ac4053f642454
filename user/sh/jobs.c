#include "user/sh/jobs.h"

#include <panther.h>

#include "user/common/errors.h"
#include "user/common/output.h"
#include "user/common/text.h"

#define JOBS_MAX 64

struct job {
	uint64_t pid; /* 0: none */
	char program[PANTHER_PATH_MAX];
};

static struct job jobs[JOBS_MAX];

/* How a program ended; nothing if it went well. */
static void describe(const struct panther_exit *ended)
{
	switch (ended->reason) {
	case PANTHER_ENDED_EXIT:
		output_text("exit status ");
		output_number(ended->code);
		break;
	case PANTHER_ENDED_FAULT:
		output_text("fault, exception class ");
		output_hex(ended->code);
		break;
	default:
		output_text("killed");
		break;
	}
	output_text("\n");
}

static void say(const char *program, const char *what)
{
	output_text("sh: ");
	output_text(program);
	output_text(": ");
	output_text(what);
}

static void say_error(const char *program, int64_t error)
{
	say(program, error_text(error));
	output_text("\n");
}

/*
 * What a child may do: as much as the shell, but it may not have the last eighth of the memory that is free now, so
 * that the shell can still start another program. Returns 0 or a negated error.
 */
static int64_t child_options(struct panther_spawn_request *options)
{
	struct panther_limits_info limits;
	struct panther_memory_info memory;
	int64_t status = panther_info(PANTHER_INFO_LIMITS, 0, &limits, sizeof(limits));
	uint64_t frames_max;

	if (status >= 0) {
		status = panther_info(PANTHER_INFO_MEMORY, 0, &memory, sizeof(memory));
	}
	if (status < 0) {
		return status;
	}
	frames_max = memory.frames_free - memory.frames_free / 8;
	*options = (struct panther_spawn_request){
		.calls = limits.calls,
		.frames_max = frames_max < limits.frames_max ? frames_max : limits.frames_max,
		.children_max = limits.children_max,
	};
	return 0;
}

static int64_t start(const struct command *command)
{
	struct panther_spawn_request options;
	int64_t status = child_options(&options);

	return status < 0 ? status : panther_spawn_program(command->words[0], command->words, &options);
}

static void wait_for(const char *program, uint64_t pid)
{
	struct panther_exit ended;
	int64_t status = panther_wait(pid, &ended, 0);

	if (status < 0) {
		say_error(program, status);
	} else if (ended.reason != PANTHER_ENDED_EXIT || ended.code != 0) {
		say(program, "");
		describe(&ended);
	}
}

static struct job *find(uint64_t pid)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid == pid) {
			return &jobs[i];
		}
	}
	return NULL;
}

static void say_job(const struct job *job)
{
	output_text("[");
	output_number((uint64_t)(job - jobs) + 1);
	output_text("] ");
	output_number(job->pid);
	output_text(" ");
	output_text(job->program);
}

static void run_in_background(const struct command *command)
{
	struct job *job = find(0);
	int64_t pid;

	if (job == NULL) {
		output_text("sh: too many jobs\n");
		return;
	}
	pid = start(command);
	if (pid < 0) {
		say_error(command->words[0], pid);
		return;
	}
	job->pid = (uint64_t)pid;
	/* The name fits: spawn has taken it. */
	text_copy(job->program, command->words[0]);
	say_job(job);
	output_text("\n");
}

void jobs_run(const struct command *command)
{
	int64_t pid;

	if (command->is_background) {
		run_in_background(command);
		return;
	}
	pid = start(command);
	if (pid < 0) {
		say_error(command->words[0], pid);
	} else {
		wait_for(command->words[0], (uint64_t)pid);
	}
}

/* As the first process the shell is also given the children of programs that have ended: those end without a word. */
static void report_end(uint64_t pid, const struct panther_exit *ended)
{
	struct job *job = find(pid);

	if (job == NULL) {
		return;
	}
	say_job(job);
	output_text(": ");
	describe(ended);
	job->pid = 0;
}

void jobs_report(void)
{
	struct panther_exit ended;
	int64_t pid;

	while ((pid = panther_wait(0, &ended, PANTHER_WAIT_NO_BLOCK)) > 0) {
		report_end((uint64_t)pid, &ended);
	}
}

int64_t jobs_kill(uint64_t pid)
{
	struct panther_exit ended;
	int64_t status = panther_kill(pid);

	if (status == 0) {
		status = panther_wait(pid, &ended, 0);
	}
	if (status > 0) {
		report_end(pid, &ended);
	}
	return status;
}

void jobs_list(void)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid != 0) {
			say_job(&jobs[i]);
			output_text("\n");
		}
	}
}

void jobs_kill_all(void)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid != 0) {
			(void)jobs_kill(jobs[i].pid);
		}
	}
}
