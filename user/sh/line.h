/*
 * Reading a line with the keys that people expect: left and right, backspace and
 * delete, home and end, up and down through the history.
 */
#ifndef USER_SH_LINE_H
#define USER_SH_LINE_H

#include <stdbool.h>

/* Room for a line, its NUL counted. A line fits one row of a terminal: what would not is not taken. */
#define LINE_SIZE 160

/* Prints the prompt and reads a line. Returns false if there is no more: Ctrl-D on an empty line, or no input. */
bool line_read(const char *prompt, char line[LINE_SIZE]);

#endif
