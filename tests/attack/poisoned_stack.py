"""Row L13: the kernel on a stack that is full of a pattern wherever it is not in use (tests/self_attack/poison.S), and a
program that looks for that in all that it is given (programs/poison.c)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from machine import Machine
from program_rows import FIRST, Program, e, ended
from row import Tools

FOUND = r"[1-9]\d*"


@dataclass(frozen=True)
class PoisonedStack(Program):
    bug: str = ""  # one of poisoned_stack.c's, if any

    @property
    def append(self) -> str:
        return f"kbug={self.bug}" if self.bug else ""

    def machine(self, tools: Tools, cpu: str, archive: Path, words: str) -> Machine:
        if tools.poisoned is None:
            raise SystemExit("this row needs --poisoned")
        return Machine(kernel=tools.poisoned, cpu=cpu, initrd=archive, append=self.append, qemu=tools.qemu)


def poisoned_stack(bug: str, times: str) -> PoisonedStack:
    """How often the pattern is found, as a regular expression; a child never has it."""
    said = ("waited 1", "waited 1", f"none left {e('ECHILD')}", "page 1", "type", "read 5", "random 256")
    said += ("written", "written 8", ended(), *FIRST, f"in registers {times}", f"in memory {times}")
    return PoisonedStack(name="L13", lines=said, types=(("type\n", b"abcd\n"),), bug=bug)
