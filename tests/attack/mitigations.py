"""What stops the rows of the matrix, and how to take it away: mutations.py builds the kernel without each, and some of
the rows that name it must fail then. An edit is made in a copy of the sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

from edited_tree import Edit

REGISTERS = "core/cpu/registers.c"
FLAGS = "cmake/hardening.cmake"
PAGES = "core/memory/address_space_pages.c"
DESCRIPTORS = "core/memory/descriptor.c"


@dataclass(frozen=True)
class Mitigation:
    """`rows` name it: rows of the matrix, or entries of ctest's as "ctest:NAME". `without` are others that hide this
    one, and are taken away with it."""

    name: str
    claim: str
    edits: Tuple[Edit, ...]
    rows: Tuple[str, ...]
    without: Tuple[str, ...] = ()
    fails_to_build: bool = False  # without it the image does not even link


def register_bit(name: str, bits: str, claim: str, *rows: str) -> Mitigation:
    """These bits of SCTLR_EL1, which are 0, as 1."""
    return Mitigation(name, claim, (Edit(REGISTERS, "(K_BIT(0) | K_BIT(2)", f"({bits} | K_BIT(0) | K_BIT(2)"),), rows)


MITIGATIONS: Tuple[Mitigation, ...] = (
    # Registers.
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
        ("S26", "S34", "S48"),
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
    Mitigation(
        "PSTATE mask",
        "no bit but the flags goes back to EL0",
        (Edit("core/trap/trap.h", "process->context.pstate &= kernel_facts.pstate_mask;", ""),),
        ("S45", "ctest:unit.trap"),
    ),
    Mitigation(
        "WXN",
        "what is writable is not executable, whatever its descriptor says",
        (Edit(REGISTERS, "K_BIT(12) | K_BIT(19) | \\\n", "K_BIT(12) | \\\n"),),
        ("M07", "M32"),
        without=("UXN", "descriptor check"),
    ),
    Mitigation(
        "PAC",
        "return addresses are signed, where there is no second copy",
        (Edit(REGISTERS, "SCTLR_ENIA | SCTLR_OTHER_KEYS : 0", "SCTLR_OTHER_KEYS : 0"),),
        ("K09", "K11"),
    ),
    Mitigation(
        "BTI",
        "functions have landing pads",
        (Edit("boot/mmu.S", "\tlsl\tx28, x28, #GUARDED_SHIFT\n", "\tmov\tx28, #0\n"),),
        ("K12",),
    ),
    # Copies.
    Mitigation(
        "user ranges",
        "what a program passes lies in user memory",
        (
            Edit(
                "core/memory/user_range.h",
                "if (size > PANTHER_USER_TOP || address > PANTHER_USER_TOP - size) {",
                "if (size == UINT64_MAX) {",
            ),
        ),
        ("A09", "A14", "A33"),
    ),
    Mitigation(
        "fixups",
        "a fault in a copy is an error number",
        (Edit("hal_qemu_virt/user_copy.c", "(&row->instruction) == pc) {", "(&row->instruction) == pc && pc == 0) {"),),
        ("A08", "A18", "A19"),
    ),
    Mitigation(
        "parked TTBR0",
        "without PAN the kernel sees no user page but in a copy",
        (
            Edit(
                "hal_qemu_virt/user_copy.S",
                "\t.macro\tpark\n\tcbz\tx5, 1f\n\tmsr\tttbr0_el1, x5\n\tisb\n1:\n",
                "\t.macro\tpark\n",
            ),
        ),
        ("K30",),
    ),
    Mitigation(
        "PAN",
        "the kernel does not touch a program's memory by accident",
        (Edit(REGISTERS, "value |= features->pan ? 0 : SCTLR_SPAN;", "value |= SCTLR_SPAN;"),),
        ("K30",),
    ),
    # Calls.
    Mitigation(
        "the table's bound",
        "numbers of calls are compared as 64 bits",
        (Edit("core/syscall/dispatch.h", "if (K_LIKELY(number < syscall_count)) {", "if ((uint32_t)number < syscall_count) {"),),
        ("A03", "A04"),
    ),
    Mitigation(
        "svc 0 only",
        "svc with another immediate is no call",
        (Edit("core/trap/trap.h", "trap.esr == SYNDROME_SVC_0)", "(trap.esr & ~(uint64_t)0xffff) == SYNDROME_SVC_0)"),),
        ("A07",),
    ),
    Mitigation(
        "restrict",
        "what was given up is gone",
        (Edit("core/syscall/dispatch.h", "(process->calls >> number & 1) != 0", "process->calls != 0"),),
        ("R23",),
    ),
    Mitigation(
        "rights of children",
        "a child has no right that its parent lacks",
        (Edit("core/syscall/spawn.c", "(options->calls & ~process->calls) != 0 || ", ""),),
        ("R23",),
    ),
    Mitigation(
        "generations of ids",
        "an id means one process for ever",
        (Edit("core/process/table.c", "\ttable->next_ids[slot] += PROCESS_SLOTS;\n", ""),),
        ("A30",),
    ),
    # Memory.
    Mitigation(
        "W^X",
        "no page is mapped writable and executable",
        (Edit("core/syscall/map.c", "(access & PANTHER_WRITE) != 0 && (access & PANTHER_EXECUTE) != 0", "access == 0"),),
        ("A34",),
    ),
    Mitigation(
        "never executable once writable",
        "no page becomes executable that a program wrote",
        (Edit(PAGES, "if (page_access_is_code(access) && any_was", "if (count == 0 && any_was"),),
        ("A34", "M32"),
    ),
    Mitigation(
        "stack guard of programs",
        "nothing is mapped next to a stack",
        (Edit(PAGES, "<= space->stack_bottom - PANTHER_USER_GUARD);", "<= space->stack_bottom);"),),
        ("A33",),
    ),
    Mitigation(
        "null pages",
        "nothing is mapped below 64 KiB",
        (Edit(PAGES, "return pages.start >= PANTHER_USER_BOTTOM &&\n", "return pages.size != 0 &&\n"),),
        ("A33",),
    ),
    Mitigation(
        "TLB invalidation",
        "what is unmapped or protected is so at once",
        (Edit(PAGES, "if (space->generation != 0) {", "if (space->generation == 0) {"),),
        ("M12", "M13", "M14", "K49"),
    ),
    Mitigation(
        "frames cleared when freed",
        "memory comes with zeros",
        (Edit("core/memory/frames.c", "\thal_frame_clear(frame);\n\t*state = frames->free_head;", "\t*state = frames->free_head;"),),
        ("M29", "L15"),
    ),
    Mitigation(
        "read-only pages",
        "constants are read-only",
        (Edit(DESCRIPTORS, "AP_EL0 | AP_READ_ONLY | NOT_GLOBAL | PXN | UXN,", "AP_EL0 | NOT_GLOBAL | PXN | UXN,"),),
        ("A17", "M06", "M13"),
        without=("descriptor check",),
    ),
    Mitigation(
        "UXN",
        "data is not executable",
        (Edit(DESCRIPTORS, "NOT_GLOBAL | PXN | UXN | WAS_WRITABLE,", "NOT_GLOBAL | PXN | WAS_WRITABLE,"),),
        ("M07", "M32"),
        without=("WXN", "descriptor check"),
    ),
    Mitigation(
        "descriptor check",
        "no descriptor is written that has not the bits of its kind",
        (
            Edit(
                "core/memory/leaf.c",
                "\tif ((wrong & EL0) != 0) {\n",
                "\tif (wrong != UINT64_MAX) {\n\t\treturn NULL;\n\t}\n\tif ((wrong & EL0) != 0) {\n",
            ),
        ),
        ("K33", "K48"),
    ),
    Mitigation(
        "PXN",
        "the kernel does not run programs",
        (
            Edit(DESCRIPTORS, "AP_EL0 | AP_READ_ONLY | NOT_GLOBAL | PXN,", "AP_EL0 | AP_READ_ONLY | NOT_GLOBAL,"),
            Edit(DESCRIPTORS, "NOT_GLOBAL | PXN | GUARDED,", "NOT_GLOBAL | GUARDED,"),
            Edit(DESCRIPTORS, "[PAGE_USER_EXECUTE_GUARDED] = TABLE_PXN,", "[PAGE_USER_EXECUTE_GUARDED] = 0,"),
            Edit(DESCRIPTORS, "[PAGE_USER_READ] = TABLE_PXN,", "[PAGE_USER_READ] = 0,"),
            Edit(DESCRIPTORS, "[PAGE_USER_READ_WRITE] = TABLE_PXN,", "[PAGE_USER_READ_WRITE] = 0,"),
            Edit(DESCRIPTORS, "[PAGE_USER_EXECUTE] = TABLE_PXN,", "[PAGE_USER_EXECUTE] = 0,"),
        ),
        ("K29",),
        without=("descriptor check",),
    ),
    # Limits.
    Mitigation(
        "limit on frames",
        "each process has a limit on its memory",
        (Edit("core/memory/address_space.h", "space->frames_used < space->frames_max", "space->frames_used != UINT32_MAX"),),
        ("R12", "R15"),
    ),
    Mitigation(
        "limit on children",
        "each process has a limit on its children",
        (Edit("core/syscall/spawn.c", "process->children >= process->children_max || ", ""),),
        ("R16", "R25"),
    ),
    Mitigation(
        "limit on lines",
        "programs that fault do not fill the log",
        (Edit("core/log/log_limit.c", "limit->used == LOG_LIMIT_BURST", "limit->used > 1000000 * LOG_LIMIT_BURST"),),
        ("R19",),
    ),
    Mitigation(
        "time slices",
        "who spins is preempted",
        (Edit("core/process/scheduler.c", "if (now >= scheduler->slice_end) {", "if (now == CLOCK_NEVER) {"),),
        ("R17", "R18"),
    ),
    # Programs and archives.
    Mitigation(
        "entry",
        "the entry of a program is an instruction of its text",
        (Edit("core/process/elf.c", "return reading->has_entry && ", "return "),),
        ("B22",),
    ),
    Mitigation(
        "segments in the file",
        "a segment is in its file",
        (
            Edit(
                "core/process/elf.c",
                "return segment->file_offset <= size && segment->file_size <= size - segment->file_offset &&",
                "return size != 0 &&",
            ),
        ),
        ("B19",),
    ),
    # The compiler.
    Mitigation("canary", "a canary lies before the return address", (Edit(FLAGS, "-fstack-protector-strong;", ""),), ("K05",)),
    Mitigation("kCFI", "indirect calls check the type", (Edit(FLAGS, "-fsanitize=kcfi", ""),), ("K06",)),
    Mitigation(
        "shadow call stack",
        "return addresses have a second copy",
        (Edit(FLAGS, "-fsanitize=shadow-call-stack;", ""),),
        ("K08",),
    ),
    Mitigation(
        "undefined behaviour traps",
        "overflow, bounds, shift and division trap",
        (Edit(FLAGS, "array-bounds,local-bounds,shift,signed-integer-overflow,integer-divide-by-zero", "return"),),
        ("K14", "K15", "K16", "K17"),
    ),
    Mitigation("zeroed locals", "locals start as zero", (Edit(FLAGS, "-ftrivial-auto-var-init=zero;", ""),), ("K47",)),
)

# What works without any of them: these are played after each removal.
CONTROL: Tuple[str, ...] = ("A11", "M10", "L02")

ARCHITECTURE = "the architecture bars it: there is nothing in the kernel that could be left out"
CONTROL_ROW = "shows that what is allowed works: nothing is barred"

# Rows that no removal breaks, and why that is no fault of theirs.
VOID: Dict[str, str] = {
    **{
        name: ARCHITECTURE
        for name in (
            *("M15", "M17", "M21", "M23", "S02", "S07", "S08", "S09", "S15", "S17", "S18", "S19", "S20", "S21"),
            *("S23", "S24", "S30", "S31", "S38", "S39", "S42"),
        )
    },
    "K49": "is a removal itself",
    "K50": "is about the removals themselves",
    **{name: CONTROL_ROW for name in ("A11", "A26", "A40", "B26")},
}
