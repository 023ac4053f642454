/* hal/cpu.h */
#include "hal/cpu.h"
#include "core/kernel.h"
#include "lib/bits.h"
#include "lib/memory.h"
#include "tests/contract/contract.h"

static void check_id_registers(void)
{
	struct hal_id_registers first, second;

	k_memset(&first, 0x11, sizeof(first));
	k_memset(&second, 0x22, sizeof(second));
	hal_id_registers_read(&first);
	hal_id_registers_read(&second);
	/* They never change, and every one of them was read. */
	CHECK_EQUAL((uint64_t)k_memcmp(&first, &second, sizeof(first)), 0);
	/* EL0 and EL1 can be AArch64; 4 KiB granules and at least 32 address bits exist. */
	CHECK(bits_get(first.pfr0, 3, 0) != 0);
	CHECK(bits_get(first.pfr0, 7, 4) != 0);
	CHECK(bits_get(first.mmfr0, 31, 28) != 0xf);
	CHECK(bits_get(first.mmfr0, 3, 0) <= 6);
}

static void check_time(void)
{
	uint64_t before = hal_time_ticks();

	for (unsigned i = 0; i < 100; i++) {
		uint64_t now = hal_time_ticks();

		CHECK(now - before < UINT64_MAX / 2);
		before = now;
	}
}

static void check_random(void)
{
	uint64_t values[2] = {0x1234, 0x1234};
	bool answered = hal_random(&values[0]);

	CHECK_EQUAL(answered, kernel_facts.features.rng);
	if (answered) {
		CHECK(hal_random(&values[1]));
		CHECK(values[0] != values[1]);
	} else {
		CHECK_EQUAL(values[0], 0x1234);
	}
}

static void check_backtrace(void)
{
	uint64_t offsets[HAL_BACKTRACE_MAX + 1];
	size_t count;

	k_memset(offsets, 0, sizeof(offsets));
	count = hal_backtrace(NULL, offsets, HAL_BACKTRACE_MAX);
	CHECK(count >= 2);
	CHECK(count <= HAL_BACKTRACE_MAX);
	for (size_t i = 0; i < count; i++) {
		CHECK(offsets[i] != 0);
	}
	CHECK_EQUAL(offsets[HAL_BACKTRACE_MAX], 0);
	k_memset(offsets, 0, sizeof(offsets));
	CHECK_EQUAL(hal_backtrace(NULL, offsets, 1), 1);
	CHECK_EQUAL(offsets[1], 0);
	CHECK_EQUAL(hal_backtrace(NULL, offsets, 0), 0);
}

void contract_cpu(void)
{
	check_id_registers();
	check_time();
	check_random();
	check_backtrace();
}
