/*
 * Makes every system call there is, as it should be made and with arguments that no call takes, with children that end
 * in each way, while another one takes turns and uses FP: what the kernel's stack is measured by (stack_test.py).
 */
#include <stdbool.h>
#include <stdint.h>

#include <panther.h>

#define NONE UINT64_MAX
#define TURN 3000000 /* nanoseconds: more than a slice */

static const enum panther_syscall calls[] = {
#define SYSCALL(number, name, since, summary, arguments, errors, result) SYS_##name,
#include "abi/syscalls.def"
#undef SYSCALL
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static uint8_t bytes[PANTHER_PAGE_SIZE];

/* With FP in use, until it is killed. */
static void child_spins(void)
{
	__asm__ volatile(".arch_extension fp\n\tfmov d0, xzr\n\t.arch_extension nofp");
	for (;;) {
		__asm__ volatile("" : : : "memory");
	}
}

/*
 * SAFETY: faults on purpose: nothing is mapped at address 0.
 * Audited: 2026-11-23
 */
static void child_faults(void)
{
	__asm__ volatile("str xzr, [%0]" : : "r"((uint64_t)0) : "memory");
}

static int64_t start(const char *how)
{
	const char *const argv[] = {"calls", how, NULL};

	return panther_spawn_program(argv[0], argv, NULL);
}

static bool wait_for(int64_t pid, uint32_t reason)
{
	struct panther_exit end;

	return pid > 0 && panther_wait((uint64_t)pid, &end, 0) == pid && end.reason == reason;
}

static bool spawn(void)
{
	int64_t spinning = start("spins");

	return wait_for(start("faults"), PANTHER_ENDED_FAULT) && wait_for(start("ends"), PANTHER_ENDED_EXIT) &&
	       spinning > 0 && panther_sleep_for(TURN) == 0 && panther_kill((uint64_t)spinning) == 0 &&
	       wait_for(spinning, PANTHER_ENDED_KILLED);
}

static bool read(void)
{
	return panther_print("type\n") == 0 && panther_read(0, bytes, sizeof(bytes)) > 0;
}

static bool map(void)
{
	int64_t pages = panther_map(NULL, PANTHER_MAP_MAX, PANTHER_READ | PANTHER_WRITE);

	return pages > 0 && panther_protect(panther_mapped(pages), PANTHER_MAP_MAX, PANTHER_READ) == 0 &&
	       panther_unmap(panther_mapped(pages), PANTHER_MAP_MAX) == 0;
}

static bool ask(void)
{
	for (uint64_t topic = PANTHER_INFO_PROCESS; topic <= PANTHER_INFO_LIMITS; topic++) {
		if (panther_info(topic, 0, bytes, sizeof(bytes)) <= 0) {
			return false;
		}
	}
	return true;
}

/* No default: a call that is new has to be made here. */
static bool make(enum panther_syscall call)
{
	switch (call) {
	case SYS_exit:
	case SYS_wait:
	case SYS_kill:
	case SYS_spawn:
		return spawn();
	case SYS_write:
		return panther_write(1, "\n", 1) == 1;
	case SYS_read:
		return read();
	case SYS_getpid:
		return panther_getpid() == 1;
	case SYS_yield:
		return panther_yield() == 0;
	case SYS_clock:
		return panther_clock() > 0;
	case SYS_sleep:
		return panther_sleep_for(TURN) == 0;
	case SYS_map:
	case SYS_unmap:
	case SYS_protect:
		return map();
	case SYS_random:
		return panther_random(bytes, sizeof(bytes)) > 0;
	case SYS_restrict:
		return panther_restrict(PANTHER_CALL_BIT(CALLS) - 1) == 0;
	case SYS_info:
		return ask();
	}
	return false;
}

/* Arguments that no call takes. */
static void misuse(enum panther_syscall call)
{
	if (call != SYS_exit) {
		(void)panther_syscall(call, NONE, NONE, NONE, NONE, NONE, NONE);
	}
}

/* What a child does says its argument. */
static int child(char how)
{
	if (how == 's') {
		child_spins();
	} else if (how == 'f') {
		child_faults();
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		return child(argv[1][0]);
	}
	for (size_t i = 0; i < CALLS; i++) {
		misuse(calls[i]);
		if (!make(calls[i])) {
			(void)panther_print("FAILED\n");
			return 1;
		}
	}
	return panther_print("all calls are made\n") == 0 ? 0 : 1;
}
