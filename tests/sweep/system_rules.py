"""What each system instruction must come to at EL0: by the architecture, by what the CPU has, and by what the kernel
has decided for its control registers. Nothing here is taken from a run.

An outcome is text: "ok"; two hexadecimal digits, an exception class with the syndrome that follows from the word;
"[esr]" for any other syndrome; "~" before either: first a trap as FP instruction, then that. A rule is the set of
outcomes that are right; mostly there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, FrozenSet, Tuple

from cpu import Cpu
from words import Key, System

Rule = FrozenSet[str]

OK: Rule = frozenset({"ok"})
UNDEFINED: Rule = frozenset({"00"})
WFI: Rule = frozenset({"01"})
TRAPPED: Rule = frozenset({"18"})
SME: Rule = frozenset({"1d"})
PAC_FAIL: Rule = frozenset({"1c"})
FP: Rule = frozenset({"~ok"})
# Fields that should be zero and are not: CONSTRAINED UNPREDICTABLE.
EITHER: Rule = OK | UNDEFINED
# EC 0x01, IL, CV = 1, COND = 0b1110, TI = 1 (Arm ARM D17.2.37). A WFE whose event is there does not wait, nor trap.
WFE: Rule = frozenset({"ok", "[7e00001]"})


def always(_: Cpu) -> bool:
    return True


@dataclass(frozen=True)
class Row:
    """A register, or an instruction of SYS, that EL0 can reach at all; `why` is the control bit that decides."""

    name: str
    read: Rule
    write: Rule
    why: str = ""
    has: Callable[[Cpu], bool] = always


def pmu(cpu: Cpu) -> bool:
    return cpu.pmu


def mte(cpu: Cpu) -> bool:
    return cpu.mte


_READ, _WRITE, _BOTH = (TRAPPED, UNDEFINED), (UNDEFINED, TRAPPED), (TRAPPED, TRAPPED)

# op0 = 2 and 3 (Arm ARM C5.1.5, C5.1.6; each register in D17). What is not here is not accessible at EL0.
REGISTERS: Dict[Key, Row] = {
    Key(2, 3, 0, 1, 0): Row("MDCCSR_EL0", *_READ, "MDSCR_EL1.TDCC = 1"),
    Key(2, 3, 0, 4, 0): Row("DBGDTR_EL0", *_BOTH, "MDSCR_EL1.TDCC = 1"),
    Key(2, 3, 0, 5, 0): Row("DBGDTRRX_EL0, DBGDTRTX_EL0", *_BOTH, "MDSCR_EL1.TDCC = 1"),
    Key(3, 3, 0, 0, 1): Row("CTR_EL0", *_READ, "SCTLR_EL1.UCT = 0"),
    Key(3, 3, 0, 0, 7): Row("DCZID_EL0", OK, UNDEFINED, "nothing closes it"),
    Key(3, 3, 2, 4, 0): Row("RNDR", OK, UNDEFINED, "only EL3 could close it", lambda cpu: cpu.rndr),
    Key(3, 3, 2, 4, 1): Row("RNDRRS", OK, UNDEFINED, "only EL3 could close it", lambda cpu: cpu.rndr),
    Key(3, 3, 4, 2, 0): Row("NZCV", OK, OK),
    Key(3, 3, 4, 2, 1): Row("DAIF", *_BOTH, "SCTLR_EL1.UMA = 0"),
    Key(3, 3, 4, 2, 2): Row("SVCR", SME, SME, "CPACR_EL1.SMEN = 0", lambda cpu: cpu.sme),
    Key(3, 3, 4, 2, 5): Row("DIT", OK, OK, "", lambda cpu: cpu.dit),
    Key(3, 3, 4, 2, 6): Row("SSBS", OK, OK, "", lambda cpu: cpu.ssbs),
    Key(3, 3, 4, 2, 7): Row("TCO", OK, OK, "", mte),
    Key(3, 3, 4, 4, 0): Row("FPCR", FP, FP, "CPACR_EL1.FPEN = 0 until the first use"),
    Key(3, 3, 4, 4, 1): Row("FPSR", FP, FP, "CPACR_EL1.FPEN = 0 until the first use"),
    Key(3, 3, 9, 12, 0): Row("PMCR_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 12, 1): Row("PMCNTENSET_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 12, 2): Row("PMCNTENCLR_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 12, 3): Row("PMOVSCLR_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 12, 4): Row("PMSWINC_EL0", *_WRITE, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 12, 5): Row("PMSELR_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 12, 6): Row("PMCEID0_EL0", *_READ, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 12, 7): Row("PMCEID1_EL0", *_READ, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 13, 0): Row("PMCCNTR_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 13, 1): Row("PMXEVTYPER_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 13, 2): Row("PMXEVCNTR_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 9, 14, 0): Row("PMUSERENR_EL0", OK, UNDEFINED, "it only says that all is closed", pmu),
    Key(3, 3, 9, 14, 3): Row("PMOVSSET_EL0", *_BOTH, "PMUSERENR_EL0 = 0", pmu),
    Key(3, 3, 13, 0, 2): Row("TPIDR_EL0", OK, OK),
    Key(3, 3, 13, 0, 3): Row("TPIDRRO_EL0", OK, UNDEFINED, "it is 0"),
    Key(3, 3, 13, 0, 5): Row("TPIDR2_EL0", *_BOTH, "SCTLR_EL1.EnTP2 = 0", lambda cpu: cpu.sme),
    Key(3, 3, 13, 0, 7): Row("SCXTNUM_EL0", *_BOTH, "SCTLR_EL1.TSCXT = 1", lambda cpu: cpu.scxtnum),
    Key(3, 3, 14, 0, 0): Row("CNTFRQ_EL0", *_READ, "CNTKCTL_EL1.EL0PCTEN = EL0VCTEN = 0"),
    Key(3, 3, 14, 0, 1): Row("CNTPCT_EL0", *_READ, "CNTKCTL_EL1.EL0PCTEN = 0"),
    Key(3, 3, 14, 0, 2): Row("CNTVCT_EL0", *_READ, "CNTKCTL_EL1.EL0VCTEN = 0"),
    Key(3, 3, 14, 0, 5): Row("CNTPCTSS_EL0", *_READ, "CNTKCTL_EL1.EL0PCTEN = 0", lambda cpu: cpu.ecv),
    Key(3, 3, 14, 0, 6): Row("CNTVCTSS_EL0", *_READ, "CNTKCTL_EL1.EL0VCTEN = 0", lambda cpu: cpu.ecv),
    Key(3, 3, 14, 2, 0): Row("CNTP_TVAL_EL0", *_BOTH, "CNTKCTL_EL1.EL0PTEN = 0"),
    Key(3, 3, 14, 2, 1): Row("CNTP_CTL_EL0", *_BOTH, "CNTKCTL_EL1.EL0PTEN = 0"),
    Key(3, 3, 14, 2, 2): Row("CNTP_CVAL_EL0", *_BOTH, "CNTKCTL_EL1.EL0PTEN = 0"),
    Key(3, 3, 14, 3, 0): Row("CNTV_TVAL_EL0", *_BOTH, "CNTKCTL_EL1.EL0VTEN = 0"),
    Key(3, 3, 14, 3, 1): Row("CNTV_CTL_EL0", *_BOTH, "CNTKCTL_EL1.EL0VTEN = 0"),
    Key(3, 3, 14, 3, 2): Row("CNTV_CVAL_EL0", *_BOTH, "CNTKCTL_EL1.EL0VTEN = 0"),
}


def _counter(number: int) -> Row:
    """PMEVCNTR<n>_EL0; what lies beyond PMCR_EL0.N is CONSTRAINED UNPREDICTABLE."""
    name, why = f"PMEVCNTR{number}_EL0", "PMUSERENR_EL0 = 0"
    return Row(name, *_BOTH, why, lambda cpu: cpu.pmu)


def _counter_type(number: int) -> Row:
    name = f"PMEVTYPER{number}_EL0" if number != 31 else "PMCCFILTR_EL0"
    return Row(name, *_BOTH, "PMUSERENR_EL0 = 0", lambda cpu: cpu.pmu)


REGISTERS.update({Key(3, 3, 14, 8 + number // 8, number % 8): _counter(number) for number in range(31)})
REGISTERS.update({Key(3, 3, 14, 12 + number // 8, number % 8): _counter_type(number) for number in range(32)})

# op0 = 1 (Arm ARM C5.1.4; each instruction in C5.3): caches and prediction. All else (TLBI, AT, by set and way) is
# EL1's.
INSTRUCTIONS: Dict[Key, Row] = {
    Key(1, 3, 7, 3, 4): Row("CFP RCTX", *_WRITE, "SCTLR_EL1.EnRCTX = 0", lambda cpu: cpu.prediction_restriction >= 1),
    Key(1, 3, 7, 3, 5): Row("DVP RCTX", *_WRITE, "SCTLR_EL1.EnRCTX = 0", lambda cpu: cpu.prediction_restriction >= 1),
    Key(1, 3, 7, 3, 6): Row("COSP RCTX", *_WRITE, "SCTLR_EL1.EnRCTX = 0", lambda cpu: cpu.prediction_restriction > 1),
    Key(1, 3, 7, 3, 7): Row("CPP RCTX", *_WRITE, "SCTLR_EL1.EnRCTX = 0", lambda cpu: cpu.prediction_restriction >= 1),
    Key(1, 3, 7, 4, 1): Row("DC ZVA", *_WRITE, "SCTLR_EL1.DZE = 0"),
    Key(1, 3, 7, 4, 3): Row("DC GVA", *_WRITE, "SCTLR_EL1.DZE = 0", mte),
    Key(1, 3, 7, 4, 4): Row("DC GZVA", *_WRITE, "SCTLR_EL1.DZE = 0", mte),
    Key(1, 3, 7, 5, 1): Row("IC IVAU", *_WRITE, "SCTLR_EL1.UCI = 0"),
    Key(1, 3, 7, 10, 1): Row("DC CVAC", *_WRITE, "SCTLR_EL1.UCI = 0"),
    Key(1, 3, 7, 10, 3): Row("DC CGVAC", *_WRITE, "SCTLR_EL1.UCI = 0", mte),
    Key(1, 3, 7, 10, 5): Row("DC CGDVAC", *_WRITE, "SCTLR_EL1.UCI = 0", mte),
    Key(1, 3, 7, 11, 1): Row("DC CVAU", *_WRITE, "SCTLR_EL1.UCI = 0"),
    Key(1, 3, 7, 12, 1): Row("DC CVAP", *_WRITE, "SCTLR_EL1.UCI = 0", lambda cpu: cpu.cache_persistence >= 1),
    Key(1, 3, 7, 12, 3): Row("DC CGVAP", *_WRITE, "SCTLR_EL1.UCI = 0", mte),
    Key(1, 3, 7, 12, 5): Row("DC CGDVAP", *_WRITE, "SCTLR_EL1.UCI = 0", mte),
    Key(1, 3, 7, 13, 1): Row("DC CVADP", *_WRITE, "SCTLR_EL1.UCI = 0", lambda cpu: cpu.cache_persistence >= 2),
    Key(1, 3, 7, 13, 3): Row("DC CGVADP", *_WRITE, "SCTLR_EL1.UCI = 0", mte),
    Key(1, 3, 7, 13, 5): Row("DC CGDVADP", *_WRITE, "SCTLR_EL1.UCI = 0", mte),
    Key(1, 3, 7, 14, 1): Row("DC CIVAC", *_WRITE, "SCTLR_EL1.UCI = 0"),
    Key(1, 3, 7, 14, 3): Row("DC CIGVAC", *_WRITE, "SCTLR_EL1.UCI = 0", mte),
    Key(1, 3, 7, 14, 5): Row("DC CIGDVAC", *_WRITE, "SCTLR_EL1.UCI = 0", mte),
}

# MSR (immediate), by op1 and op2 (Arm ARM C5.1.3, C6.2 "MSR (immediate)"). UAO, PAN, SPSel and ALLINT are EL1's.
STATE_NAMES: Dict[Tuple[int, int], str] = {
    (0, 0): "CFINV",
    (0, 1): "XAFLAG",
    (0, 2): "AXFLAG",
    (0, 3): "UAO",
    (0, 4): "PAN",
    (0, 5): "SPSel",
    (1, 0): "ALLINT",
    (3, 1): "SSBS",
    (3, 2): "DIT",
    (3, 3): "SVCR",
    (3, 4): "TCO",
    (3, 6): "DAIFSet",
    (3, 7): "DAIFClr",
}

NAMES: Dict[Key, str] = {key: row.name for key, row in {**REGISTERS, **INSTRUCTIONS}.items()}
NAMES.update({Key(0, op1, 4, crm, op2): name for (op1, op2), name in STATE_NAMES.items() for crm in range(16)})


def if_has(has: bool, rule: Rule) -> Rule:
    return rule if has else UNDEFINED


def _hint(fields: System, cpu: Cpu) -> Rule:
    """Hints that mean nothing are NOPs (Arm ARM C4.1, "Hints"). SCTLR_EL1.nTWI = nTWE = 0. What authenticates an
    address finds none that is signed."""
    number = fields.crm << 3 | fields.op2
    if cpu.fpac and number in (12, 14, 28, 29, 30, 31):
        return OK | PAC_FAIL
    return {2: WFE, 3: WFI}.get(number, OK)


def _wait_with_timeout(fields: System, cpu: Cpu) -> Rule:
    """WFET and WFIT: EC 0x01 with the register (RN, RV) and TI = 2, 3; or their time has come."""
    if not cpu.wfxt or fields.op1 != 3 or fields.is_read or fields.crm != 0 or fields.op2 > 1:
        return UNDEFINED
    return OK | frozenset({f"[{0x7E00000 | fields.target << 5 | 4 | 2 + fields.op2:x}]"})


def _barrier(fields: System, cpu: Cpu) -> Rule:
    if fields.op2 == 1:  # DSB nXS
        return if_has(cpu.xs and fields.crm & 3 == 2, OK)
    if fields.op2 == 7:  # SB
        return if_has(cpu.sb, OK if fields.crm == 0 else EITHER)
    return OK if fields.op2 in (2, 4, 5, 6) else UNDEFINED  # CLREX, DSB, DMB, ISB


def _state(fields: System, cpu: Cpu) -> Rule:
    place = fields.op1, fields.op2
    if place in ((0, 0), (0, 1), (0, 2)):
        needed = 1 if place == (0, 0) else 2
        return if_has(cpu.flag_manipulation >= needed, OK if fields.crm == 0 else EITHER)
    if place == (3, 3):
        return if_has(cpu.sme and 2 <= fields.crm <= 7, SME)  # CPACR_EL1.SMEN = 0
    if place in ((3, 6), (3, 7)):
        return TRAPPED  # SCTLR_EL1.UMA = 0
    return if_has({(3, 1): cpu.ssbs, (3, 2): cpu.dit, (3, 4): cpu.mte}.get(place, False), OK)


def _op0_0(fields: System, cpu: Cpu) -> Rule:
    if fields.crn == 1:
        return _wait_with_timeout(fields, cpu)
    if fields.is_read or fields.target != 31:
        return UNDEFINED
    if fields.crn == 4:
        return _state(fields, cpu)
    if fields.op1 != 3 or fields.crn not in (2, 3):
        return UNDEFINED
    return _hint(fields, cpu) if fields.crn == 2 else _barrier(fields, cpu)


def _inaccessible(fields: System, cpu: Cpu) -> Rule:
    """FEAT_IDST: reads of the feature ID space that are not allowed (ID_AA64MMFR2_EL1.IDS). IMPLEMENTATION DEFINED
    encodings (CRn = 11, 15: Arm ARM C5.1.4, C5.1.6) are no exception: these CPUs open none to EL0."""
    is_id = fields.op0 == 3 and fields.op1 in (0, 1, 3) and fields.crn == 0 and fields.crm < 8
    return TRAPPED if is_id and fields.is_read and cpu.ids else UNDEFINED


def _is_absent_counter(fields: System, cpu: Cpu) -> bool:
    number = (fields.crm & 3) << 3 | fields.op2
    return fields.key[:3] == (3, 3, 14) and fields.crm >= 8 and cpu.counters <= number < 31


def system_rule(fields: System, cpu: Cpu) -> Rule:
    if fields.op0 == 0:
        return _op0_0(fields, cpu)
    row = (INSTRUCTIONS if fields.op0 == 1 else REGISTERS).get(fields.key)
    rule = UNDEFINED if row is None or not row.has(cpu) else row.read if fields.is_read else row.write
    if rule == TRAPPED and _is_absent_counter(fields, cpu):
        return TRAPPED | UNDEFINED
    return _inaccessible(fields, cpu) if rule == UNDEFINED else rule
