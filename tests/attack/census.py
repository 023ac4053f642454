#!/usr/bin/env python3
"""Every row of the matrix is played, or has a reason why not, which is printed. A row with neither or both fails."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from not_applicable import MATRIX, NOT_APPLICABLE
from rows import ROWS


def main() -> int:
    for name, reason in NOT_APPLICABLE.items():
        print(f"{name} not applicable: {reason}")
    print(f"{len(ROWS)} rows are played, {len(NOT_APPLICABLE)} are not, of {len(MATRIX)}")
    wrong = [f"{name} is missing" for name in MATRIX if name not in ROWS and name not in NOT_APPLICABLE]
    wrong += [f"{name} is both played and not" for name in NOT_APPLICABLE if name in ROWS]
    wrong += [f"{name} is no row of the matrix" for name in {**ROWS, **NOT_APPLICABLE} if name not in MATRIX]
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
