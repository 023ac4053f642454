#!/usr/bin/env python3
"""A real panic's backtrace, symbolized, must name the calls that led there, the innermost first.

    backtrace_test.py --qemu qemu-system-aarch64 --image pantheros-self-attack.img --elf pantheros-self-attack.elf --symbolizer ...
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import List

from console import text_of
from expectation import Panic
from machine import Machine
from run_qemu import new_nonce, report, run
from symbolize import symbolize

# tests/self_attack/panic_bugs.c panics on request, in the kernel's loop.
BUG = "explicit"
CALLS = (
    r"  #\d+ \+0x[0-9a-f]+  panic at (\S*/)?core/log/panic\.c:\d+",
    r"  #\d+ \+0x[0-9a-f]+  kbug_explicit at (\S*/)?tests/self_attack/panic_bugs\.c:\d+",
    r"  #\d+ \+0x[0-9a-f]+  loop_run at .*",
    r"  #\d+ \+0x[0-9a-f]+  kernel_moved at (\S*/)?core/start/main\.c:\d+",
)


def missing(lines: List[str]) -> List[str]:
    """The calls that are not there, or not in this order."""
    rest = iter(lines)
    return [call for call in CALLS if not any(re.fullmatch(call, line) for line in rest)]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--elf", type=Path, required=True)
    parser.add_argument("--symbolizer", required=True)
    options = parser.parse_args()
    nonce = new_nonce()
    command = Machine(kernel=options.image, append=f"kbug={BUG}", qemu=options.qemu).command(nonce)
    outcome = run(command, nonce)
    problems = Panic(BUG).problems(outcome, nonce)
    lines = symbolize(text_of(outcome.console).splitlines(), options.elf, options.symbolizer)
    problems += [f"the backtrace lacks {call!r}" for call in missing(lines)]
    if problems:
        print(report(command, outcome, problems))
        print("\n".join(lines))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
