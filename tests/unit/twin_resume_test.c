/*
 * The kernel from a snapshot on: however often it starts there, it does what it did the first time.
 */
#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"
#include "tests/support/archive_builder.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/program.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 32
#define TEXT_SIZE (sizeof(PROGRAM_TEXT) - 1)
/* Where the data page lies free, for mappings. */
#define MAPPED (PROGRAM_DATA + 0x10000)

/* What one run did, as the program sees it. */
struct record {
	struct hal_context contexts[STEPS_MAX];
	size_t count;
	uint64_t ticks;
	enum twin_end end;
	char console[4096];
	struct twin machine;
	struct kernel kernel;
};

static const struct twin_step *steps;
static size_t step_count, snapshot_at;
static size_t next;
static bool ends_at_snapshot;
static struct record first, again;
static struct record *record;
static uint8_t *archive;
static size_t archive_size;

static bool drive(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)owner;
	(void)word;
	if (next == snapshot_at && record == NULL) {
		twin_snapshot();
		if (ends_at_snapshot) {
			return false;
		}
		record = &first;
	}
	if (record != NULL) {
		record->contexts[record->count++] = *context;
	}
	if (next == step_count) {
		return false;
	}
	*step = steps[next++];
	return true;
}

static void end_record(enum twin_end end)
{
	record->end = end;
	record->ticks = twin.ticks;
	record->machine = twin;
	record->kernel = kernel;
	assert_true(twin_console_size() < sizeof(record->console));
	strcpy(record->console, twin_console());
}

static void boot(const struct twin_step *played, size_t count, size_t at, bool ends)
{
	static struct program_image image;
	struct archive_builder builder = {0};

	program_make(&image, NULL, 0);
	free(archive);
	archive_builder_add(&builder, "first", ARCHIVE_REGULAR, image.bytes, sizeof(image.bytes));
	archive = archive_builder_end(&builder, &archive_size);
	twin_reset(&(struct twin_options){.cpu = TWIN_CPU_MAX, .archive = archive, .archive_size = archive_size});
	twin_step_ticks(10);
	twin_program(drive, NULL);
	steps = played;
	step_count = count;
	snapshot_at = at;
	ends_at_snapshot = ends;
	next = 0;
	record = NULL;
	memset(&first, 0, sizeof(first));
}

static void resume_once(void)
{
	twin_restore();
	memset(&again, 0, sizeof(again));
	record = &again;
	next = snapshot_at;
	end_record(twin_resume());
}

static void assert_same(void)
{
	assert_int_equal(again.end, first.end);
	assert_int_equal(again.count, first.count);
	assert_memory_equal(again.contexts, first.contexts, sizeof(first.contexts));
	assert_int_equal(again.ticks, first.ticks);
	assert_string_equal(again.console, first.console);
	assert_memory_equal(&again.machine, &first.machine, sizeof(first.machine));
	assert_memory_equal(&again.kernel, &first.kernel, sizeof(first.kernel));
}

static const struct twin_step many[] = {
	{.kind = TWIN_FP_LOAD, .target = 3, .value = 77},
	{.kind = TWIN_SVC, .number = SYS_map, .arguments = {MAPPED, 0x2000, PANTHER_READ | PANTHER_WRITE}},
	{.kind = TWIN_STORE, .address = MAPPED + 0xffc, .value = 0x1122334455667788},
	{.kind = TWIN_SVC, .number = SYS_write, .arguments = {1, PROGRAM_CONSTANTS, TEXT_SIZE}},
	{.kind = TWIN_SVC, .number = SYS_random, .arguments = {PROGRAM_DATA, 64}},
	{.kind = TWIN_LOAD, .address = PROGRAM_DATA + 56},
	{.kind = TWIN_SVC, .number = SYS_clock},
	{.kind = TWIN_LOAD, .address = MAPPED + 0x1000, .size = 4},
	{.kind = TWIN_SVC, .number = SYS_protect, .arguments = {MAPPED, 0x1000, PANTHER_READ}},
	{.kind = TWIN_SVC, .number = SYS_unmap, .arguments = {MAPPED + 0x1000, 0x1000}},
	{.kind = TWIN_FP_STORE, .target = 3},
	{.kind = TWIN_FP_LOAD, .target = 3, .value = 78},
	{.kind = TWIN_SVC, .number = SYS_sleep, .arguments = {1}},
	{.kind = TWIN_SVC, .number = SYS_map, .arguments = {0, 0x3000, PANTHER_READ}},
	{.kind = TWIN_PASS, .value = 1000000},
	{.kind = TWIN_SVC, .number = SYS_yield},
	{.kind = TWIN_LOAD, .address = MAPPED},
	{.kind = TWIN_STORE, .address = MAPPED},
};

