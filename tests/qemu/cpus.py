"""Where tests that are tables play: the twin, and the CPUs of QEMU that stand for all. Each has a letter, by which tables
name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class Cpu:
    name: str
    letter: str
    model: str = ""  # of QEMU, where that is another name
    options: Tuple[str, ...] = ()  # of -machine, which this CPU takes
    e0pd: bool = False  # FEAT_E0PD: the kernel's half does not translate at EL0 at all
    mte: bool = False  # FEAT_MTE2: memory has tags


TWIN = Cpu("twin", "H")
CPUS = (
    Cpu("cortex-a72", "A", "cortex-a72"),
    Cpu("neoverse-n1", "N", "neoverse-n1"),
    Cpu("max", "X", "max", e0pd=True),
    Cpu("max-mte", "T", "max", ("mte=on",), e0pd=True, mte=True),
)
BACKENDS = {cpu.name: cpu for cpu in (TWIN,) + CPUS}
CPU_LETTERS = "".join(cpu.letter for cpu in CPUS)
EVERYWHERE = TWIN.letter + CPU_LETTERS
