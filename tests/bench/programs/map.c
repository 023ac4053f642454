/*
 * Maps single pages where the kernel chooses: first one for which tables have to
 * be made, then some whose tables are there.
 */
#include <panther.h>

#define TABLE_SPAN 0x200000 /* what one table of pages describes, in bytes */
/* What the pages mapped by and by may need, with the gaps between them. */
#define ROOM ((BENCH_REPEATS + 1) * (PANTHER_PAGE_SIZE + PANTHER_USER_GUARD))

_Static_assert(2 * ROOM < TABLE_SPAN, "there is a place with so much room");

__attribute__((noinline)) static int64_t map_first(void)
{
	return panther_syscall(SYS_map, 0, PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_WRITE, 0, 0, 0);
}

__attribute__((noinline)) static int64_t map_next(void)
{
	return panther_syscall(SYS_map, 0, PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_WRITE, 0, 0, 0);
}

int main(void)
{
	int64_t address = map_first();

	/* The kernel chooses upward: on to a place with room in one table. */
	while (address > 0 && TABLE_SPAN - address % TABLE_SPAN < ROOM) {
		address = panther_map(NULL, PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_WRITE);
	}
	for (int i = 0; i < BENCH_REPEATS && address > 0; i++) {
		address = map_next();
	}
	return address > 0 ? 0 : 1;
}
