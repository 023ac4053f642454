/*
 * pantheros-twin: the kernel as a native program. Boots it on the modelled machine, with the same first program as
 * the image, and prints its console.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/syscalls.h"
#include "hal_host/twin.h"

extern const uint8_t boot_archive[];
extern const size_t boot_archive_size;

/* What hello does at EL0 (user/hello/hello.c): writes its text, as often as it takes, and exits. */
static const char text[] = "Hello from secure kernel!\n\n";

struct hello {
	uint64_t address; /* of the text, in hello's own memory */
	uint64_t written;
	bool has_written; /* a write is under way: its result comes next */
	bool failed;
};

static bool lies_at(size_t offset, const void *bytes, size_t size)
{
	return offset <= boot_archive_size && size <= boot_archive_size - offset &&
	       memcmp(boot_archive + offset, bytes, size) == 0;
}

static uint64_t read_field(size_t offset, size_t size)
{
	uint64_t value = 0;

	if (offset > boot_archive_size || size > boot_archive_size - offset) {
		return 0;
	}
	for (size_t i = 0; i < size; i++) {
		value |= (uint64_t)boot_archive[offset + i] << (8 * i);
	}
	return value;
}

/* The ELF file that an offset in the archive lies in: the last one that starts before it. */
static size_t file_around(size_t offset)
{
	while (offset > 0 && !lies_at(offset, "\177ELF", 4)) {
		offset--;
	}
	return offset;
}

/* The address that an offset in the file belongs to, by its program headers (ELF-64 Object File Format 1.5, figure 6);
 * 0 if it is not loaded. */
static uint64_t linked_address(size_t file, size_t offset)
{
	uint64_t headers = file + read_field(file + 32, 8);
	uint64_t count = read_field(file + 56, 2);

	for (uint64_t i = 0; i < count; i++) {
		size_t header = headers + 56 * i;
		uint64_t start = read_field(header + 8, 8);

		if (read_field(header, 4) == 1 && offset >= start && offset - start < read_field(header + 32, 8)) {
			return read_field(header + 16, 8) + (offset - start);
		}
	}
	return 0;
}

/* Finds the text in hello, which stands at its entry and may have been loaded anywhere. */
static void find_text(struct hello *hello, uint64_t entry)
{
	for (size_t offset = 0; offset < boot_archive_size; offset++) {
		if (lies_at(offset, text, sizeof(text))) {
			size_t file = file_around(offset);
			uint64_t linked_entry = read_field(file + 24, 8);

			hello->address = entry - linked_entry + linked_address(file, offset - file);
			return;
		}
	}
	twin_abort("hello", "its text is not in the archive");
}

static void take_result(struct hello *hello, uint64_t result)
{
	if (result == 0 || result > sizeof(text) - 1 - hello->written) {
		hello->failed = true;
	} else {
		hello->written += result;
	}
}

static bool hello_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	struct hello *hello = owner;

	(void)word;
	if (!hello->has_written) {
		find_text(hello, context->pc);
	} else {
		take_result(hello, context->x[0]);
	}
	hello->has_written = true;
	step->kind = TWIN_SVC;
	if (hello->failed || hello->written == sizeof(text) - 1) {
		step->number = SYS_exit;
		step->arguments[0] = hello->failed;
	} else {
		step->number = SYS_write;
		step->arguments[0] = 1;
		step->arguments[1] = hello->address + hello->written;
		step->arguments[2] = sizeof(text) - 1 - hello->written;
	}
	return true;
}

static void usage(void)
{
	fputs("usage: pantheros-twin [--append \"KERNEL COMMAND LINE\"] [--memory SIZE{M,G}] [--cpu a72|max] [--dtb FILE]\n",
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

static void parse(int count, char **arguments, struct twin_options *options)
{
	for (int i = 1; i < count; i += 2) {
		if (i + 1 == count || !parse_option(arguments[i], arguments[i + 1], options)) {
			usage();
		}
	}
}

int main(int count, char **arguments)
{
	struct twin_options options = {.archive = boot_archive, .archive_size = boot_archive_size, .echo = true};
	struct hello hello = {0};

	parse(count, arguments, &options);
	twin_reset(&options);
	twin_program(hello_driver, &hello);
	return twin_boot() == TWIN_POWER_OFF ? 0 : 1;
}
