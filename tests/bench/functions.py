"""Which functions of the kernel instructions belong to."""

from __future__ import annotations

import subprocess
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import Iterable, List, Tuple

from exec_trace import IMAGE_BASE, PLACE_SIZE


class Functions:
    """By the addresses that the kernel is linked for; wherever it has moved to, what counts is the place within it."""

    def __init__(self, starts: Iterable[Tuple[int, str]]) -> None:
        pairs = sorted(starts)
        self._addresses = [address for address, _ in pairs]
        self._names = [name for _, name in pairs]

    def name(self, address: int) -> str:
        linked = IMAGE_BASE + (address - IMAGE_BASE) % PLACE_SIZE if address >= IMAGE_BASE else address
        index = bisect_right(self._addresses, linked) - 1
        return self._names[index] if index >= 0 else "(at physical addresses)"

    def count(self, addresses: Iterable[int]) -> "Counter[str]":
        by_address = Counter(addresses)
        counts: "Counter[str]" = Counter()
        for address, number in by_address.items():
            counts[self.name(address)] += number
        return counts


def functions_of(nm: str, image: Path) -> Functions:
    """The functions of an ELF file, the static ones too, of which several may have one name."""
    text = subprocess.run([nm, "--defined-only", image], check=True, stdout=subprocess.PIPE, text=True).stdout
    starts: List[Tuple[int, str]] = []
    for line in text.splitlines():
        address, kind, name = line.split(maxsplit=2)
        if kind in "tTwW" and not name.startswith("$"):
            starts.append((int(address, 16), name))
    return Functions(starts)
