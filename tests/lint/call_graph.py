"""Who calls whom in a finished image, and what each function takes of the stack: from its symbols, its disassembly, and
the files (.su) that clang writes for -fstack-usage."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Set, Tuple

# Jumps through a register that no compiler made (lint.image knows them too): where they lead a stack begins, or they
# stay in their function.
BOOT_JUMPS = {("boot_enable_mmu", "br"), ("boot_move", "br")}

# A branch that may leave the function: its target is the last operand.
BRANCH = re.compile(r"^(b|bl|b\.\w+|cbn?z|tbn?z)$")
TARGET = re.compile(r"0x([0-9a-f]+)$")
# What takes a part of the stack: a new frame, or registers that are stored with write-back.
SUBTRACTION = re.compile(r"^sp, sp, #0x([0-9a-f]+)(, lsl #12)?$")
PUSH = re.compile(r"\[sp, #-0x([0-9a-f]+)\]!$")
BELOW = re.compile(r"\[sp, #-0x[0-9a-f]+\]$")
MOVE = re.compile(r"^sp, (x\d+)$")
TAKES_ADDRESS = re.compile(r"^(x\d+), 0x([0-9a-f]+)$")
WRITES_SP = re.compile(r"^w?sp\b")
# The two halves of a function's type, in w17 before an indirect call (kCFI).
TYPE_HALF = re.compile(r"^w17, #0x([0-9a-f]+)(, lsl #16)?$")
TYPE_CHECK = 8  # no more instructions than these lie between the type and the call


@dataclass
class Usage:
    """What clang says of one function: a line of a .su file."""

    file: str
    name: str
    size: int
    kind: str  # "static"; "dynamic" has a frame whose size is known at run time only


@dataclass
class Function:
    name: str
    address: int
    size: int  # 0: a label of assembly, which ends where the next symbol is
    file: str = ""  # of a local symbol
    frame: int = 0
    instructions: list = field(default_factory=list)
    callees: Set[str] = field(default_factory=set)
    takes: Set[str] = field(default_factory=set)  # functions whose address it takes
    stacks: List[Tuple[int, int]] = field(default_factory=list)  # (index of the instruction, what SP becomes there)

    @property
    def key(self) -> str:
        return f"{self.name}@{self.address:x}"


def parse_usage(text: str) -> Iterator[Usage]:
    for line in text.splitlines():
        place, size, kind = line.split("\t")
        file, _, name = place.rpartition("/")[2].split(":", 2)
        yield Usage(file, name, int(size), kind)


def parse_functions(text: str, start: int, end: int) -> List[Function]:
    """Of `llvm-readelf -sW`: functions between two addresses, and labels of assembly outside of them, in order."""
    row = re.compile(r"^\s*\d+: ([0-9a-f]+)\s+(\d+) (\w+)\s+(\w+)\s+\w+\s+(\S+) (\S+)$", re.MULTILINE)
    found: Dict[int, Function] = {}
    labels, file = [], ""
    for address, size, kind, binding, index, name in row.findall(text):
        place = int(address, 16)
        if kind == "FILE":
            file = name
        if not start <= place < end or index == "ABS" or name.startswith("$"):
            continue
        function = Function(name, place, int(size), file if binding == "LOCAL" else "")
        if kind == "FUNC":
            found.setdefault(place, function)
        elif kind == "NOTYPE":
            labels.append(function)
    inside = Places(list(found.values()))
    for label in labels:
        function = inside.at(label.address)
        if label.address not in found and (function is None or function.size == 0 or not inside.covers(label.address)):
            found[label.address] = label
    return [found[address] for address in sorted(found)]


class Places:
    """Which function an address is in."""

    def __init__(self, functions: List[Function]) -> None:
        self.functions = sorted(functions, key=lambda function: function.address)
        self.starts = [function.address for function in self.functions]

    def at(self, address: int) -> Optional[Function]:
        index = bisect_right(self.starts, address) - 1
        return self.functions[index] if index >= 0 else None

    def covers(self, address: int) -> bool:
        function = self.at(address)
        return function is not None and address < function.address + function.size


class CallGraph:
    """`word` reads 32 bits of the image: the type that lies before a function. `moves` are the places, as (function,
    register), where assembly means to give SP a value that is no stack's top."""

    def __init__(
        self,
        functions: List[Function],
        instructions: Iterable,
        usages: Iterable[Usage],
        word: Callable[[int], int],
        moves: Iterable[Tuple[str, str]] = (),
    ) -> None:
        self.findings: List[str] = []
        self.functions = {function.key: function for function in functions}
        self.places = Places(functions)
        self.word = word
        self.moves = set(moves)
        self.usages: Dict[str, List[Usage]] = {}
        for usage in usages:
            self.usages.setdefault(usage.name, []).append(usage)
        for instruction in instructions:
            function = self.places.at(instruction.address)
            if function is not None:
                function.instructions.append(instruction)
        for function in functions:
            self._measure(function)
        for function in functions:
            self._connect(function)

    def named(self, name: str) -> List[Function]:
        return [function for function in self.functions.values() if function.name == name]

    def _find(self, function: Function, instruction, what: str) -> None:
        text = f"{instruction.mnemonic} {instruction.operands}"
        self.findings.append(f"0x{instruction.address:x} in {function.name}: {what}: {text}")

    def _measure(self, function: Function) -> None:
        """The frame, as the code makes it; clang must say the same."""
        for index, instruction in enumerate(function.instructions):
            function.frame += self._taken(function, index, instruction)
        all_said = self.usages.get(function.name, []) if function.size else []
        said = [usage for usage in all_said if function.file in ("", usage.file)]
        for usage in said:
            if usage.kind != "static":
                self.findings.append(f"{function.name}: its frame is {usage.kind}: nobody knows how large it gets")
        if said and function.frame not in {usage.size for usage in said}:
            sizes = ", ".join(str(usage.size) for usage in said)
            self.findings.append(f"{function.name}: takes {function.frame} bytes of the stack, clang says {sizes}")
        if function.size and not said and function.frame:
            self.findings.append(f"{function.name}: a frame of {function.frame} bytes of which clang says nothing")

    def _taken(self, function: Function, index: int, instruction) -> int:
        operands = instruction.operands
        if BELOW.search(operands):
            self._find(function, instruction, "uses what lies below the stack pointer")
        push = PUSH.search(operands)
        if push:
            return int(push.group(1), 16)
        if not WRITES_SP.match(operands) or instruction.mnemonic == "cmp":
            return 0
        subtraction = SUBTRACTION.match(operands)
        if instruction.mnemonic == "sub" and subtraction:
            return int(subtraction.group(1), 16) << (12 if subtraction.group(2) else 0)
        if not (instruction.mnemonic == "add" and operands.startswith("sp, sp, #")):
            self._moved(function, index, instruction)
        return 0

    def _moved(self, function: Function, index: int, instruction) -> None:
        """SP becomes something else: the top of a stack, or what assembly is known to give it."""
        move = MOVE.match(instruction.operands)
        before = function.instructions[index - 1] if index else None
        address = TAKES_ADDRESS.match(before.operands) if before is not None and before.mnemonic == "adr" else None
        if instruction.mnemonic == "mov" and move and address and address.group(1) == move.group(1):
            function.stacks.append((index, int(address.group(2), 16)))
        elif not (instruction.mnemonic == "mov" and move and (function.name, move.group(1)) in self.moves):
            self._find(function, instruction, "a stack pointer that nobody knows")

    def _connect(self, function: Function) -> None:
        for index, instruction in enumerate(function.instructions):
            function.callees |= self.callees_of(function, index, instruction)
            address = TAKES_ADDRESS.match(instruction.operands) if instruction.mnemonic == "adr" else None
            taken = self.places.at(int(address.group(2), 16)) if address else None
            if taken is not None and taken.address == int(address.group(2), 16):
                function.takes.add(taken.key)

    def callees_of(self, function: Function, index: int, instruction) -> Set[str]:
        if instruction.mnemonic in ("blr", "br"):
            return self._indirect(function, index, instruction)
        target = TARGET.search(instruction.operands) if BRANCH.match(instruction.mnemonic) else None
        called = self.places.at(int(target.group(1), 16)) if target else None
        if called is None or called is function and instruction.mnemonic != "bl":
            return set()
        return {called.key}

    def _indirect(self, function: Function, index: int, instruction) -> Set[str]:
        """All functions of the type that is asked for (kCFI compares the word before the function's first)."""
        if (function.name, instruction.mnemonic) in BOOT_JUMPS:
            return set()
        halves = [0, 0]
        seen = 0
        for before in function.instructions[max(index - TYPE_CHECK, 0) : index]:
            half = TYPE_HALF.match(before.operands) if before.mnemonic == "movk" else None
            if half:
                halves[half.group(2) is not None] = int(half.group(1), 16)
                seen += 1
        kind = halves[1] << 16 | halves[0]
        targets = {other.key for other in self.places.functions if other.size and self.word(other.address - 4) == kind}
        if seen != 2 or not targets:
            self._find(function, instruction, "an indirect call, and nobody knows of what")
            return set()
        return targets
