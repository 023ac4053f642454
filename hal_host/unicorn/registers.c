#include "hal_host/unicorn/registers.h"

#include <stddef.h>

#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

/* SCTLR_EL1.M (Arm ARM D17.2.118): Unicorn's own MMU stays off, for its memory is the live space as it is. */
#define SCTLR_M 1UL
/* CPACR_EL1.FPEN (D17.2.31): whether FP traps is decided before an instruction is run. */
#define CPACR_FPEN (3UL << 20)

#define PSTATE_MODE 0xfU /* 0: EL0 */

#define STUB_ADDRESS 0x1000UL

static void check(uc_err error, const char *what)
{
	if (error != UC_ERR_OK) {
		twin_abort("host", "Unicorn: %s: %s", what, uc_strerror(error));
	}
}

static void write_register(uc_engine *engine, int number, uint64_t value)
{
	check(uc_reg_write(engine, number, &value), "uc_reg_write");
}

static uint64_t read_register(uc_engine *engine, int number)
{
	uint64_t value = 0;

	check(uc_reg_read(engine, number, &value), "uc_reg_read");
	return value;
}

/* SCR_EL3 and HCR_EL2 (D17.2.116, D17.2.48): NS and RW; API and APK, without which Unicorn's EL2 and EL3, which the
 * modelled machine has not, take all instructions of FEAT_PAuth for themselves. */
#define SCR (3UL << 16 | 1UL << 10 | 1UL)
#define HCR (3UL << 40 | 1UL << 31)

static void write_system_registers(uc_engine *engine)
{
	uc_arm64_cp_reg registers[] = {
		{.op0 = 3, .op1 = 0, .crn = 1, .crm = 0, .op2 = 0, .val = twin.mmu.sctlr & ~SCTLR_M},
		{.op0 = 3, .op1 = 6, .crn = 1, .crm = 1, .op2 = 0, .val = SCR},
		{.op0 = 3, .op1 = 4, .crn = 1, .crm = 1, .op2 = 0, .val = HCR},
	};

	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		check(uc_reg_write(engine, UC_ARM64_REG_CP_REG, &registers[i]), "a system register");
	}
	write_register(engine, UC_ARM64_REG_CPACR_EL1, CPACR_FPEN);
}

/* Only an ERET leaves EL1: writing PSTATE does not. */
void registers_enter_el0(uc_engine *engine)
{
	static _Alignas(RAM_FRAME_SIZE) uint32_t stub[RAM_FRAME_SIZE / sizeof(uint32_t)] = {
		0xd5184020, /* msr elr_el1, x0 */
		0xd5184001, /* msr spsr_el1, x1 */
		0xd69f03e0, /* eret */
	};

	write_system_registers(engine);
	write_register(engine, UC_ARM64_REG_X0, 0);
	write_register(engine, UC_ARM64_REG_X1, 0);
	check(uc_mem_map_ptr(engine, STUB_ADDRESS, RAM_FRAME_SIZE, UC_PROT_READ | UC_PROT_EXEC, stub), "the stub");
	/* It ends where nothing is mapped. A count of instructions would cost a gigabyte: Unicorn clears its code then.
	 */
	(void)uc_emu_start(engine, STUB_ADDRESS, STUB_ADDRESS - 1, 0, 0);
	check(uc_mem_unmap(engine, STUB_ADDRESS, RAM_FRAME_SIZE), "the stub");
	if ((read_register(engine, UC_ARM64_REG_PSTATE) & PSTATE_MODE) != 0) {
		twin_abort("host", "Unicorn: its CPU does not go to EL0");
	}
}

/* Where a general register lies in a context, and what Unicorn calls it. */
static int name_of(unsigned number)
{
	if (number == 31) {
		return UC_ARM64_REG_SP;
	}
	if (number >= 29) {
		return UC_ARM64_REG_X29 + (int)(number - 29);
	}
	return UC_ARM64_REG_X0 + (int)number;
}

/* x0 to x30 and SP, which lie side by side in a context. */
#define GENERAL 32
_Static_assert(offsetof(struct hal_context, sp) == 31 * sizeof(uint64_t), "SP follows x30");

/* For Unicorn, which writes through the pointers when it reads registers. */
static void list_general(int *names, void **values, struct hal_context *context)
{
	for (unsigned i = 0; i < GENERAL; i++) {
		names[i] = name_of(i);
		values[i] = i == 31 ? &context->sp : &context->x[i];
	}
}

#define VECTORS 32

static void load_fp(uc_engine *engine)
{
	for (int i = 0; i < VECTORS; i++) {
		check(uc_reg_write(engine, UC_ARM64_REG_V0 + i, twin.fp.v[i]), "V");
	}
	write_register(engine, UC_ARM64_REG_FPCR, twin.fp.fpcr);
	write_register(engine, UC_ARM64_REG_FPSR, twin.fp.fpsr);
}

static void store_fp(uc_engine *engine)
{
	for (int i = 0; i < VECTORS; i++) {
		check(uc_reg_read(engine, UC_ARM64_REG_V0 + i, twin.fp.v[i]), "V");
	}
	twin.fp.fpcr = read_register(engine, UC_ARM64_REG_FPCR);
	twin.fp.fpsr = read_register(engine, UC_ARM64_REG_FPSR);
}

void registers_load(uc_engine *engine, const struct hal_context *context)
{
	struct hal_context copy = *context;
	int names[GENERAL];
	void *values[GENERAL];

	list_general(names, values, &copy);
	check(uc_reg_write_batch(engine, names, values, GENERAL), "x0 to x30, SP");
	write_register(engine, UC_ARM64_REG_PSTATE, context->pstate);
	write_register(engine, UC_ARM64_REG_TPIDR_EL0, twin.thread_pointer);
	if (twin.fp_is_on) {
		load_fp(engine);
	}
}

void registers_store(uc_engine *engine, struct hal_context *context)
{
	int names[GENERAL];
	void *values[GENERAL];

	list_general(names, values, context);
	check(uc_reg_read_batch(engine, names, values, GENERAL), "x0 to x30, SP");
	context->pstate = (uint32_t)read_register(engine, UC_ARM64_REG_PSTATE);
	twin.thread_pointer = read_register(engine, UC_ARM64_REG_TPIDR_EL0);
	if (twin.fp_is_on) {
		store_fp(engine);
	}
}

uint64_t registers_pc(uc_engine *engine)
{
	return read_register(engine, UC_ARM64_REG_PC);
}

uint64_t registers_address(uc_engine *engine, unsigned number)
{
	return read_register(engine, name_of(number));
}

void registers_write(uc_engine *engine, unsigned number, uint64_t value)
{
	if (number != 31) {
		write_register(engine, name_of(number), value);
	}
}
