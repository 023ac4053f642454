"""What is counted, and the most it may be: the one table of figures and budgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

# How often a program of programs/ does what is counted. The dearest time is the figure.
REPEATS = 8
# A boot with a lot of RAM may cost this much more than one with little.
BOOT_GROWTH = 1.05


@dataclass(frozen=True)
class Scenario:
    """A run: of a program in programs/, or of the built-in one. An instruction takes 2^shift nanoseconds."""

    program: Optional[str] = None
    memory: str = "128M"
    shift: int = 0


@dataclass(frozen=True)
class Figure:
    name: str
    paths: str  # the function of paths.py that finds in a run what is counted
    scenario: Scenario
    budget: Optional[float] = None  # None: for information, or `compared_with` says it
    compared_with: Optional[str] = None  # at most BOOT_GROWTH times that figure
    divisor: int = 1  # bytes, for a figure per byte
    besides: Tuple[str, ...] = ()  # the budget is for what is not done by these functions of the kernel
    least: bool = False  # the cheapest time, not the dearest

    @property
    def unit(self) -> str:
        return "instructions" if self.divisor == 1 else "instructions/byte"


@dataclass(frozen=True)
class Call:
    """A call that a program of its own, made of programs/repeat.c, makes REPEATS times."""

    name: str
    budget: float
    number: int
    fd: int
    length: int
    result: int
    divisor: int = 1

    @property
    def program(self) -> str:
        return f"bench-{self.name}"

    @property
    def figure(self) -> Figure:
        return Figure(self.name, "repeated_calls", Scenario(self.program), self.budget, divisor=self.divisor)


CALLS: Tuple[Call, ...] = (
    Call("null-syscall", 100, number=0xFFFF, fd=1, length=0, result=-38),
    Call("reject-fd", 120, number=1, fd=99, length=1, result=-9),
    Call("write-1", 200, number=1, fd=1, length=1, result=1),
    Call("write-64", 6, number=1, fd=1, length=64, result=64, divisor=64),
    Call("write-4096", 3, number=1, fd=1, length=4096, result=4096, divisor=4096),
)

YIELD = Scenario("bench-yield")
# Slices pass in fewer instructions.
TICK = Scenario("bench-tick", shift=4)
SPAWN = Scenario("bench-spawn")
MAP = Scenario("bench-map")
MASKED = Scenario("bench-masked")

# How the bytes of a program's file get into its pages. The figure has these instructions; its budget is for the rest.
COPYING = ("memcpy",)

FIGURES: Tuple[Figure, ...] = tuple(call.figure for call in CALLS) + (
    # From one process's svc to the first instruction of another, in another address space.
    Figure("yield-switch", "switches", YIELD, 140),
    # A timer interrupt of a process that goes on afterwards: another one's sleep is over.
    Figure("tick", "ticks", TICK, 150),
    # All that the kernel does from the svc of spawn until wait has its answer; the child exits at once. Clearing the
    # frames that come back is part of it. The first child gets frames that were never used, which are cleared before,
    # too: the second figure.
    Figure("spawn-exit-wait", "spawns", SPAWN, 20_000, besides=COPYING),
    Figure("spawn-exit-wait-first", "first_spawns", SPAWN, besides=COPYING),
    # Of one process's block, 512 bytes that are cleared. Before it is free to be used again it is looked at once more:
    # that is part of a later free.
    Figure("heap-allocate", "heap_allocations", SPAWN, 350),
    Figure("heap-free", "heap_frees", SPAWN, 500),
    # Where blocks lie is drawn at random, and so is what is checked besides: the neighbours' redzones. These are without.
    Figure("heap-allocate-least", "heap_allocations", SPAWN, least=True),
    Figure("heap-free-least", "heap_frees", SPAWN, least=True),
    # Of one page, where the kernel chooses. Tables that are made on the way are not counted here, but in the next.
    Figure("map-1", "maps", MAP, 700),
    Figure("map-1-tables", "maps_with_tables", MAP),
    # The longest stretch between two chances for an interrupt: an instruction at EL0, or the kernel looking for one.
    Figure("masked-max", "masked_stretches", MASKED, 100_000),
    # From reset to the first instruction at EL0.
    Figure("boot-el0", "boots", Scenario(), 120_000),
    Figure("boot-el0-8g", "boots", Scenario(memory="8G"), compared_with="boot-el0"),
)

if __name__ == "__main__":
    # For CMake: one program of programs/repeat.c a line, its fields separated by spaces.
    for call in CALLS:
        print(call.program, REPEATS, call.number, call.fd, call.length, call.result)
