#include "hal_host/unicorn/emulator.h"

#include <stdbool.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "hal_host/fetch.h"
#include "hal_host/interrupt.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/syndrome.h"
#include "hal_host/unicorn/exception.h"
#include "hal_host/unicorn/pages.h"
#include "hal_host/unicorn/registers.h"
#include "lib/compiler.h"

/* An instruction takes a tick of the counter. Interrupts are looked for when the timer's deadline is met, and after as
 * many instructions at the latest: a quarter of a millisecond. A turn of Unicorn's costs as much as thousands of them.
 */
#define INSTRUCTION_TICKS 1
#define SLICE 16384

/* Unicorn's numbers for exceptions: an address that no CPU has, and a misaligned access. */
#define INTERRUPT_PREFETCH_ABORT 3
#define INTERRUPT_DATA_ABORT 4

/* No program gets there: an address that is none. */
#define NOWHERE 0xfffffffffffffffcUL

/* An instruction that was found not to trap before it is run; that holds until the turn is over, for only the kernel
 * changes what can be fetched. */
struct plain {
	uint64_t turn, address;
	uint32_t word;
};
#define PLAIN 256

static struct {
	uc_engine *engine;
	uint64_t instructions;
	uint64_t turns;
	bool is_monitoring;	   /* a load exclusive came since the kernel was left (Arm ARM B2.9.4) */
	struct plain plain[PLAIN]; /* by the low bits of their address */
	/* The turn under way. */
	struct hal_context *context; /* of it only pc is up to date */
	struct hal_trap *trap;
	bool has_trapped;
	uint64_t left;	 /* instructions until the turn is over */
	uint32_t word;	 /* the instruction that runs */
	uint64_t stored; /* where its last store began */
} emulator;

static void check(uc_err error, const char *what)
{
	if (error != UC_ERR_OK) {
		twin_abort("host", "Unicorn: %s: %s", what, uc_strerror(error));
	}
}

static void stop(bool has_trapped)
{
	emulator.has_trapped = has_trapped;
	check(uc_emu_stop(emulator.engine), "uc_emu_stop");
}

/* The instruction did no more than that: Unicorn does not run it. */
static void finish_instruction(unsigned target, uint64_t value)
{
	registers_write(emulator.engine, target, value);
	emulator.context->pc += 4;
	stop(false);
}

static bool misaligned_traps(uint64_t address)
{
	return syndrome_traps(emulator.trap, exception_of_misaligned(emulator.word), address);
}

/* Of an access that must be aligned. */
static uint64_t access_address(void)
{
	return registers_address(emulator.engine, exception_base_register(emulator.word)) +
	       exception_offset(emulator.word);
}

static struct plain *plain_at(uint64_t address)
{
	return &emulator.plain[address / sizeof(uint32_t) % PLAIN];
}

static bool is_plain(uint64_t address)
{
	const struct plain *plain = plain_at(address);

	return plain->turn == emulator.turns && plain->address == address;
}

/* A store exclusive without a load: only that is not left to Unicorn, which keeps its monitor over exceptions. */
static bool store_fails(void)
{
	return !emulator.is_monitoring && exception_is_exclusive_store(emulator.word);
}

/* Kept out of what runs before each instruction: for variables that are pointed to, ASan makes any function slow. */
K_NOINLINE static bool instruction_traps(uint64_t address)
{
	unsigned alignment;
	uint64_t esr;

	if (fetch_traps(emulator.context, emulator.trap, &emulator.word)) {
		return true;
	}
	if (exception_comes_first(emulator.word, twin.fp_is_on, &esr)) {
		return syndrome_traps(emulator.trap, esr, FAR_UNKNOWN);
	}
	alignment = exception_alignment(emulator.word, twin.options.cpu);
	if (alignment != 1) {
		return access_address() % alignment != 0 && misaligned_traps(access_address());
	}
	emulator.is_monitoring |= exception_is_exclusive_load(emulator.word);
	*plain_at(address) = (struct plain){emulator.turns, address, emulator.word};
	return false;
}

/* Before each instruction. After a stop it is not run; one that traps takes its time all the same. */
static void on_instruction(uc_engine *engine, uint64_t address, uint32_t size, void *owner)
{
	(void)engine;
	(void)size;
	(void)owner;
	emulator.context->pc = address;
	if (emulator.left == 0) {
		stop(false);
		return;
	}
	emulator.left--;
	if (is_plain(address)) {
		emulator.word = plain_at(address)->word;
	} else if (instruction_traps(address)) {
		stop(true);
	} else if (store_fails()) {
		finish_instruction(exception_status_register(emulator.word), 1);
	}
}

/* Fetches from a page that Unicorn has not: it gets it, or that traps. */
static bool fetch_page_traps(void)
{
	uint64_t pc = registers_pc(emulator.engine);
	uint32_t word;
	uint8_t status;

	emulator.context->pc = pc;
	if (fetch_traps(emulator.context, emulator.trap, &word)) {
		return true;
	}
	if (!pages_map(emulator.engine, pc, WALKER_EXECUTE, &status)) {
		twin_abort("host", "Unicorn: fetches from 0x%llx, which it cannot have", (unsigned long long)pc);
	}
	return false;
}

