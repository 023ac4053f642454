"""The rows that the matrix has, and who has to play each: H the twin, A cortex-a72, X max. The gaps mean nothing. Of
rows B those on boots from what is malformed; of rows R those on single fetches and on exhaustion, of rows L all."""

from __future__ import annotations

from typing import Dict


def _rows(letter: str, where: str, *numbers: int) -> Dict[str, str]:
    return {f"{letter}{number:02}": where for number in numbers}


MATRIX: Dict[str, str] = {
    **_rows("A", "HAX", 1, 2, 3, 4, 6, *range(8, 16), *range(19, 24), 25, 26, *range(28, 35), 36),
    **_rows("A", "HAX", *range(38, 43), 44, 46, 47, 48),
    **_rows("A", "AX", 7, 17, 18, 35),
    **_rows("M", "AX", 1, 2, 3, 5, 6, 7, 8, 10, 15, 17, 20, 21, 23, 29, 31, 32),
    **_rows("M", "HAX", 12, 13, 14),
    **_rows("M", "H", 11),
    **_rows("M", "X", 25, 26, 27, 28),
    **_rows("M", "", 18),
    **_rows("B", "HAX", 2, 3, 7, 9, 11, 14, 17, 19, 20, 21, 22, 24),
    **_rows("B", "H", 4, 6, 18),
    **_rows("B", "AX", 1, 13, 15, 25, 26),
    **_rows("R", "HAX", 7, 13, 14, 16, 23),
    **_rows("R", "AX", 11, 12, 15, 17, 18, 19, 20, 21, 24, 25, 26),
    **_rows("R", "H", 1, 2, 6),
    **_rows("L", "AX", 1, 2, 4, 5, 8, 13, 19, 20, 21, 23),
    **_rows("L", "HAX", 11, 15, 17),
    **_rows("L", "X", 6, 9, 26),
    **_rows("L", "H", 10, 12),
    **_rows("L", "A", 24),
    **_rows("L", "", 25),
}
