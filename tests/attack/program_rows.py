"""Rows that take several processes: each is a subject of programs/hostile.c, which says what it observes. That is
judged here, line by line; numbers too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

from archive import archive
from elf_maker import PF_R, PF_W, Part, program
from expectation import Outcome
from headers import ERRNO, PAGE, STACK_SIZE
from machine import Machine
from row import COUNTS_BACK, Row, Tools, Variant, body_of
from run_qemu import Typed
from world import Value, World

Numbers = Dict[str, List[int]]

# The largest program that a boot archive can hold: nearly 16 MiB of memory (core/process/elf.h), and little file.
LARGE = program(Part(PF_R | PF_W, 0x500000, b"d" * 16, memory_size=0xF00000))
FILES = {"exits": program(), "junk": b"not a program\n" * 100, "large": LARGE}
# Virtual time is counted in instructions then, so that shares and delays are the same wherever the tests run. One takes
# 2^shift nanoseconds.
ICOUNT = ("-icount", "shift={},sleep=off")


def nothing(numbers: Numbers) -> str:
    return ""


@dataclass(frozen=True)
class Program(Variant):
    """One boot with this row as the first program."""

    name: str = ""
    # What the row makes something of, behind the name.
    place: Optional[Value] = None
    # Regular expressions for whole lines. "{KILL}" stands for the kernel's line about a fault, with any content.
    lines: Tuple[str, ...] = ()
    # Of the numbers that the lines' groups have, by name, in order: what is wrong with them.
    judge: Callable[[Numbers], str] = nothing
    types: Typed = ()
    icount: int = -1
    machine_options: Tuple[str, ...] = ()

    def archive(self, world: World) -> bytes:
        name = self.name if self.place is None else f"{self.name}.{world.number(self.place)}"
        files = {name: world.programs["hostile"], "first": world.programs["first"], **FILES}
        files["with-a-name-that-is-rather-long"] = FILES["exits"]
        return archive(files)

    def machine(self, tools: Tools, cpu: str, archive: Path, words: str) -> Machine:
        extra = () if self.icount < 0 else tuple(word.format(self.icount) for word in ICOUNT)
        return Machine(
            kernel=tools.image, cpu=cpu, options=self.machine_options, initrd=archive, extra=extra, qemu=tools.qemu
        )

    @property
    def typed(self) -> Typed:
        return self.types

    def problems(self, world: World, outcome: Outcome, nonce: int) -> List[str]:
        body, problems = body_of(outcome, nonce)
        patterns = [line.replace("{KILL}", KILL) for line in (HARMLESS, *self.lines, COUNTS_BACK)]
        numbers: Numbers = {}
        rest = body.split("\n")[:-1]
        for pattern in patterns:
            match = re.fullmatch(pattern, rest[0]) if rest else None
            if match is None:
                problems.append(f"expected {pattern!r}, got {rest[0]!r}" if rest else f"expected {pattern!r}")
                return problems
            for name, value in match.groupdict().items():
                numbers.setdefault(name, []).append(int(value))
            rest.pop(0)
        problems += [f"unexpected: {line!r}" for line in rest]
        wrong = self.judge(numbers)
        return problems + ([wrong] if wrong else [])


@dataclass(frozen=True)
class Storm(Program):
    """The kernel's own lines come between the program's as they may: they are judged by how many there are."""

    count: int = 0

    def problems(self, world: World, outcome: Outcome, nonce: int) -> List[str]:
        body, problems = body_of(outcome, nonce)
        lines = body.split("\n")[:-1]
        kills = [line for line in lines if re.fullmatch(KILL, line)]
        skipped = [int(m[1]) for m in (re.fullmatch(LEFT_OUT, line) for line in lines) if m]
        said = [line for line in lines if not line.startswith("[KILL] ")]
        time = re.fullmatch(r"ms (\d+)", said[2]) if len(said) == 4 else None
        if time is None or said[:2] != [HARMLESS, "wrong 0"] or said[3] != COUNTS_BACK:
            return problems + [f"expected four lines, got {said!r}"]
        # A burst of 32, then 10 a second (core/log/log_limit.h).
        most = 32 + 10 * (int(time[1]) // 1000 + 1)
        if not 32 <= len(kills) <= most:
            problems.append(f"expected 32 to {most} lines about faults, got {len(kills)}")
        if len(kills) + sum(skipped) > self.count:
            problems.append(f"{len(kills)} lines, {sum(skipped)} left out, but {self.count} faults")
        return problems


# What each row does first: it maps a page, uses it, and unmaps it.
HARMLESS = "harmless 0"
KILL = r"\[KILL\] pid=\d+ class=[a-z-]+ ec=0x[0-9a-f]{2} iss=0x[0-9a-f]+ far=(?:0x[0-9a-f]+|-) elr=0x[0-9a-f]+"
LEFT_OUT = r"\[KILL\] (\d+) lines like the next one were left out"


def e(name: str) -> int:
    return -ERRNO[name]


def ended(status: int = 0) -> str:
    return f"ended by exit 0x{status:x}"


def blocked(role: str, orphans: int = 0) -> Tuple[str, ...]:
    return (role, "kill 0", "ended by kill", *("orphan 0",) * orphans, "counts back")


def shares_of_two(numbers: Numbers) -> str:
    low = [share for share in numbers["share"] if share < 40]
    return f"a share of less than 40 %: {numbers['share']}" if low else ""


def shares_of_many(numbers: Numbers) -> str:
    times = numbers["us"]
    mean = sum(times) / len(times)
    if mean < 10_000 or min(times) < 0.9 * mean or max(times) > 1.1 * mean:
        return f"shares of {min(times)} to {max(times)} us, {mean:.0f} on average"
    return ""


def idle(numbers: Numbers) -> str:
    # Of 40 ms; a hundred processes wake, and go to sleep again.
    return "" if 30_000 <= numbers["idle"][0] <= 40_500 else f"idle for {numbers['idle'][0]} us of 40000"


def in_time(numbers: Numbers) -> str:
    # The kernel's longest stretch without an interrupt, 100000 instructions of a nanosecond each, and the way out.
    late = numbers["late"][0]
    return "" if late <= 120 else f"woken {late} us late"


FLOOD = b"0123456789abcdef" * 4096
BREAK = b"\x01b"  # QEMU's Ctrl-A b
# The frames of the smallest program: the root, one for FP registers; a page of text and the stack, two tables each.
# A stack that lies across the end of what its last table maps, seven places of 512, has another one.
SMALLEST = 2 + (1 + 2) + (STACK_SIZE // PAGE + 2)
FIRST = ("argc 1", "argv at sp 1", "x 0", "nzcv 0x0", "tpidr 0x0", "tpidrro 0x0", "fpcr 0x0", "fpsr 0x0", "v 0")
FIRST += (ended(),)
FLAGS = (*("first", "second") * 5, ended(), ended())
SPAWN_KINDS = 12


def program_row(title: str, *variants: Variant, where: str = "ANXT") -> Row:
    return Row(title, where, variants)


PROGRAM_ROWS: Dict[str, Row] = {
    "A30": program_row(
        "ids of strangers, of the dead, and of the dead whose slot has a new process",
        Program(
            name="A30",
            lines=(
                *(f"stranger {what} {e('ESRCH')}" for what in ("kills", "waits", "kills the first", "kills itself")),
                ended(),
                ended(5),
                f"dead kill {e('ESRCH')}",
                f"dead wait {e('ESRCH')}",
                "same slot 1",
                f"old kill {e('ESRCH')}",
                f"new lives {e('EAGAIN')}",
                "new kill 0",
                "again 0",
                "ended by kill",
                "idle 2",
            ),
        ),
    ),
    "A36": program_row(
        "bad spawns by the thousand",
        Program(name="A36", lines=("wrong 0",) * SPAWN_KINDS),
        Program(name="A36.50000", lines=("wrong 0",) * SPAWN_KINDS, is_slow=True),
    ),
    "A44": program_row(
        "a wait without room for its answer loses no child",
        Program(
            name="A44",
            lines=(
                *(f"{what} {e('EFAULT')}" for what in ("null", "kernel", "any child, kernel", "constant", "top")),
                ended(77),
            ),
        ),
    ),
    "M10": program_row(
        "one address in two processes, which take turns",
        Program(name="M10", lines=(*("ping", "pong") * 10, ended(), ended())),
    ),
    "M29": program_row(
        "memory that was somebody else's: constants, stack, mappings",
        Program(name="M29", lines=("victim 2", "bss 0", "stack 0", "mapped 0", "all of it 1", ended())),
    ),
    "R07": program_row(
        "killed while blocked in each call that blocks, and while busy",
        Program(
            name="R07",
            lines=(
                *blocked("read"),
                *blocked("idle"),
                *blocked("wait", orphans=1),
                *blocked("spawn"),
                *blocked("yield"),
                *blocked("write"),
                *blocked("spin"),
            ),
        ),
    ),
    "R11": program_row(
        "children that have children that have children, until there is no room",
        Program(name="R11", lines=("processes 120", f"one more {e('EAGAIN')}", f"nobody left {e('ECHILD')}"), icount=3),
    ),
    "R12": program_row(
        "one that maps all it can, and another that wants a little",
        Program(
            name="R12",
            lines=(
                f"hog {e('ENOMEM')}",
                "hog's share used up 1",
                f"hog spawns {e('EAGAIN')}",
                ended(),
                "hog ended 2",
            ),
        ),
    ),
    "R13": program_row(
        "programs loaded with no free frame, one, two and so on",
        Program(name="R13", lines=("few at first 1", "wrong 0", "in the end 0", f"with ({SMALLEST}|{SMALLEST + 1})")),
    ),
    "R14": program_row(
        "pages mapped with no free frame, one, two and so on: there are enough for two tables and the pages in the end",
        Program(name="R14", lines=("few at first 1", "wrong 0", "in the end 0", "with 18")),
    ),
    "R15": program_row(
        "page tables, by a page in every GiB and in every 2 MiB",
        Program(name="R15", lines=(f"scatter {e('ENOMEM')}", "within limit 1", "tables left 0", ended()) * 2),
    ),
    "R16": program_row(
        "children beyond the limit; there are no handles, queues or references to flood",
        Program(
            name="R16",
            lines=(
                "children 4",
                f"one more {e('EAGAIN')}",
                "ended 2",
                "in its place 1",
                f"one more {e('EAGAIN')}",
                ended(),
            ),
        ),
    ),
    "R17": program_row(
        "two that spin, and sixty-four",
        Program(name="R17", lines=(r"spin (?P<share>\d+)",) * 2, judge=shares_of_two, icount=8),
        Program(name="R17.64", lines=(r"us (?P<us>\d+)",) * 64, judge=shares_of_many, icount=8),
    ),
    "R18": program_row(
        "one that spins, and one that does nothing but calls",
        Program(name="R18", lines=(r"spin (?P<share>\d+)", r"storm (?P<share>\d+)"), judge=shares_of_two, icount=8),
    ),
    "R19": program_row(
        "children that do nothing but fault",
        Storm(name="R19.300", count=300),
        Storm(name="R19.100000", count=100_000, is_slow=True),
    ),
    "R20": program_row(
        "64 KiB of input that nobody reads, and a break",
        Program(
            name="R20",
            lines=("break", "flood me", "read 1024", "lost 64513", "more", "ping", "responsive"),
            types=(("break\n", BREAK), ("flood me\n", FLOOD), ("more\n", b"ping\n")),
        ),
    ),
    "R21": program_row(
        "timers of a nanosecond, by the hundred; between them nobody runs, and the CPU waits",
        Program(
            name="R21",
            # With sleep=off the clock of a CPU that waits goes on to the next timer at once. For one that does not wait
            # the hour is 450000 million instructions: many times what QEMU runs until it is ended.
            lines=("naps failed 0", r"idle (?P<idle>\d+)", "woken failed 0", "an hour 0"),
            judge=idle,
            icount=3,
        ),
    ),
    "R24": program_row(
        "the largest program, the longest calls, and one that wants the CPU every millisecond",
        Program(
            name="R24",
            lines=(
                f"write {e('EINVAL')}",
                r"late (?P<late>\d+)",
                ended(),
                "map wrong 0",
            ),
            judge=in_time,
            icount=0,
        ),
    ),
    "R25": program_row(
        "children that nobody waits for, orphans, two ends at once",
        Program(
            name="R25",
            lines=(
                "zombies 20",
                "wrong 0",
                "limit 8",
                f"one more {e('EAGAIN')}",
                "one reaped 1",
                "in its place 1",
                ended(),
                "counts back",
                ended(),
                "counts back",
                "parent 1",
                "orphans 1",
                f"then {e('ECHILD')}",
                "both 1",
                f"no more {e('ECHILD')}",
            ),
        ),
    ),
    "L01": program_row(
        "registers at the first instruction, after others have filled them",
        Program(name="L01", lines=("kept 0", *FIRST, "dirty 2", *FIRST)),
    ),
    "L04": program_row(
        "V0 to V31, FPSR, FPCR and TPIDR_EL0 of neighbours, which take turns",
        Program(
            name="L04",
            # The timer takes the CPU from two, and three give it up.
            lines=("spins", "spins", "has spun", "has spun", *("first", "second", "third") * 5, *(ended(),) * 5),
            icount=2,
        ),
    ),
    "L05": program_row(
        "FP registers at the first use", Program(name="L01", lines=("kept 0", *FIRST, "dirty 2", *FIRST))
    ),
    # The name says which flags the CPU has besides: 1 DIT, 2 SSBS, 4 TCO.
    "L08": program_row(
        "the flags of neighbours, which take turns",
        Program(name="L08.0", lines=FLAGS, icount=2, on="A"),
        Program(name="L08.2", lines=FLAGS, icount=2, on="N"),
        Program(name="L08.3", lines=FLAGS, icount=2, on="X"),
        Program(name="L08.7", lines=FLAGS, icount=2, on="T"),
    ),
    "L11": program_row(
        "records asked for twice, over different bytes",
        Program(
            name="L11",
            lines=tuple(
                line
                for what in ("process", "program", "memory", "limits", "exit")
                for line in (what, "different 0", "beyond 0")
            ),
        ),
    ),
    "L15": program_row(
        "a process in the place of another: its stack, its record",
        Program(
            name="L15",
            lines=("secret 0", "secret words 0", "same slot 1", "behind the name 0", "parent 1", "heir 2"),
        ),
    ),
    "L17": program_row(
        "results, records and the stack hold no address of the kernel's, virtual or physical",
        Program(
            name="L17",
            lines=("{KILL}", "pid 0", "exit 1", "records 0", "results 0", "clock 0", "stack 0"),
            icount=0,
        ),
    ),
    "L23": program_row(
        "input goes to who reads, and no more of the kernel's buffer than was typed",
        Program(
            name="L23",
            lines=("sssssss", "reader ended 2", "type", "abcd 4", "beyond 0", "e", " 2", "beyond 0"),
            types=(("type\n", b"abcde\n"),),
        ),
    ),
}
