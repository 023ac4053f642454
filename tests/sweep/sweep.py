#!/usr/bin/env python3
"""Boots the sweep's image, and judges what came of each word: a whole sweep, or a sample.

    sweep.py --image pantheros-sweep.img --on max system                 every system instruction
    sweep.py --image pantheros-sweep.img --on max system --step 16       every 16th
    sweep.py --image pantheros-sweep.img --on max random --seed 5        a million random words
    sweep.py --image pantheros-sweep.img --on max random --seed 5 --from 1234 --count 1    one of them again

Exit status: 0 if all is as expected, 1 if not.
"""

from __future__ import annotations

import argparse
import collections
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Counter, Dict, Iterator, List, NamedTuple, Sequence, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from console import text_of
from cpu import Cpu
from cpus import BACKENDS, CPUS
from cpus import Cpu as CpuModel
from expectation import Lines, Outcome
from machine import Machine
from quirks import quirk_of
from run_qemu import new_nonce, report, run
from system_rules import NAMES
from word_rules import word_rule
from words import SYSTEM_WORDS, describe, random_word, system_word

RANDOM_WORDS = 1_000_000
SYSTEM = -1  # a seed: no random words, but system instructions
# A boot prints no more than a runner keeps (1 MiB), and ends soon.
WORDS_PER_BOOT = 1 << 18
TIMEOUT = 120.0
# What each word came to (outcomes.h). Characters for the exception classes from 0 on.
CLASSES = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_"
TOKEN = re.compile(r"(~?)(?:\[([0-9a-f]+)\]|([.*!])|([0-9a-zA-Z@_]))")
OTHERS = {".": "ok", "*": "*", "!": "!"}
UNEXPECTED_SHOWN = 20


class Part(NamedTuple):
    """The words of one boot."""

    numbers: Sequence[int]
    seed: int  # or SYSTEM

    @property
    def words(self) -> List[int]:
        if self.seed == SYSTEM:
            return [system_word(number) for number in self.numbers]
        return [random_word(self.seed, number) for number in self.numbers]

    def place(self, number: int) -> str:
        return f"system --from {number}" if self.seed == SYSTEM else f"random --seed {self.seed} --from {number}"

    @property
    def append(self) -> str:
        step = self.numbers[1] - self.numbers[0] if len(self.numbers) > 1 else 1
        words = f"sweep-from={self.numbers[0]} sweep-count={len(self.numbers)} sweep-step={step}"
        return words if self.seed == SYSTEM else f"{words} sweep-seed={self.seed}"


def outcome_texts(console: str) -> List[str]:
    """The outcomes as in the rules."""
    line = "".join(re.findall(r"^sweep: ([^ \n]+)$", console, re.MULTILINE))
    found = []
    for fp, esr, other, exception_class in TOKEN.findall(line):
        text = f"[{esr}]" if esr else OTHERS[other] if other else f"{CLASSES.index(exception_class):02x}"
        found.append(fp + text)
    return found


def registers_of(console: str) -> Dict[str, int]:
    return {name: int(value, 16) for name, value in re.findall(r"^register (\w+) 0x([0-9a-f]+)$", console, re.M)}


