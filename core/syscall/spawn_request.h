/*
 * What a program asks for when it calls spawn, copied in whole before any of it
 * is judged.
 */
#ifndef CORE_SYSCALL_SPAWN_REQUEST_H
#define CORE_SYSCALL_SPAWN_REQUEST_H

#include "abi/limits.h"
#include "abi/process.h"
#include "core/process/program_arguments.h"

struct spawn_request {
	char path[PANTHER_PATH_MAX];
	struct program_arguments arguments;
	struct panther_spawn_options options;
};

#endif
