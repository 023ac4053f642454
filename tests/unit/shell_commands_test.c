/*
 * The shell's commands over a kernel that the test plays: what it is asked, and
 * what the shell says to its answers.
 */
#include "user/sh/builtins.h"

#include "tests/unit/program_calls.h"
#include "user/sh/jobs.h"

#define MILLISECOND 1000000
#define PID 129

/* What the played kernel answers, and what it was asked. */
static struct {
	int64_t spawn;
	int64_t wait; /* 0: the pid that was asked for */
	int64_t kill;
	struct panther_exit ended;
	uint64_t clock; /* grows by a quarter of a second a look */
	uint64_t frames_free;
	uint64_t refused; /* the topic that info says nothing about */

	char spawned[256]; /* name, then the arguments, with a bar behind each */
	struct panther_spawn_request options;
	uint64_t waited;
	uint64_t waits;
	uint64_t flags;
	uint64_t killed;
	uint64_t kills;
	int64_t exited;
} kernel;

int64_t panther_spawn_program(const char *name, const char *const *argv, const struct panther_spawn_request *options)
{
	strcat(strcpy(kernel.spawned, name), ":");
	for (; *argv != NULL; argv++) {
		strcat(strcat(kernel.spawned, *argv), "|");
	}
	kernel.options = *options;
	return kernel.spawn;
}

int64_t panther_wait(uint64_t pid, struct panther_exit *ended, uint64_t flags)
{
	kernel.waited = pid;
	kernel.waits++;
	kernel.flags = flags;
	*ended = kernel.ended;
	if (pid == 0 && kernel.waits > 1) {
		return -PANTHER_EAGAIN;
	}
	return kernel.wait != 0 ? kernel.wait : (int64_t)pid;
}

int64_t panther_kill(uint64_t pid)
{
	kernel.killed = pid;
	kernel.kills++;
	return kernel.kill;
}

int64_t panther_clock(void)
{
	kernel.clock += 250 * MILLISECOND + 1999;
	return (int64_t)kernel.clock;
}

int64_t panther_exit(int64_t status)
{
	kernel.exited = status;
	return 0;
}

static int64_t tell_process(uint64_t index, struct panther_process_info *process)
{
	if (index > 3) {
		return -PANTHER_ENOENT;
	}
	if (index == 1) {
		*process = (struct panther_process_info){.index = 1, .pid = 257, .state = 7};
		return sizeof(*process);
	}
	*process = (struct panther_process_info){.index = index == 0 ? 0 : 3,
						 .pid = index == 0 ? 1 : PID,
						 .parent = index == 0 ? 0 : 1,
						 .cpu_time = 1999999,
						 .frames = 3,
						 .state = index == 0 ? PANTHER_STATE_READY : PANTHER_STATE_ENDED};
	strcpy(process->program, index == 0 ? "sh" : "stress");
	return sizeof(*process);
}

static int64_t tell_program(uint64_t index, struct panther_program_info *program)
{
	static const char *const names[] = {"hello", "sh"};

	if (index > 1) {
		return -PANTHER_ENOENT;
	}
	*program = (struct panther_program_info){.size = 1000 + index};
	strcpy(program->program, names[index]);
	return sizeof(*program);
}

int64_t panther_info(uint64_t topic, uint64_t index, void *buf, size_t len)
{
	static const struct panther_memory_info memory = {
		.frames_total = 1000,
		.heap_total = 65536,
		.heap_used = 4096,
		.processes = 2,
		.processes_max = 120,
		.input_lost = 5,
	};
	static const struct panther_limits_info limits = {
		.calls = 0x8003, .frames_used = 30, .frames_max = 900, .children = 1, .children_max = 119};

	if (topic == kernel.refused) {
		return -PANTHER_EPERM;
	}
	switch (topic) {
	case PANTHER_INFO_PROCESS:
		assert_int_equal(len, sizeof(struct panther_process_info));
		return tell_process(index, buf);
	case PANTHER_INFO_PROGRAM:
		assert_int_equal(len, sizeof(struct panther_program_info));
		return tell_program(index, buf);
	case PANTHER_INFO_MEMORY:
		assert_int_equal(index, 0);
		assert_int_equal(len, sizeof(memory));
		memcpy(buf, &memory, sizeof(memory));
		((struct panther_memory_info *)buf)->frames_free = kernel.frames_free;
		return sizeof(memory);
	default:
		assert_int_equal(topic, PANTHER_INFO_LIMITS);
		assert_int_equal(index, 0);
		assert_int_equal(len, sizeof(limits));
		memcpy(buf, &limits, sizeof(limits));
		return sizeof(limits);
	}
}

