#include "hal/cpu.h"

#include "hal/interrupt.h"
#include "hal/user.h"
#include "hal_inline.h"
#include "hal_qemu_virt/backend.h"

struct hal_cpu hal_boot_cpu;

/* SAFETY: reads one register. Audited: 2026-11-22 */
#define READ_REGISTER(name)                                           \
	__extension__({                                               \
		uint64_t read_value;                                  \
		__asm__ volatile("mrs %0, " name : "=r"(read_value)); \
		read_value;                                           \
	})

void hal_id_registers_read(struct hal_id_registers *registers)
{
	registers->pfr0 = READ_REGISTER("id_aa64pfr0_el1");
	registers->pfr1 = READ_REGISTER("id_aa64pfr1_el1");
	registers->isar0 = READ_REGISTER("id_aa64isar0_el1");
	registers->isar1 = READ_REGISTER("id_aa64isar1_el1");
	registers->isar2 = READ_REGISTER("s3_0_c0_c6_2"); /* ID_AA64ISAR2_EL1; reads as zero before Armv8.7 */
	registers->mmfr0 = READ_REGISTER("id_aa64mmfr0_el1");
	registers->mmfr1 = READ_REGISTER("id_aa64mmfr1_el1");
	registers->mmfr2 = READ_REGISTER("s3_0_c0_c7_2"); /* ID_AA64MMFR2_EL1; reads as zero before Armv8.2 */
	registers->dfr0 = READ_REGISTER("id_aa64dfr0_el1");
}

/* NOLINTNEXTLINE(readability-function-size): a statement for each row of the table. */
void hal_registers_read(struct hal_registers *registers)
{
	registers->pstate = 0;
#define HAL_REGISTER(field, name, assembler, condition, mask) \
	registers->field = (condition) ? READ_REGISTER(assembler) & (mask) : 0;
#define HAL_REGISTER_KEPT HAL_REGISTER
#define HAL_PSTATE(name, assembler, condition, bits) \
	registers->pstate |= (condition) ? READ_REGISTER(assembler) & (bits) : 0;
#include "hal/registers.def"
}

/*
 * IA is for the way to EL0 to write: until then the kernel's is in the CPU. The kernel uses none of the others, and
 * ERET makes them effective.
 *
 * SAFETY: the registers exist where there are keys (has_pac). Audited: 2026-11-22
 */
void hal_keys_load(const struct hal_keys *keys)
{
	hal_boot_cpu.user_key[0] = keys->instruction_a[0];
	hal_boot_cpu.user_key[1] = keys->instruction_a[1];
	HAL_WRITE_REGISTER("s3_0_c2_c1_2", keys->instruction_b[0]); /* APIBKeyLo_EL1 */
	HAL_WRITE_REGISTER("s3_0_c2_c1_3", keys->instruction_b[1]);
	HAL_WRITE_REGISTER("s3_0_c2_c2_0", keys->data_a[0]); /* APDAKeyLo_EL1 */
	HAL_WRITE_REGISTER("s3_0_c2_c2_1", keys->data_a[1]);
	HAL_WRITE_REGISTER("s3_0_c2_c2_2", keys->data_b[0]); /* APDBKeyLo_EL1 */
	HAL_WRITE_REGISTER("s3_0_c2_c2_3", keys->data_b[1]);
	HAL_WRITE_REGISTER("s3_0_c2_c3_0", keys->generic[0]); /* APGAKeyLo_EL1 */
	HAL_WRITE_REGISTER("s3_0_c2_c3_1", keys->generic[1]);
}

static bool has_rndr(void)
{
	return READ_REGISTER("id_aa64isar0_el1") >> 60 != 0;
}

/* SAFETY: RNDR (S3_3_C2_C4_0) exists where has_rndr says so; on failure it sets Z and yields 0. Audited: 2026-11-22 */
bool hal_random(uint64_t *value)
{
	uint64_t number;
	uint64_t answered;

	if (!has_rndr()) {
		return false;
	}
	__asm__ volatile("mrs %0, s3_3_c2_c4_0\n\tcset %1, ne" : "=r"(number), "=r"(answered) : : "cc");
	if (answered == 0) {
		return false;
	}
	*value = number;
	return true;
}

uint64_t hal_time_frequency(void)
{
	return READ_REGISTER("cntfrq_el0");
}

/*
 * What the kernel has stored comes first: a device may be waiting for it. So does the timer's value; and what is read
 * after the wait, the counter, is read after it.
 *
 * SAFETY: interrupts stay masked; a pending one ends the WFI without being taken (Arm ARM D1.6.2).
 * Audited: 2026-11-22
 */
void hal_wait_for_interrupt(void)
{
	__asm__ volatile("dsb sy\n\tisb\n\twfi\n\tisb" : : : "memory");
}

/* SAFETY: the value is core's; the ISB comes before the next instruction that it may trap. Audited: 2026-11-22 */
void hal_fp_access_set(uint64_t cpacr)
{
	__asm__ volatile("msr cpacr_el1, %0\n\tisb" : : "r"(cpacr) : "memory");
}

/*
 * CNTV_CTL_EL0: ENABLE, not IMASK (Arm ARM D17.11.18), with a value that it never reaches.
 *
 * SAFETY: the virtual timer is the kernel's own. Audited: 2026-11-22
 */
void timer_start(void)
{
	__asm__ volatile("msr cntv_cval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tisb"
			 :
			 : "r"(UINT64_MAX), "r"((uint64_t)1)
			 : "memory");
}

/* SAFETY: interrupts stay masked; a pending one wakes WFI, which the loop then repeats. Audited: 2026-11-22 */
void hal_stop(void)
{
	for (;;) {
		__asm__ volatile("msr daifset, #15\n\twfi" : : : "memory");
	}
}

/* PSCI SYSTEM_OFF, Arm DEN0022F section 5.8. */
#define PSCI_SYSTEM_OFF 0x84000008

/* What a firmware call may lose beside x0 (SMC Calling Convention, Arm DEN0028, section 2.6). */
#define FIRMWARE_CLOBBERS                                                                                             \
	"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", \
		"memory"

/*
 * SAFETY: the conduit is the one that the device tree names; the call takes x0 and may lose x0 to x17.
 * Audited: 2026-11-22
 */
static void power_off(enum hal_psci_conduit conduit)
{
	register uint64_t function __asm__("x0") = PSCI_SYSTEM_OFF;

	if (conduit == HAL_PSCI_SMC) {
		__asm__ volatile(".inst 0xd4000003 /* smc #0 */" : "+r"(function) : : FIRMWARE_CLOBBERS);
	} else {
		__asm__ volatile("hvc #0" : "+r"(function) : : FIRMWARE_CLOBBERS);
	}
}

void hal_power_off(enum hal_psci_conduit conduit)
{
	console_drain();
	power_off(conduit);
	hal_stop();
}
