#!/usr/bin/env python3
"""Offsets of a function that llvm-nm knows must come out as that function's name and file.

    symbolize_test.py --image pantheros.elf --nm llvm-nm --symbolizer llvm-symbolizer
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import List

from symbolize import symbolize

FUNCTION = "kernel_fault"
NAMED = r"  kernel_fault at (\S*/)?core/trap/kernel_fault\.c:[1-9]\d*$"
IMAGE_BASE = 0xFFFFFFC000000000  # KERNEL_IMAGE_BASE, hal/layout.h
DISTANCES = (0, 0x200000, 0x3FFFE00000)  # that the image has moved by


def address_of(nm: str, image: Path, name: str) -> int:
    listing = subprocess.run([nm, str(image)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return next(int(line.split()[0], 16) for line in listing.splitlines() if line.split()[-1] == name)


def problems_at(options: argparse.Namespace, address: int, distance: int) -> List[str]:
    offset = address - IMAGE_BASE
    log = [
        "KPANIC[bug] what happened",
        f"  pc=0x{address + distance:016x} pstate=0x00000000 sp=0x0000000000000000",
        f"  #0 +0x{offset:x}",
        # The return address of a call that is the function's first instruction.
        f"  #1 +0x{offset + 4:x}",
        "  #2 +0x999999999",
        "KPANIC[halted]",
        # A branch to where no kernel is.
        f"  pc=0x{offset:016x} pstate=0x00000000 sp=0x0000000000000000",
        f"  #0 +0x{(offset - IMAGE_BASE - distance) % (1 << 64):x}",
    ]
    got = symbolize(log, options.image, options.symbolizer)
    wrong = [line for line in got[1:4] if not re.search(NAMED, line)]
    wrong += [line for line, original in zip(got, log) if not line.startswith(original)]
    wrong += [line for line in (got[0], *got[4:]) if line not in log]
    return ["a line too many or too few"] if len(got) != len(log) else wrong


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--nm", required=True)
    parser.add_argument("--symbolizer", required=True)
    options = parser.parse_args()
    address = address_of(options.nm, options.image, FUNCTION)
    wrong = [line for distance in DISTANCES for line in problems_at(options, address, distance)]
    for line in wrong:
        print("FAIL: " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
