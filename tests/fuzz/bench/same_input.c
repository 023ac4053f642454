/*
 * A mutator that always makes the same input, the file that FUZZ_BENCH_INPUT names: the rate is that of this very
 * input.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 4096

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
int LLVMFuzzerInitialize(int *count, char ***arguments);

static uint8_t input[INPUT_MAX];
static size_t input_size;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	const char *path = getenv("FUZZ_BENCH_INPUT");
	FILE *file = path == NULL ? NULL : fopen(path, "rb");

	(void)count;
	(void)arguments;
	if (file == NULL) {
		fputs("FUZZ_BENCH_INPUT names no file\n", stderr);
		exit(2);
	}
	input_size = fread(input, 1, sizeof(input), file);
	(void)fclose(file);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	(void)size;
	(void)seed;
	if (input_size == 0 || input_size > max_size) {
		fputs("the input is empty, or -max_len is too small for it\n", stderr);
		exit(2);
	}
	memcpy(data, input, input_size);
	return input_size;
}
