"""lint.stack: no path of calls gets to the end of a stack of the kernel's. The deepest one, from each place where a
stack begins, and the largest frame of an exception from EL1 leave a reserve.

usage: stack.py ELF READELF OBJDUMP OBJECT...

The objects are those that the image is linked of: beside each lies what clang says of its frames (-fstack-usage).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Callable, Dict, Iterable, List, Mapping, Set, Tuple

import image
import source_tree
from call_graph import CallGraph, Function, Usage, parse_functions, parse_usage
from elf_file import ElfFile

RESERVE = 1024
# Each stack, and who must be on it: otherwise the graph is not the kernel's.
STACKS = {"image_stack": ("kernel_main", "loop_run"), "image_fault_stack": ("kernel_fault",)}
# Where SP becomes no top of a stack: a process's context, the loop's frame again (hal_user_run), and what it was before
# a fault that was foreseen (save_fault).
MOVES = (("loop_run", "x0"), ("loop_run", "x10"), ("save_fault", "x20"))
# How often a function may be on one path, where that is not once. What a panic calls may panic: core/log/panic.c lets
# three begin, one that is reported, one that says so, one that only stops (tests/unit/panic_test.c, row K37). And a
# table of a program's is a frame, for which the linear map may need a table: that one comes from the pool
# (check_tables).
PANIC = "give_up"
AGAIN, INNER = "make_path", "kernel_map_linear"
TIMES = {PANIC: 3, AGAIN: 2}
# An exception from EL1 takes these ways; SP is the fault stack's at the end of them.
FAULT_VECTORS = tuple(name for name in image.VECTORS if name.startswith("el1"))
FAULT_ENTRY = "save_fault"
# A return address on the shadow call stack, and its size.
SHADOW_PUSH, SHADOW_SLOT = "x30, [x18], #0x8", 8

Depth = Tuple[int, Tuple[str, ...]]
State = Tuple[str, Tuple[int, ...]]
Weight = Callable[[Function], int]


class Depths:
    """The deepest path from a function; a function that is on it more often than `times` says is a finding."""

    def __init__(self, graph: CallGraph, weight: Weight, times: Mapping[str, int] = MappingProxyType(TIMES)) -> None:
        self.graph = graph
        self.weight = weight
        self.times = times
        self.findings: List[str] = []
        self.known: Dict[State, Depth] = {}
        self.open: List[State] = []

    def of(self, key: str, left: Tuple[int, ...]) -> Depth:
        """In bytes, and by name. `left`: how often each function of `times` may begin yet."""
        function = self.graph.functions[key]
        left = tuple(count - (name == function.name) for name, count in zip(self.times, left))
        state = (key, left)
        if min(left) < 0:
            return 0, ()
        if state in self.open:
            names = [self.graph.functions[other].name for other, _ in self.open[self.open.index(state) :]]
            self.findings.append("a recursion: " + " -> ".join(names + [function.name]))
            return 0, ()
        if state not in self.known:
            self.open.append(state)
            depth, path = max((self.of(callee, left) for callee in sorted(function.callees)), default=(0, ()))
            self.open.pop()
            self.known[state] = depth + self.weight(function), (function.name,) + path
        return self.known[state]

    def deepest(self, keys: Iterable[str]) -> Depth:
        return max((self.of(key, tuple(self.times.values())) for key in sorted(keys)), default=(0, ()))


def reached_from(graph: CallGraph, keys: Iterable[str], without: Set[str] = frozenset()) -> Set[str]:
    found: Set[str] = set()
    left = [key for key in keys if key not in without]
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left += graph.functions[key].callees - without
    return found


def begun(graph: CallGraph, top: int) -> Set[str]:
    """What is called once SP is a stack's top."""
    called: Set[str] = set()
    for function in graph.functions.values():
        for start, value in function.stacks:
            if value == top:
                for index, instruction in enumerate(function.instructions[start:], start):
                    called |= graph.callees_of(function, index, instruction)
    return called


def exception_frame(graph: CallGraph) -> int:
    """What an exception from EL1 takes of the stack that it finds: each vector and what they have in common."""
    frames = [function.frame for name in FAULT_VECTORS for function in graph.named(name)]
    return max(frames, default=0) + sum(function.frame for function in graph.named(FAULT_ENTRY))


def frame_of(function: Function) -> int:
    return function.frame


def shadow_of(function: Function) -> int:
    """Bytes of the shadow call stack."""
    pushes = (instruction for instruction in function.instructions if instruction.operands == SHADOW_PUSH)
    return SHADOW_SLOT * sum(1 for _ in pushes)


