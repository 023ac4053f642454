/*
 * core/start/main.c on the twin, from the first line to the last: what it prints, and what it leaves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "core/memory/page_table.h"
#include "hal/layout.h"
#include "hal_host/twin.h"
#include "tests/support/archive_builder.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/program.h"

#define HELLO "Hello from secure kernel!\n\n"
#define HELLO_SIZE (sizeof(HELLO) - 1)

static struct program_image program;
static struct twin_script script;
static uint8_t *archives[2]; /* built in, and brought by the boot loader */

static const struct twin_step hello_steps[] = {
	{.kind = TWIN_SVC, .number = SYS_write, .arguments = {1, PROGRAM_CONSTANTS, HELLO_SIZE}},
	{.kind = TWIN_SVC, .number = SYS_exit},
};

/* An archive of programs that differ in what their constants start with: each says its text. */
static const uint8_t *pack(size_t which, const char *const *texts, size_t count, size_t *size)
{
	static const char *const names[] = {"first", "second", "third"};
	struct archive_builder builder = {0};

	for (size_t i = 0; i < count; i++) {
		program_make(&program, NULL, 0);
		memcpy(program.bytes + PROGRAM_CONSTANTS_OFFSET, texts[i], strlen(texts[i]) + 1);
		(void)archive_builder_add(&builder, names[i], ARCHIVE_REGULAR, program.bytes, sizeof(program.bytes));
	}
	free(archives[which]);
	archives[which] = archive_builder_end(&builder, size);
	return archives[which];
}

/* Boots with the steps for whichever program is started. */
static enum twin_end run(struct twin_options options, const struct twin_step *steps, size_t count)
{
	static const char *const texts[] = {HELLO, "Said by the second one...\n"};

	options.archive = pack(0, texts, 2, &options.archive_size);
	twin_reset(&options);
	script = (struct twin_script){.steps = steps, .count = count};
	twin_program(twin_script_driver, &script);
	return twin_boot();
}

/* Returns the console. */
static const char *boots(struct twin_options options, const struct twin_step *steps, size_t count)
{
	assert_int_equal(run(options, steps, count), TWIN_POWER_OFF);
	return twin_console();
}

static const char *boots_hello(struct twin_options options)
{
	return boots(options, hello_steps, 2);
}

/* The transcript that the image is held to as well. */
static const char *transcript(void)
{
	static char text[4096];
	FILE *file = fopen(PANTHER_TRANSCRIPT, "r");
	size_t size;

	assert_non_null(file);
	size = fread(text, 1, sizeof(text) - 1, file);
	assert_int_equal(fclose(file), 0);
	text[size] = '\0';
	return text;
}

static void the_transcript_is_exact(void **state)
{
	(void)state;
	assert_string_equal(boots_hello((struct twin_options){0}), transcript());
	assert_string_equal(boots_hello((struct twin_options){.cpu = TWIN_CPU_MAX}), transcript());
	assert_string_equal(boots_hello((struct twin_options){.cpu = TWIN_CPU_MTE}), transcript());
	assert_string_equal(boots_hello((struct twin_options){.conduit = HAL_PSCI_SMC}), transcript());
	assert_string_equal(boots_hello((struct twin_options){.ram_size = TWIN_RAM_SIZE_MIN}), transcript());
}

/* There is no word that turns a protection off, or anything on but what is documented. */
static void other_words_on_the_command_line_change_nothing(void **state)
{
	static const char *const lines[] = {
		"",
		"nokaslr mitigations=off rodata=off",
		"pan=off nopti quiet debug",
		"nonce=x Verbose",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_string_equal(boots_hello((struct twin_options){.command_line = lines[i]}), transcript());
	}
}

#define VERBOSE(cpu, memory, tags)                                                \
	"PantherOS v0.1.0 - Security-Focused ARM64 Kernel\n"                      \
	"================================================\n"                      \
	"\n"                                                                      \
	"[BOOT] Initializing kernel...\n"                                         \
	"[BOOT] UART initialized\n" cpu "[BOOT] Memory: " memory " KiB free\n"    \
	"[BOOT] Heap tags: " tags "\n"                                            \
	"[BOOT] Heap initialized (64 KiB)\n"                                      \
	"[BOOT] Exception vectors installed\n"                                    \
	"\n"                                                                      \
	"[BOOT] Kernel mappings checked: none is writable and executable\n" HELLO \
	"[BOOT] Kernel initialization complete\n"                                 \
	"[BOOT] Halting CPU...\n"

#define MITIGATIONS "[BOOT] Mitigations: W^X, WXN, guard pages, UBSan traps, kCFI, shadow call stack, stack canary\n"

