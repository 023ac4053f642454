"""Rows K: bugs of the kernel itself. An image of its own (tests/self_attack) commits them, each after the same action in
its sound form, and every one is stopped by what is meant to stop it, with the right tag and the right syndrome.

Exception classes and status codes are those of ESR_EL1 (Arm ARM D17.2.37): 0x25 a data abort of the kernel's own, 0x21 an
instruction abort, 0x3c BRK, 0x0d a branch target, 0x0e an illegal execution state, 0x07 FP that traps. A status code of
0x04 to 0x07 is a translation fault, 0x0c to 0x0f a permission fault, 0x10 an external abort; bit 6 says that it was a
write. BRK has as its immediate what the compiler's checks give it: 0x5500 and the kind of UBSan's, 0x8220 and a register
of kCFI's, 1 of __builtin_trap.
"""

from __future__ import annotations

import re
import struct
from typing import Collection, Dict, Tuple

from elf_maker import BASE, PF_R, PF_X, Elf, Part
from poisoned_stack import FOUND, poisoned_stack
from row import Row, Variant
from self_attack import PAGE, Expected, Killed, SelfAttack, Stopped, Survives

ALL = "ANXT"
PARKED = "A"  # no FEAT_PAN: TTBR0 maps nothing while the kernel runs
PAN = "NXT"
SIGNED = "XT"  # FEAT_PAuth and FEAT_BTI
UNSIGNED = "AN"
TAGS = "T"  # FEAT_MTE2

WRITE = 1 << 6
TRANSLATION = range(0x04, 0x08)
PERMISSION = range(0x0C, 0x10)
WRITE_TRANSLATION = range(WRITE | 0x04, WRITE | 0x08)
WRITE_PERMISSION = range(WRITE | 0x0C, WRITE | 0x10)
LEVEL_3 = 3
TAG_CHECK = 0x11
KCFI = range(0x8220, 0x8240)  # W17 has the function's type, one of 32 registers the pointer


def faults(tag: str, ec: int, iss: Collection[int], vector: str = "el1h_sync") -> Expected:
    return Stopped(tag, ec, iss, vector)


def data_abort(tag: str, *iss: int) -> Expected:
    return faults(tag, 0x25, iss)


def instruction_abort(tag: str, *iss: int) -> Expected:
    return faults(tag, 0x21, iss)


def trap(tag: str, *immediates: int) -> Expected:
    return faults(tag, 0x3C, immediates)


def bug(name: str, expected: Expected, on: str = ALL, *options: str) -> SelfAttack:
    return SelfAttack(on=on, bug=name, expected=expected, options=options)


def drift(name: str, register: str, on: str = ALL) -> SelfAttack:
    return bug(f"drift-{name}", Stopped("sysreg-drift", reason=f"{re.escape(register)} is 0x[0-9a-f]+, not 0x[0-9a-f]+"), on)


def survives(name: str, text: str, on: str = ALL, *options: str) -> SelfAttack:
    return bug(name, Survives(name, text), on, *options)


def serror(name: str, expected: Expected) -> SelfAttack:
    return SelfAttack(on=ALL, bug=name, expected=expected, has_firmware=True)


def row(title: str, *variants: Variant) -> Row:
    return Row(title, "".join(letter for letter in ALL if any(letter in v.on for v in variants)), variants)


def each(expected: Expected, *names: str) -> Tuple[SelfAttack, ...]:
    return tuple(bug(name, expected) for name in names)


# What a bug turns over, and the register that is named before the next program runs.
DRIFTS = (
    ("wxn", "SCTLR_EL1"),
    ("uci", "SCTLR_EL1"),
    ("span", "SCTLR_EL1"),
    ("tbi0", "TCR_EL1"),
    ("mair", "MAIR_EL1"),
    ("fpen", "CPACR_EL1"),
    ("counter", "CNTKCTL_EL1"),
    ("tdcc", "MDSCR_EL1"),
    ("pmu", "PMUSERENR_EL0"),
    ("cycles", "PMCR_EL0"),
    ("context", "CONTEXTIDR_EL1"),
    ("thread", "TPIDRRO_EL0"),
    ("vectors", "VBAR_EL1"),
    ("tables", "TTBR1_EL1"),
    ("debug-mask", "PSTATE.DAIF"),
    ("lock", "OSLSR_EL1"),
)
PAN_DRIFTS = (("pan", "PSTATE.PAN"), ("uao", "PSTATE.UAO"))

# A negative control: on a CPU that does not have what would stop it, or without the compiler's flag, the bug goes through.
NOT_STOPPED = Stopped("missed")
REDIRECTED = Stopped("redirected")


