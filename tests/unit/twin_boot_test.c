/*
 * The whole kernel on the twin, from kernel_main to its end.
 */
#include "abi/limits.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "hal_host/ram.h"
#include "hal_host/twin.h"
#include "tests/support/archive_builder.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The transcript that the README shows, up to the first program. */
#define BANNER                                               \
	"PantherOS v0.1.0 - Security-Focused ARM64 Kernel\n" \
	"================================================\n" \
	"\n"                                                 \
	"[BOOT] Initializing kernel...\n"                    \
	"[BOOT] UART initialized\n"                          \
	"[BOOT] Heap initialized (64 KiB)\n"                 \
	"[BOOT] Exception vectors installed\n"               \
	"\n"
#define END                                       \
	"[BOOT] Kernel initialization complete\n" \
	"[BOOT] Halting CPU...\n"

#define TEXT_SIZE (sizeof(PROGRAM_TEXT) - 1)

static struct program_image image;
static struct twin_script script;
static struct hal_context results[65];

static const struct twin_step hello[] = {
	{.kind = TWIN_SVC, .number = SYS_write, .arguments = {1, PROGRAM_CONSTANTS, TEXT_SIZE}},
	{.kind = TWIN_SVC, .number = SYS_exit},
};

/* A boot archive with one program. */
static uint8_t *make_archive(const struct program_image *program, size_t *size)
{
	struct archive_builder builder = {0};

	archive_builder_add(&builder, "first", ARCHIVE_REGULAR, program->bytes, sizeof(program->bytes));
	return archive_builder_end(&builder, size);
}

/* Boots with a program that a driver plays. The archive lives until the next boot: the kernel keeps its address. */
static enum twin_end boot_driver(const struct twin_options *given, twin_driver *driver, void *owner)
{
	static uint8_t *archive;
	struct twin_options options = given == NULL ? (struct twin_options){0} : *given;

	program_make(&image, NULL, 0);
	if (options.archive == NULL) {
		free(archive);
		archive = make_archive(&image, &options.archive_size);
		options.archive = archive;
	}
	twin_reset(&options);
	twin_program(driver, owner);
	return twin_boot();
}

/* The same with a list of steps. */
static enum twin_end boot(const struct twin_options *options, const struct twin_step *steps, size_t count)
{
	script = (struct twin_script){.steps = steps, .count = count, .results = results};
	return boot_driver(options, twin_script_driver, &script);
}

#define BOOT(options, steps) boot(options, steps, sizeof(steps) / sizeof((steps)[0]))

static void assert_baseline(void)
{
	assert_int_equal(kernel.frames.free_count, kernel.frames.total_count);
	assert_int_equal(heap_used(&kernel.heap), 0);
	frames_check(&kernel.frames);
	heap_check(&kernel.heap);
	twin_check_kernel_half();
}

static void test_transcript(void **state)
{
	(void)state;
	assert_int_equal(BOOT(NULL, hello), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), BANNER PROGRAM_TEXT END);
	assert_int_equal(results[0].x[0], TEXT_SIZE);
	assert_baseline();
}

static void test_transcript_on_every_machine(void **state)
{
	static const struct twin_options machines[] = {
		{.cpu = TWIN_CPU_MAX},
		{.conduit = HAL_PSCI_SMC},
		{.ram_size = TWIN_RAM_SIZE_MIN},
		{.ram_size = 0x40000000},
		{.ram_size = TWIN_RAM_SIZE_MAX},
		{.ram_size = TWIN_RAM_SIZE_MAX, .cpu = TWIN_CPU_MAX, .conduit = HAL_PSCI_SMC},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		assert_int_equal(BOOT(&machines[i], hello), TWIN_POWER_OFF);
		assert_string_equal(twin_console(), BANNER PROGRAM_TEXT END);
		assert_baseline();
	}
}

static void test_boots_do_not_influence_each_other(void **state)
{
	static const struct twin_options verbose = {.command_line = "verbose nonce=18446744073709551615"};
	static char first[8192];

	(void)state;
	assert_int_equal(BOOT(&verbose, hello), TWIN_POWER_OFF);
	assert_true(twin_console_size() < sizeof(first));
	strcpy(first, twin_console());
	assert_non_null(strstr(first, "[BOOT] Halting CPU... #18446744073709551615\n"));
	assert_int_equal(BOOT(NULL, hello), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), BANNER PROGRAM_TEXT END);
	assert_int_equal(BOOT(&verbose, hello), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), first);
}

static void test_initrd_comes_first(void **state)
{
	static struct program_image other;
	struct twin_options options = {0};
	uint8_t *initrd;

	(void)state;
	program_make(&other, NULL, 0);
	memcpy(other.bytes + PROGRAM_CONSTANTS_OFFSET, "From the boot loader\n", 21);
	initrd = make_archive(&other, &options.initrd_size);
	options.initrd = initrd;
	assert_int_equal(BOOT(&options, hello), TWIN_POWER_OFF);
	assert_non_null(strstr(twin_console(), "From the boot loader\n"));
	assert_null(strstr(twin_console(), PROGRAM_TEXT));
	free(initrd);
}

static void test_seeds_are_wiped(void **state)
{
	uint64_t tree;

	(void)state;
	assert_int_equal(BOOT(NULL, hello), TWIN_POWER_OFF);
	tree = twin_boot_info()->device_tree_address.value;
	/* The seed starts with 0x51, 0x58, 0x5f. */
	for (uint64_t offset = 0; offset < 4093; offset++) {
		assert_memory_not_equal(ram_bytes(tree + offset, 3), "\x51\x58\x5f", 3);
	}
}

