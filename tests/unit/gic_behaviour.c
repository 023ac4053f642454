#include "tests/unit/gic_behaviour.h"

#include "hal_qemu_virt/gic.h"

#define TIMER 27
#define UART 33

void attach(void)
{
	struct hal_interrupt_controller controller = gic_model_controller();

	assert_true(hal_interrupts_attach(&controller));
	assert_int_equal(gic_model.timer_starts, 1);
}

void refuse(void)
{
	struct hal_interrupt_controller controller = gic_model_controller();

	assert_false(hal_interrupts_attach(&controller));
	assert_int_equal(gic_model.writes, 0);
	assert_int_equal(gic_model.timer_starts, 0);
}

static uint32_t interrupt_count(void)
{
	return 32 * gic_model.blocks < HAL_INTERRUPT_LIMIT ? 32 * gic_model.blocks : HAL_INTERRUPT_LIMIT;
}

static void check_silence(void)
{
	uint64_t completions = gic_model.completions;

	assert_false(gic_model_signals());
	assert_true(gic_claim() >= HAL_INTERRUPT_LIMIT);
	assert_int_equal(gic_model.completions, completions);
}

void check_taken(uint32_t number)
{
	assert_true(gic_model_signals());
	assert_int_equal(gic_claim(), number);
	check_silence();
	gic_model_lower(number);
	gic_complete(number);
	check_silence();
}

void attaching_brings_order(void **state)
{
	(void)state;
	attach();
	for (uint32_t i = 0; i < interrupt_count(); i++) {
		const struct gic_model_interrupt *interrupt = &gic_model.interrupts[i];

		assert_false(interrupt->is_enabled);
		assert_false(interrupt->is_latched);
		assert_false(interrupt->is_active);
		assert_true(interrupt->is_edge == (i < 16));
		assert_int_equal(interrupt->priority, gic_model.has_two_states ? 0xc0 : 0x80);
	}
	check_silence();
}

static void check_every_interrupt(void)
{
	attach();
	for (uint32_t i = 16; i < interrupt_count(); i++) {
		gic_model_raise(i);
		check_silence();
		hal_interrupt_enable(i);
		check_taken(i);
		gic_model_raise(i);
		check_taken(i);
		hal_interrupt_disable(i);
	}
}

void every_interrupt_reaches_the_cpu_once_enabled(void **state)
{
	(void)state;
	check_every_interrupt();
}

/* Lines that are up from the start, too. */
void what_is_left_by_firmware_does_not_matter(void **state)
{
	(void)state;
	gic_model_raise(TIMER);
	gic_model_raise(UART);
	for (size_t i = 0; i < 4; i++) {
		gic_model.active_priorities[i] = gic_model.version == 2 || i == 0 ? 0x80000001 : 0;
	}
	attach();
	check_silence();
	hal_interrupt_enable(UART);
	check_taken(UART);
	hal_interrupt_enable(TIMER);
	check_taken(TIMER);
}

void an_active_interrupt_holds_back_all_others(void **state)
{
	(void)state;
	attach();
	hal_interrupt_enable(TIMER);
	hal_interrupt_enable(UART);
	gic_model_raise(UART);
	assert_int_equal(gic_claim(), UART);
	gic_model_raise(TIMER);
	check_silence();
	gic_model_lower(UART);
	gic_complete(UART);
	check_taken(TIMER);
}

void a_line_that_stays_up_comes_again(void **state)
{
	(void)state;
	attach();
	hal_interrupt_enable(UART);
	gic_model_raise(UART);
	for (unsigned i = 0; i < 100; i++) {
		assert_true(gic_model_signals());
		assert_int_equal(gic_claim(), UART);
		check_silence();
		gic_complete(UART);
	}
	assert_int_equal(gic_model.completions, 100);
	hal_interrupt_disable(UART);
	check_silence();
}

void an_interrupt_that_went_away_is_spurious(void **state)
{
	(void)state;
	attach();
	hal_interrupt_enable(UART);
	gic_model_raise(UART);
	assert_true(gic_model_signals());
	gic_model_lower(UART);
	check_silence();
	gic_model_raise(UART);
	check_taken(UART);
}

void a_disabled_interrupt_is_held_back(void **state)
{
	static const uint32_t numbers[] = {TIMER, UART};

	(void)state;
	attach();
	for (size_t i = 0; i < 2; i++) {
		hal_interrupt_enable(numbers[i]);
		hal_interrupt_disable(numbers[i]);
		gic_model_raise(numbers[i]);
		check_silence();
		hal_interrupt_enable(numbers[i]);
		assert_true(gic_model_signals());
		hal_interrupt_disable(numbers[i]);
		check_silence();
		hal_interrupt_enable(numbers[i]);
		check_taken(numbers[i]);
	}
}

void disabling_concerns_one_interrupt(void **state)
{
	(void)state;
	attach();
	for (uint32_t i = 16; i < interrupt_count(); i++) {
		hal_interrupt_enable(i);
	}
	for (uint32_t i = 16; i < interrupt_count(); i += 5) {
		hal_interrupt_disable(i);
		gic_model_raise(i);
	}
	check_silence();
	for (uint32_t i = 17; i < interrupt_count(); i += 5) {
		gic_model_raise(i);
		check_taken(i);
	}
}

/* The Secure state keeps the groups to itself; all that it gives away is of group 1. */
void two_security_states_make_no_difference(void **state)
{
	gic_model.has_two_states = true;
	attaching_brings_order(state);
	gic_model_reset(gic_model.version);
	gic_model.has_two_states = true;
	check_every_interrupt();
}

/* From no SPI at all up to the most that a number can say. */
void the_number_of_interrupts_makes_no_difference(void **state)
{
	static const uint32_t blocks[] = {1, 2, 16, 17, 31, 32};

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		gic_model_reset(gic_model.version);
		gic_model.blocks = blocks[i];
		check_every_interrupt();
		for (uint32_t number = 32 * blocks[i]; number < GIC_MODEL_INTERRUPTS; number++) {
			assert_true(gic_model.interrupts[number].is_enabled);
		}
	}
}

void another_version_is_refused(void **state)
{
	struct hal_interrupt_controller controller = gic_model_controller();

	(void)state;
	for (uint32_t version = 0; version < 6; version++) {
		controller.version = version;
		if (version != gic_model.version && version != 2 && version != 3) {
			assert_false(hal_interrupts_attach(&controller));
		}
	}
	assert_int_equal(gic_model.writes, 0);
}