def guard(*far: int) -> Stopped:
    """The first access beyond a stack, which is that byte of the page: a report made there would report itself."""
    return Stopped("kstack-guard", 0x25, (WRITE | 0x04 | LEVEL_3,), "el1h_sync", far=far)


# A frame has at most 1 KiB, so that no stack is left by more at once.
NEXT_FRAME = guard(*range(PAGE - 1024, PAGE))
NEXT_WORD = guard(0)
LAST_WORD = guard(PAGE - 8)
READ_ONLY = data_abort("ro", WRITE | 0x0C | LEVEL_3)
NOT_EXECUTABLE = instruction_abort("xn", 0x0C | LEVEL_3)
# An address with a signature that was wrong is not canonical: a translation fault at level 0.
UNSIGNED_ADDRESS = instruction_abort("pac", 0x04)
NOTHING_THERE = data_abort("data-abort", *TRANSLATION)
BARRED_READS = ("read-program", "read-after-copy-in", "read-after-copy-out", "read-after-failed-copy")

# Signs x0 with IA, x1 with IB, x2 with DA, x3 with DB, x4 with GA, each with x5, calls, and begins again (Arm ARM C6.2).
SIGNER = struct.pack(
    "<7I",
    *(0xDAC10000 | key << 10 | 5 << 5 | key for key in range(4)),  # pacia, pacib, pacda, pacdb
    0x9AC03000 | 5 << 16 | 4 << 5 | 4,  # pacga x4, x4, x5
    0xD4000001,  # svc #0
    0x14000000 | -6 & 0x3FFFFFF,  # b
)

