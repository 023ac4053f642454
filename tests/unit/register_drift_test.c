/*
 * core/cpu/registers.h: a register that is not as it was decided is found before the next return to EL0, and named.
 */
#include "core/cpu/registers.h"

#include <stdio.h>

#include "hal_host/state.h"
#include "tests/unit/world.h"

static const enum twin_cpu cpus[] = {TWIN_CPU_A72, TWIN_CPU_MAX};

/* The value that changes, after the first call of a program, and by which bits. */
static uint64_t *changed;
static uint64_t bits;

static void change(void *unused)
{
	(void)unused;
	*changed ^= bits;
}

static enum twin_end run_with_change(enum twin_cpu cpu)
{
	static const struct twin_step steps[] = {
		WORLD_CALL(getpid),
		{.kind = TWIN_SVC, .number = SYS_getpid, .before = change},
		WORLD_CALL(exit),
	};
	const struct twin_options options = {.cpu = cpu};

	world_reset(&options);
	(void)WORLD_PLAYS(1, steps);
	world_begin();
	return world_run();
}

static void assert_found(enum twin_cpu cpu, const char *name, uint64_t *value, uint64_t mask)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "KPANIC[sysreg-drift] %s is 0x", name);
	changed = value;
	for (unsigned bit = 0; bit < 64; bit++) {
		bits = 1UL << bit;
		if ((mask & bits) != 0) {
			assert_int_equal(run_with_change(cpu), TWIN_STOPPED);
			assert_memory_equal(twin_console(), line, strlen(line));
		}
	}
}

/* Each register, at each of some bits of it; what stands in `twin.mmu` would be the twin's own to find, at a walk. */
static void each_register_is_found_and_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_found(cpus[i], "CPACR_EL1", &twin.registers.cpacr, 0x10300000);
		assert_found(cpus[i], "CNTKCTL_EL1", &twin.registers.cntkctl, 0x303);
		assert_found(cpus[i], "MDSCR_EL1", &twin.registers.mdscr, 0xb001);
		assert_found(cpus[i], "CONTEXTIDR_EL1", &twin.registers.contextidr, 0x80000001);
		assert_found(cpus[i], "TPIDRRO_EL0", &twin.registers.tpidrro, 1);
		assert_found(cpus[i], "PMCR_EL0", &twin.registers.pmcr, 1);
		assert_found(cpus[i], "PMUSERENR_EL0", &twin.registers.pmuserenr, 0xf);
		assert_found(cpus[i], "AMUSERENR_EL0", &twin.registers.amuserenr, 1);
		assert_found(cpus[i], "VBAR_EL1", &twin.registers.vbar, 0x800);
		assert_found(cpus[i], "TPIDR_EL1", &twin.registers.tpidr, 8);
		assert_found(cpus[i], "APIAKeyLo_EL1", &twin.registers.key_low, 1);
		assert_found(cpus[i], "APIAKeyHi_EL1", &twin.registers.key_high, 1UL << 63);
		assert_found(cpus[i], "OSLSR_EL1", &twin.registers.oslsr, 2);
		assert_found(cpus[i], "PSTATE.DAIF", &twin.registers.pstate, 0x3c0);
		assert_found(cpus[i], "PSTATE.SPSel", &twin.registers.pstate, 1);
		assert_found(cpus[i], "PSTATE.PAN", &twin.registers.pstate, 0x400000);
		assert_found(cpus[i], "PSTATE.UAO", &twin.registers.pstate, 0x800000);
		assert_found(cpus[i], "PSTATE.SSBS", &twin.registers.pstate, 0x1000);
	}
}

/* Those are found by the kernel, too, if no walk comes first. */
static void check(void *unused)
{
	(void)unused;
	cpu_registers_check(&kernel_facts.registers, false);
}

static void those_of_the_mmu_are_compared(void **state)
{
	const struct {
		const char *name;
		uint64_t *value;
	} cases[] = {
		{"SCTLR_EL1", &twin.mmu.sctlr},
		{"TCR_EL1", &twin.mmu.tcr},
		{"MAIR_EL1", &twin.mmu.mair},
		{"TTBR1_EL1", &twin.mmu.ttbr1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned bit = 0; bit < 64; bit++) {
			char line[64];

			(void)snprintf(line, sizeof(line), "KPANIC[sysreg-drift] %s is 0x", cases[i].name);
			world_reset(NULL);
			*cases[i].value ^= 1UL << bit;
			assert_int_equal(twin_call(check, NULL), TWIN_STOPPED);
			assert_memory_equal(twin_console(), line, strlen(line));
		}
	}
}

/* FP is on exactly while a process has the CPU that uses it. */
static void cpacr_depends_on_the_process(void **state)
{
	static const struct twin_step first[] = {WORLD_SPAWN,
						 {.kind = TWIN_FP_LOAD},
						 WORLD_CALL(yield),
						 WORLD_CALL(wait, 0, PROGRAM_DATA),
						 WORLD_CALL(exit)};
	static const struct twin_step second[] = {WORLD_CALL(yield), WORLD_CALL(getpid), WORLD_CALL(exit)};

	(void)state;
	world_reset(NULL);
	(void)WORLD_PLAYS(1, first);
	(void)WORLD_PLAYS(2, second);
	world_begin();
	assert_int_equal(world_run(), TWIN_POWER_OFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_register_is_found_and_named),
		cmocka_unit_test(those_of_the_mmu_are_compared),
		cmocka_unit_test(cpacr_depends_on_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
