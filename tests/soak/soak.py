#!/usr/bin/env python3
"""Lets the kernel start and end many processes (user/stress), and looks whether all that they had has come back.

    soak.py --qemu qemu-system-aarch64 --kernel pantheros.img --archive soak.cpio --count 100000

The counts of free frames, heap and processes must be the same afterwards, the console alive, and the end as every
end should be. The seed is said, so that a run can be had again: time goes by instructions.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
import time
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from expectation import closing_problems, text_of
from machine import Machine
from run_qemu import new_nonce, report
from session import Session, SessionError

COUNTS = r"soak: {} frames=(\d+) heap=(\d+) processes=(\d+)"
WORDS = "is the console alive?"


def soak(session: Session, count: int, seed: int, nonce: int) -> List[str]:
    """What is wrong; nothing, if all is well."""
    before = session.expect(COUNTS.format("before"))
    session.type(f"{count} {seed}")
    after = session.expect(COUNTS.format("after"))
    session.type(WORDS)
    session.expect("soak: heard " + re.escape(WORDS))
    problems = closing_problems(session.finish(), nonce)
    if after != before or before[2] != "1" or "0" in before[:2]:
        problems.append(f"frames, heap and processes: there was {before}, and is {after}")
    lines = text_of(session.console).split("\n")
    for line in (f"stress: {count} cycles, seed {seed}", f"stress: {count} cycles, counts as before"):
        if line not in lines:
            problems.append(f"no line {line!r}")
    return problems


def check(machine: Machine, count: int, seed: int, timeout: float) -> List[str]:
    nonce = new_nonce()
    command = machine.command(nonce)
    with Session(command, nonce, timeout) as session:
        try:
            problems = soak(session, count, seed, nonce)
        except SessionError as error:
            problems = [str(error)]
        if problems:
            print(report(command, session.outcome(), problems))
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Starts and ends many processes.")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--kernel", type=Path, required=True, help="pantheros.img")
    parser.add_argument("--archive", type=Path, required=True, help="soak.cpio")
    parser.add_argument("--cpu", default="cortex-a72")
    parser.add_argument("--count", type=int, required=True, help="cycles")
    parser.add_argument("--seed", type=int, default=None, help="any number from 1; default: a new one")
    parser.add_argument("--shift", type=int, default=5, help="an instruction takes 2^SHIFT nanoseconds")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds after which a hang is a failure")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else 1 + secrets.randbelow((1 << 63) - 1)
    machine = Machine(
        kernel=options.kernel,
        cpu=options.cpu,
        initrd=options.archive,
        # Not sleep=off: with no timer set, as when all wait for input, QEMU 7.2 then may never deliver it.
        extra=("-icount", f"shift={options.shift},sleep=on", "-seed", str(seed % (1 << 32))),
        qemu=options.qemu,
    )
    start = time.monotonic()
    problems = check(machine, options.count, seed, options.timeout)
    took = time.monotonic() - start
    if not problems:
        print(f"soak: {options.count} cycles in {took:.0f} s, seed {seed}, shift {options.shift}: counts as before")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
