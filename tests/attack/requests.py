"""What spawn is asked for, as bytes in the memory of a program (struct panther_spawn_request in abi/process.h)."""

from __future__ import annotations

import struct
from typing import Tuple, Union

from headers import CONSTANTS, SYS
from script import Step, call, poke
from world import Place, Value

INHERIT = CONSTANTS["PANTHER_SPAWN_INHERIT"]
HEADER = struct.Struct("<4Q")  # calls, frames_max, children_max, flags


def request(*strings: bytes, calls: int = 0, frames: int = 0, children: int = 0, flags: int = INHERIT) -> bytes:
    return HEADER.pack(calls, frames, children, flags) + b"".join(string + b"\0" for string in strings)


def put(address: Union[int, Place], content: bytes) -> Tuple[Step, ...]:
    """These bytes, and zeros up to a multiple of 8."""
    padded = content.ljust(-(-len(content) // 8) * 8, b"\0")
    return tuple(
        poke(address + at, int.from_bytes(padded[at : at + 8], "little")) for at in range(0, len(padded), 8)
    )


def spawn(address: Union[int, Place], content: bytes, result: Union[Value, str]) -> Tuple[Step, ...]:
    """The request is written there, and made."""
    return (*put(address, content), call(SYS["spawn"], address, len(content), result=result))


EXITS = request(b"exits", b"exits")
