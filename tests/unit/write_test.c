/*
 * core/syscall/write.c: the checks, their order, and what is written. write_memory_test.c has the memory that faults.
 */
#include "abi/errno.h"
#include "abi/limits.h"
#include "tests/unit/world.h"

#define MIB 0x100000UL
/* The stack: 8 pages. */
#define STACK_BOTTOM (world.process->space.stack_bottom)

static uint64_t write_fd(uint64_t fd, uint64_t address, uint64_t size)
{
	return world_call(SYS_write, fd, address, size);
}

static void assert_refused(int64_t error, uint64_t fd, uint64_t address, uint64_t size)
{
	size_t before = twin_console_size();

	assert_int_equal((int64_t)write_fd(fd, address, size), error);
	assert_int_equal(twin_console_size(), before);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
}

static void both_descriptors_write(void **state)
{
	(void)state;
	assert_int_equal(write_fd(1, PROGRAM_CONSTANTS, 5), 5);
	assert_string_equal(twin_console(), "Hello");
	assert_int_equal(write_fd(2, PROGRAM_CONSTANTS + 6, 4), 4);
	assert_string_equal(twin_console(), "Hellofrom");
}

/* The descriptor counts with all its 64 bits. */
static void other_descriptors_are_bad(void **state)
{
	static const uint64_t bad[] = {
		0,
		3,
		4,
		0xff,
		0x101,
		0x10001,
		0x7fffffff,
		0x80000000,
		0x80000001,
		0xffffffff,
		0x100000001,
		0x100000002,
		0x8000000000000001,
		0xffffffffffffffff,
		0xfffffffffffffffe,
		0xffffffff80000000,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(-PANTHER_EBADF, bad[i], PROGRAM_CONSTANTS, 5);
	}
	for (unsigned bit = 2; bit < 64; bit++) {
		assert_refused(-PANTHER_EBADF, 1 | (uint64_t)1 << bit, PROGRAM_CONSTANTS, 5);
		assert_refused(-PANTHER_EBADF, 2 | (uint64_t)1 << bit, PROGRAM_CONSTANTS, 5);
	}
}

static void long_lengths_are_invalid(void **state)
{
	static const uint64_t lengths[] = {
		MIB + 1,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x100000005,
		0x8000000000,
		0x8000000000000000,
		0x8000000000000005,
		0xffffffffffffffff,
		0xffffffff80000000,
		0xfffffffffffffffe,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		assert_refused(-PANTHER_EINVAL, 1, PROGRAM_CONSTANTS, lengths[i]);
	}
	/* The longest that is valid; only its first part has to be there. */
	assert_int_equal(write_fd(1, PROGRAM_DATA, MIB), 4096);
}

/* Nothing is mapped at these addresses, and most are no user addresses at all. */
static void bad_addresses_fault(void **state)
{
	const uint64_t addresses[] = {
		0,
		0xffff,
		0x10000,
		PROGRAM_DATA + 0x1000,
		STACK_BOTTOM - 1,
		0x8000000000,	    /* the first beyond 39 bits */
		0x0000800000000000, /* the first beyond 48 */
		0x0001000000000000,
		0x7fffffffffffffff,
		0x8000000000000000,
		0x0100000000401000, /* a tag on an address that is good */
		0xff00000000401000,
		0xfffe000000401000,
		0xffffff8000000000, /* the linear map */
		0xffffffc000000000, /* the image */
		0xffffffc000180000, /* the UART */
		0xfffffffffffff800,
		0xfffffffffffffff0,
		0xffffffffffffffff,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_refused(-PANTHER_EFAULT, 1, addresses[i], 1);
		assert_refused(-PANTHER_EFAULT, 2, addresses[i], 0x1000);
	}
}

/* The whole range is judged, although only its first part would be taken. */
static void ranges_end_below_the_limit(void **state)
{
	uint64_t top = PANTHER_USER_TOP - 0x10000;

	(void)state;
	assert_int_equal(world_call(SYS_map, top, 0x10000, PANTHER_READ | PANTHER_WRITE), top);
	assert_int_equal(write_fd(1, PANTHER_USER_TOP - 5, 5), 5);
	assert_int_equal(write_fd(1, PANTHER_USER_TOP - 1, 1), 1);
	assert_refused(-PANTHER_EFAULT, 1, PANTHER_USER_TOP - 5, 6);
	assert_refused(-PANTHER_EFAULT, 1, PANTHER_USER_TOP - 4, 8);
	assert_refused(-PANTHER_EFAULT, 1, PANTHER_USER_TOP - 1, 5);
	assert_int_equal(write_fd(1, top, 0x10000), 4096);
	assert_refused(-PANTHER_EFAULT, 1, top, 0x10001);
	assert_refused(-PANTHER_EFAULT, 1, top, MIB);
	/* Would wrap around, with lengths that are legal. */
	assert_refused(-PANTHER_EFAULT, 1, ~(uint64_t)0x7ff, 0x1000);
	assert_refused(-PANTHER_EFAULT, 1, ~(uint64_t)0, MIB);
}

/* Descriptor, then length, then range, then access. */
static void checks_come_in_order(void **state)
{
	const uint64_t wrapping = 0xfffffffffffffff0;

	(void)state;
	assert_refused(-PANTHER_EBADF, 0, wrapping, ~(uint64_t)0);
	assert_refused(-PANTHER_EBADF, 0, wrapping, 5);
	assert_refused(-PANTHER_EBADF, 0, PROGRAM_CONSTANTS, MIB + 1);
	assert_refused(-PANTHER_EBADF, 3, PROGRAM_CONSTANTS, 0);
	assert_refused(-PANTHER_EINVAL, 1, wrapping, MIB + 1);
	assert_refused(-PANTHER_EINVAL, 1, 0, MIB + 1);
	assert_refused(-PANTHER_EFAULT, 1, wrapping, MIB);
	assert_refused(-PANTHER_EFAULT, 1, 0, MIB);
}

