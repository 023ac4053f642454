/*
 * Scripts as text, to read and to write. On a host only. A line is a step: whose, what, and its operands; those that
 * are left out are 0. What follows a # is a comment.
 *
 *   pace 3                              how fast time goes on the twin, see script_pace; in front of all steps
 *   0 call map 0 0x2000 3               a call by its name, or by its number
 *   0 call#1 write 1 const 10           the same through svc #1
 *   0 store8 map+0x1ff8 0x1234          kinds by their names: load1 to load8, store1 to store8, branch, hash, ...
 *   1 call kill child-1                 operands: a number, or a base (script.h names them) with or without one
 */
#ifndef TESTS_SCRIPT_SCRIPT_TEXT_H
#define TESTS_SCRIPT_SCRIPT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "tests/script/script.h"

void script_print(FILE *output, const struct script *script);

/* One step, without a line end. */
void script_print_step(FILE *output, const struct script_step *step);

/* Says on stderr in which line of the text what is wrong, and returns false, if it is no script. */
bool script_parse(const char *text, struct script *script);

#endif
