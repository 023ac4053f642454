/*
 * hal/interrupt.h: the timer's interrupt, which every machine has, through the controller that boot attached. What the
 * kernel has enabled is enabled again at the end.
 */
#include "core/kernel.h"
#include "hal/cpu.h"
#include "hal/interrupt.h"
#include "hal/user.h"
#include "tests/contract/a64.h"
#include "tests/contract/contract.h"
#include "tests/contract/space.h"

#define ASID 2

/* Long enough to be seen before it is over, on a slow host as well: a fiftieth of a second. */
#define DELAYS_IN_A_SECOND 50

/* Interrupts of others, and waits that end early, are passed over, so many times. */
#define TRIES 1000

static uint32_t timer;

static uint64_t delay(void)
{
	return hal_time_frequency() / DELAYS_IN_A_SECOND;
}

static bool is_none(uint32_t number)
{
	return number >= HAL_INTERRUPT_LIMIT;
}

/* A deadline that has passed: the interrupt is pending, as soon as the controller has heard of it. */
static void expire(void)
{
	hal_timer_set(hal_time_ticks());
}

/* The controller may take a moment to hear of a change. */
static uint32_t claim_soon(void)
{
	uint32_t number = hal_interrupt_claim();

	for (unsigned i = 0; i < TRIES && is_none(number); i++) {
		number = hal_interrupt_claim();
	}
	return number;
}

static void withdraw_and_complete(uint32_t number)
{
	hal_timer_set(UINT64_MAX);
	hal_interrupt_complete(number);
}

static void check_nothing_is_pending(void)
{
	for (unsigned i = 0; i < 10; i++) {
		CHECK(is_none(hal_interrupt_claim()));
	}
}

static void check_frequency(void)
{
	CHECK(hal_time_frequency() >= CLOCK_FREQUENCY_MIN);
	CHECK_EQUAL(hal_time_frequency(), hal_time_frequency());
}

/* Waits for the timer; whatever comes, comes at the deadline or after it. */
static void check_deadline(void)
{
	uint64_t deadline = hal_time_ticks() + delay();
	uint32_t number;

	hal_timer_set(deadline);
	number = hal_interrupt_claim();
	CHECK(is_none(number) || hal_time_ticks() >= deadline);
	for (unsigned i = 0; i < TRIES && is_none(number); i++) {
		hal_wait_for_interrupt();
		number = hal_interrupt_claim();
	}
	CHECK(hal_time_ticks() >= deadline);
	CHECK_EQUAL(number, timer);
	withdraw_and_complete(number);
	check_nothing_is_pending();
}

/* Withdrawn before it is completed, it comes once. */
static void check_once(void)
{
	for (unsigned i = 0; i < 3; i++) {
		expire();
		CHECK_EQUAL(claim_soon(), timer);
		withdraw_and_complete(timer);
		check_nothing_is_pending();
	}
}

static void check_disabled(void)
{
	hal_interrupt_disable(timer);
	expire();
	check_nothing_is_pending();
	hal_interrupt_enable(timer);
	CHECK_EQUAL(claim_soon(), timer);
	withdraw_and_complete(timer);
	check_nothing_is_pending();
}

/* A new deadline takes the place of the old one, and of an interrupt that is pending already. */
static void check_moved(void)
{
	expire();
	hal_timer_set(hal_time_ticks() + 100 * delay());
	check_nothing_is_pending();
	expire();
	hal_timer_set(UINT64_MAX);
	check_nothing_is_pending();
	hal_timer_set(hal_time_ticks() + 100 * delay());
	expire();
	CHECK_EQUAL(claim_soon(), timer);
	withdraw_and_complete(timer);
}

/* The wait is over when the deadline is, and at once if it has passed. */
static void check_wait(void)
{
	uint64_t start = hal_time_ticks();
	uint32_t number = HAL_INTERRUPT_NONE;

	expire();
	hal_wait_for_interrupt();
	CHECK_EQUAL(claim_soon(), timer);
	hal_timer_set(start + delay());
	hal_interrupt_complete(timer);
	for (unsigned i = 0; i < TRIES && is_none(number); i++) {
		hal_wait_for_interrupt();
		number = hal_interrupt_claim();
	}
	CHECK_EQUAL(number, timer);
	CHECK(hal_time_ticks() - start >= delay());
	withdraw_and_complete(timer);
}

/* A program that spins for ever stops for the timer, and goes on as if nothing had been. */
static void check_spinning_program(void)
{
	static const uint32_t code[] = {A64_B(0), A64_SVC(7)};
	struct address_space space;
	struct hal_context context = {.pc = CODE_PAGE, .sp = DATA_PAGE_2, .pstate = 0x60000000};
	struct hal_trap trap;

	space_make(&space, ASID, code, 2);
	context.x[30] = 0x3030;
	for (unsigned i = 0; i < 3; i++) {
		uint64_t deadline = hal_time_ticks() + delay();

		hal_timer_set(deadline);
		trap = space_run(&space, &context);
		CHECK_EQUAL(trap.kind, HAL_TRAP_IRQ);
		CHECK(hal_time_ticks() >= deadline);
		CHECK_EQUAL(context.pc, CODE_PAGE);
		CHECK_EQUAL(context.pstate & 0xf0000000, 0x60000000);
		CHECK_EQUAL(context.x[30], 0x3030);
		CHECK_EQUAL(claim_soon(), timer);
		withdraw_and_complete(timer);
	}
	context.pc += 4;
	CHECK_EQUAL(space_run(&space, &context).esr, 0x56000007);
	space_end(&space);
}

/* Disabled interrupts do not stop it. */
static void check_undisturbed_program(void)
{
	static const uint32_t code[] = {A64_SVC(0)};
	struct address_space space;

	space_make(&space, ASID, code, 1);
	hal_interrupt_disable(timer);
	expire();
	CHECK_EQUAL(space_start(&space).kind, HAL_TRAP_SYNC);
	hal_timer_set(UINT64_MAX);
	hal_interrupt_enable(timer);
	space_end(&space);
}

void contract_interrupts(void)
{
	timer = kernel_facts.machine.timer_interrupt;
	hal_timer_set(UINT64_MAX);
	hal_interrupt_enable(timer);
	check_nothing_is_pending();
	check_frequency();
	check_deadline();
	check_once();
	check_disabled();
	check_moved();
	check_wait();
	check_spinning_program();
	check_undisturbed_program();
}
