"""System registers as they are for programs."""

from __future__ import annotations

from typing import Tuple

from edited_tree import Edit
from mitigation import Mitigation, one_edit

REGISTERS = "core/cpu/registers.c"
INLINE = "hal_qemu_virt/inline/hal_inline.h"
SCHEDULER = "core/process/scheduler.c"
TRAP = "core/trap/trap.c"


def register_bit(name: str, bits: str, claim: str, *rows: str) -> Mitigation:
    """These bits of SCTLR_EL1, which are 0, as 1."""
    return one_edit(name, claim, REGISTERS, "(K_BIT(0) | K_BIT(2)", f"({bits} | K_BIT(0) | K_BIT(2)", *rows)


PROGRAMS_REGISTERS: Tuple[Mitigation, ...] = (
    Mitigation(
        "E0PD",
        "EL0 cannot tell mapped kernel addresses from others",
        (Edit(REGISTERS, "value |= features->e0pd ? TCR_E0PD1 : 0;", ""),),
        ("M01", "M02", "M03"),
    ),
    register_bit("SCTLR.UCT", "K_BIT(15)", "EL0 does not read CTR_EL0", "S01", "S48"),
    register_bit("SCTLR.DZE", "K_BIT(14)", "EL0 does not clear memory by the block", "S03", "S48"),
    register_bit("SCTLR.UCI", "K_BIT(26)", "EL0 does not maintain caches", "S04", "S06", "S48"),
    register_bit("SCTLR.UMA", "K_BIT(9)", "EL0 does not mask interrupts", "S14", "S48"),
    register_bit("SCTLR.nTWI", "K_BIT(16)", "EL0 does not stop the CPU", "S35"),
    register_bit("SCTLR.EnRCTX", "K_BIT(10)", "EL0 does not restrict prediction", "S48"),
    register_bit("SCTLR.EnTP2", "K_BIT(60)", "TPIDR2_EL0 is trapped", "S48"),
    Mitigation(
        "SCTLR.TSCXT",
        "SCXTNUM_EL0 is trapped",
        (Edit(REGISTERS, " K_BIT(20) | K_BIT(22)", " K_BIT(22)"),),
        ("S48",),
    ),
    Mitigation(
        "FP traps until it is used",
        "no process uses FP without a state of its own",
        (Edit(REGISTERS, "(fp ? CPACR_FPEN : 0)", "(fp ? CPACR_FPEN : CPACR_FPEN)"),),
        ("K41", "S34", "S48"),
    ),
    Mitigation(
        "CNTKCTL_EL1",
        "EL0 has no counters and timers",
        (Edit(REGISTERS, ".mdscr = MDSCR_TDCC,", ".mdscr = MDSCR_TDCC,\n\t\t.cntkctl = 0x303,"),),
        ("S10", "S11", "S48"),
    ),
    Mitigation(
        "PMUSERENR_EL0",
        "EL0 has no performance counters",
        (Edit(REGISTERS, ".mdscr = MDSCR_TDCC,", ".mdscr = MDSCR_TDCC,\n\t\t.pmuserenr = 0xf,"),),
        ("S12", "S48"),
    ),
    Mitigation(
        "CPACR_EL1.ZEN and SMEN",
        "SVE and SME stay off",
        (Edit(REGISTERS, "return CPACR_TTA |", "return CPACR_TTA | (uint64_t)3 << 16 | (uint64_t)3 << 24 |"),),
        ("L06", "S27", "S28", "S34", "S48"),
    ),
    Mitigation(
        "FP registers loaded at each switch",
        "no process has FP registers of another's",
        (
            Edit(
                "core/process/scheduler.c",
                "\thal_fp_access_set(cpu_registers_cpacr(true));\n\thal_fp_load(process->fp);",
                "\thal_fp_access_set(cpu_registers_cpacr(true));\n\tif (process->pid == 0) {\n"
                "\t\thal_fp_load(process->fp);\n\t}",
            ),
        ),
        ("L04", "L05"),
    ),
    one_edit(
        "FP at its first use",
        "who uses FP has it from then on, from zeros",
        "core/trap/trap.c",
        "if (process->fp != NULL) {",
        "if (trap != NULL) {",
        "S26",
    ),
    Mitigation(
        "PSTATE mask",
        "no bit but the flags goes back to EL0",
        (Edit("core/loop.h", "process->context.pstate &= kernel_facts.pstate_mask;", "(void)kernel_facts.pstate_mask;"),),
        ("S44", "S45", "ctest:unit.loop"),
    ),
    Mitigation(
        "PAC",
        "keys sign: the kernel's return addresses, and what programs sign",
        (Edit(REGISTERS, "SCTLR_ENIA | SCTLR_OTHER_KEYS : 0", "SCTLR_OTHER_KEYS : 0"),),
        ("K09", "K11", "M26", "L09", "S43"),
    ),
    one_edit(
        "tags of programs",
        "SCTLR.ATA0 is 0",
        REGISTERS,
        "(K_BIT(43) | K_BIT(40) | K_BIT(37))",
        "(K_BIT(43) | K_BIT(42) | K_BIT(40) | K_BIT(37))",
        "S41",
    ),
    one_edit(
        "TPIDRRO_EL0",
        "nothing is in it",
        REGISTERS,
        ".mdscr = MDSCR_TDCC,",
        ".mdscr = MDSCR_TDCC,\n\t\t.tpidrro = 1,",
        "S24",
        "L01",
    ),
    one_edit(
        "TPIDRRO_EL0 after a fault",
        "what a fault of the kernel's leaves there is gone",
        "hal_qemu_virt/vectors.S",
        "\tmsr\ttpidrro_el0, xzr\n",
        "",
        "S24",
    ),
    one_edit(
        "registers of programs",
        "no register comes back with what the kernel had in it",
        INLINE,
        '"\tldp\tx16, x17, [sp, #128]\\n"',
        '""',
        "L02",
    ),
    one_edit(
        "stack pointers of programs",
        "each comes back as it was, whatever it is",
        "hal_qemu_virt/vectors.S",
        "\tmrs\tx9, sp_el0\n",
        "\tmrs\tx9, sp_el0\n\tand\tx9, x9, #~15\n",
        "M20",
    ),
    one_edit(
        "thread pointer",
        "each process has its own",
        "core/process/scheduler.h",
        "\thal_thread_pointer_set(process->thread_pointer);\n",
        "",
        "L01",
        "L08",
    ),
    one_edit(
        "flags",
        "each process has its own",
        "core/loop.h",
        "process->context.pstate &= kernel_facts.pstate_mask;",
        "process->context.pstate &= 0 * kernel_facts.pstate_mask;",
        *("A11", "A26", "A40", "L08"),
    ),
    one_edit("wfi is a yield", "others have their turn", TRAP, "\tscheduler_yield(&kernel.scheduler);", "\t(void)0;", "S35"),
    one_edit(
        "what is unknown ends the program",
        "no other exception is answered",
        TRAP,
        "\tdefault:\n\t\tkill(process, trap);",
        "\tdefault:\n\t\tprocess->context.pc += 4;",
        *("M17", "M21", "S07", "S08", "S09", "S13", "S15", "S17", "S18", "S19", "S20", "S21", "S23", "S30"),
        *("S31", "S38", "S39", "S42"),
    ),
    one_edit(
        "data aborts end the program",
        "no address that is not the program's is answered",
        TRAP,
        "\tdefault:\n\t\tkill(process, trap);",
        "\tcase EC_DATA_ABORT_LOWER:\n\t\tprocess->context.pc += 4;\n\t\treturn;\n\tdefault:\n\t\tkill(process, trap);",
        "M05",
    ),
    one_edit("TCR.TBI0", "addresses have no tags that are passed over", REGISTERS, "(uint64_t)2 << 30)", "(uint64_t)2 << 30 | K_BIT(37))", "M15"),
    one_edit("SCTLR.BT0 and BT1", "PACIASP is a landing pad for calls only", REGISTERS, "features->bti ? SCTLR_BT0 | SCTLR_BT1 : 0", "0", "ctest:unit.registers"),
    one_edit("SCTLR.IESB", "an error is taken at the entry that it belongs to", REGISTERS, "features->iesb ? SCTLR_IESB : 0", "0", "ctest:unit.registers"),
    one_edit("SCTLR.EPAN", "PAN bars every page of EL0's", REGISTERS, "features->epan ? SCTLR_EPAN : 0", "0", "ctest:unit.registers"),
    one_edit("CPACR_EL1.TTA", "trace registers trap", REGISTERS, "return CPACR_TTA | (fp", "return (fp", "ctest:unit.registers"),
    one_edit(
        "class of an overflow",
        "a stack that overflows is told from other faults",
        TRAP,
        "return far < bottom && far >= bottom - PANTHER_USER_GUARD;",
        "return far == bottom;",
        "M08",
    ),
    one_edit("AArch32 is killed", "its vectors are not the kernel's end", TRAP, "trap.kind == HAL_TRAP_AARCH32) {\n\t\tkill", "trap.kind == HAL_TRAP_SYNC) {\n\t\tkill", "K43", "S46"),
    one_edit("guarded pages of programs", "BTI at EL0", "core/memory/descriptor.c", "NOT_GLOBAL | PXN | GUARDED,", "NOT_GLOBAL | PXN,", "M25"),
    one_edit(
        "note of guarded programs",
        "the note is read",
        "core/process/elf_property.c",
        "(features & FEATURE_1_BTI) != 0;",
        "(features & FEATURE_1_BTI) == 8;",
        "M25",
    ),
    one_edit("key IA of programs", "the CPU has it while they run", INLINE, '"\tcbz\tx9, 1f\\n"', '"\tb\t1f\\n"', "L09", "S43"),
    one_edit("kernel's key", "the CPU has it while the kernel runs", INLINE, '"\tcbz\tx12, 3f\\n"', '"\tb\t3f\\n"', "K44", "S43"),
    one_edit("other keys of programs", "as IA", SCHEDULER, "hal_keys_load(&process->more->keys);", "(void)0;", "L09", "S43"),
    one_edit(
        "keys are drawn",
        "each process has keys of its own",
        "core/process/process.c",
        "\trandom_bytes(random, &process_registers(process)->keys, sizeof(struct hal_keys));",
        "\t(void)random;\n\t(void)process_registers(process);",
        "L09",
        "S43",
    ),
    one_edit(
        "registers are compared",
        "no return to EL0 with a register changed, in images for tests",
        "core/loop.h",
        "\tif (PANTHER_CHECKS) {",
        "\tif (PANTHER_CHECKS && process == NULL) {",
        "K44",
    ),
)
