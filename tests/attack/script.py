"""The steps of a row: what goes into the script (script.h), and what must come out of the console."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Callable, Optional, Sequence, Tuple, Union

from headers import CONSTANTS, ERRNO
from world import Place, Value, World

# struct step: kind, number, arguments[6], immediate, seed, address, value, size
LAYOUT = struct.Struct("<13Q")
SCRIPT_SIZE = LAYOUT.size * CONSTANTS["SCRIPT_STEPS_MAX"]

# Fault status codes: the kind, to which the level is added; and the bit for a write.
TRANSLATION = 0x04
PERMISSION = 0x0C
ALIGNMENT = 0x21
PAGE_LEVEL = 3
WNR = 1 << 6

# Every call is made with noise in the registers that it does not use, unless a row says otherwise.
NOISE = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Step:
    kind: str
    number: Value = 0
    arguments: Tuple[Value, ...] = ()
    immediate: int = 0
    seed: int = 0
    address: Value = 0
    value: Value = 0
    size: int = 0
    said: str = ""  # the line that the player prints, if it lives
    printed: Union[str, Place] = ""  # what the step itself writes to the console before that
    printed_size: int = 0  # of a Place: so many bytes from the program's file

    def encode(self, world: World) -> bytes:
        arguments = [world.number(value) for value in self.arguments] + [0] * (6 - len(self.arguments))
        fields = [CONSTANTS["STEP_" + self.kind], world.number(self.number)] + arguments
        fields += [self.immediate, self.seed, world.number(self.address), world.number(self.value), self.size]
        return LAYOUT.pack(*fields)

    def text(self, world: World) -> str:
        if isinstance(self.printed, Place):
            printed = world.user_bytes(world.number(self.printed), self.printed_size).decode("latin-1")
        else:
            printed = self.printed
        return printed + (self.said + "\n" if self.said else "")


@dataclass(frozen=True)
class Fault:
    """A fault status code, which may depend on the CPU and on what is mapped (Arm ARM D17.2.37, tables for ISS)."""

    code: Callable[[World, int], int]  # of the world and the address
    write: bool = False

    def iss(self, world: World, address: int) -> int:
        return self.code(world, address) | (WNR if self.write else 0)


def unmapped(write: bool = False) -> Fault:
    """A translation fault at the level where the walk of a user address ends."""
    return Fault(lambda world, address: TRANSLATION | world.translation_level(address), write)


def barred(write: bool = False) -> Fault:
    """A permission fault on a page of the program's own."""
    return Fault(lambda world, address: PERMISSION | PAGE_LEVEL, write)


def kernel_page(write: bool = False) -> Fault:
    """A page of the kernel: barred, or with FEAT_E0PD as good as not there."""
    return Fault(lambda world, address: TRANSLATION if world.cpu.e0pd else PERMISSION | PAGE_LEVEL, write)


def outside(write: bool = False) -> Fault:
    """Neither half: no table is looked at."""
    return Fault(lambda world, address: TRANSLATION, write)


def unaligned(write: bool = False) -> Fault:
    return Fault(lambda world, address: ALIGNMENT, write)


def no_syndrome() -> Fault:
    return Fault(lambda world, address: 0)


@dataclass(frozen=True)
class Kill:
    """The line with which a process is killed."""

    name: str
    ec: int
    fault: Fault
    far: Value
    elr: Value

    def text(self, world: World) -> str:
        far, elr = world.number(self.far), world.number(self.elr)
        iss = self.fault.iss(world, far)
        return f"[KILL] pid=1 class={self.name} ec=0x{self.ec:02x} iss=0x{iss:x} far=0x{far:x} elr=0x{elr:x}\n"


def data_abort(far: Value, elr: str, fault: Fault) -> Kill:
    """At the instruction that player.S names."""
    return Kill("data-abort", 0x24, fault, far, Place("user:" + elr))


def instruction_abort(far: Value, fault: Fault) -> Kill:
    return Kill("instruction-abort", 0x20, fault, far, far)


@dataclass(frozen=True)
class Variant:
    """One boot: steps, of which the last may kill. `on` are the players it is for, if not all of its row's."""

    steps: Tuple[Step, ...]
    kill: Optional[Kill] = None
    on: str = "HANX"

    def encode(self, world: World) -> bytes:
        script = b"".join(step.encode(world) for step in self.steps)
        if len(script) >= SCRIPT_SIZE:
            raise ValueError("the script has no room for its end")
        return script.ljust(SCRIPT_SIZE, b"\0")

    def text(self, world: World) -> str:
        """What the console must show between the start of the program and the kernel's closing lines."""
        living = self.steps[:-1] if self.kill else self.steps
        return "".join(step.text(world) for step in living) + (self.kill.text(world) if self.kill else "")


def call(
    number: Value,
    *arguments: Value,
    result: Union[int, str],
    immediate: int = 0,
    seed: int = NOISE,
    printed: Union[str, Place] = "",
) -> Step:
    """A call that must give `result` (a number, or the name of an error) and leave every other register alone."""
    value = -ERRNO[result] if isinstance(result, str) else result
    said = f"call 0x{value & (1 << 64) - 1:x} lost 0x0"
    size = value if isinstance(printed, Place) else 0  # all that was written
    return Step("CALL", number, arguments, immediate, seed, said=said, printed=printed, printed_size=size)


def last_call(number: Value, *arguments: Value) -> Step:
    """A call that does not come back."""
    return Step("CALL", number, arguments, seed=NOISE)


def fill(address: Value, size: int, character: str) -> Step:
    return Step("FILL", address=address, value=ord(character), size=size)


def sweep(first: int, last: int) -> Step:
    return Step("SWEEP", address=first, value=last, said="sweep 0x0")


def random_numbers(count: int, first: int) -> Step:
    return Step("RANDOM", address=first, value=count, seed=NOISE, said="random 0x0")


def load(address: Value, said: str = "", size: int = 8) -> Step:
    return Step("LOAD", address=address, size=size, said=said)


def store(address: Value, value: int, said: str = "") -> Step:
    return Step("STORE", address=address, value=value, said=said)


def at(kind: str, address: Value, said: str = "") -> Step:
    """A step that needs an address only: BRANCH, BRANCH_LINK, RETURN, RECURSE, LDXR and so on."""
    return Step(kind, address=address, said=said)


def one(*steps: Step, kill: Optional[Kill] = None) -> Variant:
    return Variant(steps, kill)


def each(before: Sequence[Step], bad: Sequence[Tuple[Step, Kill]]) -> Tuple[Variant, ...]:
    """A boot for each pair: the harmless steps, then the one that kills."""
    return tuple(Variant(tuple(before) + (step,), kill) for step, kill in bad)
