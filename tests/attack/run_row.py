#!/usr/bin/env python3
"""Plays one row of the attack matrix on one backend and judges what the console shows.

    run_row.py A12 --on cortex-a72 --image pantheros.img --kernel pantheros.elf --programs folder
    run_row.py A12 --on twin --player attack_twin_player
    run_row.py --list twin | image         for CMake: "ROW BACKEND" lines
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import List, Sequence, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

import elf_maker
from cpus import CPU_LETTERS
from elf_file import ElfFile
from place import with_seed
from playing import DECIDED
from qemu_version import qemu_version
from row import Tools, Variant, deciding_line
from rows import ROWS
from run_qemu import new_nonce, report, run
from script import SCRIPT_SIZE
from self_rows import SELF_ROWS
from word_rows import WORD_ROWS
from world import BACKENDS, TWIN, Cpu, World

TIMEOUT = 60.0
SLOW_TIMEOUT = 600.0


def command(options: argparse.Namespace, world: World, variant: Variant, nonce: int, folder: Path) -> List[str]:
    archive, words = folder / "archive.cpio", f"{variant.append} nonce={nonce}".strip()
    archive.write_bytes(variant.archive(world))
    if world.cpu is TWIN:
        script = folder / "script"
        script.write_bytes(variant.script(world) or bytes(SCRIPT_SIZE))
        return [str(options.player), str(archive), str(script), words]
    tools = Tools(options.qemu, options.image, options.stub, options.self_attack, options.poisoned)
    machine = variant.machine(tools, world.cpu.model, archive, words)
    if machine.kernel == options.image:
        machine = with_seed(machine, world.seed, folder)
    return replace(machine, options=machine.options + world.cpu.options).command(nonce)


def play(options: argparse.Namespace, world: World, variant: Variant, number: int) -> Tuple[str, str]:
    """Plays one variant; returns what is wrong, or nothing, and the line that decided. The kernel lies elsewhere in each,
    and in the same place each time."""
    if world.cpu is not TWIN:
        world.seed = zlib.crc32(f"{options.row} {number} {world.cpu.name}".encode()) + 1
    with tempfile.TemporaryDirectory() as folder:
        nonce = new_nonce()
        line = command(options, world, variant, nonce, Path(folder))
        timeout = SLOW_TIMEOUT if options.slow else TIMEOUT
        outcome = run(line, nonce, timeout, variant.typed)
        problems = variant.problems(world, outcome, nonce)
        return report(line, outcome, problems) if problems else "", deciding_line(outcome, nonce)


def make_world(options: argparse.Namespace, cpu: Cpu, folder: Path) -> World:
    if cpu is TWIN:
        file, places = elf_maker.player()
        (folder / "player").write_bytes(file)
        return World(cpu, ElfFile(folder / "player"), places=places)
    programs = {path.stem: path.read_bytes() for path in options.programs.glob("*.elf")}
    program, kernel = ElfFile(options.programs / "user_player.elf"), ElfFile(options.kernel)
    return World(cpu, program, kernel, programs=programs, qemu=qemu_version(options.qemu))


def list_rows(letters: Sequence[str], self_attack: bool) -> None:
    for name, row in ROWS.items():
        if not self_attack and (name in SELF_ROWS or name in WORD_ROWS):
            continue
        for cpu in BACKENDS.values():
            if cpu.letter in row.where and cpu.letter in letters:
                print(name, cpu.name)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Plays one row of the attack matrix.")
    parser.add_argument("row", nargs="?", choices=ROWS)
    parser.add_argument("--on", choices=BACKENDS)
    parser.add_argument("--programs", type=Path, help="folder with user_player.elf, judge.elf and so on")
    parser.add_argument("--kernel", type=Path, help="pantheros.elf, for its symbols")
    parser.add_argument("--image", type=Path, help="pantheros.img, which is booted")
    parser.add_argument("--stub", type=Path, help="the stub that plays the boot loader (tests/malformed)")
    parser.add_argument("--self-attack", type=Path, help="pantheros-self-attack.img, which commits the bugs of rows K")
    parser.add_argument("--poisoned", type=Path, help="pantheros-poisoned-stack.img, for row L13")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--player", type=Path, help="the twin's player")
    parser.add_argument("--slow", action="store_true", help="the full counts, where a row is cut short otherwise")
    parser.add_argument("--list", choices=("twin", "image"))
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if options.list:
        list_rows("H" if options.list == "twin" else CPU_LETTERS, options.self_attack is not None)
        return 0
    row = ROWS[options.row]
    letter = BACKENDS[options.on].letter
    chosen = [(n, one) for n, one in enumerate(row.variants, 1) if letter in one.on and one.is_slow == options.slow]
    if not chosen:
        raise SystemExit(f"{options.row} has nothing to play on {options.on}{' with --slow' if options.slow else ''}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(options, BACKENDS[options.on], Path(folder))
        for number, variant in chosen:
            wrong, decided = play(options, world, variant, number)
            if not wrong:
                print(DECIDED + decided)
            else:
                failed += 1
                print(f"{options.row} on {world.cpu.name}, variant {number} of {len(row.variants)}: {row.title}")
                print(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
