/* hal_user_run: what goes in comes out, and every trap says what happened. */
#include "hal/user.h"
#include "core/kernel.h"
#include "hal/layout.h"
#include "lib/memory.h"
#include "tests/contract/a64.h"
#include "tests/contract/contract.h"
#include "tests/contract/space.h"

#define ASID 2

/* ESR_EL1: exception class, IL = 1, syndrome (Arm ARM D17.2.37). */
#define ESR(class, syndrome) ((uint64_t)(class) << 26 | (uint64_t)1 << 25 | (syndrome))
#define UNKNOWN 0x00
#define SVC 0x15
#define INSTRUCTION_ABORT 0x20
#define PC_ALIGNMENT 0x22
#define DATA_ABORT 0x24
#define WRITE 0x40
#define TRANSLATION_0 0x04
#define TRANSLATION_1 0x05
#define TRANSLATION_2 0x06
#define TRANSLATION_3 0x07
#define PERMISSION_2 0x0e
#define PERMISSION_3 0x0f

static const uint32_t code[] = {
	A64_SVC(0x1234), A64_LDR_X0(1),			/* 4: loads at x1 */
	A64_STR(2, 1),					/* 8: stores x2 at x1 */
	A64_SVC(1),	 A64_UDF,			/* 16 */
	A64_BR(1),					/* 20: goes to x1 */
	A64_NOP,					/* 24 */
	A64_MOVZ(0, 7),	 A64_SVC(2),	A64_STRB(2, 1), /* 36 */
	A64_LDRB_W0(1),	 A64_SVC(3),
};

static struct address_space space;

/* Runs from the instruction at `offset` with these values in x1 and x2. */
static struct hal_trap run_at(struct hal_context *context, uint64_t offset, uint64_t x1, uint64_t x2)
{
	*context = (struct hal_context){.pc = CODE_PAGE + offset, .sp = DATA_PAGE_2};
	context->x[1] = x1;
	context->x[2] = x2;
	return space_run(&space, context);
}

static void check_trap(struct hal_trap trap, uint64_t esr, uint64_t far)
{
	CHECK_EQUAL(trap.kind, HAL_TRAP_SYNC);
	CHECK_EQUAL(trap.esr, esr);
	CHECK_EQUAL(trap.far, far);
}

static void check_registers(void)
{
	struct hal_context context = {.pc = CODE_PAGE, .sp = 0x123456789abcdef0, .pstate = 0x90000000};
	struct hal_context before;
	struct hal_trap trap;

	for (uint64_t i = 0; i < 31; i++) {
		context.x[i] = 0x0101010101010101 * (i + 1);
	}
	before = context;
	trap = space_run(&space, &context);
	CHECK_EQUAL(trap.kind, HAL_TRAP_SYNC);
	CHECK_EQUAL(trap.esr, ESR(SVC, 0x1234));
	for (size_t i = 0; i < 31; i++) {
		CHECK_EQUAL(context.x[i], before.x[i]);
	}
	CHECK_EQUAL(context.sp, before.sp);
	CHECK_EQUAL(context.pstate & 0xf0000000, 0x90000000);
	CHECK_EQUAL(context.pc, CODE_PAGE + 4);
}

static void check_flags(void)
{
	for (uint64_t flags = 0; flags < 16; flags++) {
		struct hal_context context = {.pc = CODE_PAGE, .pstate = flags << 28};

		(void)space_run(&space, &context);
		CHECK_EQUAL(context.pstate & 0xf0000000, flags << 28);
	}
}

static void check_steps(void)
{
	struct hal_context context;

	space_page(&space, DATA_PAGE)[8] = 0x77;
	CHECK_EQUAL(run_at(&context, 4, DATA_PAGE + 8, 0x1122334455667788).esr, ESR(SVC, 1));
	CHECK_EQUAL(context.x[0], 0x77);
	CHECK_EQUAL(space_page(&space, DATA_PAGE)[8], 0x88);
	CHECK_EQUAL(space_page(&space, DATA_PAGE)[15], 0x11);
	CHECK_EQUAL(context.pc, CODE_PAGE + 16);
	CHECK_EQUAL(run_at(&context, 24, 0, 0).esr, ESR(SVC, 2));
	CHECK_EQUAL(context.x[0], 7);
	CHECK_EQUAL(run_at(&context, 36, DATA_PAGE + 9, 0x1ff).esr, ESR(SVC, 3));
	CHECK_EQUAL(context.x[0], 0xff);
	CHECK_EQUAL(space_page(&space, DATA_PAGE)[10], 0x66);
}