static int set_up(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	jobs_kill_all();
	memset(&kernel, 0, sizeof(kernel));
	kernel.spawn = PID;
	kernel.frames_free = 800;
	kernel.exited = -1;
	kernel.refused = UINT64_MAX;
	calls_start("", 0);
	return 0;
}

/* Runs the line and expects exactly this on the console. */
static void expect(const char *text, const char *output)
{
	struct command command;
	char line[256];

	calls_start("", 0);
	strcpy(line, text);
	assert_true(words_split(line, &command));
	builtins_run(&command);
	assert_string_equal(calls_output, output);
}

static void programs_run_by_their_names(void **state)
{
	(void)state;
	expect("hello", "");
	assert_string_equal(kernel.spawned, "hello:hello|");
	assert_int_equal(kernel.waited, PID);
	assert_int_equal(kernel.flags, 0);
	expect("run stress 20 7", "");
	assert_string_equal(kernel.spawned, "stress:stress|20|7|");
	expect("run ls", "");
	assert_string_equal(kernel.spawned, "ls:ls|");
}

static void the_way_a_program_ended_is_said(void **state)
{
	(void)state;
	kernel.ended = (struct panther_exit){PANTHER_ENDED_EXIT, 3};
	expect("hello", "sh: hello: exit status 3\n");
	kernel.ended = (struct panther_exit){PANTHER_ENDED_FAULT, 0x24};
	expect("crash", "sh: crash: fault, exception class 0x24\n");
	kernel.ended = (struct panther_exit){PANTHER_ENDED_FAULT, 0};
	expect("crash", "sh: crash: fault, exception class 0x0\n");
	kernel.ended = (struct panther_exit){PANTHER_ENDED_KILLED, 0};
	expect("hello", "sh: hello: killed\n");
}

static void programs_that_cannot_start(void **state)
{
	(void)state;
	kernel.spawn = -PANTHER_ENOENT;
	expect("none", "sh: none: no such program\n");
	expect("none &", "sh: none: no such program\n");
	kernel.spawn = -PANTHER_ENOMEM;
	expect("run big", "sh: big: not enough memory\n");
	assert_int_equal(kernel.waits, 0);
	expect("jobs", "");
}

static void the_shell_keeps_some_memory(void **state)
{
	(void)state;
	expect("hello", "");
	assert_int_equal(kernel.options.frames_max, 700);
	assert_int_equal(kernel.options.calls, 0x8003);
	assert_int_equal(kernel.options.children_max, 119);
	assert_int_equal(kernel.options.flags, 0);
	kernel.frames_free = 1600;
	expect("hello", "");
	assert_int_equal(kernel.options.frames_max, 900);
}

static void background_programs_are_not_waited_for(void **state)
{
	(void)state;
	expect("stress spin &", "[1] 129 stress\n");
	assert_string_equal(kernel.spawned, "stress:stress|spin|");
	assert_int_equal(kernel.waits, 0);
	kernel.spawn = 130;
	expect("hello&", "[2] 130 hello\n");
	expect("jobs", "[1] 129 stress\n[2] 130 hello\n");
}

static void ended_background_programs_are_reported(void **state)
{
	(void)state;
	expect("stress spin &", "[1] 129 stress\n");
	kernel.wait = PID;
	kernel.ended = (struct panther_exit){PANTHER_ENDED_KILLED, 0};
	calls_start("", 0);
	jobs_report();
	assert_string_equal(calls_output, "[1] 129 stress: killed\n");
	assert_int_equal(kernel.waited, 0);
	assert_int_equal(kernel.flags, PANTHER_WAIT_NO_BLOCK);
	expect("jobs", "");
}

static void orphans_end_without_a_word(void **state)
{
	(void)state;
	expect("stress spin &", "[1] 129 stress\n");
	kernel.wait = 555;
	calls_start("", 0);
	jobs_report();
	assert_string_equal(calls_output, "");
	assert_int_equal(kernel.waits, 2);
	expect("jobs", "[1] 129 stress\n");
}

static void too_many_background_programs(void **state)
{
	(void)state;
	for (int i = 0; i < 64; i++) {
		struct command command = {.count = 1, .words = {"x"}, .is_background = true};

		jobs_run(&command);
	}
	kernel.spawned[0] = '\0';
	expect("y &", "sh: too many jobs\n");
	assert_string_equal(kernel.spawned, "");
}

static void kill_takes_a_process_id(void **state)
{
	(void)state;
	expect("kill 300", "");
	assert_int_equal(kernel.killed, 300);
	assert_int_equal(kernel.waited, 300);
	assert_int_equal(kernel.flags, 0);
	expect("kill x", "sh: kill: bad argument\n");
	assert_int_equal(kernel.kills, 1);
	kernel.kill = -PANTHER_ESRCH;
	expect("kill 5", "sh: kill: no such child\n");
	expect("kill", "usage: kill PID\n");
	expect("kill 1 2", "usage: kill PID\n");
	assert_int_equal(kernel.kills, 2);
}

