/*
 * What the kernel makes of trees: the interrupts of the timer and of the UART.
 */
#include "tests/unit/judge_machine.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint64_t gicv2_registers[] = {MACHINE_TREE_DISTRIBUTOR, 0x10000, MACHINE_TREE_CPU_INTERFACE, 0x10000};

static void put_timer(const char *compatible, size_t count, const uint32_t *cells)
{
	tree_begin(&builder, "timer");
	tree_text(&builder, "compatible", compatible);
	machine_tree_cells(&builder, "interrupts", count, cells);
	tree_end(&builder);
}

static void put_uart(const char *name, size_t count, const uint32_t *cells)
{
	tree_begin(&builder, name);
	tree_text(&builder, "compatible", "arm,pl011");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){MACHINE_TREE_UART, 0x1000});
	machine_tree_cells(&builder, "interrupts", count, cells);
	tree_end(&builder);
}

static void start_with_four_cells(void)
{
	start_without_interrupts();
	tree_begin(&builder, "intc");
	tree_text(&builder, "compatible", "arm,gic-v3");
	tree_u32(&builder, "#interrupt-cells", 4);
	tree_u64s(&builder, "reg", 4, (const uint64_t[]){0x8000000, 0x10000, 0x80a0000, 0x20000});
	tree_end(&builder);
}

/* Then every specifier has them: with three the timer's third would be {14, 4, 0}. */
static void a_specifier_of_a_gicv3_may_have_four_cells(void **state)
{
	static const uint32_t timer[] = {1, 13, 4, 0, 1, 14, 4, 0, 1, 12, 4, 0};
	static const uint32_t uart[] = {0, 7, 4, 0};

	(void)state;
	start_with_four_cells();
	put_timer("arm,armv8-timer", COUNT(timer), timer);
	put_uart("second", COUNT(uart), uart);
	tree_begin(&builder, "chosen");
	tree_text(&builder, "stdout-path", "/second");
	tree_end(&builder);
	accept();
	assert_int_equal(outcome.machine.timer_interrupt, 28);
	assert_int_equal(outcome.machine.uart_interrupt, 39);
	start_with_four_cells();
	put_timer("arm,armv8-timer", COUNT(timer) - 1, timer);
	refuse("timer");
	/* Three cells each are a whole number of four, too few. */
	start_with_four_cells();
	put_timer("arm,armv8-timer", 8, timer);
	refuse("timer");
}

static void start_without_timer(void)
{
	start_without_interrupts();
	machine_tree_gic(&builder, "arm,cortex-a15-gic", gicv2_registers);
}

static void the_timer_is_told_by_name(void **state)
{
	static const uint32_t cells[] = {1, 13, 4, 1, 14, 4, 1, 11, 4};
	static const char *const unknown[] = {"", "arm,armv8-time", "arm,armv8-timers", "arm,armv7-timer-mem"};

	(void)state;
	start_without_timer();
	refuse("timer");
	start_without_timer();
	put_timer("arm,armv8-timer", COUNT(cells), cells);
	accept();
	assert_int_equal(outcome.machine.timer_interrupt, 27);
	start_without_timer();
	put_timer("arm,armv7-timer", COUNT(cells), cells);
	accept();
	assert_int_equal(outcome.machine.timer_interrupt, 27);
	for (size_t i = 0; i < COUNT(unknown); i++) {
		start_without_timer();
		put_timer(unknown[i], COUNT(cells), cells);
		refuse("timer");
	}
	start_without_timer();
	tree_begin(&builder, "timer");
	tree_text(&builder, "compatible", "arm,armv8-timer");
	tree_end(&builder);
	refuse("timer");
	/* What has registers is something else. */
	start_without_timer();
	tree_begin(&builder, "timer");
	tree_text(&builder, "compatible", "arm,armv8-timer");
	machine_tree_cells(&builder, "interrupts", COUNT(cells), cells);
	tree_bytes(&builder, "reg", "", 0);
	tree_end(&builder);
	refuse("timer");
}

