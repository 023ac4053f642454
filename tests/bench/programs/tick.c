/*
 * A process that sleeps, each time so briefly that it wakes in the middle of the
 * other's slice, and one that spins.
 */
#include "child.h"
#include "spin.h"

#define PROGRAM "bench-tick"
#define NAP 300000 /* nanoseconds; a slice has 2 000 000 */

int main(int argc, char **argv)
{
	struct panther_exit end;
	int64_t pid;

	(void)argv;
	if (argc > 1) {
		spin();
	}
	pid = spawn_child(PROGRAM, "spin");
	for (int i = 0; i < BENCH_REPEATS; i++) {
		(void)panther_sleep_for(NAP);
	}
	return panther_kill((uint64_t)pid) == 0 && panther_wait((uint64_t)pid, &end, 0) == pid ? 0 : 1;
}
