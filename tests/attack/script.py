"""The steps of a row: what goes into the script (script.h), and what must come out of the console."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence, Tuple, Union

from archive import archive
from console import text_of
from elf_maker import program
from expectation import Outcome
from headers import CONSTANTS, ERRNO, PATH_MAX
from row import COUNTS_BACK, Variant, text_problems
from world import Place, Value, World

# struct step: kind, number, arguments[6], immediate, seed, address, value, size, relative
LAYOUT = struct.Struct("<14Q")
SCRIPT_SIZE = LAYOUT.size * CONSTANTS["SCRIPT_STEPS_MAX"]

# Fault status codes: the kind, to which the level is added; and the bit for a write.
TRANSLATION = 0x04
PERMISSION = 0x0C
ALIGNMENT = 0x21
PAGE_LEVEL = 3
WNR = 1 << 6

# What steps can spawn: a program that exits at once, also under a name as long as can be.
EXIT_PROGRAMS = {name: program() for name in ("exits", "n" * (PATH_MAX - 1))}

# Every call is made with noise in the registers that it does not use, unless a row says otherwise.
NOISE = 0x9E3779B97F4A7C15


def _is_on_stack(value: Value) -> bool:
    return isinstance(value, Place) and value.name == "stack"


def _offset(value: Value, world: World) -> int:
    """The number for the script: the player adds where its stack begins."""
    return value.offset & (1 << 64) - 1 if isinstance(value, Place) and _is_on_stack(value) else world.number(value)


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
    result: Value = 0  # of a call that returns
    returns: bool = True
    unchanged: Optional[Place] = None  # what is loaded is what the file has there
    printed: Union[str, Place] = ""  # what the step itself writes to the console before that
    printed_size: int = 0  # of a Place: so many bytes from the program's file

    def encode(self, world: World) -> bytes:
        arguments = [_offset(value, world) for value in self.arguments] + [0] * (6 - len(self.arguments))
        relative = sum(1 << i for i, value in enumerate(self.arguments) if _is_on_stack(value))
        relative |= _is_on_stack(self.address) << CONSTANTS["RELATIVE_ADDRESS"]
        fields = [CONSTANTS["STEP_" + self.kind], world.number(self.number)] + arguments
        fields += [self.immediate, self.seed, _offset(self.address, world), world.number(self.value), self.size]
        fields.append(relative)
        return LAYOUT.pack(*fields)

    @property
    def succeeds(self) -> bool:
        """Is it a step that shows something harmless to work: a call with a result, a step that is answered?"""
        if self.kind == "CALL":
            return self.returns and not (isinstance(self.result, int) and self.result < 0)
        return self.kind == "STACK" or bool(self.said) and self.kind not in ("SWEEP", "RANDOM", "BITS")

    def _said(self, world: World) -> str:
        if self.unchanged is not None:
            value = int.from_bytes(world.user_bytes(world.number(self.unchanged), self.size), "little")
            return f"load 0x{value:x}"
        if self.kind == "CALL":
            return f"call 0x{world.number(self.result):x} lost 0x0" if self.returns else ""
        return f"stack 0x{world.stack:x}" if self.kind == "STACK" else self.said

    def text(self, world: World) -> str:
        if isinstance(self.printed, Place):
            printed = world.user_bytes(world.number(self.printed), self.printed_size).decode("latin-1")
        else:
            printed = self.printed
        said = self._said(world)
        return printed + (said + "\n" if said else "")


@dataclass(frozen=True)
class Fault:
    """A fault status code, which may depend on the CPU and on what is mapped (Arm ARM D17.2.37, tables for ISS)."""

    code: Callable[[World, int], int]  # of the world and the address
    write: bool = False

    def iss(self, world: World, address: int) -> int:
        return self.code(world, address) | (WNR if self.write else 0)


def unmapped(write: bool = False, besides: Tuple[int, ...] = (), without: Tuple[str, ...] = ()) -> Fault:
    """A translation fault at the level where the walk of a user address ends: see World.translation_level."""
    return Fault(lambda world, address: TRANSLATION | world.translation_level(address, besides, without), write)


def barred(write: bool = False) -> Fault:
    """A permission fault on a page of the program's own."""
    return Fault(lambda world, address: PERMISSION | PAGE_LEVEL, write)


def kernel_memory(level: int = PAGE_LEVEL, write: bool = False) -> Fault:
    """The kernel's, mapped at this level: barred, or with FEAT_E0PD as good as not there."""
    return Fault(lambda world, address: TRANSLATION if world.cpu.e0pd else PERMISSION | level, write)


def outside(write: bool = False) -> Fault:
    """Neither half: no table is looked at."""
    return Fault(lambda world, address: TRANSLATION, write)


def unaligned(write: bool = False) -> Fault:
    return Fault(lambda world, address: ALIGNMENT, write)


def no_syndrome() -> Fault:
    return Fault(lambda world, address: 0)


