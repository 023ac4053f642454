/*
 * Spawn requests that a test puts together, in the memory of the process that world_call is about.
 */
#ifndef TESTS_UNIT_SPAWN_FIXTURE_H
#define TESTS_UNIT_SPAWN_FIXTURE_H

#include "tests/unit/world.h"

/* Room for a request that is as large as can be, and for one that is larger. */
#define REQUEST_AT 0x10000000UL
#define REQUEST_ROOM 0x2000UL
#define REQUEST_END (REQUEST_AT + REQUEST_ROOM)

struct request {
	struct panther_spawn_request options;
	char strings[REQUEST_ROOM - sizeof(struct panther_spawn_request)];
	size_t size; /* of options and strings */
};

/* The process's limits and calls for the child, and no string yet. */
static inline struct request request_make(void)
{
	return (struct request){.options = {.flags = PANTHER_SPAWN_INHERIT}, .size = sizeof(request_make().options)};
}

/* `size` bytes, with a NUL or not. */
static inline void request_add(struct request *request, const void *bytes, size_t size)
{
	assert_true(request->size + size <= REQUEST_ROOM);
	memcpy((uint8_t *)request + request->size, bytes, size);
	request->size += size;
}

static inline struct request request_for(const char *name)
{
	struct request request = request_make();

	request_add(&request, name, strlen(name) + 1);
	return request;
}

/* A string of that many bytes, its NUL counted. */
static inline void request_add_long(struct request *request, size_t size)
{
	static char text[REQUEST_ROOM];

	memset(text, 'x', sizeof(text));
	text[size - 1] = '\0';
	request_add(request, text, size);
}

/* As the process would write it: at REQUEST_AT, or so that it ends with the memory that is there. */
static inline uint64_t request_put(const struct request *request)
{
	world_poke(REQUEST_AT, request, request->size);
	return REQUEST_AT;
}

static inline uint64_t request_put_at_end(const struct request *request)
{
	world_poke(REQUEST_END - request->size, request, request->size);
	return REQUEST_END - request->size;
}

static inline uint64_t request_spawn(const struct request *request)
{
	return world_call_and_wait(SYS_spawn, request_put(request), request->size, 0);
}

/* Refused at once, or after the load was tried: in any case nothing is left of it. */
static inline void assert_spawn_refused_at(int64_t error, uint64_t address, uint64_t size)
{
	const struct world_counts before = world_count();

	assert_int_equal((int64_t)world_call_and_wait(SYS_spawn, address, size, 0), error);
	world_assert_counts(&before);
}

static inline void assert_request_refused(int64_t error, const struct request *request)
{
	assert_spawn_refused_at(error, request_put(request), request->size);
}

static inline void finish_child(uint64_t pid)
{
	static const struct twin_step exit_0[] = {WORLD_CALL(exit)};

	(void)WORLD_PLAYS(pid, exit_0);
	assert_int_equal(world_call_and_wait(SYS_wait, pid, PROGRAM_DATA, 0), pid);
}

/* With memory for requests, and nothing mapped behind it. For cmocka_unit_test_setup_teardown, with world_teardown. */
static inline int request_setup(void **state)
{
	world_setup(state);
	assert_int_equal(world_call(SYS_map, REQUEST_AT, REQUEST_ROOM, PANTHER_READ | PANTHER_WRITE), REQUEST_AT);
	return 0;
}

#endif
