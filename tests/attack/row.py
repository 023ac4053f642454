"""What a row of the attack matrix is: one or more boots, each judged by itself."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, List, Optional, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from console import text_of, verdicts
from expectation import Outcome, Transcript, closing_problems
from machine import Machine
from run_qemu import Typed
from world import World

HELLO = "Hello from secure kernel!\n\n"
TRANSCRIPT = (Path(__file__).resolve().parents[1] / "qemu" / "transcript.txt").read_text()
OPENING, CLOSING = TRANSCRIPT.split(HELLO)
# What the first program says once all that the row used has been given back: frames, heap, processes.
COUNTS_BACK = "counts back"


@dataclass(frozen=True)
class Tools:
    """What boots are made with."""

    qemu: str
    image: Path
    stub: Optional[Path]
    self_attack: Optional[Path]  # the image of deliberate kernel bugs, if it is built
    poisoned: Optional[Path]  # the one whose stack is full of a pattern, likewise


@dataclass(frozen=True)
class Variant:
    """One boot. `on` are the players it is for, if not all of its row's."""

    on: str = "HANXT"
    is_slow: bool = False  # minutes: played only when that is asked for

    # Why nobody can say afterwards that all was given back, if so.
    WITHOUT_COUNTS: ClassVar[str] = ""

    def archive(self, world: World) -> bytes:
        """What is booted from."""
        raise NotImplementedError

    def script(self, world: World) -> Optional[bytes]:
        """The steps for the twin's player; none: the first program exits at once."""
        return None

    @property
    def append(self) -> str:
        """Words for the kernel's command line."""
        return ""

    def machine(self, tools: Tools, cpu: str, archive: Path, words: str) -> Machine:
        """The machine to boot; `words` are those of the kernel's command line, nonce included."""
        return Machine(kernel=tools.image, cpu=cpu, initrd=archive, append=self.append, qemu=tools.qemu)

    @property
    def typed(self) -> Typed:
        return ()

    def problems(self, world: World, outcome: Outcome, nonce: int) -> List[str]:
        raise NotImplementedError


@dataclass(frozen=True)
class Row:
    title: str
    where: str
    variants: Tuple[Variant, ...]


def deciding_line(outcome: Outcome, nonce: int) -> str:
    """What the kernel said of it: its verdict, if it stopped; else the last process that it ended; else what was
    said last before the program compared its counts, or before the machine was switched off."""
    stopped = [v.line for v in verdicts(outcome.console, nonce) if v.kind != "closing"]
    lines = [line for line in text_of(outcome.console).split("\n") if line]
    kills = [line for line in lines if line.startswith("[KILL] pid=") and line.endswith(f" #{nonce}")]
    body = [line.replace(f" #{nonce}", "") for line in lines]
    body = body[: body.index(COUNTS_BACK)] if COUNTS_BACK in body else body
    said = [line for line in body if not line.startswith("ended by ") and line not in CLOSING.split("\n")]
    decided = (stopped[:1] or kills[-1:] or said[-1:] or ["nothing was said"])[0]
    return decided.replace(f" #{nonce}", "")


def signed(text: str, nonce: int) -> str:
    """The kernel's own lines about what programs did end in the nonce."""
    return re.sub(r"^\[KILL\] pid=.*$", rf"\g<0> #{nonce}", text, flags=re.MULTILINE)


def text_problems(text: str, outcome: Outcome, nonce: int) -> List[str]:
    """Exactly this must stand between the kernel's opening and closing lines."""
    return Transcript(OPENING + signed(text, nonce) + CLOSING).problems(outcome, nonce)


def body_of(outcome: Outcome, nonce: int) -> Tuple[str, List[str]]:
    """What stands between the kernel's opening and closing lines, with its signatures taken away; and what is wrong
    with these."""
    problems = closing_problems(outcome, nonce)
    text = text_of(outcome.console)
    closing = f"{CLOSING[:-1]} #{nonce}\n"
    if not text.startswith(OPENING) or not text.endswith(closing):
        return text, problems + ["the kernel's opening or closing lines are missing"]
    body = text[len(OPENING) : -len(closing)]
    return re.sub(rf"^(\[KILL\] pid=.*) #{nonce}$", r"\1", body, flags=re.MULTILINE), problems
