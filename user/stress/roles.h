/*
 * What a child of stress does, and how that has to end.
 */
#ifndef USER_STRESS_ROLES_H
#define USER_STRESS_ROLES_H

#include <stdint.h>

#include "abi/process.h"

struct role {
	const char *name;
	int (*run)(const char *argument); /* in the child; its result is the exit status */
	const char *const *arguments;	  /* NULL at the end; one is chosen. NULL: a number from 0 to 255 */
	uint32_t reason;		  /* how it ends: PANTHER_ENDED_KILLED is the parent's doing */
};

/* The roles, by number; the last one has no name. */
extern const struct role roles[];

/* The role of that name, or NULL. */
const struct role *role_find(const char *name);

/* How a child of that role ends, if all is well. */
struct panther_exit role_end(const struct role *role, const char *argument);

#endif