class Judge:
    """Counts, and what is wrong."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = collections.Counter()
        self.quirks: Counter[str] = collections.Counter()
        self.outcomes: Counter[Tuple[str, str]] = collections.Counter()
        self.unexpected: List[str] = []

    def _kind(self, outcome: str) -> str:
        if outcome.startswith("[56004"):  # the SVC that a branch leads to
            return "ok"
        return {"ok": "ok", "~ok": "ok", "00": "undefined"}.get(outcome, "trapped")

    def _word(self, where: str, word: int, outcome: str, cpu: Cpu) -> None:
        group, rule = word_rule(word, cpu)
        self.kinds[self._kind(outcome)] += 1
        self.outcomes[group, "[esr]" if "[" in outcome else outcome] += 1
        if outcome in rule:
            return
        quirk = quirk_of(word, outcome)
        if quirk is not None:
            self.quirks[quirk.name] += 1
        else:
            wanted = " or ".join(sorted(rule))
            self.unexpected.append(f"{where}: {describe(word, NAMES)}: expected {wanted}, seen {outcome}")

    def part(self, part: Part, outcome: Outcome, nonce: int) -> List[str]:
        """Judges one boot; returns what is wrong with it as a whole."""
        console = text_of(outcome.console)
        problems = Lines((f"sweep: the kernel is as it was #{nonce}",)).problems(outcome, nonce)
        registers, outcomes = registers_of(console), outcome_texts(console)
        if len(outcomes) != len(part.numbers):
            return problems + [f"{len(outcomes)} outcomes of {len(part.numbers)} words"]
        cpu = Cpu(registers)
        problems += [f"there are no rules for {name}" for name in cpu.without_rules()]
        for number, word, text in zip(part.numbers, part.words, outcomes):
            self._word(part.place(number), word, text, cpu)
        return problems


def parts_of(options: argparse.Namespace, numbers: range, seed: int) -> Iterator[Part]:
    chosen = numbers[options.first :: options.step]
    if options.count:
        chosen = chosen[: options.count]
    for start in range(0, len(chosen), WORDS_PER_BOOT):
        yield Part(chosen[start : start + WORDS_PER_BOOT], seed)


def all_parts(options: argparse.Namespace) -> Iterator[Part]:
    if options.what != "random":
        yield from parts_of(options, range(SYSTEM_WORDS), SYSTEM)
    if options.what != "system":
        yield from parts_of(options, range(RANDOM_WORDS), options.seed)


def sweep(options: argparse.Namespace, cpu: CpuModel, judge: Judge) -> List[str]:
    """Boots as often as it takes; returns what is wrong with a boot."""
    for part in all_parts(options):
        nonce = new_nonce()
        machine = Machine(options.image, cpu.model, options=cpu.options, append=part.append, qemu=options.qemu)
        command = machine.command(nonce)
        outcome = run(command, nonce, TIMEOUT)
        problems = judge.part(part, outcome, nonce)
        if problems:
            console = text_of(outcome.console)
            shown = re.sub(r"(^sweep: [^ \n]+\n)+", "sweep: ...\n", console, flags=re.MULTILINE)
            return [report(command, replace(outcome, console=shown.encode("latin-1")), problems)]
    return []


def sweep_and_report(options: argparse.Namespace, cpu: CpuModel) -> int:
    """Returns how much is unexpected."""
    judge = Judge()
    unexpected = sweep(options, cpu, judge) + judge.unexpected
    for problem in unexpected[:UNEXPECTED_SHOWN]:
        print(problem)
    if options.outcomes:
        print_outcomes(judge)
    counts = ", ".join(f"{judge.kinds[kind]} {kind}" for kind in ("ok", "undefined", "trapped"))
    print(f"sweep {cpu.name}: {sum(judge.kinds.values())} words, {counts}, {len(unexpected)} unexpected", flush=True)
    return len(unexpected)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Sweeps instruction words at EL0.")
    parser.add_argument("what", choices=("system", "random", "all"))
    parser.add_argument("--image", type=Path, required=True, help="pantheros-sweep.img")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--on", choices=[cpu.name for cpu in CPUS], action="append", required=True)
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first word's number")
    parser.add_argument("--count", type=int, default=0, help="of words; else all")
    parser.add_argument("--step", type=int, default=1, help="each so many-th number")
    parser.add_argument("--seed", type=int, default=1, help="of random words")
    parser.add_argument("--outcomes", action="store_true", help="how often each group of words came to what")
    return parser.parse_args()


def print_outcomes(judge: Judge) -> None:
    for (group, outcome), count in sorted(judge.outcomes.items()):
        print(f"{count:8} {group:14} {outcome}")
    for name, count in sorted(judge.quirks.items()):
        print(f"{count:8} quirks of QEMU: {name}")


def main() -> int:
    options = arguments()
    return 1 if sum(sweep_and_report(options, BACKENDS[name]) for name in options.on) else 0


if __name__ == "__main__":
    sys.exit(main())
