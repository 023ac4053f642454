#!/usr/bin/env python3
"""docs/ATTACKS.md: each row of the matrix, what it claims, what keeps the claim, and which tests show it, from the
tables of this folder.

    traceability.py --write docs/ATTACKS.md
    traceability.py --check docs/ATTACKS.md
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path
from typing import Iterator, List

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("qemu", "malformed")]

from cases import CASES
from cpus import CPU_LETTERS, CPUS, TWIN
from matrix import GROUPS, MATRIX, Entry
from mitigations import MITIGATIONS
from not_applicable import ELSEWHERE, NOT_APPLICABLE, NOT_ON, PENDING
from rows import ROWS

HEADER = """# The attack matrix

Written by `tests/attack/traceability.py` from the tables of `tests/attack`: `lint.attack-docs` compares, and
`ninja attack-docs` writes it anew.

A row is one claim, and one or more attempts to break it. `ninja attack` plays all rows, on every CPU that is named
here and in the twin; `ctest --test-dir build/qemu -R '^attack.M01'` plays one row on the CPUs, the same with
`build/host` in the twin. "All CPUs" are
{cpus}.

`ninja attack-mutations` builds the kernel without each of the mitigations that are named, and the rows that name it
must fail. Where none is named, either the architecture itself bars what is tried, or no removal shows the row yet: the
command lists these.

`-Exxx` is a result of a call; `KILL(ec, iss)` ends the program with one line; `PANIC[tag]` and `BOOTFAIL[tag]` stop the
machine with one."""


# Those that are played by name, from the tables of rows.
PLAYED = {*ROWS, *(name.split("-")[0] for name in CASES)}


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def where(entry: Entry) -> str:
    cpus = [cpu.name for cpu in CPUS if cpu.letter in entry.players]
    named = ["all CPUs"] if len(cpus) == len(CPU_LETTERS) else cpus
    return ", ".join(([TWIN.name] if TWIN.letter in entry.players else []) + named)


def mitigations(row: str) -> str:
    return ", ".join(one.name for one in MITIGATIONS if row in one.rows)


def shown_by(row: str) -> str:
    if row in NOT_APPLICABLE:
        return cell(NOT_APPLICABLE[row])
    if row in PENDING and row not in ELSEWHERE:
        return "being written"
    own = f"`attack.{row}`" if row in PLAYED or row not in ELSEWHERE else ""
    others = dict.fromkeys(
        unit if unit.startswith("tests/") else pattern
        for unit, _, pattern in (reference.partition(":") for reference in ELSEWHERE.get(row, ()))
    )
    left_out = [f"not the {TWIN.name}: {reason}" for letter, reason in NOT_ON.get(row, {}).items() if letter == "H"]
    return ", ".join([part for part in (own, *(f"`{name}`" for name in others), *map(cell, left_out)) if part])


def lines() -> Iterator[str]:
    yield HEADER.format(cpus=", ".join(f"`{cpu.name}`" for cpu in CPUS))
    for group, title in GROUPS.items():
        yield f"\n## ({group}) {title}\n"
        yield "| row | claim | attack | expected | where | mitigation | shown by |\n|---|---|---|---|---|---|---|"
        for name, entry in MATRIX.items():
            if entry.group == group:
                texts = (name, entry.claim, entry.attack, entry.expected, where(entry), mitigations(name))
                yield "| " + " | ".join([*map(cell, texts), shown_by(name)]) + " |"


def text() -> str:
    return "\n".join(lines()) + "\n"


def differences(found: str) -> List[str]:
    names = ("docs/ATTACKS.md", "the tables")
    return list(difflib.unified_diff(found.splitlines(), text().splitlines(), *names, lineterm=""))


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes or compares docs/ATTACKS.md.")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", type=Path)
    choice.add_argument("--check", type=Path)
    options = parser.parse_args()
    if options.write:
        options.write.write_text(text())
        return 0
    different = differences(options.check.read_text())
    if different:
        print("\n".join(different + ["FAIL: run: ninja -C build/qemu attack-docs"]))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