/* attacks A14: 0 / 0 / 0 / -EFAULT, and no byte is looked at. */
static void no_bytes(void **state)
{
	(void)state;
	assert_int_equal(write_fd(1, PROGRAM_CONSTANTS, 0), 0);
	assert_int_equal(write_fd(1, PANTHER_USER_TOP, 0), 0);
	assert_int_equal(write_fd(1, 0, 0), 0);
	assert_int_equal(write_fd(1, 0x1234567000, 0), 0);
	assert_refused(-PANTHER_EFAULT, 1, PANTHER_USER_TOP + 1, 0);
	assert_refused(-PANTHER_EFAULT, 1, 0xffffffc000000000, 0);
	assert_refused(-PANTHER_EFAULT, 1, ~(uint64_t)0, 0);
	assert_int_equal(twin_console_size(), 0);
}

/* One call takes 4096 bytes at most, and says so. */
static void long_writes_are_taken_in_parts(void **state)
{
	static uint8_t bytes[0x3000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i % 251);
	}
	world_poke(STACK_BOTTOM + 5, bytes, sizeof(bytes));
	assert_int_equal(write_fd(1, STACK_BOTTOM + 5, 4095), 4095);
	assert_int_equal(write_fd(1, STACK_BOTTOM + 5, 4096), 4096);
	assert_int_equal(write_fd(1, STACK_BOTTOM + 5, 4097), 4096);
	assert_int_equal(write_fd(1, STACK_BOTTOM + 5, 0x3000), 4096);
	assert_int_equal(write_fd(1, STACK_BOTTOM + 5 + 4096, 0x2000), 4096);
	assert_int_equal(twin_console_size(), 4095 + 4 * 4096);
	assert_memory_equal(twin_console(), bytes, 4095);
	for (size_t i = 0; i < 3; i++) {
		assert_memory_equal(twin_console() + 4095 + i * 4096, bytes, 4096);
	}
	assert_memory_equal(twin_console() + 4095 + 3 * 4096, bytes + 4096, 4096);
}

/* No byte is translated: not a line end, not a NUL, not one above 127. */
static void bytes_go_out_as_they_are(void **state)
{
	uint8_t bytes[256];

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		bytes[i] = (uint8_t)i;
	}
	world_poke(PROGRAM_DATA, bytes, sizeof(bytes));
	assert_int_equal(write_fd(1, PROGRAM_DATA, 256), 256);
	assert_int_equal(twin_console_size(), 256);
	assert_memory_equal(twin_console(), bytes, 256);
}

/* At any address and of any length: nothing before, nothing after, nothing left over from an earlier call. */
static void every_small_write_is_exact(void **state)
{
	(void)state;
	for (uint64_t start = 0; start < 9; start++) {
		for (uint64_t size = 1; size < 20; size++) {
			size_t before = twin_console_size();

			assert_int_equal(write_fd(1, PROGRAM_CONSTANTS + start, size), size);
			assert_int_equal(twin_console_size(), before + size);
			assert_memory_equal(twin_console() + before, &PROGRAM_TEXT[start], size);
		}
	}
}

/* All that a program can read it can write: constants, data, stack, its own instructions. */
static void all_readable_memory_can_be_written(void **state)
{
	(void)state;
	assert_int_equal(write_fd(1, PROGRAM_CODE, 4096), 4096);
	assert_int_equal(write_fd(1, PROGRAM_CONSTANTS, 4096), 4096);
	assert_int_equal(write_fd(1, PROGRAM_DATA, 4096), 4096);
	assert_int_equal(write_fd(1, STACK_BOTTOM, 4096), 4096);
}

static void only_x0_changes(void **state)
{
	static const uint64_t lengths[] = {5, 0, MIB, MIB + 1};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct hal_context before = world.process->context;
		struct hal_context after;

		for (uint64_t j = 0; j < 31; j++) {
			before.x[j] = world.process->context.x[j] = 0xabcd000000000000 + j;
		}
		before.x[1] = PROGRAM_CONSTANTS;
		before.x[2] = lengths[i];
		before.x[3] = before.x[4] = before.x[5] = 0;
		before.x[8] = SYS_write;
		before.pc = PROGRAM_CODE + 4;
		(void)write_fd(1, PROGRAM_CONSTANTS, lengths[i]);
		after = world.process->context;
		before.x[0] = after.x[0];
		assert_memory_equal(&after, &before, sizeof(before));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(both_descriptors_write, world_setup),
		cmocka_unit_test_setup(other_descriptors_are_bad, world_setup),
		cmocka_unit_test_setup(long_lengths_are_invalid, world_setup),
		cmocka_unit_test_setup(bad_addresses_fault, world_setup),
		cmocka_unit_test_setup(ranges_end_below_the_limit, world_setup),
		cmocka_unit_test_setup(checks_come_in_order, world_setup),
		cmocka_unit_test_setup(no_bytes, world_setup),
		cmocka_unit_test_setup(long_writes_are_taken_in_parts, world_setup),
		cmocka_unit_test_setup(bytes_go_out_as_they_are, world_setup),
		cmocka_unit_test_setup(every_small_write_is_exact, world_setup),
		cmocka_unit_test_setup(all_readable_memory_can_be_written, world_setup),
		cmocka_unit_test_setup(only_x0_changes, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
