/*
 * stdin, stdout and stderr: the console. stdout is written line by line, and
 * when the program reads or ends; stderr at once.
 */
#include <stdio-bufio.h>
#include <stdio.h>
#include <unistd.h>

#include "streams.h"

#define BUFFER_SIZE 256

static char input[BUFFER_SIZE];
static char output[BUFFER_SIZE];
static char error_output[1];

static struct __file_bufio streams[] = {
	FDEV_SETUP_BUFIO(0, input, sizeof(input), read, write, lseek, close, __SRD, 0),
	FDEV_SETUP_BUFIO(1, output, sizeof(output), read, write, lseek, close, __SWR, __BLBF),
	FDEV_SETUP_BUFIO(2, error_output, sizeof(error_output), read, write, lseek, close, __SWR, 0),
};

FILE *const stdin = &streams[0].xfile.cfile.file;
FILE *const stdout = &streams[1].xfile.cfile.file;
FILE *const stderr = &streams[2].xfile.cfile.file;

void panther_stdio_flush(void)
{
	(void)fflush(stdout);
}
