"""Makes ELF64 programs, sound ones and others (ELF-64 Object File Format 1.5, figures 2 and 6)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Dict, Sequence, Tuple

HEADER_SIZE, PROGRAM_HEADER_SIZE = 64, 56
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
HEADER_FIELDS = ("ident", "type", "machine", "version", "entry", "phoff", "shoff", "flags", "ehsize")
HEADER_FIELDS += ("phentsize", "phnum", "shentsize", "shnum", "shstrndx")
PAGE = 4096
PF_X, PF_W, PF_R = 1, 2, 4
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
ET_EXEC, ET_DYN = 2, 3
BASE = 0x400000

# mov x8, #0 (exit); mov x0, #0; svc #0: a whole program.
EXIT = struct.pack("<3I", 0xD2800008, 0xD2800000, 0xD4000001)


@dataclass(frozen=True)
class Part:
    """A program header, with the bytes that it describes. What is None is as it should be."""

    flags: int
    address: int
    data: bytes = b""
    memory_size: int = -1
    file_size: int = -1
    offset: int = -1
    align: int = PAGE
    kind: int = PT_LOAD


@dataclass(frozen=True)
class Elf:
    parts: Sequence[Part]
    entry: int = BASE
    header: Dict[str, object] = field(default_factory=dict)  # fields that are otherwise

    def encode(self) -> bytes:
        data = b""
        first = HEADER_SIZE + PROGRAM_HEADER_SIZE * len(self.parts)
        headers = b""
        for part in self.parts:
            # A segment's place in the file and its address agree modulo the page size.
            data += bytes((part.address - first - len(data)) % PAGE)
            offset = first + len(data) if part.offset == -1 else part.offset
            data += part.data
            file_size = len(part.data) if part.file_size == -1 else part.file_size
            memory_size = file_size if part.memory_size == -1 else part.memory_size
            headers += PROGRAM_HEADER.pack(
                part.kind, part.flags, offset, part.address, part.address, file_size, memory_size, part.align
            )
        ident = b"\x7fELF\x02\x01\x01" + bytes(9)
        sound = (ident, ET_EXEC, 183, 1, self.entry, HEADER_SIZE, 0, 0, HEADER_SIZE)
        sound += (PROGRAM_HEADER_SIZE, len(self.parts), 0, 0, 0)
        fields = {**dict(zip(HEADER_FIELDS, sound)), **self.header}
        return HEADER.pack(*(fields[name] for name in HEADER_FIELDS)) + headers + data


CODE = Part(PF_R | PF_X, BASE, EXIT)


def program(*parts: Part, entry: int = BASE, **header: object) -> bytes:
    """One that exits at once, with these segments too."""
    return Elf((CODE, *parts), entry, header).encode()


def player() -> Tuple[bytes, Dict[str, int]]:
    """What the twin's player needs of a program, whose instructions it plays itself: a file, and where things are."""
    text, rodata, data = BASE, BASE + PAGE, BASE + 2 * PAGE
    file = program(Part(PF_R, rodata, b"r" * PAGE), Part(PF_R | PF_W, data, b"d" * 4 * PAGE))
    return file, {"entry": text, "buffer": data + PAGE}
