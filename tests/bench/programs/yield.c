/*
 * Two processes that yield to each other, each from a place of its own in the
 * program: so it is known from outside who yields, and who gets the CPU.
 */
#include "child.h"

#define PROGRAM "bench-yield"

__attribute__((noinline)) static void yield_in_parent(void)
{
	(void)panther_syscall(SYS_yield, 0, 0, 0, 0, 0, 0);
}

__attribute__((noinline)) static void yield_in_child(void)
{
	(void)panther_syscall(SYS_yield, 0, 0, 0, 0, 0, 0);
}

static int run_child(void)
{
	for (int i = 0; i < BENCH_REPEATS; i++) {
		yield_in_child();
	}
	return 0;
}

int main(int argc, char **argv)
{
	int64_t pid;

	(void)argv;
	if (argc > 1) {
		return run_child();
	}
	pid = spawn_child(PROGRAM, "yield");
	for (int i = 0; i < BENCH_REPEATS; i++) {
		yield_in_parent();
	}
	return wait_for_child(pid) ? 0 : 1;
}
