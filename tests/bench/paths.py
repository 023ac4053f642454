"""Finds in a run what a figure counts: paths, each of one or more pieces of the run. The dearest is the figure.

What does not look as it should is an error: a count of something else would be worthless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, List, Sequence, Tuple

from elf_file import ElfFile
from exec_trace import Counts, Visit, masked, moved
from figures import REPEATS

SVC_0 = 0xD4000001  # svc #0 (Arm ARM C6.2.365)
# The kernel looks for an interrupt when it calls this.
POLL = "interrupt_take"
RET = 0xD65F03C0  # ret (Arm ARM C6.2.285)
PAGE = 4096


class PathError(Exception):
    pass


@dataclass(frozen=True)
class Run:
    addresses: Sequence[int]  # of all instructions, in order
    counts: Counts
    program: ElfFile  # the first one that ran
    kernel: ElfFile


# Pieces of a run: from index to index.
Path = Sequence[Tuple[int, int]]


def cost(path: Path) -> int:
    return sum(end - start for start, end in path)


def _whole(visits: Sequence[Visit]) -> List[Path]:
    """Each visit is a path."""
    return [((visit.start, visit.end),) for visit in visits]


def _expect(visits: Sequence[Visit], number: int, what: str) -> List[Visit]:
    if len(visits) != number:
        raise PathError(f"expected {number} {what}, not {len(visits)}")
    return list(visits)


def _calls_in(program: ElfFile, function: str) -> List[int]:
    """The addresses of the svc instructions from the function's start to its first ret."""
    if function not in program.symbols:
        raise PathError(f"the program has no {function}")
    found = []
    address = program.symbols[function]
    while program.word(address) != RET:
        if program.word(address) == SVC_0:
            found.append(address)
        address += 4
    return found


def repeated_calls(run: Run) -> List[Path]:
    """The program does nothing but one call, over and over."""
    visits = _expect(run.counts.visits, REPEATS, "entries into the kernel")
    if any(run.program.word(visit.caller) != SVC_0 for visit in visits):
        raise PathError(f"the kernel was entered otherwise than by a call: {visits}")
    return _whole(visits)


def switches(run: Run) -> List[Path]:
    (parent,) = _calls_in(run.program, "yield_in_parent")
    (child,) = _calls_in(run.program, "yield_in_child")
    to_child = [v for v in run.counts.visits if (v.caller, v.back) == (parent, child + 4)]
    to_parent = [v for v in run.counts.visits if (v.caller, v.back) == (child, parent + 4)]
    # The parent's first one finds a child that has not run yet.
    return _whole(_expect(to_child + to_parent, 2 * REPEATS - 1, "switches"))


def ticks(run: Run) -> List[Path]:
    spin = run.program.symbols["spin"]
    kept = [v for v in run.counts.visits if v.caller == spin and v.back == spin]
    return _whole(_expect(kept, REPEATS, "interrupts after which the process goes on"))


def _all_spawns(run: Run) -> List[Path]:
    spawn, wait = _calls_in(run.program, "spawn_and_wait")
    paths: List[Path] = []
    pieces: List[Tuple[int, int]] = []
    for visit in run.counts.visits:
        if visit.caller == spawn:
            pieces = []
        pieces.append((visit.start, visit.end))
        if visit.back == wait + 4:
            paths.append(tuple(pieces))
    if len(paths) != REPEATS:
        raise PathError(f"expected {REPEATS} children, not {len(paths)}")
    return paths


def first_spawns(run: Run) -> List[Path]:
    """The first child's frames were never used before."""
    return _all_spawns(run)[:1]


def spawns(run: Run) -> List[Path]:
    return _all_spawns(run)[1:]


def _maps_in(run: Run, function: str, number: int) -> List[Path]:
    (call,) = _calls_in(run.program, function)
    return _whole(_expect([v for v in run.counts.visits if v.caller == call], number, f"calls in {function}"))


def maps(run: Run) -> List[Path]:
    return _maps_in(run, "map_next", REPEATS)


def maps_with_tables(run: Run) -> List[Path]:
    return _maps_in(run, "map_first", 1)


def masked_stretches(run: Run) -> List[Path]:
    if POLL not in run.kernel.symbols:
        raise PathError(f"the kernel has no {POLL}")
    poll = run.kernel.symbols[POLL] + moved(run.addresses)
    if poll not in run.addresses:
        raise PathError("the kernel never looked for an interrupt")
    return [(stretch,) for stretch in masked(run.addresses, run.counts, {poll})]


def _calls_of(run: Run, function: str) -> List[Path]:
    """From the function's first instruction to the one after the call of it, what it calls included."""
    if function not in run.kernel.symbols:
        raise PathError(f"the kernel has no {function}")
    entry = run.kernel.symbols[function] + moved(run.addresses)
    starts = [index for index, address in enumerate(run.addresses) if address == entry]
    return [((start, run.addresses.index(run.addresses[start - 1] + 4, start)),) for start in starts]


def heap_allocations(run: Run) -> List[Path]:
    return _calls_of(run, "heap_allocate")


def heap_frees(run: Run) -> List[Path]:
    return _calls_of(run, "heap_free")


def boots(run: Run) -> List[Path]:
    return [((0, run.counts.boot),)]


FINDERS: Dict[str, Callable[[Run], List[Path]]] = {
    finder.__name__: finder
    for finder in (
        repeated_calls, switches, ticks, first_spawns, spawns, maps, maps_with_tables, masked_stretches, heap_allocations,
        heap_frees, boots,
    )
}
