"""The rows that the matrix has: matrix.txt, read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator

from cpus import CPU_LETTERS, TWIN

GROUP = re.compile(r"\((?P<group>[ivx]+)\) (?P<title>.+)")
ROW = re.compile(r"(?P<name>[A-Z]\d\d) \| (?P<where>[HANXT]+) \| (?P<claim>.+?) \| (?P<attack>.+?) \| (?P<expected>.+)")
# What only these CPUs can play: those with PAC, BTI, SVE and so on; the one with tags; the one without LSE.
FEATURES = {"X": "XT", "T": "T", "A": "A"}


@dataclass(frozen=True)
class Entry:
    name: str
    group: str
    where: str
    claim: str
    attack: str
    expected: str

    @property
    def players(self) -> str:
        """Who has to play it. What names more than one CPU is played on all."""
        twin = TWIN.letter if TWIN.letter in self.where else ""
        cpus = self.where.replace(TWIN.letter, "")
        return twin + (FEATURES.get(cpus, CPU_LETTERS) if cpus else "")


def groups(text: str) -> Dict[str, str]:
    return {m["group"]: m["title"] for m in map(GROUP.fullmatch, text.split("\n")) if m}


def entries(text: str) -> Iterator[Entry]:
    group = ""
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        heading, row = GROUP.fullmatch(line), ROW.fullmatch(line)
        if heading:
            group = heading["group"]
        elif row:
            yield Entry(group=group, **row.groupdict())
        else:
            raise ValueError(f"neither a group nor a row: {line}")


TEXT = Path(__file__).with_name("matrix.txt").read_text()
GROUPS: Dict[str, str] = groups(TEXT)
MATRIX: Dict[str, Entry] = {entry.name: entry for entry in entries(TEXT)}
