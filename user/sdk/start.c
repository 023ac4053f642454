/*
 * From _start to main: the program makes itself fit for the address it is at.
 */
#include "start.h"

#include <panther.h>

#pragma GCC visibility push(hidden)
extern uint8_t program_constants_start[];
extern uint8_t program_constants_end[];
extern void (*const program_init_start[])(int, char **);
extern void (*const program_init_end[])(int, char **);
#pragma GCC visibility pop

/* Constants that hold addresses are written once, by program_relocate. A program that may not call protect runs
 * with them writable. */
static void protect_constants(void)
{
	size_t left = (size_t)(program_constants_end - program_constants_start);
	uint8_t *next = program_constants_start;

	while (left > 0) {
		size_t part = left < PANTHER_MAP_MAX ? left : PANTHER_MAP_MAX;

		(void)panther_protect(next, part, PANTHER_READ);
		next += part;
		left -= part;
	}
}

static void run_constructors(int argc, char **argv)
{
	for (size_t i = 0; i < (size_t)(program_init_end - program_init_start); i++) {
		program_init_start[i](argc, argv);
	}
}

void program_start(int argc, char **argv)
{
	program_relocate();
	protect_constants();
	program_set_up_thread();
	run_constructors(argc, argv);
	program_end(main(argc, argv));
}
