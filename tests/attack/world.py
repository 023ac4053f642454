"""Where a row plays: a CPU, the program's file, the kernel's. Turns the table's symbolic values into numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, Optional, Set, Tuple, Union

from cpus import BACKENDS, CPUS, TWIN, Cpu
from elf_file import PF_W, PF_X, ElfFile
from headers import CONSTANTS, PAGE, STACK_BASE, STACK_SIZE, USER_TOP
from place import TWIN_SEED, distance

# How many low bits of an address a table of this level covers (4 KiB granule, Arm ARM D8.2).
LEVEL_BITS = ((1, 39), (2, 30), (3, 21))
STACK_LINE = re.compile(r"^stack 0x([0-9a-f]+)$", re.MULTILINE)
FAR = re.compile(r"^\[KILL\] .* far=0x([0-9a-f]+) ", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """An address that is known only when the row is played: `name` plus `offset`. Names are:

    text, rodata, data     the first byte of the program's segment with these rights
    size:text and so on    no address: the size of that segment's pages; size:all: of all from text to end
    end                    the first byte behind the program's last page
    buffer                 a page of the program that no step is run from
    stack                  the lowest byte of the process's stack, which is random
    user:SYMBOL            of the program; in the twin the place where it plays its steps
    kernel:SYMBOL          of the kernel's image, which `seed` places; in the twin, which has none, an address in its place
    """

    name: str
    offset: int = 0

    def __add__(self, offset: int) -> "Place":
        return Place(self.name, self.offset + offset)


@dataclass(frozen=True)
class OnStack:
    """The address that the kernel reports, which must be one of the stack's."""


Value = Union[int, Place, OnStack]

__all__ = ["BACKENDS", "CPUS", "TWIN", "Cpu", "OnStack", "Place", "Value", "World"]


class World:
    """`program` is the player's file; `places` are those of one without symbols, the twin's: "entry" and "buffer".
    `programs` are all files by name, `kernel` is the image's, `qemu` is its version: (7, 2)."""

    def __init__(
        self,
        cpu: Cpu,
        program: ElfFile,
        kernel: Optional[ElfFile] = None,
        places: Optional[Dict[str, int]] = None,
        programs: Optional[Dict[str, bytes]] = None,
        qemu: Tuple[int, ...] = (),
    ) -> None:
        self.cpu = cpu
        self.program = program
        self.kernel = kernel
        self.places = places or {}
        self.programs = programs or {}
        self.qemu = qemu
        self.seed = TWIN_SEED
        self.stack = 0
        self.far = 0

    @property
    def judge(self) -> bytes:
        """The first program, which waits for the player. In the twin any will do."""
        return self.programs.get("judge", self.program.data)

    def player(self, script: bytes) -> bytes:
        """The player's file with these steps in it. In the twin they lie elsewhere."""
        if self.places:
            return self.program.data
        at = self.program.file_offset(self.program.symbols["script"])
        return self.program.data[:at] + script + self.program.data[at + len(script) :]

    def observe(self, console: str) -> None:
        """What was drawn at random, as the player says it, and what the kernel reports. What cannot be is 0, which no
        console shows."""
        stack = STACK_LINE.search(console)
        self.stack = int(stack[1], 16) if stack else 0
        if self.stack % PAGE != 0 or not STACK_BASE <= self.stack <= USER_TOP - STACK_SIZE:
            self.stack = 0
        far = FAR.search(console)
        self.far = int(far[1], 16) if far else 0

    def _segment(self, name: str) -> Tuple[int, int]:
        """The segment's first byte, and the size of its pages."""
        wanted = {"text": PF_X, "rodata": 0, "data": PF_W}[name]
        segment = next(s for s in self.program.segments if s.flags & (PF_X | PF_W) == wanted)
        return segment.address, -(-(segment.address + segment.memory_size) // PAGE) * PAGE - segment.address

    def _symbol(self, name: str) -> int:
        if self.places:
            return self.places.get(name, self.places["entry"])
        return self.program.symbols[name]

    def _base(self, name: str) -> int:
        kind, _, rest = name.partition(":")
        if kind == "user" or name == "buffer":
            return self._symbol(rest or name)
        if kind == "kernel":
            # The twin's kernel is a native program: nothing of it is at the addresses of the image.
            linked = self.kernel.symbols[rest] if self.kernel else CONSTANTS["KERNEL_IMAGE_BASE"] + PAGE
            return linked + distance(self.seed)
        if kind == "size":
            return self._base("end") - self._base("text") if rest == "all" else self._segment(rest)[1]
        if name == "stack":
            return self.stack
        if name == "end":
            return max(-(-(s.address + s.memory_size) // PAGE) for s in self.program.segments) * PAGE
        return self._segment(name)[0]

    def number(self, value: Value) -> int:
        """The value as 64 bits."""
        if isinstance(value, OnStack):
            return self.far if self.stack <= self.far < self.stack + STACK_SIZE else 0
        plain = value if isinstance(value, int) else self._base(value.name) + value.offset
        return plain & (1 << 64) - 1

    def _pages(self, without: Tuple[str, ...]) -> Set[int]:
        """The pages that the program has from its start, but for some segments or the stack."""
        gone = {self._segment(name)[0] for name in without if name != "stack"}
        pages: Set[int] = set()
        if self.stack != 0 and "stack" not in without:
            pages.update(range(self.stack, self.stack + STACK_SIZE, PAGE))
        for segment in self.program.segments:
            if segment.address not in gone:
                pages.update(range(segment.address // PAGE * PAGE, segment.address + segment.memory_size, PAGE))
        return pages

    def translation_level(self, address: int, besides: Tuple[int, ...] = (), without: Tuple[str, ...] = ()) -> int:
        """At which level the table walk for an unmapped user address stops: tables are there where pages are. `besides`
        are pages that the program has mapped, `without` what it has unmapped."""
        pages = self._pages(without).union(besides)
        level = 1
        for next_level, bits in LEVEL_BITS[1:]:
            if any(page >> bits == address >> bits for page in pages):
                level = next_level
        return level

    def user_bytes(self, address: int, size: int) -> bytes:
        """What the loader puts there, on one page: bytes of the file, zeros behind them."""
        at = self.program.file_offset(address)
        segment = next(s for s in self.program.segments if s.address <= address < s.address + s.file_size)
        in_file = min(size, segment.address + segment.file_size - address)
        return self.program.data[at : at + in_file].ljust(size, b"\0")
