/*
 * hal_qemu_virt/gicv2.c through hal/interrupt.h, on a model of the controller.
 */
#include "hal_qemu_virt/gic.h"
#include "tests/unit/gic_behaviour.h"

static int setup(void **state)
{
	(void)state;
	gic_model_reset(2);
	return 0;
}

/* GICC_IIDR (IHI 0048B 4.4.14) has the version in bits [19:16], ICPIDR2 (4.3.18) in bits [7:4]. */
static void only_a_gicv2_is_attached(void **state)
{
	for (uint32_t version = 0; version < 16; version++) {
		setup(state);
		gic_model.interface_iidr = 0xfff0ffff | version << 16;
		if (version == 2) {
			attach();
		} else {
			refuse();
		}
	}
	for (uint32_t version = 0; version < 16; version++) {
		setup(state);
		gic_model.pidr2 = 0xffffff0f | version << 4;
		if (version == 2) {
			attach();
		} else {
			refuse();
		}
	}
}

/* KVM's distributor says who made it (IIDR, 4.3.3: 0x43b is Arm) and not which version it has. */
static void a_distributor_of_arm_needs_no_version(void **state)
{
	static const uint32_t others[] = {0, 0x43a, 0xc3b, 0xfff, 0x43b000};

	gic_model.pidr2 = 0;
	gic_model.distributor_iidr = 0x4b00043b;
	attach();
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		setup(state);
		gic_model.pidr2 = 0;
		gic_model.distributor_iidr = others[i];
		refuse();
	}
	setup(state);
	gic_model.pidr2 = 3 << 4;
	gic_model.distributor_iidr = 0x4b00043b;
	refuse();
}

/* Every SPI is sent to this CPU and to no other: its bit is what its own bytes read as. */
static void interrupts_are_sent_to_this_cpu(void **state)
{
	for (uint8_t cpu = 0; cpu < 8; cpu++) {
		setup(state);
		gic_model.own_target = (uint8_t)(1U << cpu);
		attach();
		for (uint32_t i = 32; i < 32 * gic_model.blocks; i++) {
			assert_int_equal(gic_model.interrupts[i].targets, gic_model.own_target);
		}
	}
}

/* With one CPU there are no targets to speak of. */
static void one_cpu_alone_gets_them_all(void **state)
{
	gic_model.is_uniprocessor = true;
	every_interrupt_reaches_the_cpu_once_enabled(state);
}

/* An SGI's number comes with its sender's in the bits above (4.4.4). */
static void a_sender_is_no_part_of_the_number(void **state)
{
	(void)state;
	attach();
	hal_interrupt_enable(3);
	gic_model.interrupts[3].is_latched = true;
	check_taken(3);
}

/* FIQEn and EOImode are off (4.4.1): what comes, comes as IRQ, and is completed by one write. */
static void interrupts_come_as_irq(void **state)
{
	(void)state;
	attach();
	assert_int_equal(gic_model.interface_control, 1);
	assert_int_equal(gic_model.distributor_control, 1);
	for (uint32_t i = 0; i < 32 * gic_model.blocks; i++) {
		assert_false(gic_model.interrupts[i].is_group_1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIC_BEHAVIOUR(setup),
		cmocka_unit_test_setup(only_a_gicv2_is_attached, setup),
		cmocka_unit_test_setup(a_distributor_of_arm_needs_no_version, setup),
		cmocka_unit_test_setup(interrupts_are_sent_to_this_cpu, setup),
		cmocka_unit_test_setup(one_cpu_alone_gets_them_all, setup),
		cmocka_unit_test_setup(a_sender_is_no_part_of_the_number, setup),
		cmocka_unit_test_setup(interrupts_come_as_irq, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
