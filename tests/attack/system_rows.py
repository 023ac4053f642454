"""Rows S: system registers and instructions that a program may not use, and the few that it may. Each attempt is made
by a process of its own, which has used a system register that is open to it before."""

from __future__ import annotations

from typing import Dict, Tuple, Union

from instructions import (
    OWN,
    Attempt,
    Kill,
    Rule,
    back,
    having,
    identification,
    kill,
    masked,
    part,
    row,
    trapped,
    undefined,
)
from places import KERNEL_DATA, KERNEL_HEAP
from program_rows import Numbers, Program, ended
from registers import mrs, msr
from row import Row
from self_rows import survives
from world import Place

SOME = "[0-9a-f]+"
FP_ONE, FP_TWO = 0x3FF0 << 48, 0x4000 << 48
FZ = 1 << 24  # of FPCR: Arm ARM C5.2.8
TAG = 5 << 56
LOAD = 0xF9400000  # ldr x0, [x0]
WRITE_LEVEL_0 = 0x44  # of a data abort: a translation fault at level 0, by a write


def read(name: str, rule: Rule) -> Attempt:
    return Attempt(f"mrs x0, {name}", (mrs(name),), rule)


def write(name: str, rule: Rule) -> Attempt:
    return Attempt(f"msr {name}, x0", (msr(name),), rule)


def reads(rule: Rule, *names: str) -> Tuple[Attempt, ...]:
    return tuple(read(name, rule) for name in names)


def both(rule: Rule, *names: str) -> Tuple[Attempt, ...]:
    return tuple(attempt for name in names for attempt in (read(name, rule), write(name, rule)))


def word(what: str, code: int, rule: Rule, *x: Union[int, Place]) -> Attempt:
    return Attempt(what, (code,), rule, x)


def own(what: str, code: int, rule: Rule) -> Attempt:
    """At an address that the program may read and write."""
    return Attempt(what, (code,), rule, (OWN, OWN, OWN, OWN))


def words(rule: Rule, **codes: int) -> Tuple[Attempt, ...]:
    return tuple(own(what.replace("_", " "), code, rule) for what, code in codes.items())


ATOMICS = {"ldadd": 0xF8210040, "swp": 0xF8218040, "cas": 0xC8A07C41, "casp": 0x48207C42}
PAC = {
    "pacia": 0xDAC10020,
    "pacib": 0xDAC10420,
    "pacda": 0xDAC10820,
    "pacdb": 0xDAC10C20,
    "pacga": 0x9AC13000,
    "autia": 0xDAC11020,
    "xpaci": 0xDAC143E0,
    "braa": 0xD71F0801,
    "blraaz": 0xD63F081F,
    "retaa": 0xD65F0BFF,
    "ldraa": 0xF8200400,
}

# pacia x0, x1 and so on, the bits of what AUT* makes of another signature (Arm ARM, AArch64.Auth), and AUT* itself.
KEYS = (
    ("ia", 0xDAC10020, 0xDAC11020, 1 << 61),
    ("ib", 0xDAC10420, 0xDAC11420, 1 << 62),
    ("da", 0xDAC10820, 0xDAC11820, 1 << 61),
    ("db", 0xDAC10C20, 0xDAC11C20, 1 << 62),
)
FLIP_A_BIT = 0xD2500000  # eor x0, x0, #1 << 48: one of a signature's
RETURN = 0xD65F0000  # ret x0


NAMES = tuple(key for key, *_ in KEYS) + ("ga",)
SIGNED = tuple(rf"{name} (?P<{name}>-?\d+)" for name in NAMES)


def all_differ(numbers: Numbers) -> str:
    """Of each process, and of each key."""
    values = [value for name in NAMES for value in numbers[name]]
    return "" if len(set(values)) == len(values) else f"the same signature: {numbers}"


def wrong_signature(poison: int) -> Rule:
    """A return to an address outside of both halves: a translation fault at level 0, of which it is the address."""
    return lambda word, features: Kill(0x20, 0x04, OWN + poison, is_at_far=True)


