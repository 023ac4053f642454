#!/usr/bin/env python3
"""Every row of the matrix is played by whom it names, or is shown by another test, which exists, or has a reason why
not, which is printed. A row with none of these fails, and so does a reason for a row that is played."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("qemu", "malformed")]

from cases import CASES
from matrix import MATRIX
from not_applicable import ELSEWHERE, NOT_APPLICABLE, PARTS_NOT_APPLICABLE
from rows import ROWS

ROOT = Path(__file__).resolve().parents[2]
# Not of the matrix: the trees that malformed ones are compared with.
SOUND = "B00"
# A47: what a build without assertions would leave out. The kernel's checks are none.
ASSERTION = re.compile(r"\bNDEBUG\b|(?<![_\w])assert\s*\(|<assert\.h>")
KERNEL = ("core", "lib", "hal", "hal_qemu_virt", "boot", "abi")


def by_malformed_trees() -> Dict[str, str]:
    """The rows of tests/malformed, and on which backends."""
    played: Dict[str, str] = {}
    for name, case in CASES.items():
        row = name.split("-")[0]
        if row != SOUND:
            played[row] = played.get(row, "") + case.where
    return played


def by_assertions() -> List[str]:
    """Lines of the kernel that depend on how it is built."""
    files = [path for folder in KERNEL for path in (ROOT / folder).rglob("*.[chS]")]
    return [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted(files)
        for line in path.read_text().split("\n")
        if ASSERTION.search(line)
    ]


def is_built(test: Path) -> bool:
    """Is the unit test named, as a word, by the file that builds them?"""
    name = test.stem[: -len("_test")]
    lists = (test.parent / "CMakeLists.txt").read_text()
    return re.search(rf"(?<![\w/]){re.escape(name)}(_test)?(?![\w/])", lists) is not None


def elsewhere_problems() -> Iterator[str]:
    for row, tests in ELSEWHERE.items():
        for test in tests:
            name, _, what = test.partition(":")
            path = ROOT / name
            if not path.is_file() or not re.search(rf"(?<!\w){re.escape(what)}(?!\w)", path.read_text()):
                yield f"{row} is to be shown by {what} in {name}, which is not there"
            elif path.parent.name == "unit" and not is_built(path):
                yield f"{row} is to be shown by {name}, which is not built"


def problems(played: Dict[str, str]) -> Iterator[str]:
    for name, where in MATRIX.items():
        missing = [letter for letter in where if letter not in played.get(name, "")]
        if name in NOT_APPLICABLE or not missing:
            continue
        if missing == ["H"] and f"{name}, the twin" in PARTS_NOT_APPLICABLE:
            continue
        # Another test stands for the twin; where nothing is played, for all.
        if name not in ELSEWHERE or (name in played and missing != ["H"]):
            yield f"{name} is not played on {''.join(missing)}"
    for name in NOT_APPLICABLE:
        if name in played:
            yield f"{name} is both played and not"
    for name in {*played, *NOT_APPLICABLE, *ELSEWHERE}.difference(MATRIX):
        yield f"{name} is no row of the matrix"
    for part in PARTS_NOT_APPLICABLE:
        if part.split(",")[0] not in played:
            yield f"{part} is a part of a row that is not played"
    for name, row in ROWS.items():
        for letter in row.where:
            if not any(letter in variant.on for variant in row.variants):
                yield f"{name} has nothing to play for {letter}"


def main() -> int:
    played = {name: row.where for name, row in ROWS.items()}
    for name, where in by_malformed_trees().items():
        played[name] = played.get(name, "") + where
    conditional = by_assertions()
    if not conditional:
        played["A47"] = "HAX"
        print("A47 is shown by the sources: no check of the kernel's is an assertion, so all builds have all of them")
    for name, reason in {**NOT_APPLICABLE, **PARTS_NOT_APPLICABLE}.items():
        print(f"{name} not applicable: {reason}")
    for name, tests in ELSEWHERE.items():
        print(f"{name} also: {', '.join(tests)}" if name in played else f"{name} is shown by {', '.join(tests)}")
    print(f"{len(played)} rows are played, {len(NOT_APPLICABLE)} are not, of {len(MATRIX)}")
    wrong = [f"A47: {line}" for line in conditional] + list(elsewhere_problems()) + list(problems(played))
    for line in wrong:
        print("FAIL: " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