static void the_first_timer_counts(void **state)
{
	static const uint32_t other[] = {1, 13, 4, 1, 14, 4, 1, 3, 4};

	(void)state;
	start_without_timer();
	tree_begin(&builder, "timer");
	tree_text(&builder, "compatible", "arm,armv8-timer");
	tree_text(&builder, "status", "disabled");
	machine_tree_cells(&builder, "interrupts", COUNT(other), other);
	tree_end(&builder);
	put_timer("arm,armv8-pmuv3", COUNT(other), other);
	machine_tree_timer(&builder);
	put_timer("arm,armv8-timer", COUNT(other), other);
	accept();
	assert_int_equal(outcome.machine.timer_interrupt, 27);
}

/* Only the third of them is looked at, but all are whole. */
static void the_virtual_timer_is_the_third(void **state)
{
	static const uint32_t cells[] = {9, 99, 9, 9, 99, 9, 1, 11, 0x104, 9, 99, 9, 9, 99, 9, 9};

	(void)state;
	for (size_t count = 0; count <= COUNT(cells); count++) {
		start_without_timer();
		put_timer("arm,armv8-timer", count, cells);
		if (count >= 9 && count % 3 == 0) {
			accept();
			assert_int_equal(outcome.machine.timer_interrupt, 27);
		} else {
			refuse("timer");
		}
	}
	start_without_timer();
	tree_begin(&builder, "timer");
	tree_text(&builder, "compatible", "arm,armv8-timer");
	tree_bytes(&builder, "interrupts", "\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0",
		   37);
	tree_end(&builder);
	refuse("timer");
}

/* What follows would be a third specifier: a node begins (1), its name is empty (0). */
static void two_interrupts_are_not_three(void **state)
{
	static const uint32_t cells[] = {1, 13, 4, 1, 14, 4};

	(void)state;
	start_without_timer();
	tree_begin(&builder, "timer");
	tree_text(&builder, "compatible", "arm,armv8-timer");
	machine_tree_cells(&builder, "interrupts", COUNT(cells), cells);
	tree_begin(&builder, "");
	tree_end(&builder);
	tree_end(&builder);
	refuse("timer");
}

static void the_virtual_timer_has_a_ppi(void **state)
{
	static const uint32_t types[] = {0, 2, 3, 0x101, 0x01000000, UINT32_MAX};
	static const uint32_t numbers[] = {16, 17, 27, 0x10b, 0x0b000000, 0xfffffff0, UINT32_MAX};

	(void)state;
	for (uint32_t number = 0; number < 16; number++) {
		start_without_timer();
		put_timer("arm,armv8-timer", 9, (const uint32_t[]){1, 0, 0, 1, 0, 0, 1, number, 0});
		accept();
		assert_int_equal(outcome.machine.timer_interrupt, 16 + number);
	}
	for (size_t i = 0; i < COUNT(numbers); i++) {
		start_without_timer();
		put_timer("arm,armv8-timer", 9, (const uint32_t[]){1, 0, 0, 1, 0, 0, 1, numbers[i], 0});
		refuse("timer");
	}
	for (size_t i = 0; i < COUNT(types); i++) {
		start_without_timer();
		put_timer("arm,armv8-timer", 9, (const uint32_t[]){1, 0, 0, 1, 0, 0, types[i], 11, 0});
		refuse("timer");
	}
}

static void a_uart_may_have_no_interrupt(void **state)
{
	(void)state;
	start_without_uart();
	tree_begin(&builder, "uart");
	tree_text(&builder, "compatible", "arm,pl011");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){MACHINE_TREE_UART, 0x1000});
	tree_end(&builder);
	accept();
	assert_int_equal(outcome.machine.uart_interrupt, 0);
}

