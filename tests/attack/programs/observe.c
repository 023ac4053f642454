#include "tests/attack/programs/observe.h"

#define TRIES 4000
#define LINE_SIZE 96

static size_t append(char *line, size_t at, const char *text)
{
	while (*text != '\0') {
		line[at++] = *text++;
	}
	return at;
}

static size_t append_number(char *line, size_t at, uint64_t value, unsigned base)
{
	char digits[20];
	size_t count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (count > 0) {
		line[at++] = digits[--count];
	}
	return at;
}

static void end_line(char *line, size_t size)
{
	line[size++] = '\n';
	(void)panther_write_all(1, line, size);
}

void say(const char *text)
{
	char line[LINE_SIZE];

	end_line(line, append(line, 0, text));
}

void say_number(const char *text, int64_t value)
{
	char line[LINE_SIZE];
	size_t at = append(line, append(line, 0, text), value < 0 ? " -" : " ");

	end_line(line, append_number(line, at, value < 0 ? -(uint64_t)value : (uint64_t)value, 10));
}

void say_hex(const char *text, uint64_t value)
{
	char line[LINE_SIZE];

	end_line(line, append_number(line, append(line, append(line, 0, text), " 0x"), value, 16));
}

struct counts counts_now(void)
{
	struct panther_memory_info memory = {0};

	(void)panther_info(PANTHER_INFO_MEMORY, 0, &memory, sizeof(memory));
	return (struct counts){memory.frames_free, memory.heap_used, memory.processes};
}

static bool is_same(const struct counts *left, const struct counts *right)
{
	return left->frames_free == right->frames_free && left->heap_used == right->heap_used &&
	       left->processes == right->processes;
}

static void say_change(const char *name, uint64_t before, uint64_t after)
{
	if (before != after) {
		say(name);
		say_number("  before", (int64_t)before);
		say_number("  after", (int64_t)after);
	}
}

void sleep_us(uint64_t microseconds)
{
	(void)panther_sleep_for(microseconds * 1000);
}

void counts_judge(const struct counts *before)
{
	struct counts now = counts_now();

	for (int i = 0; i < TRIES && !is_same(before, &now); i++) {
		sleep_us(500);
		now = counts_now();
	}
	say_change("free frames", before->frames_free, now.frames_free);
	say_change("heap used", before->heap_used, now.heap_used);
	say_change("processes", before->processes, now.processes);
	if (is_same(before, &now)) {
		say("counts back");
	}
}

int64_t say_end(int64_t pid)
{
	struct panther_exit end;
	int64_t result = panther_wait((uint64_t)pid, &end, 0);

	if (result != pid) {
		say_number("wait", result);
		return result < 0 ? result : -1;
	}
	if (end.reason == PANTHER_ENDED_EXIT) {
		say_hex("ended by exit", end.code);
	} else if (end.reason == PANTHER_ENDED_FAULT) {
		say_hex("ended by fault", end.code);
	} else {
		say(end.code == 0 ? "ended by kill" : "ended by kill, with a code");
	}
	return end.reason;
}

int64_t status_of(int64_t pid)
{
	struct panther_exit end;

	if (panther_wait((uint64_t)pid, &end, 0) != pid || end.reason != PANTHER_ENDED_EXIT) {
		return -1;
	}
	return end.code;
}

bool find_process(uint64_t pid, struct panther_process_info *record)
{
	uint64_t next = 0;

	while (panther_info(PANTHER_INFO_PROCESS, next, record, sizeof(*record)) >= 0) {
		if (record->pid == pid) {
			return true;
		}
		next = record->index + 1;
	}
	return false;
}

struct panther_limits_info own_limits(void)
{
	struct panther_limits_info limits = {0};

	(void)panther_info(PANTHER_INFO_LIMITS, 0, &limits, sizeof(limits));
	return limits;
}
