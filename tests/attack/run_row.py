#!/usr/bin/env python3
"""Plays one row of the attack matrix on one backend and judges what the console shows.

    run_row.py A12 --on cortex-a72 --image pantheros.img --kernel pantheros.elf --program user_player.elf
    run_row.py A12 --on twin --player attack_twin_player --program hello.elf
    run_row.py --list twin | image         for CMake: "ROW BACKEND" lines
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import List, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from elf_file import ElfFile
from expectation import Transcript
from machine import Machine
from rows import ROWS
from run_qemu import new_nonce, report, run
from script import Variant
from world import BACKENDS, TWIN, Cpu, World

TRANSCRIPT = Path(__file__).resolve().parents[1] / "qemu" / "transcript.txt"
HELLO = "Hello from secure kernel!\n\n"
TIMEOUT = 60.0


def expected(variant: Variant, world: World, nonce: int) -> Transcript:
    """The usual transcript, with what this program does in the place of hello's line. The kernel signs how it ends."""
    text = TRANSCRIPT.read_text()
    assert text.count(HELLO) == 1
    played = re.sub(r"^\[KILL\] .*$", rf"\g<0> #{nonce}", variant.text(world), flags=re.MULTILINE)
    return Transcript(text.replace(HELLO, played))


def with_script(program: ElfFile, script: bytes) -> bytes:
    """The player's file with these steps in it."""
    at = program.file_offset(program.symbols["script"])
    return program.data[:at] + script + program.data[at + len(script) :]


def command(options: argparse.Namespace, cpu: Cpu, world: World, script: bytes, nonce: int, file: Path) -> List[str]:
    if cpu is TWIN:
        file.write_bytes(script)
        return [str(options.player), str(options.program), str(file), f"nonce={nonce}"]
    file.write_bytes(with_script(world.program, script))
    return Machine(kernel=options.image, cpu=cpu.name, initrd=file, qemu=options.qemu).command(nonce)


def play(options: argparse.Namespace, cpu: Cpu, world: World, variant: Variant) -> str:
    """Plays one variant; returns what is wrong, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        nonce = new_nonce()
        line = command(options, cpu, world, variant.encode(world), nonce, Path(folder, "file"))
        outcome = run(line, nonce, TIMEOUT)
        problems = expected(variant, world, nonce).problems(outcome, nonce)
        return report(line, outcome, problems) if problems else ""


def list_rows(letters: Sequence[str]) -> None:
    for name, row in ROWS.items():
        for cpu in BACKENDS.values():
            if cpu.letter in row.where and cpu.letter in letters:
                print(name, cpu.name)


def main() -> int:
    parser = argparse.ArgumentParser(description="Plays one row of the attack matrix.")
    parser.add_argument("row", nargs="?", choices=ROWS)
    parser.add_argument("--on", choices=BACKENDS)
    parser.add_argument("--program", type=Path, help="user_player.elf; for the twin any program")
    parser.add_argument("--kernel", type=Path, help="pantheros.elf, for its symbols")
    parser.add_argument("--image", type=Path, help="pantheros.img, which is booted")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--player", type=Path, help="the twin's player")
    parser.add_argument("--list", choices=("twin", "image"))
    options = parser.parse_args()
    if options.list:
        list_rows("H" if options.list == "twin" else "ANX")
        return 0
    row = ROWS[options.row]
    cpu = BACKENDS[options.on]
    world = World(cpu, ElfFile(options.program), ElfFile(options.kernel) if options.kernel else None)
    failed = 0
    for number, variant in enumerate(row.variants, 1):
        if cpu.letter not in variant.on:
            continue
        wrong = play(options, cpu, world, variant)
        if wrong:
            failed += 1
            print(f"{options.row} on {cpu.name}, variant {number} of {len(row.variants)}: {row.title}\n{wrong}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
