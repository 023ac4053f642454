"""What is counted, and the most it may be: the one table of figures and budgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

# How often a program of programs/ makes its call.
REPEATS = 8
# A boot with a lot of RAM may cost this much more than one with little.
BOOT_GROWTH = 1.05


@dataclass(frozen=True)
class CallFigure:
    """Kernel instructions of one system call, from behind the svc up to and with the eret."""

    name: str
    budget: float
    number: int
    fd: int
    length: int
    result: int
    divisor: int = 1  # bytes, for a figure per byte

    @property
    def unit(self) -> str:
        return "instructions" if self.divisor == 1 else "instructions/byte"


@dataclass(frozen=True)
class BootFigure:
    """Instructions from reset to the first one at EL0."""

    name: str
    memory: str
    budget: Optional[float]
    compared_with: Optional[str] = None  # at most BOOT_GROWTH times that figure
    unit: str = "instructions"


CALLS: Tuple[CallFigure, ...] = (
    CallFigure("null-syscall", 100, number=0xFFFF, fd=1, length=0, result=-38),
    CallFigure("reject-fd", 120, number=1, fd=99, length=1, result=-9),
    CallFigure("write-1", 200, number=1, fd=1, length=1, result=1),
    CallFigure("write-64", 6, number=1, fd=1, length=64, result=64, divisor=64),
    CallFigure("write-4096", 3, number=1, fd=1, length=4096, result=4096, divisor=4096),
)

BOOTS: Tuple[BootFigure, ...] = (
    BootFigure("boot-el0", "128M", 100_000),
    BootFigure("boot-el0-8g", "8G", None, compared_with="boot-el0"),
)

if __name__ == "__main__":
    # For CMake: one program a line, its fields separated by spaces.
    for call in CALLS:
        print(call.name, REPEATS, call.number, call.fd, call.length, call.result)
