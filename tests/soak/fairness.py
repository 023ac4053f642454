#!/usr/bin/env python3
"""Sixty-four processes spin (fairness.c); each must have had its share of the CPU, within ten percent.

    fairness.py --qemu qemu-system-aarch64 --kernel pantheros.img --archive fairness.cpio

Two measures: the CPU time that the kernel accounts, and how far each process counted by itself. Time goes by
instructions, so a busy host changes nothing.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import List, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from expectation import Outcome, closing_problems, text_of
from machine import Machine
from run_qemu import new_nonce, report, run

SPINNERS = 64
TOLERANCE = 0.10
# An instruction takes 2^6 nanoseconds: a slice is 31 000 of them.
SHIFT = 6
TIMEOUT = 100.0
MEASURES = ("ran", "counted")


def numbers(console: str, measure: str) -> List[int]:
    return [int(text) for text in re.findall(rf"^fairness: {measure} (\d+)$", console, re.MULTILINE)]


def share_problems(measure: str, shares: Sequence[int]) -> List[str]:
    """What is wrong with how the whole was shared."""
    if len(shares) != SPINNERS:
        return [f"{measure}: {len(shares)} processes, not {SPINNERS}"]
    share = sum(shares) / SPINNERS
    if any(abs(own - share) > TOLERANCE * share for own in shares) or share == 0:
        return [f"{measure}: from {min(shares)} to {max(shares)}, but a share is {share:.0f}"]
    return []


def problems(outcome: Outcome, nonce: int) -> List[str]:
    found = closing_problems(outcome, nonce)
    for measure in MEASURES:
        found += share_problems(measure, numbers(text_of(outcome.console), measure))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures how processes share the CPU.")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--kernel", type=Path, required=True, help="pantheros.img")
    parser.add_argument("--archive", type=Path, required=True, help="fairness.cpio")
    options = parser.parse_args()
    machine = Machine(
        kernel=options.kernel,
        initrd=options.archive,
        extra=("-icount", f"shift={SHIFT},sleep=off"),
        qemu=options.qemu,
    )
    nonce = new_nonce()
    command = machine.command(nonce)
    outcome = run(command, nonce, TIMEOUT)
    found = problems(outcome, nonce)
    if found:
        print(report(command, outcome, found))
        return 1
    for measure in MEASURES:
        shares = numbers(text_of(outcome.console), measure)
        print(f"fairness: {SPINNERS} processes {measure} from {min(shares)} to {max(shares)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
