"""The matrix, filled in: for each player a column, with a cell for every row. A cell names the tests that show the row
there, or the reason why none does; with neither, the row failed."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from cpus import CPUS, TWIN, Cpu
from listing import Test
from matrix import MATRIX, Entry
from not_applicable import ABSENT, ELSEWHERE, HARDWARE_ONLY, LATER, NOT_ON

ABSENT_KIND, HARDWARE_KIND, OTHER_KIND = "absent", "hardware-only", "not-applicable"
CPU_NAMES = {cpu.name for cpu in CPUS}


@dataclass(frozen=True)
class Cell:
    kind: str = ""  # of a row that is not played
    reason: str = ""
    tests: Tuple[str, ...] = ()  # names in ctest


Column = Dict[str, Cell]


def _without_player(entry: Entry, cpu: Cpu) -> str:
    if entry.players == TWIN.letter:
        return "shown by the twin"
    if cpu is TWIN:
        return "shown by the machine: the twin has no CPU of its own"
    return "about a CPU without a feature that this one has" if entry.where == "A" else "this CPU lacks the feature"


def _kind(entry: Entry) -> Cell:
    """Rows that nobody plays."""
    for kind, table in ((ABSENT_KIND, ABSENT), (HARDWARE_KIND, HARDWARE_ONLY), (OTHER_KIND, LATER)):
        if entry.name in table:
            return Cell(kind, table[entry.name])
    return Cell()


def _without_test(entry: Entry, cpu: Cpu) -> Cell:
    reason = NOT_ON.get(entry.name, {}).get(cpu.letter, "")
    if cpu.letter not in entry.players:
        reason = _without_player(entry, cpu)
    return Cell(OTHER_KIND, reason) if reason else Cell()


def _is_column_of(test: str, cpu: Cpu) -> bool:
    """An entry of the image's is its CPU's; without one in its name it is every CPU's."""
    named = CPU_NAMES.intersection(test.split("."))
    return cpu.name in named or not named


def elsewhere(row: str, cpu: Cpu, names: Sequence[str]) -> List[str]:
    """The entries that show the row though they are not named for it."""
    found = []
    for reference in ELSEWHERE.get(row, ()):
        where, _, pattern = reference.partition(":")
        if where.startswith("tests/unit/"):
            where, pattern = "twin", "unit." + Path(where).stem[: -len("_test")]
        if where == "msan":
            where, pattern = "twin", reference
        if (where == "twin") == (cpu is TWIN):
            found += [name for name in names if fnmatchcase(name, pattern) and _is_column_of(name, cpu)]
    return sorted(set(found))


def _cell(entry: Entry, cpu: Cpu, tests: Sequence[Test]) -> Cell:
    if _kind(entry).reason:
        return _kind(entry)
    own = [test.name for test in tests if test.row == entry.name and test.letter == cpu.letter]
    own += elsewhere(entry.name, cpu, [test.name for test in tests])
    return Cell(tests=tuple(own)) if own else _without_test(entry, cpu)


def columns(cpus: Sequence[Cpu], tests: Sequence[Test]) -> Dict[str, Column]:
    """`tests` are those of the build that has these players."""
    return {cpu.name: {name: _cell(entry, cpu, tests) for name, entry in MATRIX.items()} for cpu in cpus}