static void the_uart_has_an_spi(void **state)
{
	static const uint32_t right[] = {0, 1, 33, 987};
	static const uint32_t numbers[] = {988, 989, 1020, 0x10001, 0x01000000, 0xffffffe0, UINT32_MAX};
	static const uint32_t types[] = {1, 2, 3, 0x100, 0x01000000, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT(right); i++) {
		start_without_uart();
		put_uart("uart", 3, (const uint32_t[]){0, right[i], 4});
		accept();
		assert_int_equal(outcome.machine.uart_interrupt, 32 + right[i]);
	}
	for (size_t i = 0; i < COUNT(numbers); i++) {
		start_without_uart();
		put_uart("uart", 3, (const uint32_t[]){0, numbers[i], 4});
		refuse("uart");
	}
	for (size_t i = 0; i < COUNT(types); i++) {
		start_without_uart();
		put_uart("uart", 3, (const uint32_t[]){types[i], 1, 4});
		refuse("uart");
	}
}

static void the_uarts_interrupt_is_its_first(void **state)
{
	static const uint32_t cells[] = {0, 5, 4, 9, 9999, 9, 9};

	(void)state;
	for (size_t count = 0; count <= COUNT(cells); count++) {
		start_without_uart();
		put_uart("uart", count, cells);
		if (count == 3 || count == 6) {
			accept();
			assert_int_equal(outcome.machine.uart_interrupt, 37);
		} else {
			refuse("uart");
		}
	}
}

/* What is wrong with the other one does not matter. */
static void the_uarts_interrupt_is_that_of_the_chosen(void **state)
{
	(void)state;
	start_without_uart();
	put_uart("first", 3, (const uint32_t[]){0, 8, 4});
	put_uart("second", 2, (const uint32_t[]){9, 9});
	accept();
	assert_int_equal(outcome.machine.uart_interrupt, 40);
	start_without_uart();
	put_uart("first", 2, (const uint32_t[]){9, 9});
	put_uart("second", 3, (const uint32_t[]){0, 9, 4});
	tree_begin(&builder, "chosen");
	tree_text(&builder, "stdout-path", "/second");
	tree_end(&builder);
	accept();
	assert_int_equal(outcome.machine.uart_interrupt, 41);
}

static void put_node(unsigned which)
{
	switch (which) {
	case 0:
		machine_tree_gic(&builder, "arm,cortex-a15-gic", gicv2_registers);
		break;
	case 1:
		machine_tree_timer(&builder);
		break;
	case 2:
		put_uart("uart", 3, (const uint32_t[]){0, 6, 4});
		break;
	default:
		machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
		break;
	}
}

static void nodes_come_in_any_order(void **state)
{
	(void)state;
	for (unsigned order = 0; order < 256; order++) {
		unsigned seen = 0;

		for (unsigned i = 0; i < 4; i++) {
			seen |= 1U << (order >> 2 * i & 3);
		}
		if (seen != 15) {
			continue;
		}
		machine_tree_root(&builder);
		for (unsigned i = 0; i < 4; i++) {
			put_node(order >> 2 * i & 3);
		}
		machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
		accept();
		assert_int_equal(outcome.machine.gic.version, 2);
		assert_int_equal(outcome.machine.gic.interface.base, MACHINE_TREE_CPU_INTERFACE);
		assert_int_equal(outcome.machine.timer_interrupt, 27);
		assert_int_equal(outcome.machine.uart_interrupt, 38);
	}
}

static void a_timer_below_a_bus_is_none(void **state)
{
	(void)state;
	start_without_timer();
	tree_begin(&builder, "bus");
	machine_tree_timer(&builder);
	tree_end(&builder);
	refuse("timer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_specifier_of_a_gicv3_may_have_four_cells),
		cmocka_unit_test(the_timer_is_told_by_name),
		cmocka_unit_test(the_first_timer_counts),
		cmocka_unit_test(the_virtual_timer_is_the_third),
		cmocka_unit_test(two_interrupts_are_not_three),
		cmocka_unit_test(the_virtual_timer_has_a_ppi),
		cmocka_unit_test(a_uart_may_have_no_interrupt),
		cmocka_unit_test(the_uart_has_an_spi),
		cmocka_unit_test(the_uarts_interrupt_is_its_first),
		cmocka_unit_test(the_uarts_interrupt_is_that_of_the_chosen),
		cmocka_unit_test(nodes_come_in_any_order),
		cmocka_unit_test(a_timer_below_a_bus_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
