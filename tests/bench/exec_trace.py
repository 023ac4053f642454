"""Exact instruction counts from QEMU's execution log.

QEMU is told to translate one instruction at a time and to log each block before it runs: one line an instruction,
with its address. No plugin and no counter in the guest, so the image that is counted is the one that ships. An
instruction that faults counts once; what the processor does by itself (taking an exception) counts nothing.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, List, Optional

# "Trace 0: 0x7f... [cs_base/pc/flags/cflags] symbol"
EXECUTED = re.compile(r"Trace \d+: 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]+)/")
# The block logged last did not run: QEMU had something else to do first, and will log it again.
NOT_EXECUTED = "Stopped execution of TB chain"
KERNEL_HALF = 1 << 63


def one_by_one(qemu: str) -> List[str]:
    """The option for one instruction a block; it was renamed in QEMU 8.1."""
    text = subprocess.run([qemu, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    match = re.search(r"version (\d+)\.(\d+)", text)
    if match is None:
        raise ValueError(f"{qemu}: no version in {text!r}")
    new = (int(match[1]), int(match[2])) >= (8, 1)
    return ["-accel", "tcg,one-insn-per-tb=on"] if new else ["-singlestep"]


def log_options(qemu: str, log: Path) -> List[str]:
    return one_by_one(qemu) + ["-d", "exec,nochain", "-D", str(log)]


def executed(log: Path) -> List[int]:
    """The address of every instruction that ran, in order."""
    addresses: List[int] = []
    with log.open(encoding="latin-1") as lines:
        for line in lines:
            match = EXECUTED.match(line)
            if match:
                addresses.append(int(match[1], 16))
            elif line.startswith(NOT_EXECUTED):
                addresses.pop()
            else:
                raise ValueError(f"{log}: not understood: {line!r}")
    return addresses


@dataclass(frozen=True)
class Visit:
    """One stay in the kernel: from which user instruction, and how many instructions until back in EL0."""

    caller: int
    instructions: int


@dataclass
class Counts:
    boot: int = 0  # instructions before the first one at EL0
    entry: Optional[int] = None  # the address of that first one
    visits: List[Visit] = field(default_factory=list)


def count(addresses: Iterable[int]) -> Counts:
    """Splits a run at the border of the two halves. Boot starts below, at physical addresses, and goes up once; the
    next instruction below is the first program's. A stay that does not come back (the last exit) is left out."""
    counts = Counts()
    in_kernel = False
    length = 0
    caller = 0
    for address in addresses:
        if address >= KERNEL_HALF:
            in_kernel = True
            length += 1
        elif counts.entry is None:
            if in_kernel:
                counts.entry, in_kernel = address, False
                counts.boot += length
            else:
                counts.boot += 1
            length, caller = 0, address
        else:
            if in_kernel:
                counts.visits.append(Visit(caller, length))
            in_kernel, length, caller = False, 0, address
    return counts
