#!/usr/bin/env python3
"""How deep the kernel's stacks were at their deepest: never more than lint.stack says they can be, nor near their end.

    stack_test.py --image pantheros.img --cpu max --archive calls.cpio OBJECT...

The machine's RAM is a file. Before the kernel boots a stack is painted; after its end the paint that is gone says how
far the stack was used. The image is the one that ships, and does not know of this. With an archive its program makes
every call; without, the image is the one of deliberate bugs, and faults: that is about the fault stack.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Iterator, List, Sequence, Tuple

for folder in ("qemu", "lint"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / folder))

import stack
from call_graph import CallGraph
from cpus import BACKENDS
from elf_file import ElfFile
from expectation import Expectation, Outcome, Panic, closing_problems
from machine import Machine
from run_qemu import new_nonce, report, run

RAM = 0x40000000
RAM_SIZE = 64 << 20
# No address, no text, and no number that the kernel has.
PAINT = bytes.fromhex("9d3ae2675b81f4ce")
# Who is on each stack at least, each called by the one before: less was not measured.
SURE = {
    "image_stack": "hal_boot_moved kernel_moved loop_run work lifecycle_load_step loader_step elf_read",
    "image_fault_stack": "hal_fault_handle kernel_fault panic_fault give_up log_line",
}
# How many panics there were: those of the other stack leave it for good.
PANICS = {"image_stack": 0, "image_fault_stack": 1}
TYPED = (("type\n", b"x\n"),)
FAULTS = {"null-write": "null", "trap": "trap", "nested": "nested"}


class Calls(Expectation):
    def problems(self, outcome: Outcome, nonce: int) -> List[str]:
        problems = closing_problems(outcome, nonce)
        if b"\nall calls are made\n" not in outcome.console:
            problems.append("not all calls are made")
        return problems


class Ram:
    """The machine's, as a file; the image lies there where QEMU loads it, wherever it moves to."""

    def __init__(self, path: Path, image: ElfFile) -> None:
        self.path = path
        self.symbols = image.symbols
        self.file = os.open(path, os.O_RDWR | os.O_CREAT)
        os.ftruncate(self.file, RAM_SIZE)

    def place(self, name: str) -> Tuple[int, int]:
        """Where in the file a stack begins, and its size."""
        bottom, top = (self.symbols[name + end] for end in ("_bottom", "_top"))
        return bottom - self.symbols["IMAGE_BASE"] + self.symbols["IMAGE_LOAD"] - RAM, top - bottom

    def paint(self, name: str) -> None:
        place, size = self.place(name)
        os.pwrite(self.file, PAINT * (size // len(PAINT)), place)

    def used(self, name: str) -> int:
        """How many bytes below its top: the lowest word that is not painted."""
        place, size = self.place(name)
        return deepest(os.pread(self.file, size, place))


def deepest(content: bytes) -> int:
    for offset in range(0, len(content), len(PAINT)):
        if content[offset : offset + len(PAINT)] != PAINT:
            return len(content) - offset
    return 0


def boots(options: argparse.Namespace) -> Iterator[Tuple[str, Expectation]]:
    """The words of each boot, and how it ends."""
    if options.archive is not None:
        yield "verbose", Calls()
    else:
        for bug, tag in FAULTS.items():
            yield f"kbug={bug}", Panic(tag)


def boot(options: argparse.Namespace, ram: Ram, append: str, expectation: Expectation) -> bool:
    cpu = BACKENDS[options.cpu]
    memory = f"memory-backend-file,id=ram,size={RAM_SIZE},mem-path={ram.path},share=on"
    machine = Machine(
        kernel=options.image,
        cpu=cpu.model,
        memory=str(RAM_SIZE >> 20) + "M",
        options=cpu.options + ("memory-backend=ram",),
        append=append,
        initrd=options.archive,
        extra=("-object", memory),
        qemu=options.qemu,
    )
    nonce = new_nonce()
    command = machine.command(nonce)
    outcome = run(command, nonce, typed=TYPED if options.archive else ())
    problems = expectation.problems(outcome, nonce)
    if problems:
        print(report(command, outcome, problems))
    return not problems


def sure_depth(graph: CallGraph, names: Sequence[str]) -> int:
    """The frames of functions that call each other in this order."""
    functions = [graph.named(name)[0] for name in names]
    for caller, called in zip(functions, functions[1:]):
        if called.key not in caller.callees:
            raise SystemExit(f"FAIL: {caller.name} does not call {called.name}")
    return sum(function.frame for function in functions)


def judge(name: str, used: int, sure: int, bound: int, size: int) -> List[str]:
    print(f"{name}: {used} bytes were used, {sure} surely, {bound} at most, of {size}")
    problems = []
    if used < sure:
        problems.append(f"{name}: too little was used: what was measured?")
    if used > bound:
        problems.append(f"{name}: {used} bytes were used, and lint.stack says that {bound} are the most")
    if used + stack.RESERVE > size:
        problems.append(f"{name}: less than {stack.RESERVE} bytes were left")
    return problems


def judge_stack(graph: CallGraph, ram: Ram, name: str) -> List[str]:
    depths = stack.Depths(graph, stack.frame_of, {**stack.TIMES, stack.PANIC: PANICS[name]})
    bound = depths.deepest(stack.begun(graph, ram.symbols[name + "_top"]))[0] + stack.exception_frame(graph)
    return judge(name, ram.used(name), sure_depth(graph, SURE[name].split()), bound, ram.place(name)[1])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--cpu", required=True, choices=list(BACKENDS))
    parser.add_argument("--readelf", required=True)
    parser.add_argument("--objdump", required=True)
    parser.add_argument("--image", type=Path, required=True, help="its ELF file lies beside it")
    parser.add_argument("--archive", type=Path)
    parser.add_argument("objects", nargs="+")
    options = parser.parse_args()
    elf = options.image.with_suffix(".elf")
    image = ElfFile(elf)
    graph = stack.graph_of(image, str(elf), options.readelf, options.objdump, options.objects)
    name = "image_fault_stack" if options.archive is None else "image_stack"
    with tempfile.TemporaryDirectory() as folder:
        ram = Ram(Path(folder) / "ram", image)
        ram.paint(name)
        problems = [] if all(boot(options, ram, *each) for each in boots(options)) else ["a boot went wrong"]
        problems += judge_stack(graph, ram, name)
    for problem in problems:
        print("FAIL: " + problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
