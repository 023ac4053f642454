/*
 * What the kernel makes of trees: the UART and PSCI.
 */
#include "tests/unit/judge_machine.h"

static void uart_is_the_first_one(void **state)
{
	(void)state;
	start_without_uart();
	refuse("uart");
	start_whole();
	machine_tree_uart(&builder, "pl011@9040000", 0x9040000);
	accept();
	assert_int_equal(outcome.machine.uart.base, MACHINE_TREE_UART);
	start_without_uart();
	tree_begin(&builder, "pl011@9040000");
	tree_text(&builder, "compatible", "arm,pl011");
	tree_text(&builder, "status", "disabled");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){0x9040000, 0x1000});
	tree_end(&builder);
	refuse("uart");
	start_without_uart();
	tree_begin(&builder, "pl011@9040000");
	tree_text(&builder, "compatible", "arm,pl0110");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){0x9040000, 0x1000});
	tree_end(&builder);
	refuse("uart");
}

/* `path` in front of or behind the UARTs; the second of them answers to pl011@9040000. */
static uint64_t uart_with_path(const char *path, size_t size, bool is_before)
{
	start_without_uart();
	for (int turn = 0; turn < 2; turn++) {
		if ((turn == 0) == is_before) {
			tree_begin(&builder, "chosen");
			tree_bytes(&builder, "stdout-path", path, size);
			tree_end(&builder);
		} else {
			machine_tree_uart(&builder, "pl011@9000000", 0x9000000);
			machine_tree_uart(&builder, "pl011@9040000", 0x9040000);
		}
	}
	accept();
	return outcome.machine.uart.base;
}

static void uart_is_the_one_that_stdout_names(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		assert_int_equal(uart_with_path("/pl011@9040000", 15, order == 0), 0x9040000);
		assert_int_equal(uart_with_path("/pl011@9040000:115200n8", 24, order == 0), 0x9040000);
		assert_int_equal(uart_with_path("/pl011@9000000", 15, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("/pl011@904000", 14, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("/pl011@90400000", 16, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("/pl011@9040000", 14, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("/pl011@9040000/x", 17, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("pl011@9040000", 14, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("xpl011@9040000", 15, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("serial0", 8, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("/", 2, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("/", 1, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("", 1, order == 0), 0x9000000);
		assert_int_equal(uart_with_path("", 0, order == 0), 0x9000000);
	}
}

static void put_uart_reg(uint64_t base, uint64_t size)
{
	start_without_uart();
	tree_begin(&builder, "pl011");
	tree_text(&builder, "compatible", "arm,pl011");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){base, size});
	tree_end(&builder);
}

/* B14 and B07: registers that are none, do not fit on a page, or lie in RAM. */
static void uart_registers(void **state)
{
	(void)state;
	put_uart_reg(0x9000000, 0x4c);
	accept();
	put_uart_reg(0x9000fb4, 0x4c);
	accept();
	put_uart_reg(0x9000000, 0);
	refuse("uart");
	put_uart_reg(0x9000000, 0x48);
	refuse("uart");
	put_uart_reg(0x9000001, 0x1000);
	refuse("uart");
	put_uart_reg(0x9000002, 0x1000);
	refuse("uart");
	put_uart_reg(0x9000fb8, 0x1000);
	refuse("uart");
	put_uart_reg(0xfffffffffffff000, 0x1000);
	refuse("uart");
	put_uart_reg(0xfffffffffffff000, UINT64_MAX);
	refuse("uart");
	put_uart_reg(MACHINE_TREE_RAM, 0x1000);
	refuse("mem");
	put_uart_reg(MACHINE_TREE_RAM - 0x1000, 0x1000);
	accept();
	put_uart_reg(MACHINE_TREE_RAM - 0x1000, 0x1001);
	refuse("mem");
	put_uart_reg(MACHINE_TREE_RAM + MACHINE_TREE_RAM_SIZE, 0x1000);
	accept();
}

static void uarts_beyond_number(void **state)
{
	(void)state;
	start_whole();
	for (int i = 0; i < 40; i++) {
		machine_tree_uart(&builder, "pl011@a000000", 0xa000000);
	}
	accept();
	assert_int_equal(outcome.machine.uart.base, MACHINE_TREE_UART);
}

/* B15. */
static void psci_conduits(void **state)
{
	static const char *const compatible[] = {"arm,psci", "arm,psci-0.2", "arm,psci-1.0"};
	static const char *const wrong[] = {"", "h", "hv", "hvcx", "HVC", "smcc", "magic"};

	(void)state;
	start_without_psci();
	refuse("psci");
	for (size_t i = 0; i < 3; i++) {
		start_without_psci();
		machine_tree_psci(&builder, compatible[i], "smc");
		accept();
		assert_int_equal(outcome.machine.psci, HAL_PSCI_SMC);
		start_without_psci();
		machine_tree_psci(&builder, compatible[i], "hvc");
		accept();
		assert_int_equal(outcome.machine.psci, HAL_PSCI_HVC);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		start_without_psci();
		machine_tree_psci(&builder, "arm,psci-1.0", wrong[i]);
		refuse("psci");
	}
	start_without_psci();
	machine_tree_psci(&builder, "arm,psci-9", "hvc");
	refuse("psci");
	start_without_psci();
	tree_begin(&builder, "psci");
	tree_text(&builder, "compatible", "arm,psci-1.0");
	tree_end(&builder);
	refuse("psci");
	start_without_psci();
	tree_begin(&builder, "psci");
	tree_text(&builder, "compatible", "arm,psci-1.0");
	tree_bytes(&builder, "method", "hvc", 3);
	tree_end(&builder);
	refuse("psci");
	/* The first one counts. */
	start_whole();
	machine_tree_psci(&builder, "arm,psci", "smc");
	accept();
	assert_int_equal(outcome.machine.psci, HAL_PSCI_HVC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uart_is_the_first_one), cmocka_unit_test(uart_is_the_one_that_stdout_names),
		cmocka_unit_test(uart_registers),	 cmocka_unit_test(uarts_beyond_number),
		cmocka_unit_test(psci_conduits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