#define A72                                                                                                     \
	"[BOOT] CPU: 44-bit physical addresses, 16-bit ASIDs\n"                                                 \
	"[BOOT] CPU features: PAN no, PAC no, BTI no, E0PD no, RNG no, MTE no\n" MITIGATIONS                    \
	"[BOOT] Mitigations by CPU: parked TTBR0, return addresses unsigned, branch targets unchecked, kernel " \
	"addresses fault\n"
#define NO_TAGS "off, the CPU has none"
#define MTE MAX_WITH("yes")
#define MAX MAX_WITH("no")
#define MAX_WITH(mte)                                                                                               \
	"[BOOT] CPU: 48-bit physical addresses, 16-bit ASIDs\n"                                                     \
	"[BOOT] CPU features: PAN yes, PAC yes, BTI yes, E0PD yes, RNG yes, MTE " mte "\n" MITIGATIONS              \
	"[BOOT] Mitigations by CPU: PAN, return addresses signed (keys for each process), branch targets checked, " \
	"kernel addresses hidden (E0PD)\n"

/*
 * 128 MiB less the image's block of 2 MiB are two ranges: 512 pages, one of them the allocator's table, and 31744,
 * of which 31 are (a page of table serves itself and 1024 others): 511 + 31713 pages.
 */
#define MEMORY_128M "128896"

static void verbose_says_more(void **state)
{
	(void)state;
	assert_string_equal(boots_hello((struct twin_options){.command_line = "verbose"}),
			    VERBOSE(A72, MEMORY_128M, NO_TAGS));
	assert_string_equal(boots_hello((struct twin_options){.command_line = "verbose", .cpu = TWIN_CPU_MAX}),
			    VERBOSE(MAX, MEMORY_128M, NO_TAGS));
	assert_string_equal(boots_hello((struct twin_options){.command_line = "verbose", .cpu = TWIN_CPU_MTE}),
			    VERBOSE(MTE, MEMORY_128M, "off, granules have none of their own"));
}

static void the_nonce_ends_the_last_line(void **state)
{
	static char expected[4096];
	const char *plain = transcript();

	(void)state;
	snprintf(expected, sizeof(expected), "%.*s #4711\n", (int)strlen(plain) - 1, plain);
	assert_string_equal(boots_hello((struct twin_options){.command_line = "nonce=4711"}), expected);
}

static const char *boots_with_initrd(const char *command_line)
{
	static const char *const texts[] = {"Brought by the loader....\n", "Second of the loader's...\n"};
	struct twin_options options = {.command_line = command_line};

	options.initrd = pack(1, texts, 2, &options.initrd_size);
	return boots_hello(options);
}

/* What the boot loader brings goes first, and instead of what is built in. */
static void an_initrd_is_run_instead(void **state)
{
	const char *console = boots_with_initrd(NULL);

	(void)state;
	assert_non_null(strstr(console, "\n\nBrought by the loader....\n"));
	assert_null(strstr(console, "secure kernel"));
	assert_int_equal(kernel_facts.archive.count, 2);
}

static void the_command_line_names_the_first_program(void **state)
{
	(void)state;
	assert_non_null(strstr(boots_hello((struct twin_options){.command_line = "init=first"}), "\n\n" HELLO));
	assert_non_null(strstr(boots_hello((struct twin_options){.command_line = "init=second"}),
			       "\n\nSaid by the second one...\n"));
	assert_non_null(strstr(boots_with_initrd("verbose init=second nonce=1"), "\nSecond of the loader's...\n"));
}

/* When the first process takes its first step: its one argument is its name, at the very top of its stack. */
static void look_at_arguments(void *owner)
{
	const struct process *process = kernel.scheduler.current;
	uint64_t vector[2];
	char name[6];

	(void)owner;
	assert_int_equal(process->context.x[0], 1);
	assert_int_equal(process->context.x[1], process->context.sp);
	assert_true(twin_user_read(&process->space.space, process->context.sp, vector, sizeof(vector)));
	assert_int_equal(vector[0], address_space_stack_top(&process->space) - sizeof("first"));
	assert_int_equal(vector[1], 0);
	assert_true(twin_user_read(&process->space.space, vector[0], name, sizeof(name)));
	assert_memory_equal(name, "first", sizeof("first"));
}

/* It has every right, and all memory. */
static void the_first_process_may_do_everything(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_LOAD, .address = PROGRAM_DATA, .before = look_at_arguments},
		{.kind = TWIN_SVC, .number = SYS_info, .arguments = {PANTHER_INFO_LIMITS, 0, PROGRAM_DATA, 40}},
		{.kind = TWIN_SVC, .number = SYS_write, .arguments = {1, PROGRAM_DATA, 40}},
		{.kind = TWIN_SVC, .number = SYS_exit},
	};
	struct panther_limits_info limits;
	const char *console = boots((struct twin_options){0}, steps, 4);

	(void)state;
	memcpy(&limits, strstr(console, "installed\n\n") + strlen("installed\n\n"), sizeof(limits));
	assert_int_equal(limits.calls, 0xffff);
	assert_int_equal(limits.frames_max, kernel.frames.total_count);
	assert_int_equal(limits.children, 0);
	assert_int_equal(limits.children_max, PANTHER_PROCESSES_MAX);
}

