"""Where QEMU does otherwise than the architecture, by version 7.2: each is one row, with the reason. The outcome of the
rule is right as well, so that a QEMU that does better passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Tuple

from words import Key, is_system, system_fields


@dataclass(frozen=True)
class Quirk:
    name: str
    reason: str
    applies: Callable[[int], bool]
    outcome: Callable[[int], str]


def _is_read_of(*keys: Key) -> Callable[[int], bool]:
    return lambda word: is_system(word) and bool(word >> 21 & 1) and system_fields(word).key in keys


def _is_access_to(*keys: Key) -> Callable[[int], bool]:
    return lambda word: is_system(word) and system_fields(word).key in keys


def _is_mask_change(word: int) -> bool:
    return word & 0xFFFFF0DF == 0xD50340DF


def _swapped(word: int) -> str:
    fields = system_fields(word)
    iss = fields._replace(op1=fields.op2, op2=fields.op1).iss
    return f"[{0x18 << 26 | 1 << 25 | iss:x}]"


def _is_branch_to_x1(word: int) -> bool:
    return word & 0xFE1F03E0 == 0xD61F0020


QUIRKS: Tuple[Quirk, ...] = (
    Quirk(
        "MDCCSR_EL0",
        "reads as 0 whatever MDSCR_EL1.TDCC says",
        _is_read_of(Key(2, 3, 0, 1, 0)),
        lambda _: "ok",
    ),
    Quirk(
        "DBGDTR",
        "DBGDTR_EL0, DBGDTRRX_EL0 and DBGDTRTX_EL0 are not there in AArch64 state",
        _is_access_to(Key(2, 3, 0, 4, 0), Key(2, 3, 0, 5, 0)),
        lambda _: "00",
    ),
    Quirk("DAIFSet", "the syndrome of DAIFSet and DAIFClr has op1 and op2 exchanged", _is_mask_change, _swapped),
    Quirk(
        "misaligned branch",
        "a branch to a misaligned address that cannot be executed is an instruction abort",
        _is_branch_to_x1,
        lambda _: "20",
    ),
)


def quirk_of(word: int, outcome: str) -> Optional[Quirk]:
    for quirk in QUIRKS:
        if quirk.applies(word) and quirk.outcome(word) == outcome:
            return quirk
    return None
