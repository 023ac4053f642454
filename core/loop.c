#include "core/loop.h"

#include "core/kernel.h"
#include "core/log/log.h"
#include "core/trap/trap.h"
#include "hal/cpu.h"
#include "hal/user.h"

K_NORETURN static void finish(void)
{
	log_boot("Kernel initialization complete");
	log_verdict("[BOOT] Halting CPU...");
	hal_power_off(kernel_facts.machine.psci);
}

void loop_run(void)
{
	for (;;) {
		struct process *process = scheduler_next(&kernel.scheduler, &kernel.heap);
		struct hal_trap trap;

		if (process == NULL) {
			finish();
		}
		hal_user_run(&process->context, &process->space.space, &trap);
		trap_handle(process, trap);
	}
}