#define MANY (sizeof(many) / sizeof(many[0]))

static void test_every_run_is_the_first(void **state)
{
	(void)state;
	for (size_t at = 0; at < MANY; at++) {
		boot(many, MANY, at, false);
		end_record(twin_boot());
		assert_int_equal(first.end, TWIN_STOPPED);
		assert_non_null(strstr(first.console, "class=data-abort"));
		for (unsigned round = 0; round < 3; round++) {
			resume_once();
			assert_same();
		}
	}
}

/* The driver that takes the snapshot says that it has no steps: the machine ends there, and its copies go on. */
static void test_the_original_need_not_go_on(void **state)
{
	(void)state;
	for (size_t at = 0; at < MANY; at++) {
		boot(many, MANY, at, false);
		end_record(twin_boot());
		boot(many, MANY, at, true);
		assert_int_equal(twin_boot(), TWIN_SCRIPT_END);
		/* boot forgot it. */
		record = &first;
		next = at;
		end_record(twin_resume());
		resume_once();
		assert_same();
	}
}

static void test_what_a_run_did_is_gone(void **state)
{
	static const struct twin_step other[] = {
		{.kind = TWIN_SVC, .number = SYS_unmap, .arguments = {PROGRAM_DATA, 0x1000}},
		{.kind = TWIN_SVC, .number = SYS_map, .arguments = {MAPPED, 0x40000, PANTHER_READ | PANTHER_EXECUTE}},
		{.kind = TWIN_SVC, .number = SYS_write, .arguments = {2, PROGRAM_CONSTANTS, 5}},
		{.kind = TWIN_FP_LOAD, .target = 3, .value = 1},
		{.kind = TWIN_UNDEFINED},
	};

	(void)state;
	boot(many, MANY, 1, false);
	end_record(twin_boot());
	twin_restore();
	steps = other;
	step_count = sizeof(other) / sizeof(other[0]);
	next = 0;
	record = &again;
	memset(&again, 0, sizeof(again));
	assert_int_equal(twin_resume(), TWIN_STOPPED);
	assert_non_null(strstr(twin_console(), "class=undefined"));
	steps = many;
	step_count = MANY;
	resume_once();
	assert_same();
}

static void test_an_interrupt_that_was_waiting(void **state)
{
	static const struct twin_step passing[] = {{.kind = TWIN_PASS, .value = 100}, {.kind = TWIN_SVC}};

	(void)state;
	boot(passing, 2, 0, true);
	assert_int_equal(twin_boot(), TWIN_SCRIPT_END);
	twin_interrupt_spurious();
	twin_snapshot();
	for (unsigned round = 0; round < 2; round++) {
		twin_restore();
		record = &again;
		again.count = 0;
		next = 0;
		(void)twin_resume();
		assert_int_equal(kernel.spurious_interrupts, 0);
		assert_false(twin.interrupts.is_spurious);
	}
}

/* A machine that has not booted yet is one, too: with the tree in its window, which boot takes away. */
static void test_booting_again(void **state)
{
	const uint8_t *tree;

	(void)state;
	boot(many, MANY, MANY + 1, false);
	tree = twin_boot_info()->device_tree;
	twin_snapshot();
	record = &first;
	end_record(twin_boot());
	assert_true(__asan_address_is_poisoned(tree));
	assert_null(twin_boot_info()->device_tree);
	for (unsigned round = 0; round < 3; round++) {
		twin_restore();
		memset(&again, 0, sizeof(again));
		record = &again;
		next = 0;
		assert_ptr_equal(twin_boot_info()->device_tree, tree);
		assert_false(__asan_address_is_poisoned(tree));
		end_record(twin_boot());
		assert_true(__asan_address_is_poisoned(tree));
		assert_same();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_run_is_the_first), cmocka_unit_test(test_the_original_need_not_go_on),
		cmocka_unit_test(test_what_a_run_did_is_gone), cmocka_unit_test(test_an_interrupt_that_was_waiting),
		cmocka_unit_test(test_booting_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
