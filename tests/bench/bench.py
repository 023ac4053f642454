#!/usr/bin/env python3
"""Counts the instructions that the kernel takes, on the image as it ships, and holds them to figures.py.

    bench.py --qemu qemu-system-aarch64 --image pantheros.img --kernel pantheros.elf --nm llvm-nm
        --hello hello.elf --programs DIR [--profile NAME]

Prints `bench NAME VALUE UNIT` lines. The counts are exact and the same on every machine, so a figure over its
budget fails (exit status 1). With --profile: which functions of the kernel the instructions of one figure are in.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

import paths
from elf_file import ElfFile
from exec_trace import count, executed, log_options
from expectation import closing_problems
from figures import BOOT_GROWTH, FIGURES, Figure, Scenario
from functions import Functions, functions_of
from machine import Machine
from run_qemu import new_nonce, report, run

CPU = "cortex-a72"
TIMEOUT = 200.0
ARCHIVE = "bench-programs.cpio"


class BenchError(Exception):
    pass


def unblock(pipe: Path) -> None:
    """Lets a reader go that still waits for somebody to write: a machine that never started will not."""
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        pass  # nobody reads any more


def run_scenario(options: argparse.Namespace, scenario: Scenario) -> paths.Run:
    """Boots once under the counter; the run must end as every run should. The log is read while it is written: it
    would be a large file."""
    program = options.hello
    archive = None
    append = ""
    if scenario.program is not None:
        program = options.programs / f"{scenario.program}.elf"
        archive = options.programs / ARCHIVE
        append = f"init={scenario.program}"
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        log = Path(folder, "log")
        os.mkfifo(log)
        machine = Machine(
            kernel=options.image,
            cpu=CPU,
            memory=scenario.memory,
            append=append,
            initrd=archive,
            extra=tuple(log_options(options.qemu, log, scenario.shift)),
            qemu=options.qemu,
        )
        nonce = new_nonce()
        reader = pool.submit(executed, log)
        try:
            outcome = run(machine.command(nonce), nonce, TIMEOUT)
        finally:
            unblock(log)
        problems = closing_problems(outcome, nonce)
        if problems:
            raise BenchError(report(machine.command(nonce), outcome, problems))
        addresses = reader.result()
    return paths.Run(addresses, count(addresses), ElfFile(program), ElfFile(options.kernel))


def check_entry(scenario: Scenario, run: paths.Run) -> None:
    """The program that ran is the one that is meant. One at a random place keeps its place within the page."""
    entry = run.counts.entry
    if entry is None or (entry - run.program.entry) % paths.PAGE != 0:
        raise BenchError(f"{scenario}: the first instruction at EL0 is not the program's")


def path_of(figure: Figure, run: paths.Run) -> paths.Path:
    choose = min if figure.least else max
    try:
        return choose(paths.FINDERS[figure.paths](run), key=paths.cost)
    except (paths.PathError, ValueError) as error:
        raise BenchError(f"{figure.name}: {error}") from error


def profile(figure: Figure, run: paths.Run, functions: Functions) -> "Counter[str]":
    """The instructions of one path, the dearest or the cheapest, by function."""
    total: "Counter[str]" = Counter()
    for start, end in path_of(figure, run):
        total += functions.count(run.addresses[start:end])
    return total


@dataclass(frozen=True)
class Value:
    figure: Figure
    counted: float  # what is printed
    judged: float  # what the budget is for


def values_of(scenario: Scenario, options: argparse.Namespace, functions: Functions) -> List[Value]:
    """All figures of one run."""
    run = run_scenario(options, scenario)
    check_entry(scenario, run)
    values = []
    for figure in FIGURES:
        if figure.scenario == scenario:
            by_function = profile(figure, run, functions)
            counted = sum(by_function.values())
            besides = sum(by_function[name] for name in figure.besides)
            values.append(Value(figure, counted / figure.divisor, (counted - besides) / figure.divisor))
    return values


def budget_of(figure: Figure, values: Dict[str, Value]) -> Optional[float]:
    if figure.compared_with is not None:
        return values[figure.compared_with].judged * BOOT_GROWTH
    return figure.budget


def over_budget(values: Dict[str, Value]) -> List[str]:
    problems = []
    for name, value in values.items():
        budget = budget_of(value.figure, values)
        if budget is not None and value.judged > budget:
            problems.append(f"FAIL: {name} is {value.judged:g}, more than its budget of {budget:g}")
    return problems


def shown(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def print_values(values: Dict[str, Value]) -> None:
    for figure in FIGURES:
        value = values[figure.name]
        print("bench", figure.name, shown(value.counted), figure.unit)
        if figure.besides:
            print("bench", f"{figure.name}-less-copying", shown(value.judged), figure.unit)


def print_profile(name: str, options: argparse.Namespace, functions: Functions) -> None:
    figure = next(figure for figure in FIGURES if figure.name == name)
    by_function = profile(figure, run_scenario(options, figure.scenario), functions)
    print(f"{sum(by_function.values()):8} in all")
    for function, number in by_function.most_common():
        print(f"{number:8} {function}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Counts the kernel's instructions.")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--nm", default="llvm-nm")
    parser.add_argument("--image", type=Path, required=True, help="pantheros.img")
    parser.add_argument("--kernel", type=Path, required=True, help="pantheros.elf, of the same kernel")
    parser.add_argument("--hello", type=Path, required=True, help="the ELF file of the built-in program")
    parser.add_argument("--programs", type=Path, required=True, help=f"where bench-NAME.elf and {ARCHIVE} are")
    parser.add_argument("--profile", choices=[figure.name for figure in FIGURES])
    options = parser.parse_args()
    functions = functions_of(options.nm, options.kernel)
    values: Dict[str, Value] = {}
    try:
        if options.profile is not None:
            print_profile(options.profile, options, functions)
            return 0
        for scenario in dict.fromkeys(figure.scenario for figure in FIGURES):
            values.update((value.figure.name, value) for value in values_of(scenario, options, functions))
    except BenchError as error:
        print(f"FAIL: {error}")
        return 1
    print_values(values)
    problems = over_budget(values)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
