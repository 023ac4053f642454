#!/usr/bin/env python3
"""Counts the instructions that the kernel takes, on the image as it ships, and holds them to figures.py.

    bench.py --qemu qemu-system-aarch64 --image pantheros.img --hello hello.elf --programs DIR

Prints `bench NAME VALUE UNIT` lines. The counts are exact and the same on every machine, so a figure over its
budget fails (exit status 1).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from elf_file import ElfFile
from exec_trace import Counts, count, executed, log_options
from expectation import closing_problems
from figures import BOOT_GROWTH, BOOTS, CALLS, REPEATS, BootFigure, CallFigure
from machine import Machine
from run_qemu import new_nonce, report, run

SVC_0 = 0xD4000001  # svc #0 (Arm ARM C6.2.365)
CPU = "cortex-a72"
TIMEOUT = 120.0


class BenchError(Exception):
    pass


def count_run(options: argparse.Namespace, memory: str, initrd: Optional[Path]) -> Counts:
    """Boots once under the counter; the run must end as every run should."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        extra = tuple(log_options(options.qemu, log))
        machine = Machine(
            kernel=options.image, cpu=CPU, memory=memory, initrd=initrd, extra=extra, qemu=options.qemu
        )
        nonce = new_nonce()
        outcome = run(machine.command(nonce), nonce, TIMEOUT)
        problems = closing_problems(outcome, nonce)
        if problems:
            raise BenchError(report(machine.command(nonce), outcome, problems))
        return count(executed(log))


def call_cost(options: argparse.Namespace, figure: CallFigure) -> float:
    """The dearest of the repetitions."""
    path = options.programs / f"bench-{figure.name}.elf"
    program = ElfFile(path)
    counts = count_run(options, "128M", path)
    if counts.entry != program.entry:
        raise BenchError(f"{figure.name}: the first instruction at EL0 is not the program's")
    if len(counts.visits) != REPEATS or any(program.word(visit.caller) != SVC_0 for visit in counts.visits):
        raise BenchError(f"{figure.name}: the kernel was entered otherwise than by {REPEATS} calls: {counts.visits}")
    return max(visit.instructions for visit in counts.visits) / figure.divisor


def boot_cost(options: argparse.Namespace, figure: BootFigure) -> float:
    counts = count_run(options, figure.memory, None)
    if counts.entry != ElfFile(options.hello).entry:
        raise BenchError(f"{figure.name}: the first instruction at EL0 is not hello's")
    return counts.boot


def over_budget(values: Dict[str, float]) -> List[str]:
    budgets = {figure.name: figure.budget for figure in CALLS + BOOTS}
    for boot in BOOTS:
        if boot.compared_with is not None:
            budgets[boot.name] = values[boot.compared_with] * BOOT_GROWTH
    return [
        f"FAIL: {name} is {values[name]:g}, more than its budget of {budget:g}"
        for name, budget in budgets.items()
        if budget is not None and values[name] > budget
    ]


def shown(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Counts the kernel's instructions.")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--image", type=Path, required=True, help="pantheros.img")
    parser.add_argument("--hello", type=Path, required=True, help="the ELF file of the built-in program")
    parser.add_argument("--programs", type=Path, required=True, help="where bench-NAME.elf are")
    options = parser.parse_args()
    values: Dict[str, float] = {}
    try:
        for call in CALLS:
            values[call.name] = call_cost(options, call)
        for boot in BOOTS:
            values[boot.name] = boot_cost(options, boot)
    except BenchError as error:
        print(f"FAIL: {error}")
        return 1
    for figure in CALLS + BOOTS:
        print("bench", figure.name, shown(values[figure.name]), figure.unit)
    problems = over_budget(values)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
