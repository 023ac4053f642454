/*
 * Says what its registers held at its first instruction (first.S).
 */
#include "tests/attack/programs/observe.h"

struct first {
	uint64_t x[31];
	uint64_t sp;
	uint64_t flags;
	uint64_t thread_pointer;
	uint64_t thread_pointer_read_only;
	uint64_t fpcr;
	uint64_t fpsr;
	uint64_t unused;
	uint64_t v[64];
};

extern struct first first;
struct first first = {.unused = 1}; /* in .data: start-up must not clear it */

static int64_t count_nonzero(const uint64_t *words, size_t count)
{
	int64_t nonzero = 0;

	for (size_t i = 0; i < count; i++) {
		nonzero += words[i] != 0;
	}
	return nonzero;
}

int main(void)
{
	say_number("argc", (int64_t)first.x[0]);
	say_number("argv at sp", first.x[1] == first.sp && first.sp % 16 == 0);
	say_number("x", count_nonzero(&first.x[2], 29));
	say_hex("nzcv", first.flags);
	say_hex("tpidr", first.thread_pointer);
	say_hex("tpidrro", first.thread_pointer_read_only);
	say_hex("fpcr", first.fpcr);
	say_hex("fpsr", first.fpsr);
	say_number("v", count_nonzero(first.v, 64));
	return 0;
}
