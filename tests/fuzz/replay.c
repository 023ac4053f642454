/*
 * Runs a fuzzer once on each file it is given, or on each file in a folder, and
 * on nothing at all. For machines and trees without libFuzzer: it makes
 * no new inputs. Fails if there was no file.
 *
 * usage: NAME_fuzzer PATH...
 */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PATH_SIZE 4096

static unsigned count;

static void fail(const char *path)
{
	perror(path);
	exit(2);
}

/* The copy has exactly the file's size, so ASan sees any byte too many. */
static void replay_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(size == 0 ? 1 : size);

	if (file == NULL || data == NULL || fread(data, 1, size, file) != size) {
		fail(path);
	}
	fclose(file);
	/* Names the culprit if this is the last thing that is said. */
	printf("%s\n", path);
	fflush(stdout);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	count++;
}

static void replay(const char *path);

static void replay_folder(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	char name[PATH_SIZE];

	if (folder == NULL) {
		fail(path);
	}
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] != '.') {
			snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
			replay(name);
		}
	}
	closedir(folder);
}

static void replay(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0) {
		fail(path);
	}
	if (S_ISDIR(status.st_mode)) {
		replay_folder(path);
	} else {
		replay_file(path, (size_t)status.st_size);
	}
}

int main(int argument_count, char **arguments)
{
	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argument_count; i++) {
		replay(arguments[i]);
	}
	printf("%u inputs replayed\n", count);
	return count == 0 ? 1 : 0;
}
