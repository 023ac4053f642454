/*
 * The parts of docs/SYSCALLS.md that do not come from the table of calls: kinds of argument, constants, records.
 */
#ifndef DOCS_SYSCALL_REFERENCE_H
#define DOCS_SYSCALL_REFERENCE_H

#include <stdbool.h>

/* Is there a row for this kind of argument? */
bool records_know_kind(const char *kind);

/* Do the rows of each struct cover it, field behind field? */
bool records_are_whole(void);

void records_print_kinds(void);
void records_print(void);

#endif
