/*
 * What the kernel makes of trees: the interrupt controller.
 */
#include "tests/unit/judge_machine.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint64_t gicv2_registers[] = {MACHINE_TREE_DISTRIBUTOR, 0x10000, MACHINE_TREE_CPU_INTERFACE, 0x10000};
static const uint64_t gicv3_registers[] = {0x8000000, 0x10000, 0x80a0000, 0xf60000};

static void assert_gic(uint32_t version, const uint64_t registers[4])
{
	assert_int_equal(outcome.machine.gic.version, version);
	assert_int_equal(outcome.machine.gic.distributor.base, registers[0]);
	assert_int_equal(outcome.machine.gic.distributor.size, registers[1]);
	assert_int_equal(outcome.machine.gic.interface.base, registers[2]);
	assert_int_equal(outcome.machine.gic.interface.size, registers[3]);
}

static void the_version_is_told_by_name(void **state)
{
	static const char *const second[] = {"arm,cortex-a15-gic", "arm,gic-400"};
	static const char *const unknown[] = {"", "arm,gic-v4", "arm,gic-v30", "arm,gic-40", "arm,cortex-a9-gic"};

	(void)state;
	for (size_t i = 0; i < COUNT(second); i++) {
		start_without_interrupts();
		machine_tree_gic(&builder, second[i], gicv2_registers);
		machine_tree_timer(&builder);
		accept();
		assert_gic(2, gicv2_registers);
	}
	start_without_interrupts();
	machine_tree_gic(&builder, "arm,gic-v3", gicv3_registers);
	machine_tree_timer(&builder);
	accept();
	assert_gic(3, gicv3_registers);
	for (size_t i = 0; i < COUNT(unknown); i++) {
		start_without_interrupts();
		machine_tree_gic(&builder, unknown[i], gicv3_registers);
		machine_tree_timer(&builder);
		refuse("gic");
	}
	start_without_interrupts();
	machine_tree_timer(&builder);
	refuse("gic");
}

/* A child of the root with `status`. */
static void begin_gic(const char *status)
{
	tree_begin(&builder, "intc@1000000");
	tree_text(&builder, "compatible", "arm,gic-v3");
	tree_text(&builder, "status", status);
}

static void the_first_gic_counts(void **state)
{
	(void)state;
	start_without_interrupts();
	/* Another interrupt controller, one that is disabled, and one without cells, which is none. */
	machine_tree_gic(&builder, "arm,gic-v2m-frame", gicv3_registers);
	begin_gic("disabled");
	tree_u32(&builder, "#interrupt-cells", 3);
	tree_u64s(&builder, "reg", 4, gicv3_registers);
	tree_end(&builder);
	begin_gic("okay");
	tree_u64s(&builder, "reg", 4, gicv3_registers);
	tree_end(&builder);
	machine_tree_interrupts(&builder);
	machine_tree_gic(&builder, "arm,gic-v3", gicv3_registers);
	accept();
	assert_gic(2, gicv2_registers);
}

/* Even a GIC of the wrong shape is the first one. */
static void a_gic_without_registers(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 36; size += 4) {
		uint8_t reg[36] = {0, 0, 0, 0, 0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0,
				   0, 0, 0, 0, 0x08, 1, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0};

		start_without_interrupts();
		tree_begin(&builder, "intc");
		tree_text(&builder, "compatible", "arm,gic-400");
		tree_u32(&builder, "#interrupt-cells", 3);
		tree_bytes(&builder, "reg", reg, size);
		tree_end(&builder);
		machine_tree_interrupts(&builder);
		if (size == 32) {
			accept();
			assert_gic(2, gicv2_registers);
		} else {
			refuse("gic");
		}
	}
	start_without_interrupts();
	tree_begin(&builder, "intc");
	tree_text(&builder, "compatible", "arm,gic-400");
	tree_u32(&builder, "#interrupt-cells", 3);
	tree_end(&builder);
	machine_tree_interrupts(&builder);
	refuse("gic");
}

/* From EL2 the tree also names the registers of the virtual CPU interface. */
static void more_registers_than_two_ranges(void **state)
{
	static const uint64_t registers[] = {0x8000000, 0x10000, 0x8010000, 0x10000, 0x8030000, 0x10000, 7, UINT64_MAX};

	(void)state;
	start_without_interrupts();
	tree_begin(&builder, "intc");
	tree_text(&builder, "compatible", "arm,gic-400");
	tree_u32(&builder, "#interrupt-cells", 3);
	tree_u64s(&builder, "reg", COUNT(registers), registers);
	tree_end(&builder);
	machine_tree_timer(&builder);
	accept();
	assert_gic(2, registers);
}

struct registers {
	uint32_t version;
	bool is_proper;
	uint64_t values[4];
};

