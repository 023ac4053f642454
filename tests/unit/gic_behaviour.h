/*
 * What is the same with either version of the GIC: the tests of both run these, each on its model.
 */
#ifndef TESTS_UNIT_GIC_BEHAVIOUR_H
#define TESTS_UNIT_GIC_BEHAVIOUR_H

#include "tests/unit/cmocka_test.h"
#include "tests/unit/model/gic_model.h"

/* Attaches what the model is now; it must be accepted. */
void attach(void);

/* Attaches what the model is now; it must be refused before anything is written. */
void refuse(void);

/* `number` is claimed, given back and withdrawn, in that order or (a stuck line) without being withdrawn. */
void check_taken(uint32_t number);

void attaching_brings_order(void **state);
void every_interrupt_reaches_the_cpu_once_enabled(void **state);
void what_is_left_by_firmware_does_not_matter(void **state);
void an_active_interrupt_holds_back_all_others(void **state);
void a_line_that_stays_up_comes_again(void **state);
void an_interrupt_that_went_away_is_spurious(void **state);
void a_disabled_interrupt_is_held_back(void **state);
void disabling_concerns_one_interrupt(void **state);
void two_security_states_make_no_difference(void **state);
void the_number_of_interrupts_makes_no_difference(void **state);
void another_version_is_refused(void **state);

#define GIC_BEHAVIOUR(setup)                                                                 \
	cmocka_unit_test_setup(attaching_brings_order, setup),                               \
		cmocka_unit_test_setup(every_interrupt_reaches_the_cpu_once_enabled, setup), \
		cmocka_unit_test_setup(what_is_left_by_firmware_does_not_matter, setup),     \
		cmocka_unit_test_setup(an_active_interrupt_holds_back_all_others, setup),    \
		cmocka_unit_test_setup(a_line_that_stays_up_comes_again, setup),             \
		cmocka_unit_test_setup(an_interrupt_that_went_away_is_spurious, setup),      \
		cmocka_unit_test_setup(a_disabled_interrupt_is_held_back, setup),            \
		cmocka_unit_test_setup(disabling_concerns_one_interrupt, setup),             \
		cmocka_unit_test_setup(two_security_states_make_no_difference, setup),       \
		cmocka_unit_test_setup(the_number_of_interrupts_makes_no_difference, setup), \
		cmocka_unit_test_setup(another_version_is_refused, setup)

#endif