# The player is the second process of a boot: the first one waits for it (programs/judge.c).
PLAYER_PID = 2


@dataclass(frozen=True)
class Kill:
    """The line with which a process is killed. `far` None: the syndrome has no valid address."""

    name: str
    ec: int
    fault: Fault
    far: Optional[Value]
    elr: Value

    def text(self, world: World) -> str:
        far = 0 if self.far is None else world.number(self.far)
        shown = "-" if self.far is None else f"0x{far:x}"
        iss = self.fault.iss(world, far)
        where = f"far={shown} elr=0x{world.number(self.elr):x}"
        return f"[KILL] pid={PLAYER_PID} class={self.name} ec=0x{self.ec:02x} iss=0x{iss:x} {where}\n"


def data_abort(far: Value, elr: str, fault: Fault) -> Kill:
    """At the instruction that player.S names."""
    return Kill("data-abort", 0x24, fault, far, Place("user:" + elr))


def instruction_abort(far: Value, fault: Fault) -> Kill:
    return Kill("instruction-abort", 0x20, fault, far, far)


@dataclass(frozen=True)
class Script(Variant):
    """Steps, of which the last may kill the player. What it costs the machine must be back when it has ended."""

    steps: Tuple[Step, ...] = ()
    kill: Optional[Kill] = None
    status: int = 0  # of exit, should the last step be that call

    @property
    def begins_harmless(self) -> bool:
        """Does something harmless work before anything is tried? Filling memory shows nothing, and does no harm."""
        shown = [step for step in self.steps if step.kind not in ("FILL", "POKE")]
        return bool(shown) and shown[0].succeeds and (self.kill is None or shown[0] is not self.steps[-1])

    def encode(self, world: World) -> bytes:
        script = b"".join(step.encode(world) for step in self.steps)
        if len(script) >= SCRIPT_SIZE:
            raise ValueError("the script has no room for its end")
        return script.ljust(SCRIPT_SIZE, b"\0")

    def text(self, world: World) -> str:
        """What the console must show between the kernel's opening and closing lines."""
        living = self.steps[:-1] if self.kill else self.steps
        played = "".join(step.text(world) for step in living) + (self.kill.text(world) if self.kill else "")
        end = f"fault 0x{self.kill.ec:x}" if self.kill else f"exit 0x{self.status:x}"
        return f"{played}ended by {end}\n{COUNTS_BACK}\n"

    def archive(self, world: World) -> bytes:
        return archive({"judge": world.judge, "player": world.player(self.encode(world)), **EXIT_PROGRAMS})

    def script(self, world: World) -> bytes:
        return self.encode(world)

    def problems(self, world: World, outcome: Outcome, nonce: int) -> List[str]:
        world.observe(text_of(outcome.console))
        return text_problems(self.text(world), outcome, nonce)


def call(
    number: Value,
    *arguments: Value,
    result: Union[Value, str],
    immediate: int = 0,
    seed: int = NOISE,
    printed: Union[str, Place] = "",
) -> Step:
    """A call that must give `result` (a number, or the name of an error) and leave every other register alone."""
    value = -ERRNO[result] if isinstance(result, str) else result
    size = value if isinstance(printed, Place) and isinstance(value, int) else 0  # all that was written
    return Step("CALL", number, arguments, immediate, seed, result=value, printed=printed, printed_size=size)


def last_call(number: Value, *arguments: Value) -> Step:
    """A call that does not come back."""
    return Step("CALL", number, arguments, seed=NOISE, returns=False)


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


def poke(address: Value, value: Value) -> Step:
    return Step("POKE", address=address, value=value)


def load_unchanged(place: Place, size: int = 8) -> Step:
    """What the program's file has there is there still."""
    return Step("LOAD", address=place, size=size, unchanged=place)


def bits(number: int, *arguments: Value, argument: int, mask: int, result: str) -> Step:
    """A call for each bit of the mask, which is added to this argument: each must fail like that."""
    wrong = -ERRNO[result] & (1 << 64) - 1
    return Step("BITS", number, arguments, address=argument, value=mask, size=wrong, said="bits 0x0")


def good(number: int, *arguments: Value, seed: int = NOISE) -> Step:
    """A call that must succeed, with whatever result, and leave every other register alone."""
    return Step("CALL_GOOD", number, arguments, seed=seed, said="good lost 0x0")


STACK_LINE = Step("STACK")


def one(*steps: Step, kill: Optional[Kill] = None, on: str = "HANXT", status: int = 0) -> Script:
    return Script(on, steps=steps, kill=kill, status=status)


def each(before: Sequence[Step], bad: Sequence[Tuple[Step, Kill]], on: str = "HANXT") -> Tuple[Script, ...]:
    """A boot for each pair: the harmless steps, then the one that kills."""
    return tuple(Script(on, steps=tuple(before) + (step,), kill=kill) for step, kill in bad)
