"""What a boot should end in. Each expectation says what is wrong with an outcome: nothing, if it passed."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from console import CLOSING, PANIC_END, Verdict, text_of, verdicts


@dataclass(frozen=True)
class Outcome:
    console: bytes
    errors: str  # what QEMU itself said
    status: Optional[int]  # QEMU's exit status; None if the runner ended it after the kernel's last word
    timed_out: bool


def _show(found: Sequence[Verdict]) -> str:
    return ", ".join(repr(v.line) for v in found) or "none"


def closing_problems(outcome: Outcome, nonce: Optional[int]) -> List[str]:
    """A run that ended as runs should: exactly one verdict, the closing line; then power off with status 0."""
    problems = []
    if outcome.timed_out:
        problems.append("timed out")
    found = verdicts(outcome.console, nonce)
    closing = CLOSING if nonce is None else f"{CLOSING} #{nonce}"
    if [v.line for v in found] != [closing]:
        problems.append(f"expected the one verdict {closing!r}, got: {_show(found)}")
    if not outcome.timed_out and outcome.status != 0:
        problems.append(f"expected QEMU to exit with status 0 (power off), got {outcome.status}")
    return problems


def stopped_problems(outcome: Outcome, nonce: Optional[int], kinds: Sequence[Tuple[str, str]]) -> List[str]:
    """A run whose last word was a failure: these verdicts and no others, and the machine stayed on."""
    found = verdicts(outcome.console, nonce)
    problems = []
    if outcome.timed_out:
        problems.append("timed out")
    if [(v.kind, v.tag) for v in found] != list(kinds):
        wanted = ", ".join(f"{kind}[{tag}]" for kind, tag in kinds)
        problems.append(f"expected the verdicts {wanted}, got: {_show(found)}")
    if not outcome.timed_out and outcome.status is not None:
        problems.append(f"expected the machine to stay on, but QEMU exited with status {outcome.status}")
    return problems


class Expectation:
    def problems(self, outcome: Outcome, nonce: Optional[int]) -> List[str]:
        raise NotImplementedError


@dataclass(frozen=True)
class Transcript(Expectation):
    """Exactly this text. Its last line is the closing line, to which the nonce is added."""

    text: str

    def problems(self, outcome: Outcome, nonce: Optional[int]) -> List[str]:
        wanted = self.text if nonce is None else f"{self.text[:-1]} #{nonce}\n"
        problems = closing_problems(outcome, nonce)
        got = text_of(outcome.console)
        if got != wanted:
            lines = difflib.unified_diff(
                [repr(line) for line in wanted.splitlines(True)],
                [repr(line) for line in got.splitlines(True)],
                "expected",
                "got",
                lineterm="",
            )
            problems.append("the transcript differs:\n" + "\n".join(lines))
        return problems


@dataclass(frozen=True)
class Lines(Expectation):
    """These patterns match whole lines, in this order, with others between; and the run closes."""

    patterns: Tuple[str, ...]

    def problems(self, outcome: Outcome, nonce: Optional[int]) -> List[str]:
        problems = closing_problems(outcome, nonce)
        rest = iter(text_of(outcome.console).split("\n"))
        for pattern in self.patterns:
            if not any(re.fullmatch(pattern, line) for line in rest):
                problems.append(f"no line (after those matched before) matches {pattern!r}")
                break
        return problems


@dataclass(frozen=True)
class Verbose(Expectation):
    """The lines of this transcript in order, and at least one [BOOT] line more."""

    text: str

    def problems(self, outcome: Outcome, nonce: Optional[int]) -> List[str]:
        wanted = self.text.splitlines()
        if nonce is not None:
            wanted[-1] += f" #{nonce}"
        problems = Lines(tuple(re.escape(line) for line in wanted)).problems(outcome, nonce)
        got = text_of(outcome.console).split("\n")
        if not any(line.startswith("[BOOT] ") and line not in wanted for line in got):
            problems.append("no boot line beyond the short transcript")
        return problems


@dataclass(frozen=True)
class BootFail(Expectation):
    tag: str
    reason: str = ""  # the rest of the line, if that matters

    def problems(self, outcome: Outcome, nonce: Optional[int]) -> List[str]:
        problems = stopped_problems(outcome, nonce, [("BOOTFAIL", self.tag)])
        line = f"BOOTFAIL[{self.tag}] {self.reason}"
        # Before the command line is read, there is no nonce.
        if self.reason and not {line, f"{line} #{nonce}"} & set(text_of(outcome.console).split("\n")):
            problems.append(f"expected the line {line!r}")
        return problems


@dataclass(frozen=True)
class LostPowerOff(Expectation):
    """The run closes, but the call to the firmware ends in this failure."""

    tag: str

    def problems(self, outcome: Outcome, nonce: Optional[int]) -> List[str]:
        return stopped_problems(outcome, nonce, [("closing", ""), ("BOOTFAIL", self.tag)])


@dataclass(frozen=True)
class Panic(Expectation):
    tag: str

    def problems(self, outcome: Outcome, nonce: Optional[int]) -> List[str]:
        end = PANIC_END[len("KPANIC[") : -1]
        return stopped_problems(outcome, nonce, [("KPANIC", self.tag), ("KPANIC", end)])