SELF_ROWS: Dict[str, Row] = {
    "L13": row(
        "a pattern on the kernel's stack before each return to EL0: in no result, register, record, page or child; nor "
        "with a local in a record that nobody has set; what the compiler does not clear is found",
        poisoned_stack("", "0"),
        poisoned_stack("forgotten", "0"),
        poisoned_stack("exposed", FOUND),
    ),
    "L21": row(
        "what functions leave in x0 to x17 that handle the generator's and programs' keys; one without the flag leaves some",
        survives("registers-cleared", "every register is 0"),
        bug("registers-kept", Stopped("missed", reason="kbug_fold_kept leaves 0x5ec0de[0-4] in x[0-9]+")),
    ),
    "K01": row(
        "a panic that is asked for, and a trap; warnings that let the kernel run on there are none",
        bug("explicit", Stopped("explicit", reason="asked for by kbug")),
        bug("trap", trap("trap", 1)),
    ),
    "K02": row(
        "a null pointer is written, read and called",
        bug("null-write", data_abort("null", *WRITE_TRANSLATION)),
        bug("null-read", data_abort("null", *TRANSLATION)),
        bug("null-call", instruction_abort("null", *TRANSLATION)),
    ),
    "K03": row("recursion without end", bug("stack", NEXT_FRAME), bug("shadow-stack", NEXT_WORD)),
    "K04": row(
        "a word on either side of each stack",
        *each(LAST_WORD, "below-stack", "below-fault-stack", "below-shadow-stack"),
        *each(NEXT_WORD, "above-stack", "above-fault-stack", "above-shadow-stack"),
    ),
    "K05": row(
        "a stack frame is overwritten from an array, and from a local that is none",
        *each(Stopped("canary"), "canary", "canary-strong"),
    ),
    "K06": row("a call through a pointer of the wrong type", bug("kcfi", trap("kcfi", *KCFI))),
    "K08": row(
        "a return address is overwritten: the shadow call stack has the right one",
        survives("return-scs", "flow unchanged"),
    ),
    "K09": row(
        "the same with signed return addresses only; a CPU that cannot check them returns anywhere",
        bug("return-pac", UNSIGNED_ADDRESS, SIGNED),
        bug("return-pac", REDIRECTED, UNSIGNED),
    ),
    "K10": row(
        "the same with both, and with neither: the control that shows that the overwriting works",
        survives("return-both", "flow unchanged"),
        bug("return-none", REDIRECTED),
    ),
    "K11": row("the key changes between signing and checking", bug("pac-key", UNSIGNED_ADDRESS, SIGNED)),
    "K12": row(
        "a branch and a call to the instruction behind a landing pad; without BTI they go through",
        bug("branch-target", faults("bti", 0x0D, (3,)), SIGNED),
        bug("call-target", faults("bti", 0x0D, (2,)), SIGNED),
        bug("branch-target", NOT_STOPPED, UNSIGNED),
        bug("call-target", NOT_STOPPED, UNSIGNED),
    ),
    "K14": row(
        "arithmetic that overflows",
        bug("add", trap("ubsan:add", 0x5500)),
        bug("wrap", trap("ubsan:add", 0x5500)),
        bug("subtract", trap("ubsan:subtract", 0x5515)),
        bug("multiply", trap("ubsan:multiply", 0x550C)),
        bug("negate", trap("ubsan:negate", 0x550D)),
    ),
    "K15": row(
        "an index behind an array, and a pointer behind a local",
        bug("bounds", trap("ubsan:oob", 0x5512)),
        bug("local-bounds", trap("trap", 1)),
        bug("object-size", trap("ubsan:type-mismatch", 0x5516)),
    ),
    "K16": row("an index behind an array that knows its length", bug("counted", trap("ubsan:oob", 0x5512))),
    "K17": row(
        "other undefined behaviour; C has no check of enums, -Werror stops a function that does not return a value",
        bug("shift", trap("ubsan:shift", 0x5514)),
        bug("divide", trap("ubsan:division", 0x5503)),
        bug("divide-overflow", trap("ubsan:division", 0x5503)),
        bug("bool", trap("ubsan:load", 0x550A)),
        bug("builtin", trap("ubsan:builtin", 0x5508)),
        bug("conversion", trap("ubsan:conversion", 0x5507)),
        bug("null-pointer", trap("ubsan:type-mismatch", 0x5516)),
        bug("alignment", trap("ubsan:type-mismatch", 0x5516)),
        bug("unreachable", trap("ubsan:unreachable", 0x5501)),
        bug("pointer-overflow", trap("ubsan:pointer-overflow", 0x5513)),
        bug("nonnull", trap("ubsan:nonnull", 0x5510)),
    ),
    "K18": row(
        "copies that are larger than the object or the member that they go to or come from",
        *each(Stopped("fortify"), "fortify-object", "fortify-member", "fortify-read", "fortify-string"),
    ),
    "K20": row(
        "the byte behind a block of the heap, the sixteenth behind it, the one before it; a granule with another tag, or without one",
        *each(Stopped("heap-redzone"), "heap-overflow", "heap-overflow-16", "heap-underflow"),
        bug("write-tag", data_abort("mte", WRITE | TAG_CHECK), TAGS),
        bug("read-tag", data_abort("mte", TAG_CHECK), TAGS),
        bug("read-after-entry", data_abort("mte", TAG_CHECK), TAGS),
        bug("read-without-tag", data_abort("mte", TAG_CHECK), TAGS),
    ),
    "K21": row(
        "a word behind the image, before it, behind a device's registers, behind RAM; and boot's window",
        *each(NOTHING_THERE, "beyond-image", "before-image", "beyond-device", "beyond-ram", "boot-window"),
    ),
    "K22": row(
        "a block of the heap is written after it was freed; what is read there is nothing",
        *each(Stopped("heap-poison"), "heap-write-after-free", "heap-write-long-after-free"),
        *each(Stopped("heap-poison"), "heap-write-after-quarantine"),
        survives("heap-read-after-free", "every byte is 0"),
    ),
    "K23": row(
        "a frame is written after it was freed; what is read there is nothing",
        bug("frame-written", Stopped("page-poison")),
        survives("frame-read-after-free", "every byte is 0"),
    ),
    "K24": row(
        "blocks of the heap and frames are freed twice; inside a block; what is none, from stack, data and program",
        *each(Stopped("heap-double-free"), "double-free", "double-free-later"),
        *each(Stopped("heap-interior-free"), "interior-free", "interior-free-of-pages"),
        *each(Stopped("heap-foreign-free"), "free-stack", "free-data", "free-program"),
        bug("frame-double-free", Stopped("frame-double-free")),
        *each(Stopped("frame-bad-free"), "free-image-frame", "free-half-frame"),
    ),
    "K26": row(
        "blocks of the heap and frames that were used before are zero",
        survives("heap-zeros", "every byte is 0"),
        survives("frame-zeros", "every byte is 0"),
    ),
    "K28": row(
        "code in data, constants, the stack, the heap and the linear map",
        *each(NOT_EXECUTABLE, "execute-data", "execute-rodata", "execute-stack", "execute-heap"),
        bug("execute-frame", instruction_abort("xn", 0x0E)),
    ),
    "K29": row(
        "a program's code and stack are executed",
        *(bug(name, instruction_abort("pxn", 0x0F), PAN) for name in ("execute-program", "execute-program-stack")),
        *(
            bug(name, instruction_abort("swpan", *TRANSLATION), PARKED)
            for name in ("execute-program", "execute-program-stack")
        ),
    ),
    "K30": row(
        "a program's memory is read and written, at any time; once its space is parked it is not there on any CPU",
        *(bug(name, data_abort("pan", *PERMISSION), PAN) for name in BARRED_READS),
        *(bug(name, data_abort("swpan", *TRANSLATION), PARKED) for name in BARRED_READS),
        bug("write-program", data_abort("pan", *WRITE_PERMISSION), PAN),
        bug("write-program", data_abort("swpan", *WRITE_TRANSLATION), PARKED),
        bug("read-parked", data_abort("swpan", *TRANSLATION)),
    ),
    "K31": row(
        "a user copy at a kernel address, with the check of the range left out",
        survives("copy-from-kernel", "the copy failed"),
        survives("copy-to-kernel", "the copy failed"),
    ),
    "K32": row(
        "code, vectors, constants, the table of calls, what boot has sealed, the archive are written; and the image "
        "where the linear map would have it",
        *each(READ_ONLY, "write-text", "write-vectors", "write-table", "write-constant", "write-sealed", "write-archive"),
        bug("write-alias", data_abort("data-abort", *WRITE_TRANSLATION)),
    ),
    "K33": row(
        "a page that is writable and executable: mapped, hidden among the others, executed",
        bug("map-wx", Stopped("wx-policy")),
        *each(Stopped("wx"), "hide-wx", "hide-wx-until-exit"),
        bug("execute-wx", NOT_EXECUTABLE),
    ),
    "K34": row(
        "user copies beyond the kernel's buffer, and into what the kernel may not write",
        *each(Stopped("usercopy"), "user-copy-in", "user-copy-out"),
        *each(READ_ONLY, "user-copy-text", "user-copy-sealed"),
    ),
    "K37": row(
        "a fault within the report of a panic, a panic within another's report; a fault without stack, shadow call "
        "stack or canary",
        *each(Stopped("nested", reason="a panic failed"), "nested", "panic-in-panic"),
        *each(trap("trap", 1), "lost-stack", "lost-shadow-stack", "lost-canary"),
    ),
    "K40": row(
        "physical addresses at which nothing answers",
        *each(data_abort("sea", 0x10), "touch-beyond-ram", "touch-hole"),
    ),
    "K41": row("FP in the kernel", bug("fp", faults("fp-in-kernel", 0x07, (0x1E00000,)))),
    "K43": row(
        "exceptions that never come: with the other stack pointer, interrupts, SErrors, an illegal return; a program in "
        "AArch32",
        bug("sp-el0", faults("vector", 0x3C, (1,), "el1t_sync")),
        bug("irq", faults("vector", 0, (0,), "el1h_irq")),
        bug("irq", faults("vector", 0, (0,), "el1h_irq"), ALL, "gic-version=3"),
        bug("irq-sp-el0", faults("vector", 0, (0,), "el1t_irq")),
        bug("fiq", faults("vector", 0, (0,), "el1h_fiq")),
        bug("fiq-sp-el0", faults("vector", 0, (0,), "el1t_fiq")),
        bug("fiq-el0", Stopped("vector", reason="el0_fiq taken: .+")),
        serror("serror", faults("vector", 0x2F, (0,), "el1h_serror")),
        serror("serror-sp-el0", faults("vector", 0x2F, (0,), "el1t_serror")),
        serror("serror-el0", Stopped("vector", reason="el0_serror taken: esr=0xbe000000 .+")),
        bug("illegal-return", faults("illegal-state", 0x0E, (0,))),
        bug("aarch32", Killed("aarch32")),
    ),
    "K44": row(
        "the CPU's registers hold what core has decided, from either exception level, and do not run with anything else",
        survives("registers", "all as decided"),
        survives("registers", "all as decided", ALL, "virtualization=on"),
        *(drift(name, register) for name, register in DRIFTS),
        *(drift(name, register, PAN) for name, register in PAN_DRIFTS),
    ),
    "K47": row(
        "a local that nobody has set, and what a function leaves in registers",
        survives("uninitialised", "every byte is 0"),
        survives("leftovers", "every register is 0"),
    ),
    "K48": row(
        "a program's page that is not accessed yet, global, executable for the kernel, or the kernel's own",
        *each(Stopped("pt-check"), "map-not-accessed", "map-global", "map-kernel-executable", "map-image"),
    ),
    "L26": row(
        "a block is painted again and again: its tag is another each time, and its old pointer worth nothing",
        bug("old-tag", data_abort("mte", WRITE | TAG_CHECK), TAGS),
    ),
    "S43": row(
        "addresses that a program signs with each key, and the kernel with its own",
        SelfAttack(
            on=SIGNED,
            bug="signatures",
            expected=Survives("signatures", "all differ"),
            program=Elf((Part(PF_R | PF_X, BASE, SIGNER),)).encode(),
        ),
    ),
}
