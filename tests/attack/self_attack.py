"""One boot of the image of deliberate kernel bugs, and what it has to say: first that the action was harmless in its
sound form, then what became of it in its wrong form, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Collection, List, Tuple

from archive import archive
from console import text_of
from expectation import BootFail, Outcome, Panic, closing_problems
from machine import Machine
from row import CLOSING, OPENING, Tools, Variant
from world import World

# tests/self_attack/firmware.S, and where it expects the Image.
FIRMWARE = "self_attack_firmware.elf"
IMAGE = 0x40200000
PAGE = 4096
FAR = re.compile(r"^  far=0x([0-9a-f]+)$", re.MULTILINE)
REPORT = re.compile(r"^  vector=(\w+) class=\S+ ec=0x([0-9a-f]+) iss=0x([0-9a-f]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Expected:
    """What follows the harmless form. `pattern` is for the whole of it, with the nonce taken off its lines."""

    @property
    def pattern(self) -> str:
        raise NotImplementedError

    def problems(self, outcome: Outcome, nonce: int) -> List[str]:
        raise NotImplementedError


@dataclass(frozen=True)
class Stopped(Expected):
    """A panic. Of a fault the report names the vector and the syndrome; of any other there is none."""

    tag: str
    ec: int = 0
    iss: Collection[int] = ()
    vector: str = ""
    reason: str = ".+"
    far: Collection[int] = ()  # which byte of its page the address is

    @property
    def pattern(self) -> str:
        return rf"KPANIC\[{re.escape(self.tag)}\] {self.reason}\n(  .*\n)*KPANIC\[halted\]\n"

    def problems(self, outcome: Outcome, nonce: int) -> List[str]:
        problems = Panic(self.tag).problems(outcome, nonce)
        reports = REPORT.findall(text_of(outcome.console))
        if not self.vector:
            return problems + [f"a fault is reported: {report}" for report in reports]
        if len(reports) != 1:
            return problems + [f"expected one fault to be reported, got {len(reports)}"]
        vector, ec, iss = reports[0][0], int(reports[0][1], 16), int(reports[0][2], 16)
        if vector != self.vector or ec != self.ec or iss not in self.iss:
            problems.append(f"expected {self.vector} with ec={self.ec:#x}, got {vector} with ec={ec:#x} iss={iss:#x}")
        found = [int(address, 16) % PAGE for address in FAR.findall(text_of(outcome.console))]
        if self.far and (len(found) != 1 or found[0] not in self.far):
            problems.append(f"expected one address, byte {min(self.far)} to {max(self.far)} of its page, got {found}")
        return problems


@dataclass(frozen=True)
class Survives(Expected):
    """Nothing has to stop it: the damage was not done, and the machine is powered off."""

    bug: str
    text: str

    @property
    def pattern(self) -> str:
        return re.escape(f"kbug {self.bug}: {self.text}\n{CLOSING.splitlines()[-1]}\n")

    def problems(self, outcome: Outcome, nonce: int) -> List[str]:
        return closing_problems(outcome, nonce)


@dataclass(frozen=True)
class Killed(Expected):
    """Not the kernel is stopped, but the first process: so the boot has failed."""

    kind: str

    @property
    def pattern(self) -> str:
        return rf"\[KILL\] pid=1 class={self.kind} .*\nBOOTFAIL\[init\] .*\n"

    def problems(self, outcome: Outcome, nonce: int) -> List[str]:
        return BootFail("init").problems(outcome, nonce)


@dataclass(frozen=True)
class SelfAttack(Variant):
    bug: str = ""
    expected: Expected = Stopped("missed")
    program: bytes = b""  # the first; the image has one of its own, from which it is booted else
    options: Tuple[str, ...] = ()  # of -machine
    words: str = ""  # behind the one that names the bug
    has_firmware: bool = False  # firmware at EL2, which answers an HVC with an SError

    WITHOUT_COUNTS: ClassVar[str] = "the machine stops"

    def archive(self, world: World) -> bytes:
        return archive({"first": self.program}) if self.program else b""

    @property
    def append(self) -> str:
        return f"kbug={self.bug} {self.words}".strip()

    def machine(self, tools: Tools, cpu: str, archive: Path, words: str) -> Machine:
        if tools.self_attack is None:
            raise SystemExit("this row needs --self-attack")
        kernel, options, extra = tools.self_attack, self.options, ()
        if self.has_firmware:
            kernel, options = tools.self_attack.with_name(FIRMWARE), options + ("virtualization=on",)
            extra = ("-device", f"loader,file={tools.self_attack},addr={IMAGE:#x},force-raw=on")
        initrd = archive if self.program else None
        return Machine(kernel, cpu, options=options, append=self.append, initrd=initrd, extra=extra, qemu=tools.qemu)

    def problems(self, world: World, outcome: Outcome, nonce: int) -> List[str]:
        problems = self.expected.problems(outcome, nonce)
        plain = re.sub(rf" #{nonce}$", "", text_of(outcome.console), flags=re.MULTILINE)
        if not re.fullmatch(self.pattern, plain):
            problems.append(f"the console does not match {self.pattern!r}")
        return problems

    @property
    def pattern(self) -> str:
        """Of the whole console."""
        return re.escape(f"{OPENING}kbug {self.bug}: harmless done\n") + self.expected.pattern
