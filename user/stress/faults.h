/*
 * Ways for a program to fall.
 */
#ifndef USER_STRESS_FAULTS_H
#define USER_STRESS_FAULTS_H

#include <stdint.h>

/* The names of all of them, NULL at the end. */
extern const char *const fault_names[];

/* Does it: does not return if `name` is one of them. */
int fault_run(const char *name);

/* The exception class that it ends with. */
uint32_t fault_class(const char *name);

#endif
