"""What the console said, and which of it to believe.

A program can print whatever it likes, a closing line or a panic among it. What it cannot know is the run's nonce,
which is on the kernel's command line: so a verdict counts only at the start of a line that ends in " #NONCE". The
kernel knows the nonce once it has read the device tree; before it starts the first program nobody else can write,
and a verdict without a nonce counts as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Optional

# The kernel's last line before programs run.
LAST_LINE_BEFORE_PROGRAMS = "[BOOT] Exception vectors installed"
CLOSING = "[BOOT] Halting CPU..."
PANIC_END = "KPANIC[halted]"
VERDICT = re.compile(r"(?P<kind>KPANIC|BOOTFAIL)\[(?P<tag>[a-z0-9:-]+)\]")


@dataclass(frozen=True)
class Verdict:
    kind: str  # "closing", "KPANIC" or "BOOTFAIL"
    tag: str
    line: str


def text_of(raw: bytes) -> str:
    """One character a byte, so that comparison is exact."""
    return raw.decode("latin-1")


def parse_verdict(line: str) -> Optional[Verdict]:
    if line.startswith(CLOSING):
        return Verdict("closing", "", line)
    match = VERDICT.match(line)
    return Verdict(match["kind"], match["tag"], line) if match else None


def verdicts(raw: bytes, nonce: Optional[int]) -> List[Verdict]:
    """The verdicts that count, in order. Only whole lines do: the last one may still be on its way. Without a nonce
    every one counts, which is for programs that are trusted."""
    found = []
    programs_run = False
    for line in text_of(raw).split("\n")[:-1]:
        signed = nonce is not None and line.endswith(f" #{nonce}")
        verdict = parse_verdict(line)
        if verdict is not None and (signed or nonce is None or not programs_run):
            found.append(verdict)
        programs_run = programs_run or line == LAST_LINE_BEFORE_PROGRAMS
    return found


def is_final(raw: bytes, nonce: Optional[int]) -> bool:
    """Has the kernel said its last word, and stays on with a stopped CPU?"""
    if b"BOOTFAIL[" not in raw and PANIC_END.encode() not in raw:
        return False
    return any(v.kind == "BOOTFAIL" or v.line.startswith(PANIC_END) for v in verdicts(raw, nonce))
