#include "tests/script/script_names.h"

#include <string.h>

#include "tests/script/script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const kinds[] = {
	[SCRIPT_CALL] = "call",
	[SCRIPT_LOAD] = "load",
	[SCRIPT_STORE] = "store",
	[SCRIPT_BRANCH] = "branch",
	[SCRIPT_UNDEFINED] = "undefined",
	[SCRIPT_HASH] = "hash",
	[SCRIPT_REQUEST] = "request",
	[SCRIPT_FP_SET] = "fp-set",
	[SCRIPT_FP_GET] = "fp-get",
	[SCRIPT_THREAD_SET] = "thread-set",
	[SCRIPT_THREAD_GET] = "thread-get",
	[SCRIPT_WAIT] = "wfi",
	[SCRIPT_PASS] = "pass",
	[SCRIPT_SPIN] = "spin",
	[SCRIPT_COPY_FAULT] = "copy-fault",
	[SCRIPT_CHANGE_AFTER_FETCH] = "change-after-fetch",
	[SCRIPT_CHANGE_MEMORY] = "change-memory",
	[SCRIPT_SCARCE_FRAMES] = "scarce-frames",
	[SCRIPT_SCARCE_HEAP] = "scarce-heap",
	[SCRIPT_TYPE] = "type",
	[SCRIPT_NOISE] = "noise",
	[SCRIPT_INTERRUPT] = "interrupt",
	[SCRIPT_SPURIOUS] = "spurious",
	[SCRIPT_ADVANCE] = "advance",
};

_Static_assert(COUNT(kinds) == SCRIPT_KINDS_END, "every kind has a name");

static const char *const bases[] = {
	[SCRIPT_ABSOLUTE] = "absolute", [SCRIPT_CODE] = "code", [SCRIPT_CONST] = "const",   [SCRIPT_DATA] = "data",
	[SCRIPT_STACK] = "stack",	[SCRIPT_MAP] = "map",	[SCRIPT_RESULT] = "result", [SCRIPT_CHILD] = "child",
	[SCRIPT_SELF] = "self",		[SCRIPT_NOW] = "now",
};

_Static_assert(COUNT(bases) == SCRIPT_BASES, "every base has a name");

static const struct {
	const char *name;
	uint64_t number;
} calls[] = {
#define SYSCALL(number, name, since, summary, arguments, errors, result) {#name, number},
#include "abi/syscalls.def"
#undef SYSCALL
};

const char *script_kind_name(uint8_t kind)
{
	return kind < COUNT(kinds) ? kinds[kind] : NULL;
}

const char *script_base_name(uint8_t base)
{
	return base < COUNT(bases) ? bases[base] : NULL;
}

const char *script_call_name(uint64_t number)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		if (calls[i].number == number) {
			return calls[i].name;
		}
	}
	return NULL;
}

static bool is_name(const char *name, const char *text, size_t size)
{
	return name != NULL && strlen(name) == size && memcmp(name, text, size) == 0;
}

static bool find(const char *const *names, size_t count, const char *text, size_t size, uint8_t *found)
{
	for (size_t i = 0; i < count; i++) {
		if (is_name(names[i], text, size)) {
			*found = (uint8_t)i;
			return true;
		}
	}
	return false;
}

bool script_kind_find(const char *name, size_t size, uint8_t *kind)
{
	return find(kinds, COUNT(kinds), name, size, kind);
}

bool script_base_find(const char *name, size_t size, uint8_t *base)
{
	return find(bases, COUNT(bases), name, size, base);
}

bool script_call_find(const char *name, size_t size, uint64_t *number)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		if (is_name(calls[i].name, name, size)) {
			*number = calls[i].number;
			return true;
		}
	}
	return false;
}