static void a_killed_program_is_reported_at_once(void **state)
{
	(void)state;
	expect("stress spin &", "[1] 129 stress\n");
	kernel.ended = (struct panther_exit){PANTHER_ENDED_KILLED, 0};
	expect("kill 129", "[1] 129 stress: killed\n");
	expect("jobs", "");
}

static void time_is_said_in_microseconds(void **state)
{
	(void)state;
	expect("time hello", "0.250001 seconds\n");
	assert_string_equal(kernel.spawned, "hello:hello|");
	expect("time time time hello", "0.250001 seconds\n0.750005 seconds\n1.250009 seconds\n");
	expect("time", "usage: time COMMAND\n");
}

static void exit_ends_all_that_runs(void **state)
{
	(void)state;
	expect("stress spin &", "[1] 129 stress\n");
	kernel.ended = (struct panther_exit){PANTHER_ENDED_KILLED, 0};
	expect("exit 300", "[1] 129 stress: killed\n");
	assert_int_equal(kernel.exited, 300 & 0xff);
	assert_int_equal(kernel.killed, PID);
	assert_int_equal(kernel.waited, PID);
	assert_int_equal(kernel.flags, 0);
}

static void exit_takes_a_status_or_none(void **state)
{
	(void)state;
	expect("exit", "");
	assert_int_equal(kernel.exited, 0);
	assert_int_equal(kernel.kills, 0);
	kernel.exited = -1;
	expect("exit now", "sh: exit: bad argument\n");
	assert_int_equal(kernel.exited, -1);
}

static void tables(void **state)
{
	(void)state;
	expect("ls", "    1000 hello\n    1001 sh\n");
	expect("ps", "     PID   PARENT STATE      CPU TIME us      KiB PROGRAM\n"
		     "       1        0 ready            1999       12 sh\n"
		     "     257        0 ?                   0        0 \n"
		     "     129        1 ended            1999       12 stress\n");
	expect("mem", "memory            800 of     4000 KiB\n"
		      "kernel heap      4096 of    65536 bytes\n"
		      "processes           2 of      120 \n"
		      "input lost          5 bytes\n");
	expect("limits", "memory            120 of     3600 KiB\n"
			 "children            1 of      119 \n"
			 "calls         exit write info\n");
}

static void info_may_be_given_up(void **state)
{
	(void)state;
	kernel.refused = PANTHER_INFO_MEMORY;
	expect("mem", "sh: mem: not permitted\n");
	expect("hello", "sh: hello: not permitted\n");
	kernel.refused = PANTHER_INFO_LIMITS;
	expect("limits", "sh: limits: not permitted\n");
	expect("hello", "sh: hello: not permitted\n");
	assert_string_equal(kernel.spawned, "");
}

static void a_child_that_cannot_be_waited_for(void **state)
{
	(void)state;
	kernel.wait = -PANTHER_ESRCH;
	expect("hello", "sh: hello: no such child\n");
}

static void help_names_every_command(void **state)
{
	static const char *const names[] = {"help", "ls", "ps", "mem", "limits", "run", "jobs", "kill", "time", "exit"};
	struct command command = {.count = 1, .words = {"help"}};

	(void)state;
	calls_start("", 0);
	builtins_run(&command);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char wanted[16] = "\n";

		strcat(strcat(wanted, names[i]), " ");
		assert_true(strncmp(calls_output, wanted + 1, strlen(wanted) - 1) == 0 ||
			    strstr(calls_output, wanted) != NULL);
	}
}

#define COMMAND_TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(programs_run_by_their_names),
		COMMAND_TEST(the_way_a_program_ended_is_said),
		COMMAND_TEST(programs_that_cannot_start),
		COMMAND_TEST(the_shell_keeps_some_memory),
		COMMAND_TEST(background_programs_are_not_waited_for),
		COMMAND_TEST(ended_background_programs_are_reported),
		COMMAND_TEST(orphans_end_without_a_word),
		COMMAND_TEST(too_many_background_programs),
		COMMAND_TEST(kill_takes_a_process_id),
		COMMAND_TEST(a_killed_program_is_reported_at_once),
		COMMAND_TEST(time_is_said_in_microseconds),
		COMMAND_TEST(exit_ends_all_that_runs),
		COMMAND_TEST(exit_takes_a_status_or_none),
		COMMAND_TEST(tables),
		COMMAND_TEST(info_may_be_given_up),
		COMMAND_TEST(a_child_that_cannot_be_waited_for),
		COMMAND_TEST(help_names_every_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
