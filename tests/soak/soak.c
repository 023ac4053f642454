/*
 * The first program of the soak. The console tells it how many cycles there are
 * to be, and which seed: "COUNT SEED". It lets stress do them, says what there
 * was in use before and after, and repeats another line from the console.
 */
#include <panther.h>

#include "user/common/output.h"

#define LINE_MAX 80

static void print_number(const char *name, uint64_t value)
{
	output_text(" ");
	output_text(name);
	output_text("=");
	output_number(value);
}

static void print_counts(const char *when)
{
	struct panther_memory_info memory = {0};

	(void)panther_info(PANTHER_INFO_MEMORY, 0, &memory, sizeof(memory));
	output_text("soak: ");
	output_text(when);
	print_number("frames", memory.frames_free);
	print_number("heap", memory.heap_used);
	print_number("processes", memory.processes);
	output_text("\n");
}

/* A line without its end. Cut if it is too long; empty if there is no input to be had. */
static void read_line(char line[LINE_MAX])
{
	size_t length = 0;

	while (length < LINE_MAX - 1 && panther_read(0, &line[length], 1) == 1 && line[length] != '\n') {
		length++;
	}
	line[length] = '\0';
}

/* Cuts the line at its first space, and says where the rest is. */
static const char *split(char *line)
{
	while (*line != '\0' && *line != ' ') {
		line++;
	}
	if (*line == '\0') {
		return line;
	}
	*line = '\0';
	return line + 1;
}

static int run_stress(char *line)
{
	const char *seed = split(line);
	const char *const argv[] = {"stress", line, seed, NULL};
	int64_t pid = panther_spawn_program(argv[0], argv, NULL);
	struct panther_exit end;

	return panther_wait((uint64_t)pid, &end, 0) == pid && end.reason == PANTHER_ENDED_EXIT && end.code == 0;
}

int main(void)
{
	char line[LINE_MAX];
	int is_well;

	print_counts("before");
	read_line(line);
	is_well = run_stress(line);
	print_counts("after");
	read_line(line);
	output_text("soak: heard ");
	output_text(line);
	output_text("\n");
	return is_well ? 0 : 1;
}
