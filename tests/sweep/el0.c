#include "tests/sweep/el0.h"

#include "core/kernel.h"
#include "core/log/panic.h"
#include "core/loop.h"
#include "core/trap/syndrome.h"
#include "hal/interrupt.h"
#include "hal/memory.h"
#include "hal/user.h"

#define SVC(immediate) (0xd4000001U | (uint32_t)(immediate) << 5)

/* A word that has not ended when this many periods are over has been interrupted that often, and does not end. Once
 * would not do: an interrupt can come at any word. The first is a millisecond, each further one twice as long as the
 * one before: on a busy host a short one is over before the word has begun. */
#define PERIODS_MAX 8
#define PERIODS_PER_SECOND 1000

static struct {
	struct process *process;
	uint32_t *code;
	phys_addr code_frame;
	uint64_t period; /* ticks */
} el0;

static phys_addr map(struct process *process, uint64_t page, enum page_access access)
{
	phys_addr frame;

	if (address_space_map(&process->space, (user_addr){page}, access, &frame) != K_OK) {
		panic("sweep", "a page of the program cannot be mapped");
	}
	return frame;
}

void el0_open(struct process *process)
{
	el0.process = process;
	el0.period = kernel_facts.clock.frequency / PERIODS_PER_SECOND;
	el0.code_frame = map(process, EL0_CODE_PAGE, PAGE_USER_EXECUTE);
	(void)map(process, EL0_DATA_PAGE, PAGE_USER_READ_WRITE);
	el0.code = hal_phys_to_ptr(el0.code_frame, PANTHER_PAGE_SIZE);
	for (uint32_t i = 0; i < PANTHER_PAGE_SIZE / sizeof(uint32_t); i++) {
		el0.code[i] = SVC(EL0_MARK(i));
	}
	hal_code_sync(el0.code_frame, PANTHER_PAGE_SIZE);
	(void)scheduler_next_turn(&kernel.scheduler);
	scheduler_load(&kernel.scheduler, process);
	process->state = PROCESS_RUNNING;
	hal_timer_set(hal_time_ticks() + el0.period);
}

static void put(uint32_t word)
{
	el0.code[EL0_PLACE] = word;
	hal_code_sync((phys_addr){el0.code_frame.value + EL0_PLACE * sizeof(word)}, sizeof(word));
}

static void set_registers(struct hal_context *context)
{
	for (unsigned i = 0; i < K_ARRAY_SIZE(context->x); i++) {
		context->x[i] = EL0_VALUE;
	}
	context->x[1] = UINT64_MAX;
	context->sp = EL0_VALUE;
	context->pc = EL0_CODE_PAGE + EL0_PLACE * sizeof(uint32_t);
	context->pstate = 0;
}

/* The one place that enters EL0, as hal/user.h demands; by way of the check of the CPU's registers. */
K_NOINLINE static struct hal_trap enter(void)
{
	struct hal_trap trap;

	hal_user_prepare();
	loop_enter(el0.process, &trap);
	return trap;
}

static void take_timer(unsigned periods)
{
	uint32_t number = hal_interrupt_claim();

	hal_timer_set(hal_time_ticks() + (el0.period << periods));
	if (number < HAL_INTERRUPT_LIMIT) {
		hal_interrupt_complete(number);
	}
}

/* From the word on, and on after each interrupt. */
static void run(struct el0_outcome *outcome)
{
	unsigned periods = 0;

	set_registers(&el0.process->context);
	outcome->trap = enter();
	while (outcome->trap.kind == HAL_TRAP_IRQ && periods < PERIODS_MAX) {
		periods++;
		take_timer(periods);
		outcome->trap = enter();
	}
	outcome->is_endless = outcome->trap.kind == HAL_TRAP_IRQ;
	outcome->has_changed = (el0.process->context.pstate & ~kernel_facts.pstate_mask) != 0;
	outcome->pc = el0.process->context.pc;
}

static bool is_fp_trap(const struct el0_outcome *outcome)
{
	return outcome->trap.kind == HAL_TRAP_SYNC && syndrome_class(outcome->trap.esr) == EC_FP;
}

/* As the kernel does at a process's first such instruction. Then the process is as one that has used none: it leaves
 * the CPU as at its end, but what it keeps there it has again. */
static void run_with_fp(struct el0_outcome *outcome)
{
	struct process_registers *more = el0.process->more;

	scheduler_enable_fp(el0.process);
	run(outcome);
	hal_fp_load(&(const struct hal_fp_state){0});
	scheduler_unload(&kernel.scheduler, el0.process);
	el0.process->more = more;
	hal_thread_pointer_set(0);
	scheduler_load(&kernel.scheduler, el0.process);
	outcome->had_fp_trap = true;
}

struct el0_outcome el0_try(uint32_t word)
{
	struct el0_outcome outcome = {0};

	put(word);
	run(&outcome);
	if (is_fp_trap(&outcome)) {
		run_with_fp(&outcome);
	}
	hal_thread_pointer_set(0);
	return outcome;
}

void el0_close(void)
{
	put(SVC(EL0_MARK(EL0_PLACE)));
	set_registers(&el0.process->context);
}
