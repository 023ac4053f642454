"""Where a row plays: a CPU, the program's file, the kernel's. Turns the table's symbolic values into numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Set, Union

from elf_file import PF_W, PF_X, ElfFile
from headers import CONSTANTS, PAGE, STACK_BOTTOM, STACK_TOP

# How many low bits of an address a table of this level covers (4 KiB granule, Arm ARM D8.2).
LEVEL_BITS = ((1, 39), (2, 30), (3, 21))


@dataclass(frozen=True)
class Place:
    """An address that is known only when the row is played: `name` plus `offset`. Names are:

    text, rodata, data     the first byte of the program's segment with these rights
    end                    the first byte behind the program's last page
    user:SYMBOL            of the program
    kernel:SYMBOL          of the kernel's image; in the twin, which has none, an address in the image's half
    """

    name: str
    offset: int = 0

    def __add__(self, offset: int) -> "Place":
        return Place(self.name, self.offset + offset)


Value = Union[int, Place]


@dataclass(frozen=True)
class Cpu:
    name: str
    letter: str  # in the table's column "where"
    e0pd: bool = False  # FEAT_E0PD: the kernel's half does not translate at EL0 at all


TWIN = Cpu("twin", "H")
CPUS = (Cpu("cortex-a72", "A"), Cpu("neoverse-n1", "N"), Cpu("max", "X", e0pd=True))
BACKENDS = {cpu.name: cpu for cpu in (TWIN,) + CPUS}


class World:
    def __init__(self, cpu: Cpu, program: ElfFile, kernel: Optional[ElfFile]) -> None:
        self.cpu = cpu
        self.program = program
        self.kernel = kernel

    def _segment(self, wanted: int) -> int:
        rights = PF_X | PF_W
        return next(s.address for s in self.program.segments if s.flags & rights == wanted)

    def _base(self, name: str) -> int:
        if name.startswith("user:"):
            return self.program.symbols[name[len("user:") :]]
        if name.startswith("kernel:"):
            # The twin's kernel is a native program: nothing of it is at the addresses of the image.
            symbol = name[len("kernel:") :]
            return self.kernel.symbols[symbol] if self.kernel else CONSTANTS["KERNEL_IMAGE_BASE"] + PAGE
        if name == "end":
            return max(-(-(s.address + s.memory_size) // PAGE) for s in self.program.segments) * PAGE
        return self._segment({"text": PF_X, "rodata": 0, "data": PF_W}[name])

    def number(self, value: Value) -> int:
        """The value as 64 bits."""
        plain = value if isinstance(value, int) else self._base(value.name) + value.offset
        return plain & (1 << 64) - 1

    def _pages(self) -> Set[int]:
        """The pages that the program has mapped."""
        pages = set(range(STACK_BOTTOM, STACK_TOP, PAGE))
        for segment in self.program.segments:
            pages.update(range(segment.address // PAGE * PAGE, segment.address + segment.memory_size, PAGE))
        return pages

    def translation_level(self, address: int) -> int:
        """At which level the table walk for an unmapped user address stops: tables are there where pages are."""
        level = 1
        for next_level, bits in LEVEL_BITS[1:]:
            if any(page >> bits == address >> bits for page in self._pages()):
                level = next_level
        return level

    def user_bytes(self, address: int, size: int) -> bytes:
        """What the loader puts there, on one page: bytes of the file, zeros behind them."""
        at = self.program.file_offset(address)
        segment = next(s for s in self.program.segments if s.address <= address < s.address + s.file_size)
        in_file = min(size, segment.address + segment.file_size - address)
        return self.program.data[at : at + in_file].ljust(size, b"\0")
