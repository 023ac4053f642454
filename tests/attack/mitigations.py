"""All mitigations, and the rows that no removal breaks: mutations.py builds the kernel without each, and some of the rows
that name it must fail then."""

from __future__ import annotations

from typing import Dict, Tuple

from call_mitigations import CALLS
from compiler_mitigations import COMPILER
from heap_mitigations import ALLOCATORS
from input_mitigations import INPUTS
from kernel_mitigations import KERNEL
from memory_mitigations import KERNELS_MEMORY, PROGRAMS_MEMORY
from mitigation import Mitigation
from register_mitigations import PROGRAMS_REGISTERS
from word_mitigations import WORDS

MITIGATIONS: Tuple[Mitigation, ...] = (
    *PROGRAMS_REGISTERS,
    *KERNELS_MEMORY,
    *PROGRAMS_MEMORY,
    *CALLS,
    *INPUTS,
    *WORDS,
    *COMPILER,
    *KERNEL,
    *ALLOCATORS,
)

# What works without any of them: these are played after each removal.
CONTROL: Tuple[str, ...] = ("A11", "M10", "L02")
TWIN_CONTROL = "unit.twin_boot"  # and in the twin's build: it boots the kernel, too
# Mitigations without which the twin's own judgement ends each of its boots, and by what: no test that boots can pass there.
# One that boots nothing shows that the build itself works.
ENDS_EVERY_BOOT: Dict[str, str] = {
    "CPACR_EL1.TTA": "the twin has a table of what the registers must be, and this bit is part of it",
    "parked at the end": "a frame of the space is given to others while the twin's TLB has it: missing-invalidation",
    "frames cleared when first used": "the twin's RAM is full of a pattern, which is then taken for page tables",
}
UNBOOTED_CONTROL = "unit.format"

# Mitigations whose removal breaks no row, and why that shows nothing against them.
EXPLAINED: Dict[str, str] = {}

ARCHITECTURE = "the architecture bars it: there is nothing in the kernel that could be left out"
COMPARISON = "compares two builds, or the twin and the machine: its own tests show that it sees a difference"

# Rows that no removal breaks, and why that is no fault of theirs.
VOID: Dict[str, str] = {
    "S02": "the register may be read",
    "M23": ARCHITECTURE,
    "B26": "shows that what is allowed works: nothing is barred",
    **{name: COMPARISON for name in ("A47", "A48")},
    "K01": "a panic that is asked for: what is shown is its report",
    "K02": "nothing is ever mapped there: what is shown is the report",
    "K40": "the machine answers with an abort: what is shown is its report",
    "K46": "is about removals itself: each of its mistakes is tried beside the sound form, which must compile",
    "K49": "is a removal itself",
    "K50": "is about the removals themselves",
    "L10": "the compiler counts: attack.L10.twin.self-test is the record that has padding",
    "L12": "MemorySanitizer finds it, in a tree of its own, which is not built for each removal",
}
