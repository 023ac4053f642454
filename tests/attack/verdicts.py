"""What comes of each cell of the matrix, from the results of its tests; the table, and the closing lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Tuple

from columns import ABSENT_KIND, HARDWARE_KIND, OTHER_KIND, Cell, Column
from matrix import GROUPS, MATRIX
from playing import Result

PASSED, FAILED = "passed", "failed"
KINDS = (PASSED, FAILED, HARDWARE_KIND, OTHER_KIND, ABSENT_KIND)


@dataclass(frozen=True)
class Verdict:
    kind: str
    lines: Tuple[str, ...]  # that decided it, or the reason


Verdicts = Dict[str, Dict[str, Verdict]]  # by column, then by row


def verdict(cell: Cell, results: Dict[str, Result]) -> Verdict:
    """A row passed if it has tests, all of them ran, and all of them passed."""
    if cell.reason:
        return Verdict(cell.kind, (cell.reason,))
    if not cell.tests:
        return Verdict(FAILED, ("nothing plays this row here",))
    not_run = [name for name in cell.tests if name not in results]
    wrong = [name for name in cell.tests if name in results and not results[name].passed]
    if not_run or wrong:
        lines = [f"{name} did not run" for name in not_run]
        return Verdict(FAILED, tuple(lines + [line for name in wrong for line in (name, *results[name].lines)]))
    return Verdict(PASSED, tuple(dict.fromkeys(line for name in cell.tests for line in results[name].lines)))


def verdicts(table: Dict[str, Column], results: Dict[str, Result]) -> Verdicts:
    return {name: {row: verdict(cell, results) for row, cell in column.items()} for name, column in table.items()}


def counts(column: Dict[str, Verdict]) -> Dict[str, int]:
    return {kind: sum(1 for one in column.values() if one.kind == kind) for kind in KINDS}


def group_table(found: Verdicts) -> List[str]:
    """A line a group: for each column what passed, of how many that were played."""
    lines = [f"{'group':<60}" + "".join(f"{name:>16}" for name in found)]
    for group, title in GROUPS.items():
        line = f"{f'({group}) {title}':<60}"
        for column in found.values():
            of_group = counts({row: one for row, one in column.items() if MATRIX[row].group == group})
            line += f"{of_group[PASSED]:>9} of {of_group[PASSED] + of_group[FAILED]:>3}"
        lines.append(line)
    return lines


def closing_line(name: str, column: Dict[str, Verdict]) -> str:
    found = counts(column)
    if set(column) != set(MATRIX) or sum(found.values()) != len(MATRIX):
        raise AssertionError(f"{name}: {sum(found.values())} outcomes for {len(MATRIX)} rows")
    return f"attack {name}: " + ", ".join(f"{found[kind]} {kind}" for kind in KINDS)
