/*
 * How a program with the C library ends: by exit, so that what atexit was told
 * is called, and with everything written.
 */
#include <stdlib.h>
#include <unistd.h>

#include "start.h"
#include "streams.h"

#include <panther.h>

void program_end(int status)
{
	exit(status);
}

void _exit(int status)
{
	if (panther_stdio_flush != NULL) {
		panther_stdio_flush();
	}
	(void)panther_exit(status);
	__builtin_trap(); /* exit does not return */
}
