#!/usr/bin/env python3
"""Every row of the matrix is played, or has a reason why not, which is printed. A row with neither or both fails."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("qemu", "malformed")]

from cases import CASES
from not_applicable import MATRIX, NOT_APPLICABLE, PARTS_NOT_APPLICABLE
from rows import ROWS

# Not of the matrix: the trees that malformed ones are compared with.
SOUND = "B00"


def main() -> int:
    malformed = {name.split("-")[0] for name in CASES} - {SOUND}
    played = {*ROWS, *malformed}
    for name, reason in {**NOT_APPLICABLE, **PARTS_NOT_APPLICABLE}.items():
        print(f"{name} not applicable: {reason}")
    print(f"{len(played)} rows are played, {len(NOT_APPLICABLE)} are not, of {len(MATRIX)}")
    wrong = [f"{name} is missing" for name in MATRIX if name not in played and name not in NOT_APPLICABLE]
    wrong += [f"{name} is both played and not" for name in NOT_APPLICABLE if name in played]
    wrong += [f"{name} is no row of the matrix" for name in sorted(played.union(NOT_APPLICABLE)) if name not in MATRIX]
    unplayed = [part for part in PARTS_NOT_APPLICABLE if part.split(",")[0] not in played]
    wrong += [f"{part} is a part of a row that is not played" for part in unplayed]
    wrong += [f"{name} is both malformed and not" for name in malformed if name in ROWS]
    wrong += [
        f"{name} has nothing to play for {letter}"
        for name, row in ROWS.items()
        for letter in row.where
        if not any(letter in variant.on for variant in row.variants)
    ]
    for line in wrong:
        print("FAIL: " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
