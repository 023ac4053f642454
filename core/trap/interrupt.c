#include "core/trap/interrupt.h"

#include <stddef.h>

#include "core/kernel.h"
#include "hal/interrupt.h"

static void wake_readers(void)
{
	uint64_t slot = 0;

	for (struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
		if (process->state == PROCESS_READING) {
			scheduler_enqueue(&kernel.scheduler, process, PROCESS_RESUMING);
		}
	}
}

K_NOINLINE static void take_input(uint32_t number)
{
	bool has_input = input_receive(&kernel.input);

	if (!kernel.input.is_listening) {
		hal_interrupt_disable(number);
		log_line("[INPUT] The UART's interrupt is stuck: there will be no more input");
	}
	if (has_input) {
		wake_readers();
	}
}

/* Not the timer's. Numbers at or above the limit say that there is nothing, and are not completed. */
K_NOINLINE static void take_other(uint32_t number)
{
	if (number >= HAL_INTERRUPT_LIMIT) {
		return;
	}
	if (number == kernel_facts.machine.uart_interrupt) {
		take_input(number);
	} else {
		kernel.spurious_interrupts++;
		hal_interrupt_disable(number);
	}
	hal_interrupt_complete(number);
}

void interrupt_take(void)
{
	uint32_t number = hal_interrupt_claim();

	if (number == kernel_facts.machine.timer_interrupt) {
		scheduler_tick(&kernel.scheduler, hal_time_ticks());
		hal_interrupt_complete(number);
	} else {
		take_other(number);
	}
}
