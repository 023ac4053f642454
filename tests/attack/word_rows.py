"""Row B13, as far as the words are concerned that turn a mitigation off elsewhere: with all of them on the command
line, what stops a program or a bug of the kernel stops it still. The boots of tests/malformed see the transcript
only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Dict, Tuple

from memory_rows import HARMLESS
from places import KERNEL_DATA
from row import Row
from script import Script, data_abort, kernel_memory, load
from self_attack import SelfAttack
from self_rows import ALL, NOT_STOPPED, REDIRECTED, SELF_ROWS

WORDS = "mitigations=off nokaslr rodata=off nopan arm64.nopauth arm64.nobti arm64.nomte kpti=off"
# W^X and WXN, read-only data, PAN or what stands for it, PAC, BTI, MTE, and what is checked when it is used.
BUGS = (
    *("execute-wx", "map-wx", "write-sealed", "read-program", "execute-program", "return-pac", "branch-target"),
    *("write-tag", "heap-write-after-free", "canary"),
)


@dataclass(frozen=True)
class WordedScript(Script):
    @property
    def append(self) -> str:
        return WORDS


def stopped(bug: str) -> Tuple[SelfAttack, ...]:
    """Its boots in rows K, on the CPUs that stop it."""
    boots = [v for row in SELF_ROWS.values() for v in row.variants if isinstance(v, SelfAttack) and v.bug == bug]
    found = tuple(replace(v, words=WORDS) for v in boots if v.expected not in (NOT_STOPPED, REDIRECTED))
    if not found:
        raise ValueError(f"{bug}: no row stops it")
    return found


# Where the seed places the kernel, and not where it is linked; barred, or hidden where there is E0PD.
PLACED = WordedScript(
    steps=(*HARMLESS, load(KERNEL_DATA)), kill=data_abort(KERNEL_DATA, "load_at", kernel_memory()), on=ALL
)

WORD_ROWS: Dict[str, Row] = {
    "B13": Row(
        "with such words programs and bugs of the kernel are stopped as without",
        ALL,
        (PLACED, *(boot for bug in BUGS for boot in stopped(bug))),
    ),
}
