"""The project's own constants, read from its headers, so that the table cannot drift from them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).resolve().parents[2]
DEFINE = re.compile(r"^#define (\w+) (?:HAL_UL\()?(0x[0-9a-f]+|\d+|PANTHER_\w+)\)?(?:$|\s)", re.MULTILINE)
SYSCALL = re.compile(r"^SYSCALL\((\d+), (\w+),", re.MULTILINE)


def constants(*paths: str) -> Dict[str, int]:
    """Every number that these headers define, as such or by another's name."""
    found: Dict[str, int] = {}
    for path in paths:
        for name, value in DEFINE.findall((ROOT / path).read_text()):
            found[name] = found[value] if value in found else int(value, 0)
    return found


def syscall_numbers() -> List[int]:
    return [int(number) for number, _ in SYSCALL.findall((ROOT / "abi/syscalls.def").read_text())]


CONSTANTS = constants("abi/errno.h", "abi/limits.h", "hal/layout.h", "tests/attack/script.h")
ERRNO = {name[len("PANTHER_") :]: value for name, value in CONSTANTS.items() if name.startswith("PANTHER_E")}
NR_SYSCALLS = max(syscall_numbers()) + 1

PAGE = CONSTANTS["PANTHER_PAGE_SIZE"]
USER_TOP = CONSTANTS["PANTHER_USER_TOP"]
STACK_TOP = CONSTANTS["PANTHER_USER_STACK_TOP"]
STACK_BOTTOM = STACK_TOP - CONSTANTS["PANTHER_USER_STACK_SIZE"]
STACK_GUARD = CONSTANTS["PANTHER_USER_STACK_GUARD"]
WRITE_CHUNK = CONSTANTS["PANTHER_WRITE_CHUNK"]
IO_MAX = CONSTANTS["PANTHER_IO_MAX"]
