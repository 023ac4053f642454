/*
 * What a program asks for when it calls spawn, copied in whole before any of it
 * is judged.
 */
#ifndef CORE_SYSCALL_SPAWN_REQUEST_H
#define CORE_SYSCALL_SPAWN_REQUEST_H

#include "abi/limits.h"
#include "abi/process.h"

struct spawn_request {
	struct panther_spawn_request options;
	char strings[PANTHER_SPAWN_MAX - sizeof(struct panther_spawn_request)];
};

_Static_assert(sizeof(struct spawn_request) == PANTHER_SPAWN_MAX, "the strings lie right behind the struct");

#endif
