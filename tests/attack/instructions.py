"""Single instructions that a program tries, and what must come of each: the table of programs/instructions.S, and the
syndromes, computed from the encodings (Arm ARM C4.1, C5.1 and D17.2.37)."""

from __future__ import annotations

import re
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, FrozenSet, List, Optional, Tuple, Union

from archive import archive
from cpus import CPU_LETTERS
from elf_file import ElfFile
from expectation import Outcome
from machine import Machine
from row import COUNTS_BACK, Row, Tools, Variant, body_of
from world import Place, World

# What a CPU model of QEMU 7.2 has of the extensions that decide how an attempt ends, by the letter of the player.
NEOVERSE_N1 = frozenset({"LSE", "PAN", "DPB"})
MAX = NEOVERSE_N1 | {"IDST", "DPB2", "PAC", "BTI", "SVE", "SME", "RNG", "SPECRES", "CSV2_2"}
FEATURES: Dict[str, FrozenSet[str]] = {"A": frozenset(), "N": NEOVERSE_N1, "X": MAX, "T": MAX | {"MTE"}}
# What all of them have since a version: the data registers of the debug channel at EL0, and MDSCR_EL1.TDCC, which
# traps these and MDCCSR_EL0. Only 7.2 has been tried.
SINCE = {"DBGDTR": (8, 0), "TDCC": (8, 1)}

CLASSES = {
    0x00: "undefined",
    0x18: "system-register",
    0x19: "sve",
    0x1D: "sme",
    0x20: "instruction-abort",
    0x24: "data-abort",
    0x3C: "brk",
}

NOP, RET, BTI_C = 0xD503201F, 0xD65F03C0, 0xD503245F
WORDS = 12
ATTEMPT = struct.Struct(f"<{WORDS}I4Q")  # struct attempt
ATTEMPTS_MAX = 64
CONTROL_VALUE = 0x5EC0DE


@dataclass(frozen=True)
class Kill:
    """The process ends with this syndrome, at the attempt or where it led. `far` None: it has no valid address."""

    ec: int
    iss: int = 0
    far: Optional[Union[int, Place]] = None
    is_at_far: bool = False


@dataclass(frozen=True)
class Back:
    """The process goes on, and x0 is then this; text is a regular expression for it in hexadecimal."""

    value: Union[str, int, Place]


Result = Union[Kill, Back]
# The result that is right, of the word and what the CPU has.
Rule = Callable[[int, FrozenSet[str]], Result]


def trap_iss(word: int) -> int:
    """Of class 0x18: Op0, Op2, Op1, CRn, Rt, CRm and the direction, from the same fields of the instruction."""
    op0, op1, op2 = word >> 19 & 3, word >> 16 & 7, word >> 5 & 7
    crn, crm, rt, is_read = word >> 12 & 15, word >> 8 & 15, word & 31, word >> 21 & 1
    return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | is_read


def undefined(word: int, features: FrozenSet[str]) -> Result:
    return Kill(0x00)


def trapped(word: int, features: FrozenSet[str]) -> Result:
    return Kill(0x18, trap_iss(word))


def masked(word: int, features: FrozenSet[str]) -> Result:
    """MSR (immediate) of the interrupt masks. QEMU has Op1 and Op2 the other way round."""
    op1, op2 = word >> 16 & 7, word >> 5 & 7
    return Kill(0x18, trap_iss(word) & ~(7 << 17 | 7 << 14) | op1 << 17 | op2 << 14)


def identification(word: int, features: FrozenSet[str]) -> Result:
    """Reads of the space of identification registers: with FEAT_IDST they are trapped, else undefined."""
    return trapped(word, features) if "IDST" in features and word >> 21 & 1 else undefined(word, features)


def kill(ec: int, iss: int = 0, far: Optional[Union[int, Place]] = None) -> Rule:
    return lambda word, features: Kill(ec, iss, far)


def back(value: Union[str, int, Place]) -> Rule:
    return lambda word, features: Back(value)


def having(feature: str, rule: Rule, otherwise: Rule = undefined) -> Rule:
    return lambda word, features: (rule if feature in features else otherwise)(word, features)


