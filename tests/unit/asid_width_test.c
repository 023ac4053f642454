/*
 * Tags on CPUs that have many of them and few: the whole kernel, and children that come and go.
 */
#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "hal/mmu.h"
#include "tests/support/archive_builder.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/program.h"

#include <stdlib.h>

#define CHILDREN 300

/* What a child is started with, and its program's name. */
static const struct {
	struct panther_spawn_request options;
	char name[sizeof("first")];
} request = {{.flags = PANTHER_SPAWN_INHERIT}, "first"};

static uint8_t *archive;
static uint64_t calls; /* that the first process has made */
static uint64_t ended; /* children */
static uint64_t largest;

static bool drive_parent(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)owner;
	(void)word;
	if (calls++ % 2 == 0) {
		*step = (struct twin_step){.kind = TWIN_SVC, .number = SYS_spawn};
		step->arguments[0] = PROGRAM_CONSTANTS;
		step->arguments[1] = sizeof(request.options) + sizeof(request.name);
		return ended < CHILDREN;
	}
	*step = (struct twin_step){.kind = TWIN_SVC, .number = SYS_wait};
	step->arguments[0] = context->x[0];
	step->arguments[1] = PROGRAM_DATA;
	return true;
}

static bool drive_child(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	uint64_t asid = kernel.scheduler.current->space.space.asid;

	(void)owner;
	(void)context;
	(void)word;
	ended++;
	largest = asid > largest ? asid : largest;
	*step = (struct twin_step){.kind = TWIN_SVC, .number = SYS_exit};
	return true;
}

static void run(enum twin_cpu cpu)
{
	static struct program_image image;
	struct archive_builder builder = {0};
	struct twin_options options = {.cpu = cpu};

	program_make(&image, NULL, 0);
	memcpy(image.bytes + PROGRAM_CONSTANTS_OFFSET, &request, sizeof(request));
	(void)archive_builder_add(&builder, request.name, ARCHIVE_REGULAR, image.bytes, sizeof(image.bytes));
	free(archive);
	archive = archive_builder_end(&builder, &options.archive_size);
	options.archive = archive;
	calls = ended = largest = 0;
	twin_reset(&options);
	twin_program(drive_parent, NULL);
	twin_every_program(drive_child, NULL);
	assert_int_equal(twin_boot(), TWIN_SCRIPT_END);
	assert_int_equal(ended, CHILDREN);
}

/* The twin aborts if a tag has more than 8 bits, or goes to another space while it is still worth something. */
static void test_8_bits_run_out(void **state)
{
	(void)state;
	run(TWIN_CPU_ASID8);
	assert_int_equal(kernel.scheduler.asids.count, 256);
	assert_int_equal(kernel.scheduler.asids.generation, 2);
	assert_int_equal(largest, 255);
}

static void test_16_bits_last(void **state)
{
	static const enum twin_cpu cpus[] = {TWIN_CPU_A72, TWIN_CPU_MAX};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		run(cpus[i]);
		assert_int_equal(kernel.scheduler.asids.count, 65536);
		assert_int_equal(kernel.scheduler.asids.generation, 1);
		assert_int_equal(largest, 1 + CHILDREN);
	}
}

static void enter(void *argument)
{
	const struct hal_space space = {.root = kernel.scheduler.current->space.space.root,
					.asid = *(uint64_t *)argument};

	hal_space_enter(&space);
}

static void invalidate(void *asid)
{
	hal_tlb_invalidate_space(*(uint64_t *)asid);
}

static void test_a_tag_with_too_many_bits_aborts(void **state)
{
	uint64_t asid = 256;

	(void)state;
	run(TWIN_CPU_ASID8);
	expect_abort("asid-width", enter, &asid);
	expect_abort("asid-width", invalidate, &asid);
	asid = 65536;
	run(TWIN_CPU_A72);
	expect_abort("asid-width", enter, &asid);
	expect_abort("asid-width", invalidate, &asid);
	asid = 65535;
	invalidate(&asid);
}

static int free_archive(void **state)
{
	(void)state;
	free(archive);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_8_bits_run_out),
		cmocka_unit_test(test_16_bits_last),
		cmocka_unit_test(test_a_tag_with_too_many_bits_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, free_archive);
}
