"""What a console says about scripts, script by script."""

from __future__ import annotations

import re
from typing import List, Tuple

# The director's line before each script (director.c, announce).
ANNOUNCED = re.compile(rb"^== play(\d\d) (\d\d)\n", re.MULTILINE)
SCRIPTS_PER_FILE = 16


def parts(console: bytes) -> List[Tuple[int, bytes]]:
    """Each script that was announced, by its number in the archive, and what was written until the next one was."""
    found = list(ANNOUNCED.finditer(console))
    ends = [match.start() for match in found[1:]] + [len(console)]
    return [
        (int(match[1]) * SCRIPTS_PER_FILE + int(match[2]), console[match.end() : end])
        for match, end in zip(found, ends)
    ]


def first_difference(first: bytes, second: bytes) -> int:
    """The number of the script at which two consoles differ first; -1 if they do so before any."""
    if first == second:
        raise ValueError("they are the same")
    at = next((i for i, (one, other) in enumerate(zip(first, second)) if one != other), min(len(first), len(second)))
    return len(ANNOUNCED.findall(first[:at])) - 1
