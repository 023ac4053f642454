"""Makes a script that differs as small as it gets. Candidates are tried many a boot: of those in one boot the first that
differs is sure to, so it is taken, and what comes behind it is tried again. When the time is up the smallest so far is
it."""

from __future__ import annotations

import time
from typing import Callable, List, Optional, Sequence

from steps import Step, script_of, steps_of

# Plays scripts in one boot; says which one differs first, or None.
Try = Callable[[Sequence[bytes]], Optional[int]]

CANDIDATES_MAX = 400


def _shorter(steps: List[Step]) -> List[List[Step]]:
    """With a part left out: halves first, then quarters, down to single steps."""
    found, size = [], len(steps)
    while size > 1:
        size = (size + 1) // 2
        found += [steps[:at] + steps[at + size :] for at in range(0, len(steps), size)]
    return found


def _simpler(steps: List[Step]) -> List[List[Step]]:
    return [
        steps[:at] + [step] + steps[at + 1 :] for at in range(len(steps)) for step in steps[at].simpler()
    ]


def _reduce(
    script: bytes, candidates: Callable[[List[Step]], List[List[Step]]], differs: Try, deadline: float
) -> bytes:
    while time.monotonic() < deadline:
        tried = [script_of(script, steps) for steps in candidates(steps_of(script))][:CANDIDATES_MAX]
        found = differs(tried) if tried else None
        if found is None:
            return script
        script = tried[found]
    return script


def minimise(script: bytes, differs: Try, deadline: float) -> bytes:
    """The script, which differs by itself, with no step and no operand that it does not take; or the smallest that was
    found until the deadline (time.monotonic)."""
    return _reduce(_reduce(script, _shorter, differs, deadline), _simpler, differs, deadline)
