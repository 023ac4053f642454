#!/usr/bin/env python3
"""Turns the image offsets of a panic's backtrace into names and lines.

    symbolize.py --image build/qemu/pantheros.elf [LOG]      without LOG: $LOG, or standard input

Every line is passed on; a backtrace line ("  #1 +0x1234") and the line of the faulting instruction ("  pc=0x...")
get the function and source line appended, functions inlined there first.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from elf_file import ElfFile

FRAME = re.compile(r"^\s*#(\d+) \+0x([0-9a-f]+)\s*$")
PC = re.compile(r"^\s*pc=0x([0-9a-f]+)\b")
INSTRUCTION_SIZE = 4
# The image never reaches further (KERNEL_IMAGE_MAX, hal/layout.h).
IMAGE_MAX = 0x100000
# The image moves at boot by a multiple of this (KERNEL_PLACE_SIZE).
PLACE_SIZE = 0x200000


def _addresses(lines: List[str], base: int) -> Dict[int, int]:
    """Line number -> the address whose place in the source the line stands for."""
    found = {}
    fault: Optional[Tuple[int, int]] = None  # the line of a fault's own address, and that
    for number, line in enumerate(lines):
        pc = PC.match(line)
        frame = FRAME.match(line)
        if pc:
            fault = number, int(pc[1], 16)
        elif frame:
            offset = int(frame[2], 16)
            if fault and frame[1] == "0" and (fault[1] - offset) % PLACE_SIZE == 0 and offset < IMAGE_MAX:
                found[fault[0]] = found[number] = base + offset
            elif INSTRUCTION_SIZE <= offset < IMAGE_MAX:
                # A return address names the instruction after the call.
                found[number] = base + offset - INSTRUCTION_SIZE
            fault = None
    return found


def _place(symbols: List[Dict[str, object]]) -> str:
    places = []
    for symbol in symbols:
        file = os.path.normpath(str(symbol["FileName"])) if symbol["FileName"] else "??"
        places.append(f"{symbol['FunctionName'] or '??'} at {file}:{symbol['Line']}")
    return ", inlined in ".join(places)


def _resolve(symbolizer: str, image: Path, addresses: List[int]) -> Dict[int, str]:
    """Address -> where that is in the source, from llvm-symbolizer."""
    if not addresses:
        return {}
    command = [symbolizer, f"--obj={image}", "--output-style=JSON"] + [hex(address) for address in addresses]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {address: _place(entry["Symbol"]) for address, entry in zip(addresses, answer)}


def symbolize(lines: List[str], image: Path, symbolizer: str) -> List[str]:
    numbers = _addresses(lines, ElfFile(image).base)
    places = _resolve(symbolizer, image, sorted(set(numbers.values())))
    return [f"{line}  {places[numbers[n]]}" if n in numbers else line for n, line in enumerate(lines)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Names the addresses of a panic's backtrace.")
    parser.add_argument("--image", type=Path, required=True, help="pantheros.elf")
    parser.add_argument("--symbolizer", default="llvm-symbolizer")
    parser.add_argument("log", nargs="?", type=Path, default=os.environ.get("LOG"))
    options = parser.parse_args()
    text = Path(options.log).read_text("latin-1") if options.log else sys.stdin.read()
    print("\n".join(symbolize(text.splitlines(), options.image, options.symbolizer)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
