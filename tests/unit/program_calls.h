/*
 * The system calls of a program that runs natively, without a kernel: input comes
 * from a text, output goes into a buffer. One test file includes this.
 */
#ifndef TESTS_UNIT_PROGRAM_CALLS_H
#define TESTS_UNIT_PROGRAM_CALLS_H

#include <string.h>

#include <panther.h>

#include "tests/unit/cmocka_test.h"

static const char *calls_input;	 /* what is still to be read; at its end reading fails */
static size_t calls_input_chunk; /* most bytes a read */
static char calls_output[8192];
static size_t calls_output_size;

static void calls_start(const char *input, size_t chunk)
{
	calls_input = input;
	calls_input_chunk = chunk;
	calls_output_size = 0;
	calls_output[0] = '\0';
}

int64_t panther_read(int64_t fd, void *buf, size_t len)
{
	size_t size = strlen(calls_input);

	assert_int_equal(fd, 0);
	size = size < len ? size : len;
	size = size < calls_input_chunk ? size : calls_input_chunk;
	memcpy(buf, calls_input, size);
	calls_input += size;
	return size == 0 ? -PANTHER_EPERM : (int64_t)size;
}

int64_t panther_write(int64_t fd, const void *buf, size_t len)
{
	assert_int_equal(fd, 1);
	assert_true(len < sizeof(calls_output) - calls_output_size);
	memcpy(calls_output + calls_output_size, buf, len);
	calls_output_size += len;
	calls_output[calls_output_size] = '\0';
	return (int64_t)len;
}

#endif