/* Each of the sizes at its least and just below; off a page; beyond the last address; one over the other; in RAM. */
static const struct registers places[] = {
	{2, true, {0x8000000, 0x1000, 0x8010000, 0x100}},
	{2, false, {0x8000000, 0xfff, 0x8010000, 0x100}},
	{2, false, {0x8000000, 0x1000, 0x8010000, 0xff}},
	{2, false, {0x8000000, 0, 0x8010000, 0x1000}},
	{2, false, {0x8000000, 0x1000, 0x8010000, 0}},
	{3, true, {0x8000000, 0x10000, 0x80a0000, 0x20000}},
	{3, false, {0x8000000, 0xffff, 0x80a0000, 0x20000}},
	{3, false, {0x8000000, 0x10000, 0x80a0000, 0x1ffff}},
	{2, true, {0x8001000, 0x1000, 0x8003000, 0x1000}},
	{2, false, {0x8000800, 0x1000, 0x8010000, 0x1000}},
	{2, false, {0x8000000, 0x1000, 0x8010800, 0x1000}},
	{2, false, {0x8000004, 0x1000, 0x8010004, 0x1000}},
	{2, true, {0xffffffffffffe000, 0x1000, 0x8010000, 0x1000}},
	{2, false, {0xfffffffffffff000, 0x1000, 0x8010000, 0x1000}},
	{2, false, {0x8000000, UINT64_MAX, 0x8010000, 0x1000}},
	{2, false, {0x8000000, 0x1000, 0xfffffffffffff000, 0x1000}},
	{2, false, {0x8000000, 0x1000, 0x8010000, UINT64_MAX}},
	{2, true, {0x8000000, 0x1000, 0x8001000, 0x1000}},
	{2, false, {0x8000000, 0x1001, 0x8001000, 0x1000}},
	{2, false, {0x8000000, 0x1000, 0x8000000, 0x1000}},
	{2, false, {0x8002000, 0x1000, 0x8001000, 0x1001}},
	{2, true, {0x3ffff000, 0x1000, 0x48000000, 0x1000}},
	{2, false, {0x3ffff000, 0x1001, 0x48000000, 0x1000}},
	{2, false, {0x8000000, 0x1000, 0x47fff000, 0x1000}},
	{3, false, {0x8000000, 0x10000, 0x30000000, 0x10000001}},
};

/* RAM comes before or behind the GIC. */
static void registers_of_every_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(places); i++) {
		const struct registers *place = &places[i / 2];

		machine_tree_root(&builder);
		machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
		machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
		if (i % 2 == 0) {
			machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
		}
		machine_tree_gic(&builder, place->version == 2 ? "arm,gic-400" : "arm,gic-v3", place->values);
		if (i % 2 == 1) {
			machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
		}
		machine_tree_timer(&builder);
		if (place->is_proper) {
			accept();
			assert_gic(place->version, place->values);
		} else {
			refuse("gic");
		}
	}
}

/* A GIC of this version, its #interrupt-cells the first `size` bytes of `cells` and 0x00000003. */
static void put_gic_with_cells(uint32_t version, uint32_t cells, size_t size)
{
	uint8_t bytes[8];

	tree_poke(bytes, 0, cells);
	tree_poke(bytes, 4, 3);
	start_without_interrupts();
	tree_begin(&builder, "intc");
	tree_text(&builder, "compatible", version == 2 ? "arm,gic-400" : "arm,gic-v3");
	tree_bytes(&builder, "#interrupt-cells", bytes, size);
	tree_u64s(&builder, "reg", 4, gicv3_registers);
	tree_end(&builder);
}

static void a_specifier_has_three_cells(void **state)
{
	static const uint32_t wrong[] = {0, 1, 2, 5, 0x03000000, 0x40000003, 0x80000003, UINT32_MAX};

	(void)state;
	for (uint32_t version = 2; version <= 3; version++) {
		put_gic_with_cells(version, 3, 4);
		machine_tree_timer(&builder);
		accept();
		for (size_t i = 0; i < COUNT(wrong); i++) {
			put_gic_with_cells(version, wrong[i], 4);
			machine_tree_timer(&builder);
			refuse("gic");
		}
		for (size_t size = 0; size <= 8; size += 2) {
			put_gic_with_cells(version, 3, size);
			machine_tree_timer(&builder);
			if (size != 4) {
				refuse("gic");
			} else {
				accept();
			}
		}
	}
	put_gic_with_cells(2, 4, 4);
	machine_tree_timer(&builder);
	refuse("gic");
}

static void a_gic_below_a_bus_is_none(void **state)
{
	(void)state;
	start_without_interrupts();
	tree_begin(&builder, "bus");
	machine_tree_gic(&builder, "arm,gic-400", gicv2_registers);
	tree_end(&builder);
	machine_tree_timer(&builder);
	refuse("gic");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_is_told_by_name), cmocka_unit_test(the_first_gic_counts),
		cmocka_unit_test(a_gic_without_registers),     cmocka_unit_test(more_registers_than_two_ranges),
		cmocka_unit_test(registers_of_every_kind),     cmocka_unit_test(a_specifier_has_three_cells),
		cmocka_unit_test(a_gic_below_a_bus_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