SYSTEM_ROWS: Dict[str, Row] = {
    "S01": row("the cache type register", read("CTR_EL0", trapped), write("CTR_EL0", undefined)),
    # DZP, bit 4: DC ZVA is prohibited; BS, at most 9: the size that it would have (Arm ARM D17.2.35).
    "S02": row("the size of DC ZVA is no secret", read("DCZID_EL0", back("1[0-9]")), write("DCZID_EL0", undefined)),
    "S03": row(
        "DC ZVA on the program's memory and on the kernel's",
        own("dc zva, own", 0xD50B7420, trapped),
        word("dc zva, kernel", 0xD50B7420, trapped, KERNEL_DATA),
        word("dc zva, nothing", 0xD50B7420, trapped),
    ),
    "S04": row(
        "cache maintenance by address",
        *words(trapped, dc_cvau=0xD50B7B20, dc_cvac=0xD50B7A20, dc_civac=0xD50B7E20, ic_ivau=0xD50B7520),
        word("dc civac, kernel", 0xD50B7E20, trapped, KERNEL_DATA),
        word("ic ivau, kernel", 0xD50B7520, trapped, KERNEL_DATA),
    ),
    "S06": row(
        "cache maintenance and prediction restrictions of later architectures",
        own("dc cvap", 0xD50B7C20, having("DPB", trapped)),
        own("dc cvadp", 0xD50B7D20, having("DPB2", trapped)),
        *words(having("MTE", trapped), dc_gva=0xD50B7460, dc_gzva=0xD50B7480),
        *words(having("SPECRES", trapped), cfp_rctx=0xD50B7380, dvp_rctx=0xD50B73A0, cpp_rctx=0xD50B73E0),
    ),
    "S07": row(
        "cache maintenance of EL1",
        *words(undefined, dc_ivac=0xD5087620, dc_isw=0xD5087640, dc_csw=0xD5087A40, dc_cisw=0xD5087E40),
        *words(undefined, ic_iallu=0xD508751F, ic_ialluis=0xD508711F),
    ),
    "S08": row(
        "TLB invalidation",
        *words(undefined, vmalle1=0xD508871F, vmalle1is=0xD508831F, vae1=0xD5088720, aside1=0xD5088740),
        *words(undefined, alle1=0xD50C879F),
    ),
    "S09": row(
        "address translation",
        *words(undefined, s1e0r=0xD5087840, s1e1r=0xD5087800),
        *both(undefined, "PAR_EL1"),
    ),
    "S10": row(
        "counters and their frequency",
        *reads(trapped, "CNTVCT_EL0", "CNTPCT_EL0", "CNTFRQ_EL0"),
        *(write(name, undefined) for name in ("CNTVCT_EL0", "CNTPCT_EL0", "CNTFRQ_EL0")),
    ),
    "S11": row(
        "timers",
        *both(trapped, *(f"CNT{timer}_{name}_EL0" for timer in "VP" for name in ("CTL", "CVAL", "TVAL"))),
        *both(undefined, "CNTPS_CTL_EL1", "CNTKCTL_EL1"),
    ),
    "S12": row(
        "performance counters",
        *both(trapped, *(f"PM{name}_EL0" for name in ("CR", "CNTENSET", "CNTENCLR", "OVSCLR", "SELR", "CCNTR"))),
        *both(trapped, *(f"PM{name}_EL0" for name in ("XEVTYPER", "XEVCNTR", "OVSSET", "CCFILTR"))),
        *both(trapped, "PMEVCNTR0_EL0", "PMEVTYPER0_EL0"),
        *reads(trapped, "PMCEID0_EL0", "PMCEID1_EL0"),
        write("PMCEID0_EL0", undefined),
        write("PMSWINC_EL0", trapped),
        read("PMSWINC_EL0", undefined),
        read("PMUSERENR_EL0", back(0)),
        write("PMUSERENR_EL0", undefined),
        *both(undefined, "PMINTENSET_EL1"),
    ),
    # No CPU of QEMU's has any; where there are some, AMUSERENR_EL0 is 0, and they trap.
    "S13": row("activity monitors", *both(undefined, "AMCNTENSET0_EL0", "AMCR_EL0", "AMUSERENR_EL0")),
    "S14": row(
        "interrupt masks",
        *both(trapped, "DAIF"),
        word("msr daifset, #15", 0xD5034FDF, masked),
        word("msr daifset, #2", 0xD50342DF, masked),
        word("msr daifclr, #15", 0xD5034FFF, masked),
    ),
    "S15": row(
        "the state of EL1",
        *both(undefined, "CurrentEL", "SPSel", "PAN", "UAO"),
        *words(undefined, msr_spsel_0=0xD50040BF, msr_spsel_1=0xD50041BF),
        *words(undefined, msr_pan_0=0xD500409F, msr_uao_1=0xD500417F),
    ),
    "S17": row(
        "what the CPU is",
        *reads(identification, "MIDR_EL1", "MPIDR_EL1", "REVIDR_EL1"),
        *reads(identification, *(f"ID_AA64{name}_EL1" for name in ("PFR0", "PFR1", "ZFR0", "SMFR0", "DFR0", "DFR1"))),
        *reads(identification, *(f"ID_AA64{name}_EL1" for name in ("AFR0", "AFR1", "ISAR0", "ISAR1", "ISAR2"))),
        *reads(identification, *(f"ID_AA64{name}_EL1" for name in ("MMFR0", "MMFR1", "MMFR2"))),
        *reads(identification, "ID_PFR0_EL1", "ID_DFR0_EL1", "ID_MMFR0_EL1", "ID_ISAR0_EL1", "MVFR0_EL1"),
        *reads(identification, "CCSIDR_EL1", "CLIDR_EL1", "AIDR_EL1", "GMID_EL1"),
        *both(undefined, "CSSELR_EL1"),
        *(write(name, undefined) for name in ("MIDR_EL1", "MPIDR_EL1", "ID_AA64PFR0_EL1")),
    ),
    "S18": Row(
        "registers of EL1, and of EL2 and EL3",
        "ANXT",
        (
            part(
                *both(undefined, "SCTLR_EL1", "TTBR0_EL1", "TTBR1_EL1", "TCR_EL1", "MAIR_EL1", "VBAR_EL1", "ELR_EL1"),
                *both(undefined, "SPSR_EL1", "ESR_EL1", "FAR_EL1", "SP_EL0", "CPACR_EL1", "CNTKCTL_EL1"),
                *both(undefined, "CONTEXTIDR_EL1", "ACTLR_EL1", "AMAIR_EL1", "AFSR0_EL1", "AFSR1_EL1", "TPIDR_EL1"),
                *both(undefined, "RVBAR_EL1", "ISR_EL1", "DISR_EL1", "SCXTNUM_EL1"),
                *both(undefined, "HCR_EL2", "VBAR_EL2", "CNTHCTL_EL2", "SCR_EL3", "VBAR_EL3"),
            ),
        ),
    ),
    "S19": row(
        "keys for pointer authentication",
        *both(undefined, *(f"AP{key}Key{half}_EL1" for key in ("IA", "IB", "DA", "DB", "GA") for half in ("Lo", "Hi"))),
    ),
    "S20": row("registers of memory tagging", *both(undefined, "RGSR_EL1", "GCR_EL1", "TFSR_EL1", "TFSRE0_EL1")),
    "S21": row(
        "debug registers",
        *both(undefined, "MDSCR_EL1", "MDCCINT_EL1", "DBGBVR0_EL1", "DBGBCR0_EL1", "DBGWVR0_EL1", "DBGWCR0_EL1"),
        *both(undefined, "OSLAR_EL1", "OSLSR_EL1", "OSDLR_EL1", "DBGPRCR_EL1", "OSDTRRX_EL1", "OSECCR_EL1"),
        *both(undefined, "MDRAR_EL1", "DBGCLAIMSET_EL1"),
        # The architecture has these at EL0, and MDSCR_EL1.TDCC traps them: so does QEMU from 8.1 on. See S22.
        *both(having("TDCC", trapped, having("DBGDTR", back(0))), "DBGDTR_EL0", "DBGDTRRX_EL0"),
        read("MDCCSR_EL0", having("TDCC", trapped, back(0))),
        write("MDCCSR_EL0", undefined),
    ),
    "S23": Row(
        "the interrupt controller",
        "ANXT",
        tuple(
            part(
                *both(undefined, *(f"ICC_{name}_EL1" for name in ("IAR0", "IAR1", "PMR", "SGI1R", "EOIR1", "DIR"))),
                *both(undefined, *(f"ICC_{name}_EL1" for name in ("CTLR", "SRE", "IGRPEN1"))),
                options=options,
            )
            for options in ((), ("gic-version=3",))
        ),
    ),
    "S24": row(
        "thread pointers and context numbers that are not the program's",
        read("TPIDRRO_EL0", back(0)),
        write("TPIDRRO_EL0", undefined),
        # A copy that faults puts a register of the kernel's there for a moment: write(1, 0x1000, 8).
        Attempt("a copy that fails, then mrs", (0xD2800028, 0xD4000001, mrs("TPIDRRO_EL0")), back(0), (1, 0x1000, 8)),
        read("TPIDR_EL0", back(0x5EC0DE)),
        *both(having("SME", trapped), "TPIDR2_EL0"),
        *both(having("CSV2_2", trapped), "SCXTNUM_EL0"),
    ),
    "S26": row(
        "FP and SIMD work, from zeros on",
        Attempt("fmov x0, d31", (0x9E6603E0,), back(0), (1,)),
        Attempt("fadd", (0x9E670000, 0x1E602801, 0x9E660020), back(FP_TWO), (FP_ONE,)),
        *reads(back(0), "FPCR", "FPSR"),
        Attempt("msr fpcr, x0", (msr("FPCR"), 0xD2800000, mrs("FPCR")), back(FZ), (FZ,)),
    ),
    "S27": row(
        "SVE, before and after FP is on",
        *(
            Attempt(what, (*before, code), having("SVE", kill(0x19)), at=len(before))
            for before in ((), (0x9E670000,))
            for what, code in (("rdvl", 0x04BF5020), ("ptrue", 0x2518E3E0))
        ),
        *both(undefined, "ZCR_EL1"),
    ),
    "S28": row(
        "SME",
        *words(having("SME", kill(0x1D)), smstart=0xD503477F, smstop=0xD503467F, smstart_sm=0xD503437F),
        *words(having("SME", kill(0x1D)), rdsvl=0x04BF5820),
        *both(having("SME", kill(0x1D)), "SVCR"),
        *both(undefined, "SMCR_EL1", "SMPRI_EL1"),
    ),
    "S30": row("calls of firmware", *words(undefined, smc_0=0xD4000003, smc_ffff=0xD41FFFE3, hvc_0=0xD4000002)),
    "S31": row(
        "returns from exceptions, and to debug states",
        *words(undefined, eret=0xD69F03E0, eretaa=0xD69F0BFF, drps=0xD6BF03E0),
        *words(undefined, dcps1=0xD4A00001, dcps2=0xD4A00002, dcps3=0xD4A00003),
    ),
    "S34": row(
        "words that are no instructions; those for a debugger",
        *words(undefined, udf_0=0x00000000, udf_ffff=0x0000FFFF, ones=0xFFFFFFFF, reserved=0x02000000),
        *words(undefined, hlt_0=0xD4400000, hlt_f000=0xD45E0000),
        word("brk #0", 0xD4200000, kill(0x3C)),
        word("brk #0x1234", 0xD4224680, kill(0x3C, 0x1234)),
    ),
    "S35": Row(
        "WFI without end is a yield, so that another's turn comes at once; with WFE it comes",
        "ANXT",
        (
            Program(
                name="S35.200",
                lines=(r"waited (?P<us>\d+)", "kill 0", "ended by kill"),
                # Turns of 2 ms would be 400 ms.
                judge=lambda numbers: f"waited {numbers['us'][0]} us" if numbers["us"][0] > 20_000 else "",
                icount=0,
            ),
            # S36: hardware traps it as well (SCTLR_EL1.nTWE), QEMU does not. There its turns last as long as anybody's.
            Program(name="S36.10", lines=(r"waited \d+", "kill 0", "ended by kill"), icount=8),
        ),
    ),
    "S38": Row(
        "atomic instructions and pointer authentication where the CPU has none",
        "A",
        (part(*words(undefined, **ATOMICS, **PAC)),),
    ),
    "S39": row("random numbers cannot be withheld", *reads(having("RNG", back(SOME)), "RNDR", "RNDRRS")),
    "S41": Row(
        "memory tags: none are drawn, stored or loaded",
        "XT",
        (
            part(
                own("irg x0, x0", 0x9ADF1000, back(OWN)),
                Attempt("stg, ldg", (0xD9200801, 0xD9600000), back(OWN), (OWN, OWN + TAG)),
                Attempt("stzg, ldr", (0xF9000002, 0xD9600801, LOAD), back(0), (OWN, OWN + TAG, 1)),
                word("stg, kernel", 0xD9200800, kill(0x24, WRITE_LEVEL_0, KERNEL_HEAP), KERNEL_HEAP),
                word("ldg, kernel", 0xD9600000, kill(0x24, 0x04, KERNEL_HEAP), KERNEL_HEAP),
                *words(undefined, stgm=0xD9A00001, ldgm=0xD9E00001, stzgm=0xD9200001),
                on="T",
            ),
            part(
                *words(undefined, stg=0xD9200800, ldg=0xD9600000, irg=0x9ADF1000, stgm=0xD9A00001),
                on="X",
            ),
        ),
    ),
    # No call sets PSTATE. In the image of deliberate bugs the kernel itself does.
    "S45": Row("a saved PSTATE with every bit", "ANXT", (survives("corrupt-pstate", "masked"),)),
    "M26": Row(
        "a signature with a wrong bit, then a return there; the same with the right one",
        "XT",
        (
            part(
                *(Attempt(f"aut{key}", (sign, check), back(OWN), (OWN, 42)) for key, sign, check, _ in KEYS),
                *(
                    Attempt(f"aut{key}, wrong", (sign, FLIP_A_BIT, check, RETURN), wrong_signature(poison), (OWN, 42))
                    for key, sign, check, poison in KEYS
                ),
            ),
        ),
    ),
    "L09": Row(
        "constants signed with each key: in two processes that take turns, and in a new one",
        "XT",
        (
            Program(
                name="L09",
                lines=(*SIGNED, *SIGNED, ended(), ended(), *SIGNED, ended()),
                judge=all_differ,
                icount=0,
            ),
        ),
    ),
    "S42": row(
        "64-byte accesses, transactions, copies and shadow stacks of later architectures",
        *words(undefined, ld64b=0xF83FD000, st64b=0xF83F9000, tstart=0xD5233060, tcommit=0xD503307F),
        *words(undefined, cpyfp=0x19010440, cpyfm=0x19410440, setp=0x19C20420),
        *words(undefined, gcspushm=0xD50B7700, gcspopm=0xD52B7720),
    ),
}
