"""Exact instruction counts from QEMU's execution log.

QEMU is told to translate one instruction at a time and to log each block before it runs: one line an instruction,
with its address. No plugin and no counter in the guest, so the image that is counted is the one that ships. An
instruction that faults counts once; what the processor does by itself (taking an exception) counts nothing.

Time goes by instructions as well (-icount), and the seed that the machine hands to the kernel is a fixed one: so
timers fire at the same instruction in every run, and addresses chosen at random are the same.
"""

from __future__ import annotations

import re
import sys
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Container, Iterator, List, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from qemu_version import qemu_version

# "Trace 0: 0x7f... [cs_base/pc/flags/cflags] symbol". Or: the block logged last did not run, because QEMU had
# something else to do first ("Stopped") or does it in another way ("cpu_io_recompile"), and will log it again.
LINE = re.compile(
    rb"^(?:Trace \d+: 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]+)/|Stopped execution of TB chain|cpu_io_recompile: rewound)",
    re.MULTILINE,
)
# So many bytes of a log are taken at once.
CHUNK = 1 << 22
KERNEL_HALF = 1 << 63
# From here on, a multiple of PLACE_SIZE further, the kernel has moved to (hal/layout.h).
IMAGE_BASE = 0xFFFFFFC000000000
PLACE_SIZE = 0x200000
# Which seed it is does not matter.
SEED = 1


def one_by_one(qemu: str) -> List[str]:
    """The option for one instruction a block; it was renamed in QEMU 8.1."""
    return ["-accel", "tcg,one-insn-per-tb=on"] if qemu_version(qemu) >= (8, 1) else ["-singlestep"]


def log_options(qemu: str, log: Path, shift: int = 0) -> List[str]:
    """An instruction takes 2^shift nanoseconds."""
    time = ["-icount", f"shift={shift},sleep=off", "-seed", str(SEED)]
    return one_by_one(qemu) + time + ["-d", "exec,nochain", "-D", str(log)]


def _append(addresses: "array[int]", lines: bytes) -> None:
    """Adds the instructions of whole lines."""
    found = LINE.findall(lines)
    if len(found) != lines.count(b"\n"):
        strange = next(line for line in lines.split(b"\n") if not LINE.match(line))
        raise ValueError(f"not understood in the log: {strange!r}")
    for address in found:
        if address:
            addresses.append(int(address, 16))
        else:
            addresses.pop()


def executed(log: Path) -> "array[int]":
    """The address of every instruction that ran, in order. The log may be a pipe."""
    addresses = array("Q")
    rest = b""
    with log.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            lines = rest + chunk
            end = lines.rfind(b"\n") + 1
            rest = lines[end:]
            _append(addresses, lines[:end])
    if rest:
        raise ValueError(f"the log ends within a line: {rest!r}")
    return addresses


@dataclass(frozen=True)
class Visit:
    """One stay in the kernel: from which user instruction, to which, and which part of the run it is."""

    caller: int
    back: int
    start: int  # index of its first instruction
    end: int  # index behind its last one

    @property
    def instructions(self) -> int:
        return self.end - self.start


@dataclass
class Counts:
    boot: int = 0  # instructions before the first one at EL0
    entry: Optional[int] = None  # the address of that first one
    visits: List[Visit] = field(default_factory=list)


def count(addresses: Sequence[int]) -> Counts:
    """Splits a run at the border of the two halves. Boot starts below, at physical addresses, and goes up once; the
    next instruction below is the first program's. A stay that does not come back (the last exit) is left out."""
    counts = Counts()
    start: Optional[int] = None  # of the stay in the kernel
    caller = 0
    for index, address in enumerate(addresses):
        if address >= KERNEL_HALF:
            if start is None:
                start = index
            continue
        if start is not None:
            if counts.entry is None:
                counts.entry, counts.boot = address, index
            else:
                counts.visits.append(Visit(caller, address, start, index))
        start, caller = None, address
    return counts


def moved(addresses: Sequence[int]) -> int:
    """How far the kernel is from where it is linked: what runs last is the kernel."""
    return (addresses[-1] - IMAGE_BASE) // PLACE_SIZE * PLACE_SIZE


def masked(addresses: Sequence[int], counts: Counts, polls: Container[int]) -> Iterator["tuple[int, int]"]:
    """The stretches, as start and end, in which no interrupt can come: the kernel's, each up to the next instruction
    at EL0 or to one of `polls`, at which the kernel looks for an interrupt."""
    for visit in counts.visits:
        start = visit.start
        for index in range(visit.start, visit.end):
            if addresses[index] in polls:
                yield start, index
                start = index
        yield start, visit.end
