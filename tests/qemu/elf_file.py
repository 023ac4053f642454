"""As much of ELF64 (little-endian) as the test tools need: segments, symbols, the bytes at an address."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

PT_LOAD = 1
PF_X, PF_W, PF_R = 1, 2, 4
SHT_SYMTAB = 2


@dataclass(frozen=True)
class Segment:
    flags: int
    offset: int
    address: int
    file_size: int
    memory_size: int


class ElfFile:
    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path}: not a little-endian ELF64 file")
        self.entry, self._phoff, self._shoff = struct.unpack_from("<3Q", self.data, 24)
        self._phentsize, self._phnum, self._shentsize, self._shnum = struct.unpack_from("<4H", self.data, 54)
        self.segments: List[Segment] = list(self._load_segments())
        self.symbols: Dict[str, int] = dict(self._read_symbols())

    def _load_segments(self) -> Iterator[Segment]:
        for index in range(self._phnum):
            at = self._phoff + index * self._phentsize
            kind, flags, offset, address, _, file_size, memory_size = struct.unpack_from("<2I5Q", self.data, at)
            if kind == PT_LOAD and memory_size > 0:
                yield Segment(flags, offset, address, file_size, memory_size)

    def header_offset(self, kind: int) -> int:
        """Where in the file the first program header of this type is."""
        offsets = (self._phoff + index * self._phentsize for index in range(self._phnum))
        return next(at for at in offsets if struct.unpack_from("<I", self.data, at)[0] == kind)

    def _read_symbols(self) -> Iterator[Tuple[str, int]]:
        # sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size, sh_link
        sections = [
            struct.unpack_from("<2I4QI", self.data, self._shoff + index * self._shentsize)
            for index in range(self._shnum)
        ]
        for _, kind, _, _, offset, size, link in sections:
            if kind != SHT_SYMTAB:
                continue
            names = sections[link][4]
            for at in range(offset, offset + size, 24):
                name, _, _, _, value = struct.unpack_from("<I2BHQ", self.data, at)
                start = names + name
                yield self.data[start : self.data.index(b"\0", start)].decode(), value

    @property
    def base(self) -> int:
        """The lowest address that is loaded."""
        return min(segment.address for segment in self.segments)

    def file_offset(self, address: int) -> int:
        """Where in the file the byte at this address comes from."""
        for segment in self.segments:
            if segment.address <= address < segment.address + segment.file_size:
                return segment.offset + address - segment.address
        raise ValueError(f"0x{address:x} is not in the file")

    def word(self, address: int) -> int:
        """The 32-bit word at this address, such as an instruction."""
        return struct.unpack_from("<I", self.data, self.file_offset(address))[0]
