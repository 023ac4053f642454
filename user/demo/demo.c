/*
 * An ordinary C program, with a C library: formatted output, memory that comes
 * and goes, arithmetic with fractions.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define BLOCKS 64

static void *needed(void *memory)
{
	if (memory == NULL) {
		puts("out of memory");
		exit(1);
	}
	return memory;
}

/* Each block is larger than the one before; every second one grows to twice its size. */
static unsigned int use_memory(void)
{
	unsigned char *blocks[BLOCKS];
	unsigned int sum = 0;

	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = needed(malloc(16 * (i + 1)));
		memset(blocks[i], (int)i, 16 * (i + 1));
	}
	for (unsigned int i = 0; i < BLOCKS; i += 2) {
		blocks[i] = needed(realloc(blocks[i], 32 * (i + 1)));
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		sum += blocks[i][16 * (i + 1) - 1];
		free(blocks[i]);
	}
	return sum;
}

static void print_big_block(void)
{
	size_t size = 300000;
	unsigned char *block = needed(calloc(size, 1));

	block[size - 1] = 7;
	printf("a block of %zu bytes, from %d to %d\n", size, block[0], block[size - 1]);
	free(block);
}

int main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		printf("argument %d: %s\n", i, argv[i]);
	}
	printf("%s has %d %s, 0x%x in hexadecimal\n", "PantherOS", 16, "system calls", 16);
	printf("the square root of 2 is %.12f\n", sqrt(2.0));
	printf("the sine of 30 degrees is %.6f, e is %g\n", sin(PI / 6.0), exp(1.0));
	printf("%d blocks of memory, their last bytes add up to %u\n", BLOCKS, use_memory());
	print_big_block();
	return 0;
}