static void test_image_is_sealed(void **state)
{
	const struct boot_info *info;

	(void)state;
	assert_int_equal(BOOT(NULL, hello), TWIN_POWER_OFF);
	info = twin_boot_info();
	/* AP[2] of the pages that the kernel sealed: what boot found out, and constants that have moved. */
	assert_int_equal(
		ram_read64(info->kernel_root.value + 0x2000 + (info->sealed_start.value >> 12 & 511) * 8) & 0x80, 0x80);
	assert_int_equal(ram_read64(info->kernel_root.value + 0x2000 + (info->relocated_start.value >> 12 & 511) * 8) &
				 0x80,
			 0x80);
}

/* The first program was stopped by a fault, and the kernel says so once more. */
static void assert_killed(const char *kill_line)
{
	const char *found = strstr(twin_console(), kill_line);

	assert_non_null(found);
	assert_non_null(strstr(found, "BOOTFAIL[init] "));
	twin_check_kernel_half();
}

static void test_a_fault_ends_the_program(void **state)
{
	/* The image, where the twin's kaslr-seed of 0x90979ea5acb3bac1 takes it; and where it is linked. */
	static const struct twin_step there[] = {{.kind = TWIN_STORE, .address = 0xfffffff758200000}};
	static const struct twin_step gone[] = {{.kind = TWIN_STORE, .address = 0xffffffc000000000}};

	(void)state;
	assert_int_equal(BOOT(NULL, there), TWIN_STOPPED);
	assert_killed(BANNER "[KILL] pid=1 class=data-abort ec=0x24 iss=0x4f far=0xfffffff758200000 elr=0x400000\n");
	assert_int_equal(BOOT(NULL, gone), TWIN_STOPPED);
	assert_killed(BANNER "[KILL] pid=1 class=data-abort ec=0x24 iss=0x45 far=0xffffffc000000000 elr=0x400000\n");
}

/* Puts an instruction on its stack and goes there. `owner` is where, 0 at first. */
static bool stack_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	uint64_t *address = owner;

	(void)word;
	step->kind = *address == 0 ? TWIN_STORE : TWIN_BRANCH;
	*address = context->sp - 16;
	step->address = *address;
	step->value = 0xd4000001; /* svc #0 */
	return true;
}

static void test_the_stack_is_data(void **state)
{
	uint64_t address = 0;
	char line[160];

	(void)state;
	assert_int_equal(boot_driver(NULL, stack_driver, &address), TWIN_STOPPED);
	(void)snprintf(line, sizeof(line),
		       "[KILL] pid=1 class=instruction-abort ec=0x20 iss=0xf far=0x%llx elr=0x%llx\n",
		       (unsigned long long)address, (unsigned long long)address);
	assert_killed(line);
}

static void test_a_mangled_pstate_goes_no_further(void **state)
{
	static const uint64_t unknown_call[31] = {[8] = 99};
	static struct twin_step steps[65];

	(void)state;
	/* Each call leaves another bit in SPSR_EL1; the twin refuses to go back to EL0 with one that is forbidden. */
	for (unsigned bit = 0; bit < 64; bit++) {
		steps[bit] = (struct twin_step){
			.kind = TWIN_TRAP,
			.registers = unknown_call,
			.value = 1UL << bit,
			.trap = {.esr = 0x56000000},
		};
	}
	steps[64] = hello[1];
	assert_int_equal(BOOT(NULL, steps), TWIN_POWER_OFF);
	assert_int_equal(script.recorded, 64);
}

static void test_a_program_that_goes_on(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_SVC, .number = 99}};

	(void)state;
	assert_int_equal(BOOT(NULL, steps), TWIN_SCRIPT_END);
	assert_int_equal(results[0].x[0], (uint64_t)-38);
	twin_check_space(twin_live_space());
}

static void test_boots_that_fail(void **state)
{
	static const uint8_t no_tree[64];
	static const uint8_t no_archive[64];
	static const struct twin_options options[] = {
		{.device_tree = no_tree, .device_tree_size = sizeof(no_tree)},
		{.archive = no_archive, .archive_size = sizeof(no_archive)},
		{.frequency = 1},
		{.command_line = "init=second"},
	};
	static const char *const reasons[] = {"BOOTFAIL[dtb] ", "BOOTFAIL[initrd] ", "BOOTFAIL[timer] ",
					      "BOOTFAIL[init] "};

	(void)state;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		assert_int_equal(BOOT(&options[i], hello), TWIN_STOPPED);
		assert_non_null(strstr(twin_console(), reasons[i]));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transcript),
		cmocka_unit_test(test_transcript_on_every_machine),
		cmocka_unit_test(test_boots_do_not_influence_each_other),
		cmocka_unit_test(test_initrd_comes_first),
		cmocka_unit_test(test_seeds_are_wiped),
		cmocka_unit_test(test_image_is_sealed),
		cmocka_unit_test(test_a_fault_ends_the_program),
		cmocka_unit_test(test_the_stack_is_data),
		cmocka_unit_test(test_a_mangled_pstate_goes_no_further),
		cmocka_unit_test(test_a_program_that_goes_on),
		cmocka_unit_test(test_boots_that_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