@dataclass(frozen=True)
class Attempt:
    what: str
    words: Tuple[int, ...]
    rule: Rule
    x: Tuple[Union[int, Place], ...] = ()
    at: int = 0  # which of the words it is that is judged

    def encode(self, world: World, program: ElfFile) -> bytes:
        words = (BTI_C, *self.words, RET)
        values = tuple(number_of(value, world, program) for value in self.x)
        return ATTEMPT.pack(*words, *(NOP,) * (WORDS - len(words)), *values, *(0,) * (4 - len(values)))

    def result(self, features: FrozenSet[str]) -> Result:
        return self.rule(self.words[self.at], features)


def number_of(value: Union[int, Place], world: World, program: ElfFile) -> int:
    if isinstance(value, Place) and value.name.startswith("user:"):
        return program.symbols[value.name[len("user:") :]] + value.offset
    return world.number(value)


OWN = Place("user:attempt_buffer")
# msr tpidr_el0, x0; eor x0, x0, x0; mrs x0, tpidr_el0: what a program may do with a system register.
CONTROL = Attempt("control", (0xD51BD040, 0xCA000000, 0xD53BD040), back(CONTROL_VALUE), (CONTROL_VALUE,))
BEGINNING = rf"pid (?P<pid>\d+)\ncontrol 0x{CONTROL_VALUE:x}\n"


@dataclass(frozen=True)
class Attempts(Variant):
    """One boot: each attempt has a process of its own, and the CPU is taken from one that spins at the end."""

    tries: Tuple[Attempt, ...] = ()
    options: Tuple[str, ...] = ()  # of the machine

    def _program(self, world: World) -> ElfFile:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "program")
            path.write_bytes(world.programs["instructions"])
            return ElfFile(path)

    def archive(self, world: World) -> bytes:
        program = self._program(world)
        table = b"".join(attempt.encode(world, program) for attempt in (CONTROL, *self.tries))
        if len(table) >= ATTEMPT.size * ATTEMPTS_MAX:
            raise ValueError("the table has no room for its end")
        at = program.file_offset(program.symbols["attempts"])
        return archive({"instructions": program.data[:at] + table + program.data[at + len(table) :]})

    def machine(self, tools: Tools, cpu: str, archive: Path, words: str) -> Machine:
        # Virtual time is counted in instructions, so that no pause takes time.
        extra = ("-icount", "shift=0,sleep=off")
        return Machine(kernel=tools.image, cpu=cpu, options=self.options, initrd=archive, extra=extra, qemu=tools.qemu)

    def problems(self, world: World, outcome: Outcome, nonce: int) -> List[str]:
        body, problems = body_of(outcome, nonce)
        program = self._program(world)
        features = FEATURES[world.cpu.letter].union(name for name, since in SINCE.items() if world.qemu >= since)
        for number, attempt in enumerate(self.tries, 1):
            elr = program.symbols["attempts"] + number * ATTEMPT.size + 4 * (1 + attempt.at)
            right = attempt.result(features)
            match = re.match(BEGINNING + ending(right, elr, world, program), body)
            if match is None:
                shown = "\n".join(body.split("\n")[:4])
                return problems + [f"{attempt.what}: expected {right}, got\n{shown}"]
            body = body[match.end() :]
        last = f"preempted 0\nended by kill\n{COUNTS_BACK}\n"
        return problems + ([] if body == last else [f"expected {last!r} at the end, got {body!r}"])


def ending(result: Result, elr: int, world: World, program: ElfFile) -> str:
    """How the lines of one process end, as a regular expression."""
    if isinstance(result, Back):
        value = result.value if isinstance(result.value, str) else f"{number_of(result.value, world, program):x}"
        return rf"back 0x{value}\nended by exit 0x0\n"
    far = "-" if result.far is None else f"0x{number_of(result.far, world, program):x}"
    where = far if result.is_at_far else f"0x{elr:x}"
    line = rf"\[KILL\] pid=(?P=pid) class={CLASSES[result.ec]} ec=0x{result.ec:02x} iss=0x{result.iss:x} far={far}"
    return rf"{line} elr={where}\nended by fault 0x{result.ec:x}\n"


def part(*tries: Attempt, on: str = CPU_LETTERS, options: Tuple[str, ...] = ()) -> Attempts:
    return Attempts(on, tries=tries, options=options)


def row(title: str, *tries: Attempt) -> Row:
    """One part, for all CPUs."""
    return Row(title, CPU_LETTERS, (part(*tries),))
