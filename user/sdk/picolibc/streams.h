/*
 * Between the parts that adapt the C library: what is in files of the console.
 */
#ifndef STREAMS_H
#define STREAMS_H

/* Writes what stdout still holds. Null in a program that has no stdout. */
void panther_stdio_flush(void) __attribute__((weak));

#endif
