"""The project's own constants, read from its headers, so that the table cannot drift from them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict

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


def syscall_numbers() -> Dict[str, int]:
    return {name: int(number) for number, name in SYSCALL.findall((ROOT / "abi/syscalls.def").read_text())}


CONSTANTS = constants("abi/errno.h", "abi/limits.h", "abi/process.h", "hal/layout.h", "tests/attack/script.h")
ERRNO = {name[len("PANTHER_") :]: value for name, value in constants("abi/errno.h").items()}
SYS = syscall_numbers()
NR_SYSCALLS = max(SYS.values()) + 1

PAGE = CONSTANTS["PANTHER_PAGE_SIZE"]
USER_TOP = CONSTANTS["PANTHER_USER_TOP"]
USER_BOTTOM = CONSTANTS["PANTHER_USER_BOTTOM"]
STACK_BASE = CONSTANTS["PANTHER_USER_STACK_BASE"]
STACK_SIZE = CONSTANTS["PANTHER_USER_STACK_SIZE"]
GUARD = CONSTANTS["PANTHER_USER_GUARD"]
WRITE_CHUNK = CONSTANTS["PANTHER_WRITE_CHUNK"]
IO_MAX = CONSTANTS["PANTHER_IO_MAX"]
MAP_MAX = CONSTANTS["PANTHER_MAP_MAX"]
PATH_MAX = CONSTANTS["PANTHER_PATH_MAX"]
ARGUMENTS_MAX = CONSTANTS["PANTHER_ARGUMENTS_MAX"]
SPAWN_MAX = CONSTANTS["PANTHER_SPAWN_MAX"]
READ, WRITE, EXECUTE = (CONSTANTS["PANTHER_" + name] for name in ("READ", "WRITE", "EXECUTE"))
