"""What stops rows of the matrix, and how to take it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from edited_tree import Edit


@dataclass(frozen=True)
class Mitigation:
    """`rows` name it: rows of the matrix, or entries of ctest's as "ctest:NAME". `without` are others that hide this
    one, and are taken away with it."""

    name: str
    claim: str
    edits: Tuple[Edit, ...]
    rows: Tuple[str, ...]
    without: Tuple[str, ...] = ()
    fails_to_build: bool = False  # without it the image does not even link


def one_edit(
    name: str,
    claim: str,
    file: str,
    old: str,
    new: str,
    *rows: str,
    more: Tuple[Edit, ...] = (),
    without: Tuple[str, ...] = (),
) -> Mitigation:
    """A mitigation that stands in one place, or in `more` besides."""
    return Mitigation(name, claim, (Edit(file, old, new), *more), rows, without)
