/*
 * Looks at all that the start-up code is to have done before main. Its result is
 * the answer, or the number of what is wrong. Without arguments it writes to a
 * constant, which has to be its end.
 */
#include <stdint.h>

#include <panther.h>

static int one = 1, two = 2, three = 3;

/* Addresses among constants, alone and side by side among data, and at an odd place: each needs another kind of
 * relocation in a program that can lie anywhere. Volatile, so that the compiler does not know what is compared. */
static int *const volatile constants[] = {&one, &two, &three};
#define COUNT 400
static int *volatile pointers[COUNT] = {
	[0 ... 61] = &one, [62] = &two, [63] = &three, [64] = &two, [65 ... 148] = &one, [149] = &three, [300] = &two,
};

struct odd {
	char character;
	int *address;
} __attribute__((packed));
static const volatile struct odd odd = {'c', &three};

_Thread_local int *address = &two;
_Thread_local char initialised[] = {1, 2, 3, 4, 5};
_Thread_local int zero;
_Thread_local char large[2 * PANTHER_PAGE_SIZE];
_Thread_local __attribute__((aligned(64))) char aligned[64];

static int constructed;

__attribute__((constructor)) static void construct(int argc, char **argv)
{
	constructed = argc > 0 && argv[0][0] == 's' ? initialised[4] : 0;
}

static int are_constants_relocated(void)
{
	return *constants[0] == 1 && *constants[1] == 2 && *constants[2] == 3 && *odd.address == 3;
}

static int wanted(size_t index)
{
	switch (index) {
	case 62:
	case 64:
	case 300:
		return 2;
	case 63:
	case 149:
		return 3;
	default:
		return index < 150 ? 1 : 0;
	}
}

static int is_data_relocated(void)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (wanted(i) == 0 ? pointers[i] != NULL : *pointers[i] != wanted(i)) {
			return 0;
		}
	}
	return 1;
}

static int is_thread_set_up(void)
{
	zero++;
	aligned[63]++;
	large[sizeof(large) - 1]++;
	return initialised[0] == 1 && initialised[4] == 5 && zero == 1 && *address == 2 && aligned[63] == 1 &&
	       large[sizeof(large) - 1] == 1 && large[0] == 0 && (uintptr_t)aligned % 64 == 0;
}

static int first_wrong(char **argv)
{
	if (!are_constants_relocated()) {
		return 1;
	}
	if (!is_data_relocated()) {
		return 2;
	}
	if (!is_thread_set_up()) {
		return 3;
	}
	if (constructed != 5) {
		return 4;
	}
	return argv[3] == NULL ? 42 : 5;
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		return first_wrong(argv);
	}
	*(int *volatile *)(uintptr_t)&constants[0] = &three;
	return 6;
}
