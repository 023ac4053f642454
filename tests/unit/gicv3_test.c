/*
 * hal_qemu_virt/gicv3.c through hal/interrupt.h, on a model of the controller and of the CPU's registers for it.
 */
#include "hal_qemu_virt/gic.h"
#include "tests/unit/gic_behaviour.h"

#define TIMER 27
#define UART 33

/* Polls after which a write that never ends is given up (gicv3.c says where that comes from). */
#define POLLS_MAX 1000000

static int setup(void **state)
{
	(void)state;
	gic_model_reset(3);
	return 0;
}

/* Refused, after it has been touched: nothing is enabled then. */
static void fail_to_attach(void)
{
	struct hal_interrupt_controller controller = gic_model_controller();

	assert_false(hal_interrupts_attach(&controller));
	assert_int_equal(gic_model.group_enable, 0);
}

/* GICD_PIDR2.ArchRev; a GICv4 has all of a GICv3. */
static void only_a_gicv3_or_4_is_attached(void **state)
{
	for (uint32_t version = 0; version < 16; version++) {
		setup(state);
		gic_model.pidr2 = 0xffffff0f | version << 4;
		if (version == 3 || version == 4) {
			attach();
		} else {
			refuse();
		}
	}
}

/* The model fails if one of them is touched. */
static void a_cpu_without_the_registers_is_refused(void **state)
{
	(void)state;
	gic_model.has_registers = false;
	refuse();
}

static void registers_that_stay_off_are_a_failure(void **state)
{
	(void)state;
	gic_model.keeps_registers_off = true;
	fail_to_attach();
}

/* Another CPU's redistributor: each part of the affinity counts. */
static void only_the_own_redistributor_is_taken(void **state)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		setup(state);
		gic_model.redistributor_affinity ^= (uint64_t)1 << bit;
		refuse();
	}
	setup(state);
	gic_model.mpidr = 0x80000000;
	gic_model.redistributor_affinity = 0;
	attach();
	gic_model_reset(3);
	gic_model.mpidr = UINT64_MAX;
	gic_model.redistributor_affinity = 0xffffffff;
	attach();
}

/* GICD_IROUTER: this CPU's affinity, its parts where MPIDR_EL1 has them, and nothing else of it. */
static void interrupts_are_routed_to_this_cpu(void **state)
{
	(void)state;
	gic_model.blocks = 32;
	gic_model.mpidr = 0xffffffffdf050602;
	gic_model.mpidr = (gic_model.mpidr & ~((uint64_t)0xff << 32)) | (uint64_t)7 << 32;
	attach();
	for (uint32_t i = 32; i < HAL_INTERRUPT_LIMIT; i++) {
		assert_int_equal(gic_model.interrupts[i].route, 0x0700050602);
	}
}

/* Affinity routing is switched on in two steps if firmware left it off, and never off. The model watches. */
static void affinity_routing_is_switched_on_in_order(void **state)
{
	static const uint32_t controls[] = {0, 1, 2, 3, 0x10, 0x11, 0x12, 0x13};

	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		setup(state);
		gic_model.distributor_control = controls[i];
		attach();
		assert_int_equal(gic_model.distributor_control, 0x12);
	}
}

static void the_redistributor_is_woken(void **state)
{
	static const uint32_t wakers[] = {0, 2, 4, 6};

	for (size_t i = 0; i < sizeof(wakers) / sizeof(wakers[0]); i++) {
		setup(state);
		gic_model.waker = wakers[i];
		every_interrupt_reaches_the_cpu_once_enabled(state);
	}
}

static void a_redistributor_that_sleeps_on_is_given_up(void **state)
{
	(void)state;
	gic_model.polls_to_wake = UINT64_MAX;
	fail_to_attach();
	assert_in_range(gic_model.polls, POLLS_MAX, POLLS_MAX + 2);
}

