#!/usr/bin/env python3
"""Random words in children of the kernel that is released, each in a process of its own: how each ends is judged by the
rules of the sweep, and afterwards all frames, heap and processes must be back.

    children.py --image pantheros.img --identify pantheros-sweep.img --program sweep-children.elf --on max --seed 1
"""

from __future__ import annotations

import argparse
import struct
import sys
import tempfile
from pathlib import Path
from typing import List

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("qemu", "attack")]

from archive import archive
from console import text_of
from cpu import Cpu
from cpus import BACKENDS, CPUS
from elf_file import ElfFile
from expectation import Lines, Outcome
from machine import Machine
from quirks import quirk_of
from run_qemu import new_nonce, report, run
from sweep import outcome_texts, registers_of
from system_rules import NAMES, WFE, Rule
from word_rules import LOAD_STORE, is_relative, word_rule
from words import describe, random_word

COUNT = 2048
TIMEOUT = 100.0
# Time is counted in instructions: how long a child may take is the same wherever this runs.
ICOUNT = ("-icount", "shift=0,sleep=off")
# What a word that leads elsewhere in the program can end in: other words of it are run then.
ANYWHERE = frozenset({"ok", "*", "!", "00", "18", "19", "1d", "20", "22", "24", "3c"})
# FP is given to who uses it, an SVC that is no call is an error number, and to wait is to yield.
HANDLED = {"15": "ok", "01": "ok"}


def child_rule(word: int, cpu: Cpu) -> Rule:
    """Of an outcome's syndrome nothing is seen but its class."""
    if is_relative(word):
        return ANYWHERE
    group, rule = word_rule(word, cpu)
    if group == "load or store":  # the program's data is no page of its own
        rule |= LOAD_STORE
    outcomes = frozenset({"ok"}) if rule == WFE else frozenset(outcome.lstrip("~") for outcome in rule)
    return frozenset(HANDLED.get(outcome, outcome) for outcome in outcomes)


def program_with(words: List[int], path: Path) -> bytes:
    elf = ElfFile(path)
    data, offset = bytearray(elf.data), elf.file_offset(elf.symbols["children_words"])
    for number, word in enumerate(words):
        struct.pack_into("<I", data, offset + 8 * number, word)
    return bytes(data)


def cpu_of(options: argparse.Namespace) -> Cpu:
    """The release image does not print what the rules depend on."""
    player, nonce = BACKENDS[options.on], new_nonce()
    machine = Machine(options.identify, player.model, options=player.options, qemu=options.qemu)
    return Cpu(registers_of(text_of(run(machine.command(nonce), nonce).console)))


def boot(options: argparse.Namespace, words: List[int]) -> List[str]:
    player, nonce = BACKENDS[options.on], new_nonce()
    with tempfile.TemporaryDirectory() as folder:
        initrd = Path(folder, "archive.cpio")
        initrd.write_bytes(archive({"children": program_with(words, options.program)}))
        machine = Machine(
            options.image, player.model, options=player.options, initrd=initrd, extra=ICOUNT, qemu=options.qemu
        )
        command = machine.command(nonce)
        outcome = run(command, nonce, TIMEOUT)
    problems = Lines(("counts back",)).problems(outcome, nonce) + judged(options, words, outcome)
    return [report(command, outcome, problems)] if problems else []


def judged(options: argparse.Namespace, words: List[int], outcome: Outcome) -> List[str]:
    cpu, ends = cpu_of(options), outcome_texts(text_of(outcome.console))
    if len(ends) != len(words):
        return [f"{len(ends)} ends of {len(words)} children"]
    found = []
    for number, (word, end) in enumerate(zip(words, ends)):
        rule = child_rule(word, cpu)
        if end not in rule and quirk_of(word, end) is None:
            wanted = " or ".join(sorted(rule))
            found.append(f"child {number}: {describe(word, NAMES)}: expected {wanted}, seen {end}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Random words in children.")
    parser.add_argument("--image", type=Path, required=True, help="pantheros.img")
    parser.add_argument("--identify", type=Path, required=True, help="pantheros-sweep.img")
    parser.add_argument("--program", type=Path, required=True, help="sweep-children.elf")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--on", choices=[cpu.name for cpu in CPUS], default="max")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    problems = boot(options, [random_word(options.seed, number) for number in range(COUNT)])
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
