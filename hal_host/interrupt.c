/*
 * The interrupt controller, a GICv2 of which the kernel sees what any GIC does, and the virtual timer. All interrupts
 * are levels: pending for as long as their device says so. The kernel never nests them, so one is active at most.
 */
#include "hal_host/interrupt.h"

#include "hal/interrupt.h"
#include "hal_host/mmu.h"
#include "hal_host/state.h"
#include "hal_host/time.h"
#include "hal_host/twin.h"

#define FIRST_PPI 16

/* Far more than the kernel has steps of work between two programs. */
#define VAIN_CLAIMS_MAX 65536

static bool timer_is_pending(void)
{
	return twin.deadline != UINT64_MAX && twin.ticks >= twin.deadline;
}

/* Does the device itself want something? */
static bool device_is_pending(uint32_t number)
{
	if (number == TWIN_TIMER_INTERRUPT) {
		return timer_is_pending();
	}
	return number == TWIN_UART_INTERRUPT && twin.uart.is_listening && twin.uart.is_pending;
}

/* The lowest number comes first: all have one priority. */
static uint32_t first_pending(void)
{
	const struct interrupts *interrupts = &twin.interrupts;

	for (uint32_t number = interrupts->enabled_first; number < interrupts->enabled_limit; number++) {
		if (interrupts->is_enabled[number] && (interrupts->is_raised[number] || device_is_pending(number))) {
			return number;
		}
	}
	return HAL_INTERRUPT_NONE;
}

bool interrupt_is_pending(void)
{
	return twin.interrupts.is_spurious || first_pending() != HAL_INTERRUPT_NONE;
}

void interrupt_was_taken(void)
{
	twin.interrupts.next_claim_is_empty |= twin.interrupts.is_spurious;
	twin.interrupts.is_spurious = false;
}

void interrupt_forget_vain_claims(void)
{
	twin.interrupts.vain_claims = 0;
}

void interrupt_check_balance(const char *what)
{
	if (twin.interrupts.is_active) {
		twin_abort("unbalanced", "%s while interrupt %u is active", what, twin.interrupts.active);
	}
}

bool hal_interrupts_attach(const struct hal_interrupt_controller *controller)
{
	if (twin.interrupts.is_attached) {
		twin_abort("controller", "hal_interrupts_attach is called once");
	}
	if (controller->version != 2) {
		twin_abort("controller", "there is no GICv%u", controller->version);
	}
	mmu_check_device(controller->distributor.value, TWIN_DISTRIBUTOR_BASE);
	mmu_check_device(controller->cpu_interface.value, TWIN_CPU_INTERFACE_BASE);
	twin.interrupts.is_attached = !twin.options.no_controller;
	return twin.interrupts.is_attached;
}

static void check_attached(void)
{
	if (!twin.interrupts.is_attached) {
		twin_abort("controller", "the interrupt controller is used before hal_interrupts_attach");
	}
}

static void set_enabled(uint32_t number, bool enabled)
{
	check_attached();
	if (number < FIRST_PPI || number >= HAL_INTERRUPT_LIMIT) {
		twin_abort("controller", "interrupt %u is neither a PPI nor an SPI", number);
	}
	twin.interrupts.is_enabled[number] = enabled;
	if (number >= twin.interrupts.enabled_limit) {
		twin.interrupts.enabled_limit = number + 1;
	}
	if (number < twin.interrupts.enabled_first) {
		twin.interrupts.enabled_first = number;
	}
}

void hal_interrupt_enable(uint32_t number)
{
	set_enabled(number, true);
}

void hal_interrupt_disable(uint32_t number)
{
	set_enabled(number, false);
}

/* No time passes while the kernel runs: what is not there yet will not come. */
static void count_vain_claim(void)
{
	if (++twin.interrupts.vain_claims == VAIN_CLAIMS_MAX) {
		twin_abort("busy-wait", "the kernel asks for interrupts over and over, and does not wait for one");
	}
}

uint32_t hal_interrupt_claim(void)
{
	struct interrupts *interrupts = &twin.interrupts;
	uint32_t number = first_pending();

	check_attached();
	interrupt_check_balance("a claim");
	if (interrupts->next_claim_is_empty || number == HAL_INTERRUPT_NONE) {
		interrupts->next_claim_is_empty = false;
		count_vain_claim();
		return HAL_INTERRUPT_NONE;
	}
	interrupts->is_active = true;
	interrupts->active = number;
	return number;
}

/* Whoever completes a level that its device has not withdrawn is interrupted by it again, for ever. */
void hal_interrupt_complete(uint32_t number)
{
	struct interrupts *interrupts = &twin.interrupts;

	if (!interrupts->is_active || interrupts->active != number) {
		twin_abort("unbalanced", "interrupt %u is completed and was not claimed last", number);
	}
	if (interrupts->is_enabled[number] && device_is_pending(number)) {
		twin_abort("level", "interrupt %u is completed before its device withdraws it", number);
	}
	interrupts->is_active = false;
}

void hal_timer_set(uint64_t deadline)
{
	twin.deadline = deadline;
}

void hal_wait_for_interrupt(void)
{
	interrupt_check_balance("a wait");
	interrupt_forget_vain_claims();
	if (!time_pass_until_interrupt()) {
		twin_abort("endless-wait", "the kernel waits, and no interrupt can come");
	}
	interrupt_was_taken();
}

static bool *raised(uint32_t number)
{
	if (number >= HAL_INTERRUPT_LIMIT) {
		twin_abort("script", "there is no interrupt %u", number);
	}
	return &twin.interrupts.is_raised[number];
}

void twin_interrupt_raise(uint32_t number)
{
	*raised(number) = true;
}

void twin_interrupt_lower(uint32_t number)
{
	*raised(number) = false;
}

void twin_interrupt_spurious(void)
{
	twin.interrupts.is_spurious = true;
}

bool twin_interrupt_is_enabled(uint32_t number)
{
	return number < HAL_INTERRUPT_LIMIT && twin.interrupts.is_enabled[number];
}

uint64_t twin_timer_deadline(void)
{
	return twin.deadline;
}