static void slow_writes_are_waited_for(void **state)
{
	(void)state;
	gic_model.polls_to_wake = 1000;
	gic_model.polls_to_write = 1000;
	every_interrupt_reaches_the_cpu_once_enabled(state);
	gic_model_reset(3);
	gic_model.polls_to_write = 1000;
	attach();
	assert_int_equal(gic_model.distributor_polls, 0);
	assert_int_equal(gic_model.redistributor_polls, 0);
}

/* What is said of the other version's registers is not looked at. */
static void a_cpu_interface_in_memory_is_none(void **state)
{
	struct hal_interrupt_controller controller = gic_model_controller();

	(void)state;
	controller.cpu_interface = controller.distributor;
	assert_true(hal_interrupts_attach(&controller));
	hal_interrupt_enable(UART);
	gic_model_raise(UART);
	check_taken(UART);
}

static void writes_that_never_end_are_given_up(void **state)
{
	(void)state;
	gic_model.polls_to_write = UINT64_MAX;
	fail_to_attach();
	assert_in_range(gic_model.polls, POLLS_MAX, POLLS_MAX + 10);
}

/* Disabling waits, but not for ever. */
static void disabling_takes_a_bounded_time(void **state)
{
	static const uint32_t numbers[] = {TIMER, UART};

	(void)state;
	attach();
	for (size_t i = 0; i < 2; i++) {
		hal_interrupt_enable(numbers[i]);
		gic_model.polls_to_write = UINT64_MAX;
		gic_model.polls = 0;
		hal_interrupt_disable(numbers[i]);
		assert_int_equal(gic_model.polls, POLLS_MAX);
		gic_model.distributor_polls = 0;
		gic_model.redistributor_polls = 0;
		gic_model.polls_to_write = 10;
		gic_model.polls = 0;
		hal_interrupt_disable(numbers[i]);
		assert_int_equal(gic_model.polls, 11);
	}
}

/* ICC_AP1R<n>_EL1: as many as the priority bits make, and no more. The model fails on one that is not there. */
static void active_priorities_are_forgotten(void **state)
{
	static const size_t registers[] = {1, 2, 4};

	for (unsigned bits = 5; bits < 8; bits++) {
		setup(state);
		gic_model.priority_bits = bits;
		for (size_t i = 0; i < registers[bits - 5]; i++) {
			gic_model.active_priorities[i] = 0x80000000;
		}
		attach();
		hal_interrupt_enable(UART);
		gic_model_raise(UART);
		check_taken(UART);
	}
}

/* Group 1 for all, EOImode 0: what comes, comes as IRQ, and is completed by one write. */
static void interrupts_come_as_irq(void **state)
{
	(void)state;
	attach();
	assert_int_equal(gic_model.interface_control, 0);
	for (uint32_t i = 0; i < 32 * gic_model.blocks; i++) {
		assert_true(gic_model.interrupts[i].is_group_1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIC_BEHAVIOUR(setup),
		cmocka_unit_test_setup(only_a_gicv3_or_4_is_attached, setup),
		cmocka_unit_test_setup(a_cpu_without_the_registers_is_refused, setup),
		cmocka_unit_test_setup(registers_that_stay_off_are_a_failure, setup),
		cmocka_unit_test_setup(only_the_own_redistributor_is_taken, setup),
		cmocka_unit_test_setup(interrupts_are_routed_to_this_cpu, setup),
		cmocka_unit_test_setup(affinity_routing_is_switched_on_in_order, setup),
		cmocka_unit_test_setup(the_redistributor_is_woken, setup),
		cmocka_unit_test_setup(a_redistributor_that_sleeps_on_is_given_up, setup),
		cmocka_unit_test_setup(slow_writes_are_waited_for, setup),
		cmocka_unit_test_setup(a_cpu_interface_in_memory_is_none, setup),
		cmocka_unit_test_setup(writes_that_never_end_are_given_up, setup),
		cmocka_unit_test_setup(disabling_takes_a_bounded_time, setup),
		cmocka_unit_test_setup(active_priorities_are_forgotten, setup),
		cmocka_unit_test_setup(interrupts_come_as_irq, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
