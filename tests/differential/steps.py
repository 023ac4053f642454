"""Scripts as Python sees them: the bytes of tests/script/script.h, taken apart and put together."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import List, Tuple

from archives import SCRIPT_SIZE

HEADER = struct.Struct("<IHHB7x")
STEP = struct.Struct("<BBB6BBHIQ6Q")
CALL = 0


@dataclass(frozen=True)
class Step:
    kind: int
    process: int
    size: int
    bases: Tuple[int, ...]
    immediate: int
    number: int
    values: Tuple[int, ...]

    @staticmethod
    def of(data: bytes) -> "Step":
        fields = STEP.unpack(data)
        return Step(fields[0], fields[1], fields[2], fields[3:9], fields[10], fields[12], fields[13:19])

    def data(self) -> bytes:
        return STEP.pack(
            self.kind, self.process, self.size, *self.bases, 0, self.immediate, 0, self.number, *self.values
        )

    def simpler(self) -> "List[Step]":
        """The same with less in it: an operand that is 0, or has no base, or no value."""
        found = []
        for index in range(6):
            for base, value in ((0, 0), (0, self.values[index]), (self.bases[index], 0)):
                bases = self.bases[:index] + (base,) + self.bases[index + 1 :]
                values = self.values[:index] + (value,) + self.values[index + 1 :]
                step = replace(self, bases=bases, values=values)
                if step != self and step not in found:
                    found.append(step)
        return found


def steps_of(script: bytes) -> List[Step]:
    _, _, count, _ = HEADER.unpack(script[: HEADER.size])
    starts = range(HEADER.size, HEADER.size + count * STEP.size, STEP.size)
    return [Step.of(script[at : at + STEP.size]) for at in starts]


def script_of(like: bytes, steps: List[Step]) -> bytes:
    """A page, with the header of another script."""
    magic, version, _, pace = HEADER.unpack(like[: HEADER.size])
    data = HEADER.pack(magic, version, len(steps), pace) + b"".join(step.data() for step in steps)
    return data + bytes(SCRIPT_SIZE - len(data))


def file_of(script: bytes) -> bytes:
    """What a file has of a script: no more than its steps."""
    return script[: HEADER.size + len(steps_of(script)) * STEP.size]
