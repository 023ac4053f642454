/*
 * pantheros-twin: the kernel as a native program, on the modelled machine with an emulated user CPU. Runs the programs
 * of the image's own archive, and before them those that it is told to; its console is standard input and output.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal_host/twin.h"
#include "hal_host/unicorn/archive.h"
#include "hal_host/unicorn/emulator.h"
#include "hal_host/unicorn/input.h"

extern const uint8_t boot_archive[];
extern const size_t boot_archive_size;

static void usage(void)
{
	fputs("usage: pantheros-twin [--append \"KERNEL COMMAND LINE\"] [--memory SIZE{M,G}] [--cpu a72|max] [--dtb FILE]"
	      " [PROGRAM.elf]...\n",
	      stderr);
	exit(2);
}

/* A size as QEMU's -m takes it: 128M, 2G; without a letter in MiB. */
static uint64_t parse_memory(const char *argument)
{
	char *end;
	unsigned long long size = strtoull(argument, &end, 10);
	unsigned shift = strcmp(end, "G") == 0 ? 30 : 20;

	if ((*end != '\0' && strcmp(end, "M") != 0 && shift == 20) || size > TWIN_RAM_SIZE_MAX >> shift ||
	    size < TWIN_RAM_SIZE_MIN >> shift || size << shift < TWIN_RAM_SIZE_MIN || (size << shift) % 0x200000 != 0) {
		fputs("pantheros-twin: memory is 32M to 8G, in steps of 2M\n", stderr);
		exit(2);
	}
	return (uint64_t)size << shift;
}

static enum twin_cpu parse_cpu(const char *argument)
{
	if (strcmp(argument, "a72") != 0 && strcmp(argument, "max") != 0) {
		usage();
	}
	return strcmp(argument, "max") == 0 ? TWIN_CPU_MAX : TWIN_CPU_A72;
}

/* A device tree, sound or not, in the place of the twin's own. The kernel reads 2 MiB at most. */
static void read_tree(const char *path, struct twin_options *options)
{
	static uint8_t tree[0x200000];
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	options->device_tree = tree;
	options->device_tree_size = fread(tree, 1, sizeof(tree), file);
	fclose(file);
}

/* False if there is no such option. */
static bool parse_option(const char *name, const char *value, struct twin_options *options)
{
	if (strcmp(name, "--append") == 0) {
		options->command_line = value;
	} else if (strcmp(name, "--memory") == 0) {
		options->ram_size = parse_memory(value);
	} else if (strcmp(name, "--cpu") == 0) {
		options->cpu = parse_cpu(value);
	} else if (strcmp(name, "--dtb") == 0) {
		read_tree(value, options);
	} else {
		return false;
	}
	return true;
}

/* Returns where the programs begin. */
static int parse(int count, char **arguments, struct twin_options *options)
{
	int i = 1;

	for (; i < count && arguments[i][0] == '-'; i += 2) {
		if (i + 1 == count || !parse_option(arguments[i], arguments[i + 1], options)) {
			usage();
		}
	}
	return i;
}

/* Puts a program before those of the archive. Returns the new archive, which takes the place of `old`. */
static uint8_t *add_program(const char *path, uint8_t *old, struct twin_options *options)
{
	size_t size;
	uint8_t *archive = archive_prepend(path, options->archive, options->archive_size, &size);

	if (archive == NULL) {
		exit(2);
	}
	free(old);
	options->archive = archive;
	options->archive_size = size;
	return archive;
}

static int run(const struct twin_options *options)
{
	twin_reset(options);
	twin_use_engine(emulator_run);
	input_start();
	twin_expect_abort("endless-wait");
	switch (twin_boot()) {
	case TWIN_POWER_OFF:
		return 0;
	case TWIN_ABORTED:
		fputs("pantheros-twin: the kernel waits for input, and there is no more\n", stderr);
		return 1;
	default:
		return 1;
	}
}

int main(int count, char **arguments)
{
	struct twin_options options = {.archive = boot_archive, .archive_size = boot_archive_size, .echo = true};
	int first = parse(count, arguments, &options);
	uint8_t *archive = NULL;
	int status;

	for (int i = count - 1; i >= first; i--) {
		archive = add_program(arguments[i], archive, &options);
	}
	status = run(&options);
	free(archive);
	return status;
}
