#!/usr/bin/env python3
"""Every row of the matrix is played by whom it names, or is shown by another test, which exists, or has a reason why
not, which is printed. A row with none of these fails, and so does a reason for a row that is played. What is played is
what ctest lists: a build knows its own players.

    census.py BUILD twin | image
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Dict, Iterator, List

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from columns import Column, columns
from cpus import CPUS, TWIN
from listing import Test, tests_of
from matrix import MATRIX
from not_applicable import ELSEWHERE, NOT_APPLICABLE, NOT_ON, PARTS_NOT_APPLICABLE, PENDING
from rows import ROWS

ROOT = Path(__file__).resolve().parents[2]
# Not of the matrix: the trees that malformed ones are compared with.
SOUND = "B00"
# A47: what a build without assertions would leave out. The kernel's checks are none.
ASSERTION = re.compile(r"\bNDEBUG\b|(?<![_\w])assert\s*\(|<assert\.h>")
KERNEL = ("core", "lib", "hal", "hal_qemu_virt", "boot", "abi")


def by_assertions(root: Path) -> Iterator[str]:
    """Lines of the kernel that depend on how it is built."""
    files = [path for folder in KERNEL for path in (root / folder).rglob("*.[chS]")]
    if not files:
        yield f"A47: no sources of the kernel in {root}"
    for path in sorted(files):
        for line in path.read_text().split("\n"):
            if ASSERTION.search(line):
                yield f"A47: {path.relative_to(root)}: {line.strip()}"


def is_built(test: Path) -> bool:
    """Is the unit test named, as a word, by the file that builds them?"""
    name = test.stem[: -len("_test")]
    lists = (test.parent / "CMakeLists.txt").read_text()
    return re.search(rf"(?<![\w/]){re.escape(name)}(_test)?(?![\w/])", lists) is not None


def reference_problems() -> Iterator[str]:
    """Unit tests that are named, but are not there."""
    for row, tests in ELSEWHERE.items():
        for test in tests:
            name, _, what = test.partition(":")
            path = ROOT / name
            if name in ("image", "twin", "msan"):
                continue
            if not path.is_file() or not re.search(rf"(?<!\w){re.escape(what)}(?!\w)", path.read_text()):
                yield f"{row} is to be shown by {what} in {name}, which is not there"
            elif not is_built(path):
                yield f"{row} is to be shown by {name}, which is not built"


def pattern_problems(tests: List[Test], side: str) -> Iterator[str]:
    """Entries of this build's ctest that are named, but are not there: others would be counted in their place."""
    for row, references in ELSEWHERE.items():
        for reference in references:
            where, _, pattern = reference.partition(":")
            if where == "msan":
                where, pattern = "twin", reference
            if where == side and not any(fnmatchcase(test.name, pattern) for test in tests):
                yield f"{row} is to be shown by {reference}, which is no test"


def table_problems() -> Iterator[str]:
    """Tables that contradict each other."""
    for name in {*ROWS, *NOT_APPLICABLE, *ELSEWHERE, *NOT_ON, *PENDING}.difference(MATRIX):
        yield f"{name} is no row of the matrix"
    for name in NOT_APPLICABLE:
        if name in ROWS:
            yield f"{name} is both played and not"
    for name, row in ROWS.items():
        for letter in row.where:
            if not any(letter in variant.on for variant in row.variants):
                yield f"{name} has nothing to play for {letter}"


def played_problems(tests: List[Test], names: Dict[str, Column]) -> Iterator[str]:
    played = {(test.row, test.name.split(".")[-1]) for test in tests if test.row}
    for name in sorted({row for row, _ in played}.difference(MATRIX, {SOUND})):
        yield f"{name} is played, and no row of the matrix"
    for backend, column in names.items():
        for name, cell in column.items():
            if cell.reason and (name, backend) in played:
                yield f"{name} is played on {backend}, and should not be: {cell.reason}"
            elif not cell.reason and not cell.tests and name not in PENDING:
                yield f"{name} is not played on {backend}"


def main() -> int:
    # What `ninja attack` adds: the build with MemorySanitizer, which has these entries as the twin has, and a mutation.
    tests = tests_of(Path(sys.argv[1]))
    tests += [replace(test, name="msan:" + test.name) for test in tests if test.name.startswith("fuzz-regression.")]
    tests.append(Test("mutations.tlb", ()))
    backends = [TWIN] if sys.argv[2] == "twin" else list(CPUS)
    table = columns(backends, tests)
    for name, column in table.items():
        for row, cell in column.items():
            if cell.reason:
                print(f"{row} on {name}: {cell.reason}")
        print(f"{name}: {sum(1 for cell in column.values() if cell.tests)} of {len(MATRIX)} rows are played")
    for part, reason in PARTS_NOT_APPLICABLE.items():
        print(f"{part}: {reason}")
    wrong = [*by_assertions(ROOT), *reference_problems(), *pattern_problems(tests, sys.argv[2])]
    wrong += [*table_problems(), *played_problems(tests, table)]
    for line in wrong:
        print("FAIL: " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
