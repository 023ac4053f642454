#include "user/stress/faults.h"

#include <stddef.h>

#include <panther.h>

#include "user/common/text.h"

/* ESR_EL1.EC (Arm ARM D17.2.37). */
#define CLASS_UNKNOWN 0x00
#define CLASS_INSTRUCTION_ABORT 0x20
#define CLASS_DATA_ABORT 0x24

/*
 * A null pointer, which the compiler must not know.
 *
 * SAFETY: to fault by, on purpose.
 * Audited: 2026-11-22
 */
static uint8_t *volatile nowhere;

static const uint8_t constant = 1;

/*
 * SAFETY: faults on purpose: nothing is mapped at address 0.
 * Audited: 2026-11-22
 */
static void read_null(void)
{
	(void)*(volatile uint8_t *)nowhere;
}

/*
 * SAFETY: faults on purpose: constants are read-only.
 * Audited: 2026-11-22
 */
static void write_constant(void)
{
	*(volatile uint8_t *)((uintptr_t)&constant) = 2;
}

/*
 * SAFETY: faults on purpose: what can be written cannot be executed.
 * Audited: 2026-11-22
 */
static void execute_data(void)
{
	__asm__ volatile("blr %0" : : "r"(&nowhere) : "x30", "memory");
}

/*
 * SAFETY: faults on purpose: below the stack nothing is mapped.
 * Audited: 2026-11-22
 */
static void overflow_stack(void)
{
	for (;;) {
		__asm__ volatile("str xzr, [sp, #-16]!" : : : "memory");
	}
}

/*
 * SAFETY: faults on purpose: a permanently undefined instruction.
 * Audited: 2026-11-22
 */
static void run_undefined(void)
{
	__asm__ volatile("udf #0");
}

const char *const fault_names[] = {"null", "write", "exec", "stack", "undefined", NULL};

static const struct {
	void (*run)(void);
	uint32_t class;
} faults[] = {
	{read_null, CLASS_DATA_ABORT},	    {write_constant, CLASS_DATA_ABORT}, {execute_data, CLASS_INSTRUCTION_ABORT},
	{overflow_stack, CLASS_DATA_ABORT}, {run_undefined, CLASS_UNKNOWN},
};

static size_t find(const char *name)
{
	size_t i = 0;

	while (fault_names[i] != NULL && !text_equal(fault_names[i], name)) {
		i++;
	}
	return i;
}

int fault_run(const char *name)
{
	size_t number = find(name);

	if (number < sizeof(faults) / sizeof(faults[0])) {
		faults[number].run();
	}
	return 1;
}

uint32_t fault_class(const char *name)
{
	return faults[find(name)].class;
}