/* Unicorn refuses an instruction, or it asks for an exception. */
static void on_exception(uc_engine *engine, uint32_t number, void *owner)
{
	(void)engine;
	(void)owner;
	if (number == INTERRUPT_DATA_ABORT) {
		stop(misaligned_traps(access_address()));
		return;
	}
	if (number == INTERRUPT_PREFETCH_ABORT) {
		stop(fetch_page_traps());
		return;
	}
	if (exception_reads_zero(emulator.word)) {
		finish_instruction(exception_target(emulator.word), 0);
		return;
	}
	if (exception_is_svc(emulator.word)) {
		emulator.context->pc += 4;
	}
	stop(syndrome_traps(emulator.trap, exception_of(emulator.word, twin.options.cpu), FAR_UNKNOWN));
}

static void on_store(uc_engine *engine, uc_mem_type type, uint64_t address, int size, int64_t value, void *owner)
{
	(void)engine;
	(void)type;
	(void)size;
	(void)value;
	(void)owner;
	emulator.stored = address;
}

/* A store across two pages is done byte by byte, the last one first: but it is the second page that faults, or the
 * store's own address. */
static uint64_t fault_address(uint64_t address, enum walker_access access)
{
	uint64_t page = address - address % RAM_FRAME_SIZE;

	if (access != WALKER_WRITE) {
		return address;
	}
	return emulator.stored < page ? page : emulator.stored;
}

/* A page that Unicorn has not: it gets it, and the instruction is begun again, or the access faults. */
static void access_memory(uint64_t address, enum walker_access access)
{
	uint64_t write = access == WALKER_WRITE ? SYNDROME_WRITE : 0;
	uint8_t status;

	if (pages_map(emulator.engine, address, access, &status)) {
		emulator.left++;
	} else {
		emulator.has_trapped = syndrome_traps(emulator.trap, ESR(CLASS_DATA_ABORT, status | write),
						      fault_address(address, access));
	}
}

/* False: Unicorn gives up and returns, with the registers as they were before the instruction. */
static bool on_fault(uc_engine *engine, uc_mem_type type, uint64_t address, int size, int64_t value, void *owner)
{
	(void)engine;
	(void)size;
	(void)value;
	(void)owner;
	if (type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT) {
		emulator.has_trapped = fetch_page_traps();
	} else {
		access_memory(address,
			      type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT ? WALKER_WRITE : WALKER_READ);
	}
	return false;
}

static void add_hook(int type, void *function)
{
	static uc_hook hook;

	check(uc_hook_add(emulator.engine, &hook, type, function, NULL, 1, 0), "uc_hook_add");
}

static void open_engine(void)
{
	int model = twin.options.cpu == TWIN_CPU_MAX ? UC_CPU_ARM64_MAX : UC_CPU_ARM64_A72;

	check(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &emulator.engine), "uc_open");
	check(uc_ctl_set_cpu_model(emulator.engine, model), "uc_ctl_set_cpu_model");
	registers_enter_el0(emulator.engine);
	add_hook(UC_HOOK_CODE, (void *)on_instruction);
	add_hook(UC_HOOK_INTR, (void *)on_exception);
	add_hook(UC_HOOK_MEM_WRITE, (void *)on_store);
	add_hook(UC_HOOK_MEM_INVALID, (void *)on_fault);
}

/* All that it knows of a program is loaded before each turn, and mapped when it is used. */
static void renew_engine(void)
{
	if (emulator.engine != NULL && pages_are_too_many()) {
		check(uc_close(emulator.engine), "uc_close");
		pages_forget();
		emulator.engine = NULL;
	}
	if (emulator.engine == NULL) {
		open_engine();
	}
}

/* A deadline of the timer is met exactly. */
static uint64_t instructions_until_interrupt(void)
{
	uint64_t deadline = twin_timer_deadline();
	uint64_t ticks = deadline > twin.ticks ? deadline - twin.ticks : 1;
	uint64_t instructions = (ticks + INSTRUCTION_TICKS - 1) / INSTRUCTION_TICKS;

	return instructions < SLICE ? instructions : SLICE;
}

bool emulator_run(struct hal_context *context, struct hal_trap *trap)
{
	uint64_t turn = instructions_until_interrupt();

	renew_engine();
	emulator.context = context;
	emulator.trap = trap;
	emulator.has_trapped = false;
	emulator.left = turn;
	emulator.turns++;
	pages_refresh(emulator.engine);
	registers_load(emulator.engine, context);
	/* What it returns says less than the hooks have. */
	(void)uc_emu_start(emulator.engine, context->pc, NOWHERE, 0, 0);
	registers_store(emulator.engine, context);
	emulator.instructions += turn - emulator.left;
	twin_advance((turn - emulator.left) * INSTRUCTION_TICKS);
	/* The kernel comes next, or another turn. */
	if (emulator.has_trapped || interrupt_is_pending()) {
		emulator.is_monitoring = false;
	}
	return emulator.has_trapped;
}

uint64_t emulator_instructions(void)
{
	return emulator.instructions;
}
