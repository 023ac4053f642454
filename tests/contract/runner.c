/*
 * Runs the contract's groups instead of the kernel's loop: the kernel has booted, its protections are on and its memory
 * is built. `group=NAME` on the kernel command line runs one group only. One line a group, a closing line, power off.
 */
#include "core/kernel.h"
#include "core/log/log.h"
#include "core/loop.h"
#include "hal/cpu.h"
#include "lib/format.h"
#include "lib/string.h"
#include "tests/contract/contract.h"

struct group {
	const char *name;
	void (*run)(void);
};

static const struct group groups[] = {
	{"memory", contract_memory},   {"tags", contract_tags}, {"mmu", contract_mmu},
	{"copy", contract_copy},       {"user", contract_user}, {"code", contract_code},
	{"cpu", contract_cpu},	       {"fp", contract_fp},	{"interrupts", contract_interrupts},
	{"console", contract_console},
};

static unsigned passed;
static unsigned failed;

void contract_check(bool holds, const char *text, const char *file, unsigned line)
{
	if (holds) {
		passed++;
		return;
	}
	failed++;
	log_line("contract: FAILED %s:%u: %s", file, line, text);
}

void contract_check_equal(uint64_t actual, uint64_t expected, const char *text, const char *file, unsigned line)
{
	if (actual == expected) {
		passed++;
		return;
	}
	failed++;
	log_line("contract: FAILED %s:%u: %s is 0x%" K_PRIx64 ", not 0x%" K_PRIx64, file, line, text, actual, expected);
}

/* Frames that a group does not give back are a failure of the group. */
static void run(const struct group *group)
{
	uint64_t free_before = kernel.frames.free_count;
	unsigned passed_before = passed;
	unsigned failed_before = failed;

	group->run();
	CHECK_EQUAL(kernel.frames.free_count, free_before);
	log_line("contract %s: %u passed, %u failed", group->name, passed - passed_before, failed - failed_before);
}

/* Does the command line ask for this group, or for none in particular? */
static bool is_wanted(const char *name)
{
	const char *rest = kernel_facts.machine.command_line;
	bool all = true;

	for (; *rest != '\0'; rest++) {
		if (k_str_starts_with(rest, "group=")) {
			all = false;
			if (k_str_starts_with(rest + sizeof("group=") - 1, name)) {
				return true;
			}
		}
	}
	return all;
}

void loop_run(K_UNUSED struct scheduler *scheduler)
{
	for (size_t i = 0; i < K_ARRAY_SIZE(groups); i++) {
		if (is_wanted(groups[i].name)) {
			run(&groups[i]);
		}
	}
	log_verdict("contract: %u passed, %u failed", passed, failed);
	log_verdict("[BOOT] Halting CPU...");
	hal_power_off(kernel_facts.machine.psci);
}