/* Other than with status 0 the first process cannot end: then the boot has failed. */
static void a_first_process_that_ends_badly_is_a_failed_boot(void **state)
{
	static const struct twin_step fault = {.kind = TWIN_LOAD, .address = 0};
	static const struct twin_step status_3 = {.kind = TWIN_SVC, .number = SYS_exit, .arguments = {0x103}};
	const struct twin_options options = {.command_line = "nonce=8"};

	(void)state;
	assert_int_equal(run(options, &fault, 1), TWIN_STOPPED);
	assert_non_null(strstr(twin_console(), "[BOOT] Exception vectors installed\n\n[KILL] pid=1 class=data-abort "
					       "ec=0x24 iss=0x6 far=0x0 elr=0x400000 #8\n"
					       "BOOTFAIL[init] first was stopped by a fault #8\n"));
	assert_null(strstr(twin_console(), "complete"));
	assert_int_equal(run(options, &status_3, 1), TWIN_STOPPED);
	assert_non_null(strstr(twin_console(), "installed\n\nBOOTFAIL[init] first ended with status 3 #8\n"));
	assert_null(strstr(twin_console(), "complete"));
}

/* What boot needed is gone: the window on the tree, the seeds; and what the process had is back. */
static void boot_leaves_nothing_open(void **state)
{
	static const uint8_t zeros[MACHINE_SEED_SIZE];
	phys_addr root;

	(void)state;
	(void)boots_hello((struct twin_options){.cpu = TWIN_CPU_MAX});
	root = twin_boot_info()->kernel_root;
	assert_int_equal(page_table_lookup(root, KERNEL_BOOT_WINDOW_BASE), DESCRIPTOR_INVALID);
	assert_int_equal(page_table_lookup(root, KERNEL_BOOT_WINDOW_BASE + 0x200000), DESCRIPTOR_INVALID);
	assert_memory_equal(kernel_facts.machine.seed, zeros, sizeof(zeros));
	assert_int_equal(kernel_facts.machine.seed_size, 0);
	assert_int_equal(kernel_facts.machine.place_seed, 0);
	assert_int_equal(kernel.probe, PROBE_NONE);
	assert_int_equal(kernel.frames.free_count, kernel.frames.total_count);
	assert_int_equal(heap_used(&kernel.heap), 0);
	twin_check_kernel_half();
}

/* The pages that hold what boot found out: AP[2], bit 7, is read-only. */
static void what_boot_found_out_is_sealed(void **state)
{
	const struct boot_info *boot;

	(void)state;
	(void)boots_hello((struct twin_options){0});
	boot = twin_boot_info();
	assert_true(boot->sealed_start.value < boot->sealed_end.value);
	for (uint64_t page = boot->sealed_start.value; page < boot->sealed_end.value; page += 0x1000) {
		assert_int_equal(page_table_lookup(boot->kernel_root, page) & 0x80, 0x80);
	}
	assert_int_equal(page_table_lookup(boot->kernel_root, boot->sealed_end.value) & 0x80, 0);
}

static void the_facts_are_those_of_the_cpu(void **state)
{
	(void)state;
	(void)boots_hello((struct twin_options){0});
	assert_int_equal(kernel_facts.pstate_mask, 0xf0000000);
	assert_int_equal(kernel_facts.features.physical_bits, 44);
	assert_int_equal(kernel_facts.machine.psci, HAL_PSCI_HVC);
	(void)boots_hello((struct twin_options){.cpu = TWIN_CPU_MAX, .conduit = HAL_PSCI_SMC});
	assert_int_equal(kernel_facts.pstate_mask, 0xf1001c00);
	assert_int_equal(kernel_facts.features.physical_bits, 48);
	assert_int_equal(kernel_facts.machine.psci, HAL_PSCI_SMC);
}

static int free_archives(void **state)
{
	(void)state;
	free(archives[0]);
	free(archives[1]);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_transcript_is_exact),
		cmocka_unit_test(other_words_on_the_command_line_change_nothing),
		cmocka_unit_test(verbose_says_more),
		cmocka_unit_test(the_nonce_ends_the_last_line),
		cmocka_unit_test(an_initrd_is_run_instead),
		cmocka_unit_test(the_command_line_names_the_first_program),
		cmocka_unit_test(the_first_process_may_do_everything),
		cmocka_unit_test(a_first_process_that_ends_badly_is_a_failed_boot),
		cmocka_unit_test(boot_leaves_nothing_open),
		cmocka_unit_test(what_boot_found_out_is_sealed),
		cmocka_unit_test(the_facts_are_those_of_the_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, free_archives);
}
