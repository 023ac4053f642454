/*
 * Instruction words at EL0, one after the other: what comes of each goes to the console, where tests/sweep/sweep.py
 * judges it. An image of its own, whose loop is this one: it boots as the real kernel does, registers and vectors
 * included, up to the first process.
 *
 * On the command line: sweep-count=N words from number sweep-from=N on, each sweep-step=N-th; with sweep-seed=N random
 * ones, else system instructions (words.h).
 *
 * SAFETY: reads identification registers, which every CPU has or reads as zero (Arm ARM D17.2).
 * Audited: 2026-11-22
 */
#include "core/kernel.h"
#include "core/log/log.h"
#include "core/loop.h"
#include "core/start/command_line.h"
#include "hal/cpu.h"
#include "hal/tags.h"
#include "hal_qemu_virt/image.h"
#include "lib/format.h"
#include "tests/sweep/el0.h"
#include "tests/sweep/outcomes.h"
#include "tests/sweep/words.h"

extern const uint8_t image_parked_root[];
extern const uint8_t image_tables_start[];
extern const uint8_t image_tables_end[];

#define PRINT(name, encoding)                                              \
	do {                                                               \
		uint64_t print_value;                                      \
		__asm__ volatile("mrs %0, " encoding : "=r"(print_value)); \
		log_line("register %s 0x%" K_PRIx64, name, print_value);   \
	} while (false)

/* What the judge's rules depend on. */
static void print_registers(void)
{
	PRINT("pfr0", "id_aa64pfr0_el1");
	PRINT("pfr1", "id_aa64pfr1_el1");
	PRINT("dfr0", "id_aa64dfr0_el1");
	PRINT("isar0", "id_aa64isar0_el1");
	PRINT("isar1", "id_aa64isar1_el1");
	PRINT("isar2", "s3_0_c0_c6_2");
	PRINT("mmfr0", "id_aa64mmfr0_el1");
	PRINT("mmfr2", "s3_0_c0_c7_2");
	if (kernel_facts.features.pmu) {
		PRINT("pmcr", "pmcr_el0");
	}
}

/* Of memory, as words of 64 bits: FNV-1a. */
static uint64_t digest(uint64_t start, const uint8_t *from, const uint8_t *to)
{
	for (const uint64_t *word = (const void *)from; word < (const uint64_t *)(const void *)to; word++) {
		start = (start ^ *word) * 0x100000001b3;
	}
	return start;
}

/* Through pointers with the tags that the memory has. */
static uint64_t heap_digest(uint64_t value)
{
	const uint8_t *arena = kernel.heap.arena;

	for (size_t i = 0; i < sizeof(kernel.heap.arena); i += HAL_TAGS_GRANULE) {
		const uint8_t *granule = hal_tags_pointer(arena + i);

		value = digest(value, granule, granule + HAL_TAGS_GRANULE);
	}
	return value;
}

/* All of the kernel that has to be as before: text, constants, sealed data, tables; and its state, frames, heap and
 * processes with it. */
static uint64_t kernel_digest(void)
{
	const uint8_t *state = (const void *)&kernel;
	const uint8_t *arena = kernel.heap.arena;
	uint64_t value = 0xcbf29ce484222325;

	value = digest(value, image_start, image_sealed_end);
	value = digest(value, image_tables_start, image_tables_end);
	value = digest(value, state, arena);
	value = heap_digest(value);
	return digest(value, arena + sizeof(kernel.heap.arena), state + sizeof(kernel));
}

static uint64_t number_of(const char *key, uint64_t otherwise)
{
	uint64_t number;

	return command_line_number(kernel_facts.machine.command_line, key, &number) ? number : otherwise;
}

static void sweep(void)
{
	const uint64_t from = number_of("sweep-from", 0);
	const uint64_t count = number_of("sweep-count", 0);
	const uint64_t step = number_of("sweep-step", 1);
	uint64_t seed = 0;
	bool is_random = command_line_number(kernel_facts.machine.command_line, "sweep-seed", &seed);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t number = from + i * step;
		uint32_t word = is_random ? words_random(seed, number) : words_system(number);
		struct el0_outcome outcome = el0_try(word);

		outcomes_print(word, &outcome);
	}
	outcomes_flush();
}

void loop_run(struct scheduler *scheduler)
{
	uint64_t before;
	uint64_t after;

	print_registers();
	el0_open(scheduler->ring);
	el0_close();
	before = kernel_digest();
	sweep();
	el0_close();
	after = kernel_digest();
	log_verdict("sweep: the kernel is %s", after == before ? "as it was" : "not as it was");
	log_verdict("[BOOT] Halting CPU...");
	hal_power_off(kernel_facts.machine.psci);
}
