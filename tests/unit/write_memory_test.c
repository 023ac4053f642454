/*
 * core/syscall/write.c, when the memory that it reads faults, or changes.
 */
#include "abi/errno.h"
#include "abi/limits.h"
#include "core/memory/user_copy.h"
#include "tests/unit/expect_panic.h"
#include "tests/unit/world.h"

#define STACK_BOTTOM (world.process->space.stack_bottom)
#define DATA_END (PROGRAM_DATA + 0x1000)

static int64_t write_bytes(uint64_t address, uint64_t size)
{
	return (int64_t)world_call(SYS_write, 1, address, size);
}

static void assert_bounce_is_zero(size_t size)
{
	for (size_t i = 0; i < size; i++) {
		assert_int_equal(kernel.bounce[i], 0);
	}
}

static void assert_faults_at(uint64_t size, size_t byte)
{
	twin_fault_copy(byte);
	assert_int_equal(write_bytes(STACK_BOTTOM + 3, size), -PANTHER_EFAULT);
	assert_int_equal(twin_console_size(), 0);
	/* What was fetched before the fault is not kept either. */
	assert_bounce_is_zero(size);
	assert_true(twin_last_copy_fault().happened);
	assert_int_equal(twin_last_copy_fault().far, STACK_BOTTOM + 3 + byte);
}

/* Whichever byte it is that cannot be read: nothing is printed. */
static void a_fault_at_any_byte_prints_nothing(void **state)
{
	static const uint64_t sizes[] = {1, 2, 7, 8, 9, 16, 63, 64, 65};
	uint8_t bytes[0x1000];

	(void)state;
	memset(bytes, 'S', sizeof(bytes));
	world_poke(STACK_BOTTOM + 3, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t byte = 0; byte < sizes[i]; byte++) {
			assert_faults_at(sizes[i], byte);
		}
	}
	for (size_t byte = 0; byte < 4096; byte++) {
		assert_faults_at(4096, byte);
	}
}

/* Beyond the part that is taken no byte is looked at. */
static void a_fault_behind_the_part_is_not_seen(void **state)
{
	(void)state;
	twin_fault_copy(4096);
	assert_int_equal(write_bytes(STACK_BOTTOM, 8192), 4096);
	twin_fault_copy(5);
	assert_int_equal(write_bytes(STACK_BOTTOM, 5), 5);
}

/* The page after the data is not mapped: all or nothing, wherever the write starts. */
static void a_write_over_the_end_of_memory(void **state)
{
	(void)state;
	for (uint64_t before = 1; before < 4096; before++) {
		size_t size = twin_console_size();

		assert_int_equal(write_bytes(DATA_END - before, before + 1), -PANTHER_EFAULT);
		assert_int_equal(write_bytes(DATA_END - before, 4096), -PANTHER_EFAULT);
		assert_int_equal(twin_console_size(), size);
		assert_int_equal(write_bytes(DATA_END - before, before), before);
	}
	/* A bad byte later than the first 4096: those, and then the fault. */
	assert_int_equal(write_bytes(PROGRAM_DATA, 4097), 4096);
	assert_int_equal(write_bytes(PROGRAM_DATA + 4096, 1), -PANTHER_EFAULT);
}

/* The stack's guard, and the gap that nothing maps. */
static void a_write_from_below_the_stack(void **state)
{
	(void)state;
	assert_int_equal(write_bytes(STACK_BOTTOM - 1, 2), -PANTHER_EFAULT);
	assert_int_equal(write_bytes(STACK_BOTTOM - 4096, 4096), -PANTHER_EFAULT);
	assert_int_equal(write_bytes(STACK_BOTTOM - 4096, 8192), -PANTHER_EFAULT);
	assert_int_equal(twin_console_size(), 0);
}

/* Another CPU may change the bytes as soon as they are fetched: what was fetched is what is printed. (Fetching one
 * twice aborts the twin.) */
static void memory_that_changes_is_fetched_once(void **state)
{
	uint8_t bytes[4096];
	uint8_t left[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 7 % 253);
	}
	world_poke(STACK_BOTTOM + 0x801, bytes, sizeof(bytes));
	twin_change_after_fetch(true);
	assert_int_equal(write_bytes(STACK_BOTTOM + 0x801, sizeof(bytes)), sizeof(bytes));
	assert_int_equal(twin_console_size(), sizeof(bytes));
	assert_memory_equal(twin_console(), bytes, sizeof(bytes));
	/* The memory did change. */
	assert_true(twin_user_read(&world.process->space.space, STACK_BOTTOM + 0x801, left, sizeof(left)));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		assert_int_equal(left[i], bytes[i] ^ 0xff);
	}
}

/* What a program writes comes from its own space, not from the one that ran before. */
static void each_process_writes_its_own_memory(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(write, 1, PROGRAM_DATA, 5), WORLD_CALL(exit)};

	(void)state;
	(void)WORLD_PLAYS(2, child);
	world_poke(PROGRAM_DATA, "first", 5);
	assert_int_equal(write_bytes(PROGRAM_DATA, 5), 5);
	assert_int_equal(world_spawn(), 2);
	world_yield_until(2, PROCESS_ENDED);
	assert_int_equal(write_bytes(PROGRAM_DATA, 5), 5);
	assert_memory_equal(twin_console(), "first\0\0\0\0\0first", 15);
	assert_int_equal(world_call(SYS_wait, 2, PROGRAM_DATA, 0), 2);
}

static void copy_too_much(void *argument)
{
	static uint8_t buffer[16];

	(void)argument;
	(void)!user_copy_in(&world.process->space, buffer, 15, (struct user_range){PROGRAM_DATA, 16});
}

static void copy_out_too_much(void *argument)
{
	static const uint8_t buffer[16];

	(void)argument;
	(void)!user_copy_out(&world.process->space, (struct user_range){PROGRAM_DATA, 15}, buffer, 16);
}

/* A buffer that is too small is the kernel's own bug. */
static void sizes_that_do_not_fit_panic(void **state)
{
	(void)state;
	(void)write_bytes(PROGRAM_DATA, 0); /* the space is live */
	expect_panic("usercopy", copy_too_much, NULL);
	expect_panic("usercopy", copy_out_too_much, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_fault_at_any_byte_prints_nothing, world_setup),
		cmocka_unit_test_setup(a_fault_behind_the_part_is_not_seen, world_setup),
		cmocka_unit_test_setup(a_write_over_the_end_of_memory, world_setup),
		cmocka_unit_test_setup(a_write_from_below_the_stack, world_setup),
		cmocka_unit_test_setup(memory_that_changes_is_fetched_once, world_setup),
		cmocka_unit_test_setup(each_process_writes_its_own_memory, world_setup),
		cmocka_unit_test_setup(sizes_that_do_not_fit_panic, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
