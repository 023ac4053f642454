#!/usr/bin/env python3
"""Boots from malformed trees (cases.py), one boot a case, on one backend, and judges what the console shows.

    run_case.py B02 --on cortex-a72 --image pantheros.img --kernel pantheros.elf --stub malformed_stub.elf
    run_case.py B02-magic --on twin --twin pantheros-twin
    run_case.py B02-magic --write tree.dtb
    run_case.py --list twin | image         for CMake: "ROW BACKEND" lines

A row passes if each of its cases does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Optional

from cases import CASES, Case
from cpus import BACKENDS, CPU_LETTERS, TWIN
from machine import Machine
from run_qemu import new_nonce, report, run

TIMEOUT = 60.0
# Where stub.S looks for x0, for the address to be wiped out, and for the Image.
WORDS = 0x46010000


def loader(**values: object) -> List[str]:
    return ["-device", ",".join(["loader"] + [f"{name.replace('_', '-')}={value}" for name, value in values.items()])]


def loaders(options: argparse.Namespace, case: Case, tree: Optional[Path]) -> List[str]:
    line = loader(file=options.image, addr=hex(case.image), force_raw="on")
    if tree is not None:
        line += loader(file=tree, addr=hex(case.at), force_raw="on")
    line += loader(addr=hex(WORDS), data=hex(case.x0), data_len=8)
    line += loader(addr=hex(WORDS + 8), data=hex(case.erase), data_len=8)
    return line + loader(addr=hex(WORDS + 16), data=hex(case.image), data_len=8)


def machine(options: argparse.Namespace, case: Case, tree: Optional[Path]) -> Machine:
    cpu = BACKENDS[options.on]
    if case.plain:
        kernel = options.image if case.plain == "image" else options.kernel
        return Machine(kernel=kernel, cpu=cpu.model, options=case.options + cpu.options, qemu=options.qemu)
    extra = tuple(loaders(options, case, tree))
    return Machine(
        kernel=options.stub, cpu=cpu.model, options=case.options + cpu.options, extra=extra, qemu=options.qemu
    )


def command(options: argparse.Namespace, case: Case, tree: Optional[Path], nonce: Optional[int]) -> List[str]:
    if options.on == TWIN.name:
        return [str(options.twin), "--dtb", str(tree)]
    return machine(options, case, tree).command(nonce)


def play(options: argparse.Namespace, case: Case) -> str:
    """Returns what is wrong, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        nonce = new_nonce() if case.has_nonce else None
        tree = None
        if case.make is not None:
            tree = Path(folder, "tree.dtb")
            tree.write_bytes(case.make("" if nonce is None else f"nonce={nonce}").encode())
        line = command(options, case, tree, nonce)
        outcome = run(line, nonce, TIMEOUT)
        problems = case.expect.problems(outcome, nonce)
        return report(line, outcome, problems) if problems else ""


def row_of(name: str) -> str:
    return name.split("-")[0]


def chosen(name: str, backend: str) -> Dict[str, Case]:
    """The case of that name, or all of the row's cases that this backend plays."""
    if name in CASES:
        return {name: CASES[name]}
    letter = BACKENDS[backend].letter
    return {full: case for full, case in CASES.items() if row_of(full) == name and letter in case.where}


def list_rows(letters: str) -> None:
    rows = dict.fromkeys(row_of(name) for name in CASES)
    for row in rows:
        for cpu in BACKENDS.values():
            if cpu.letter in letters and chosen(row, cpu.name):
                print(row, cpu.name)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Boots from malformed device trees.")
    parser.add_argument("name", nargs="?", metavar="ROW-OR-CASE")
    parser.add_argument("--on", choices=BACKENDS)
    parser.add_argument("--image", type=Path, help="pantheros.img")
    parser.add_argument("--kernel", type=Path, help="pantheros.elf")
    parser.add_argument("--stub", type=Path, help="the stub that plays the boot loader")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--twin", type=Path, help="pantheros-twin")
    parser.add_argument("--write", type=Path, metavar="FILE", help="only write the tree")
    parser.add_argument("--list", choices=("twin", "image"))
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if options.list:
        list_rows(TWIN.letter if options.list == "twin" else CPU_LETTERS)
        return 0
    if options.write:
        case = CASES[options.name]
        options.write.write_bytes(case.make("").encode() if case.make else b"")
        return 0
    cases = chosen(options.name, options.on)
    failed = 0
    for name, case in cases.items():
        wrong = play(options, case)
        if wrong:
            failed += 1
            print(f"{name} on {options.on}\n{wrong}\n")
    print(f"{len(cases) - failed} of {len(cases)} cases passed on {options.on}")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
