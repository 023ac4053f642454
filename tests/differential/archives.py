"""Boot archives for differential boots: the director, and copies of the player with sixteen scripts each."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Sequence

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "qemu"), str(TESTS / "attack")]

from archive import TRAILER, entry
from elf_file import ElfFile

# tests/script/script.h: SCRIPT_SIZE; director.h: DIRECTOR_SCRIPTS_PER_FILE; layout.h: PLAYER_SCRIPTS.
SCRIPT_SIZE = 4096
SCRIPTS_PER_FILE = 16
PLAYER_SCRIPTS = 0x420000
# core/start/archive.h: ARCHIVE_PROGRAMS_MAX, of which director, big and bad are three.
SCRIPTS_MAX = (64 - 3) * SCRIPTS_PER_FILE
# Not an ELF file.
BAD = b"#!/bin/sh"


def _patched(file: Path, content: bytes) -> bytes:
    elf = ElfFile(file)
    at = elf.file_offset(PLAYER_SCRIPTS)
    return elf.data[:at] + content + elf.data[at + len(content) :]


def make_archive(programs: Path, scripts: Sequence[bytes], types: bool = False) -> bytes:
    """`programs` is the folder with director.elf and player.elf. With `types` input is to be there before a script
    begins."""
    assert len(scripts) <= SCRIPTS_MAX and all(len(script) == SCRIPT_SIZE for script in scripts)
    archive = entry(b"director", _patched(programs / "director.elf", struct.pack("<QQ", len(scripts), int(types))))
    archive += entry(b"big", (programs / "big.elf").read_bytes()) + entry(b"bad", BAD)
    for number, first in enumerate(range(0, len(scripts), SCRIPTS_PER_FILE)):
        content = b"".join(scripts[first : first + SCRIPTS_PER_FILE])
        archive += entry(b"play%02d" % number, _patched(programs / "player.elf", content))
    return archive + TRAILER
