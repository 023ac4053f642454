#!/usr/bin/env python3
"""The attack suite, by one command: plays every row of the matrix on each CPU and on the twin, prints a table by group
and a closing line for each, and writes a report.

    attack.py --build build/qemu --ninja ninja --report attack.html

A row's tests are entries of ctest's (columns.py says which), run here, two at a time; what did not run did not pass.
The twin's own tests are in trees within the image's: twin, and msan for what MemorySanitizer shows.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Dict, List, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from columns import Column, columns
from cpus import CPUS, TWIN
from html_report import report
from listing import BuildError, Test, build_for, tests_of
from playing import play_all
from verdicts import FAILED, closing_line, counts, group_table, verdicts

MSAN = "msan:"
# Row K49: the kernel that forgets to invalidate. The other removals have a command of their own, which takes longer.
MUTATION = "mutations.tlb"
REMOVED = "TLB invalidation"


def needed(table: Dict[str, Column], tests: Sequence[Test]) -> List[Test]:
    names = {name for column in table.values() for cell in column.values() for name in cell.tests}
    return [test for test in tests if test.name in names]


def mutation(options: argparse.Namespace) -> Test:
    root, work = Path(__file__).resolve().parents[2], options.build / "mutations"
    command = [sys.executable, "-B", str(Path(__file__).with_name("mutations.py")), "--root", str(root)]
    command += ["--work", str(work), "--ninja", options.ninja, "--report", str(options.build / "attack-mutation.html")]
    return Test(MUTATION, (*command, "--jobs", "1", "--only", REMOVED, "--", *options.options), timeout=1200)


def twin_tests(options: argparse.Namespace) -> List[Test]:
    return tests_of(options.build / "twin") + [
        replace(test, name=MSAN + test.name) for test in tests_of(options.build / "msan")
    ]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Plays the attack matrix.")
    parser.add_argument("--build", type=Path, required=True, help="the image's build; twin and msan are in it")
    parser.add_argument("--ninja", default="ninja")
    parser.add_argument("--report", type=Path, required=True, help="the HTML file to write")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("options", nargs="*", help="for CMake, in the copy that a mitigation is taken from")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    image, twin = [*tests_of(options.build), mutation(options)], twin_tests(options)
    table = {**columns(CPUS, image), **columns((TWIN,), twin)}
    image, twin = needed(table, image), needed(table, twin)
    build_for(options.build / "twin", options.ninja, [test for test in twin if not test.name.startswith(MSAN)])
    build_for(options.build / "msan", options.ninja, [test for test in twin if test.name.startswith(MSAN)])
    twin = needed(table, twin_tests(options))  # with the commands of what has been built
    found = verdicts(table, play_all(image + twin, options.jobs))
    closing = [closing_line(name, column) for name, column in found.items()]
    options.report.write_text(report(found, closing))
    print("\n".join(group_table(found) + [""] + closing))
    print(f"report: {options.report}")
    return 1 if any(counts(column)[FAILED] for column in found.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        sys.exit(f"what the rows need does not build:\n{error}")
