/*
 * The process itself, as POSIX has it: a signal that is raised ends it.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <panther.h>

#define EXIT_OF_SIGNAL 128

pid_t getpid(void)
{
	return (pid_t)panther_getpid();
}

/* Only for oneself: a number that is cut to an int names nobody else for sure. */
int kill(pid_t pid, int number)
{
	if (pid != getpid()) {
		errno = ESRCH;
		return -1;
	}
	if (number != 0) {
		_exit(EXIT_OF_SIGNAL + number);
	}
	return 0;
}

int getentropy(void *bytes, size_t size)
{
	uint8_t *next = bytes;

	while (size > 0) {
		int64_t given = panther_random(next, size < PANTHER_RANDOM_CHUNK ? size : PANTHER_RANDOM_CHUNK);

		if (given < 0) {
			errno = (int)-given;
			return -1;
		}
		next += given;
		size -= (size_t)given;
	}
	return 0;
}