static void check_undefined(void)
{
	struct hal_context context;

	CHECK_EQUAL(run_at(&context, 16, 0, 0).esr, ESR(UNKNOWN, 0));
	CHECK_EQUAL(context.pc, CODE_PAGE + 16);
}

/* What EL0 learns of the kernel's half depends on FEAT_E0PD. */
static uint64_t kernel_fault_at(uint64_t status)
{
	return kernel_facts.features.e0pd ? TRANSLATION_0 : status;
}

static void check_load_and_store(uint64_t address, uint64_t load_status, uint64_t store_status)
{
	struct hal_context context;

	if (load_status != 0) {
		check_trap(run_at(&context, 4, address, 0), ESR(DATA_ABORT, load_status), address);
		CHECK_EQUAL(context.pc, CODE_PAGE + 4);
	}
	check_trap(run_at(&context, 8, address, 0), ESR(DATA_ABORT, store_status | WRITE), address);
	CHECK_EQUAL(context.pc, CODE_PAGE + 8);
}

static void check_data_aborts(void)
{
	uint64_t image = kernel.map.image_address.value;

	check_load_and_store(UNMAPPED_PAGE + 16, TRANSLATION_3, TRANSLATION_3);
	check_load_and_store(UNMAPPED_PAGE + 0x1000000, TRANSLATION_2, TRANSLATION_2);
	check_load_and_store(0x4000000000, TRANSLATION_1, TRANSLATION_1);
	check_load_and_store(0x8000000000, TRANSLATION_0, TRANSLATION_0);
	check_load_and_store(0x0100000000000000 | DATA_PAGE, TRANSLATION_0, TRANSLATION_0);
	check_load_and_store(CONSTANT_PAGE, 0, PERMISSION_3);
	check_load_and_store(CODE_PAGE, 0, PERMISSION_3);
	check_load_and_store(image, kernel_fault_at(PERMISSION_3), kernel_fault_at(PERMISSION_3));
	check_load_and_store(image + KERNEL_DEVICE_OFFSET, kernel_fault_at(PERMISSION_3),
			     kernel_fault_at(PERMISSION_3));
}

/* The frame behind a page is in the linear map: readable by the kernel, not by its own program. */
static void check_linear_map(void)
{
	phys_addr frame = {0};
	enum page_access access;
	uint64_t address, status;

	CHECK_EQUAL(address_space_find(&space, (user_addr){DATA_PAGE}, &frame, &access), K_OK);
	address = KERNEL_LINEAR_BASE + (frame.value - kernel.map.linear_base.value);
	status = kernel_fault_at(PERMISSION_2);
	check_load_and_store(address, status, status);
}

static void check_branch(uint64_t address, uint64_t esr)
{
	struct hal_context context;

	check_trap(run_at(&context, 20, address, 0), esr, address);
	CHECK_EQUAL(context.pc, address);
}

static void check_instruction_aborts(void)
{
	check_branch(DATA_PAGE, ESR(INSTRUCTION_ABORT, PERMISSION_3));
	check_branch(CONSTANT_PAGE, ESR(INSTRUCTION_ABORT, PERMISSION_3));
	check_branch(UNMAPPED_PAGE, ESR(INSTRUCTION_ABORT, TRANSLATION_3));
	check_branch(0, ESR(INSTRUCTION_ABORT, TRANSLATION_2));
	check_branch(kernel.map.image_address.value, ESR(INSTRUCTION_ABORT, kernel_fault_at(PERMISSION_3)));
	check_branch(CODE_PAGE + 2, ESR(PC_ALIGNMENT, 0));
}

static void check_other_context(void)
{
	struct hal_context first = {.pc = CODE_PAGE, .sp = 1};
	struct hal_context second = {.pc = CODE_PAGE, .sp = 2};

	first.x[19] = 0x1919;
	second.x[19] = 0x2929;
	(void)space_run(&space, &first);
	(void)space_run(&space, &second);
	CHECK_EQUAL(first.x[19], 0x1919);
	CHECK_EQUAL(first.sp, 1);
	CHECK_EQUAL(second.x[19], 0x2929);
	CHECK_EQUAL(second.sp, 2);
}

void contract_user(void)
{
	space_make(&space, ASID, code, K_ARRAY_SIZE(code));
	check_registers();
	check_flags();
	check_steps();
	check_undefined();
	check_data_aborts();
	check_linear_map();
	check_instruction_aborts();
	check_other_context();
	space_end(&space);
}