def check_stack(graph: CallGraph, name: str, symbols: Dict[str, int], taken: int) -> Tuple[List[str], str]:
    size = symbols[name + "_top"] - symbols[name + "_bottom"]
    half = (symbols["image_shadow_stack_top"] - symbols["image_shadow_stack_bottom"]) // 2
    roots = begun(graph, symbols[name + "_top"])
    depths = Depths(graph, frame_of)
    depth, path = depths.deepest(roots)
    calls, _ = Depths(graph, shadow_of).deepest(roots)
    line = f"{name}: {depth} bytes and {taken} of an exception, of {size}; {calls} of the shadow call stack's {half}"
    reached = {graph.functions[key].name for key in reached_from(graph, roots)}
    findings = [f"{name}: {function} does not run on it" for function in STACKS[name] if function not in reached]
    findings += [f"{name}: {finding}" for finding in depths.findings]
    if depth + taken + RESERVE > size or calls > half:
        findings.append(f"too deep: {line}")
    return findings, f"{line}: {' '.join(path)}"


def check_reached(graph: CallGraph, symbols: Dict[str, int], pointers: Iterable[int]) -> List[str]:
    """A function with a frame whose address is somewhere, and that nobody calls: the graph lacks a call. What is not
    even that is for the twin or for images of tests."""
    roots = {key for name in STACKS for key in begun(graph, symbols[name + "_top"])}
    reached = reached_from(graph, roots)
    known = {key for function in graph.functions.values() for key in function.takes}
    starts = {function.address: key for key, function in graph.functions.items()}
    known |= {starts[pointer] for pointer in pointers if pointer in starts}
    left_out = [graph.functions[key] for key in sorted(known - reached)]
    found = "no path leads there, but its address is taken"
    return [f"{function.name}: {found}" for function in left_out if function.frame]


def check_tables(graph: CallGraph, inner: str = INNER, again: str = AGAIN) -> List[str]:
    """What TIMES says of tables: nothing leads from the linear map to itself but a source of tables that is called by
    address, and whoever maps something in the linear map takes no such address."""
    taken = {key for function in graph.functions.values() for key in function.takes}
    names = {function.key for name in (inner, again) for function in graph.named(name)}
    sources = {key for key in taken if names & reached_from(graph, [key])} - names
    below = reached_from(graph, [function.key for function in graph.named(inner)], without=sources)
    findings = [
        f"{graph.functions[key].name}: below {inner}, takes the address of what leads there again"
        for key in sorted(below)
        if graph.functions[key].takes & sources
    ]
    for function in graph.named(again):
        if function.key in reached_from(graph, function.callees, without=sources):
            findings.append(f"a recursion of {again} that is not of tables")
    return findings


def check_graph(graph: CallGraph, symbols: Dict[str, int], pointers: Set[int]) -> Tuple[List[str], List[str]]:
    """The findings, and what each stack's deepest path is. `pointers` are those of the constant tables."""
    findings, lines = list(graph.findings), []
    taken = exception_frame(graph)
    for name in STACKS:
        found, line = check_stack(graph, name, symbols, taken)
        findings += found
        lines.append(line)
    for name in (*TIMES, INNER):
        if len(graph.named(name)) != 1:
            findings.append(f"there are {len(graph.named(name))} functions {name}, not 1")
    return findings + check_tables(graph) + check_reached(graph, symbols, pointers), lines


def usages_of(objects: Iterable[str]) -> List[Usage]:
    files = [Path(name).with_suffix(".su") for name in objects]
    return [usage for file in files if file.exists() for usage in parse_usage(file.read_text())]


def pointers_of(file: ElfFile, readelf: str, elf: str) -> Set[int]:
    relocated = [address for address, _ in image.parse_relocated(image.run(readelf, "-rW", elf))]
    return {int.from_bytes(file.data[at : at + 8], "little") for at in map(file.file_offset, relocated)}


def graph_of(file: ElfFile, elf: str, readelf: str, objdump: str, objects: Iterable[str]) -> CallGraph:
    start, end = file.symbols["image_start"], file.symbols["image_text_end"]
    functions = parse_functions(image.run(readelf, "-sW", elf), start, end)
    instructions = image.parse_disassembly(image.run(objdump, "-d", "--no-show-raw-insn", "--mattr=+all", elf))
    return CallGraph(functions, instructions, usages_of(objects), file.word, MOVES)


def main(elf: str, readelf: str, objdump: str, *objects: str) -> None:
    if not os.path.exists(elf):
        source_tree.finish("stack", [f"{elf} is missing: build the image first"], elf)
    file = ElfFile(Path(elf))
    graph = graph_of(file, elf, readelf, objdump, objects)
    findings, lines = check_graph(graph, file.symbols, pointers_of(file, readelf, elf))
    print("\n".join(lines))
    source_tree.finish("stack", findings, elf)


if __name__ == "__main__":
    main(*sys.argv[1:])
