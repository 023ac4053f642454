"""Rows B17 to B25: programs that are malformed, in a sound archive; and archives that are malformed, or hold no program
that can be the first one. L24: a machine without a seed."""

from __future__ import annotations

import re
import struct
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, ClassVar, Dict, List, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "malformed"))

from archive import TRAILER, archive, entry
from cases import drop_seeds
from console import text_of
from elf_maker import BASE, ET_DYN, EXIT, PAGE, PF_R, PF_W, PF_X, PT_DYNAMIC, PT_INTERP, Elf, Part, program
from expectation import BootFail, Outcome, closing_problems
from headers import CONSTANTS, ERRNO, STACK_BASE, USER_TOP
from machine import Machine
from program_rows import HARMLESS, Program
from row import COUNTS_BACK, OPENING, Row, Tools, Variant, text_problems
from run_case import WORDS, loader
from table import IMAGE, TREE
from tree import flatten, u64s, virt
from world import World

U64 = 1 << 64
KERNEL = U64 - (1 << 38)
RX, RW, R = PF_R | PF_X, PF_R | PF_W, PF_R
PT_GNU_STACK = 0x6474E551

# The smallest program: its segment follows the headers, and ends with the file.
SMALL_BASE = BASE + 120
SMALL = Part(RX, SMALL_BASE, EXIT)


def small(**header: object) -> bytes:
    fields = {"entry": SMALL_BASE, **header}
    return Elf((SMALL,), SMALL_BASE, fields).encode()


SOUND = small()


def ident(at: int, value: int) -> bytes:
    return SOUND[:at] + bytes([value]) + SOUND[at + 1 :]


def with_part(part: Part) -> bytes:
    return program(part)


def placed(address: int) -> bytes:
    return with_part(Part(RW, address, b"d" * 16))


@dataclass(frozen=True)
class Refused(Program):
    """Each of these files is a program that spawn must refuse, and the first one is that it must take."""

    files: Tuple[Tuple[str, bytes], ...] = ()

    def archive(self, world: World) -> bytes:
        return archive({"load": world.programs["hostile"], "sound": SOUND, **dict(self.files)})


# Programs of an archive, the two that are always there not counted (core/start/archive.h has 64).
FILES_MAX = 60


def refused(files: Dict[str, bytes]) -> Tuple[Variant, ...]:
    items = list(files.items())
    parts = [tuple(items[at : at + FILES_MAX]) for at in range(0, len(items), FILES_MAX)]
    return tuple(
        Refused(
            name="load",
            lines=(r"sound \d+", "ended by exit 0x0", *(f"{re.escape(name)} -{ERRNO['ENOEXEC']}" for name, _ in part)),
            files=part,
        )
        for part in parts
    )


B17 = {
    **{f"magic-{at}": ident(at, 0) for at in range(4)},
    "class-32": ident(4, 1),
    "class-none": ident(4, 0),
    "big-endian": ident(5, 2),
    "ident-version": ident(6, 0),
    "other-abi": ident(7, 3),
    "abi-version": ident(8, 1),
    **{f"type-{kind}": small(type=kind) for kind in (0, 1, 4, 0xFFFF)},
    **{f"machine-{machine}": small(machine=machine) for machine in (0, 40, 62, 0xFFFF)},
    **{f"version-{version}": small(version=version) for version in (0, 2)},
    "flags": small(flags=1),
    "ehsize": small(ehsize=63),
    **{f"cut-at-{size}": SOUND[:size] for size in range(len(SOUND))},
}
B18 = {
    **{f"phoff-{offset:x}": small(phoff=offset) for offset in (0, 8, 65, 68, 72, 1 << 32, U64 - 8, U64 - 56, U64 - 64)},
    **{f"phnum-{count}": small(phnum=count) for count in (0, 2, 33, 0xFFFF)},
    **{f"phentsize-{size}": small(phentsize=size) for size in (0, 1, 32, 55, 57, 64, 0xFFFF)},
}
B19 = {
    "file-beyond-memory": with_part(Part(RW, 0x500000, b"d" * 16, memory_size=15)),
    "file-beyond-end": with_part(Part(RW, 0x500000, b"d" * 16, file_size=17, memory_size=17)),
    "offset-beyond-end": with_part(Part(RW, 0x500000, b"d" * 16, offset=0x100000)),
    "offset-wraps": with_part(
        Part(RW, 0x500000, b"d" * 16, offset=U64 - PAGE, file_size=2 * PAGE, memory_size=2 * PAGE)
    ),
    "file-size-all": with_part(Part(RW, 0x500000, b"d" * 16, file_size=U64 - 1, memory_size=U64 - 1)),
    "address-wraps": with_part(Part(RW, 0x500000, b"d" * 16, memory_size=U64 - 0x500000)),
    "memory-2-60": with_part(Part(RW, 0x500000, b"d" * 16, memory_size=1 << 60)),
    "memory-too-much": with_part(Part(RW, 0x500000, b"d" * 16, memory_size=0x1000000)),
    "memory-none": with_part(Part(RW, 0x500000, b"", memory_size=0)),
}
B20 = {
    "kernel": placed(KERNEL),
    "last-page": placed(U64 - PAGE),
    "null": placed(0),
    "below-bottom": placed(CONSTANTS["PANTHER_USER_BOTTOM"] - PAGE),
    "image-top": placed(CONSTANTS["PANTHER_USER_IMAGE_TOP"]),
    "across-image-top": with_part(
        Part(RW, CONSTANTS["PANTHER_USER_IMAGE_TOP"] - PAGE, b"d", memory_size=PAGE + 1)
    ),
    "mappings": placed(CONSTANTS["PANTHER_USER_MAP_BASE"]),
    "stack-guard": placed(STACK_BASE - PAGE),
    "stack": placed(STACK_BASE),
    "user-top": placed(USER_TOP - PAGE),
    "neither-half": placed(1 << 48),
    "tagged": placed((1 << 56) + 0x500000),
    "independent-too-far": Elf((replace(SMALL, address=0x1000078),), 0x1000078, {"type": ET_DYN}).encode(),
}
B21 = {
    "overlap": program(Part(RW, 0x500000, b"d" * PAGE * 2), Part(RW, 0x501000, b"e" * PAGE)),
    "one-page": with_part(Part(RW, BASE + 0x800, b"d")),
    "same": with_part(Part(RW, BASE, b"d")),
    "descending": program(Part(RW, 0x600000, b"d"), Part(RW, 0x500000, b"e")),
    **{
        f"rights-{flags}": with_part(Part(flags, 0x500000, b"d"))
        for flags in (0, PF_W, PF_X, PF_W | PF_X, 7, 12, 1 << 31)
    },
    "align-3": with_part(Part(RW, 0x500000, b"d", align=3)),
    "align-odd": with_part(Part(RW, 0x500000, b"d", align=PAGE + 1)),
    "align-mismatch": with_part(Part(RW, 0x500000, b"d", align=0x200000)),
    "offset-mismatch": with_part(Part(RW, 0x500008, b"d", offset=0x1000)),
    "interpreter": with_part(Part(R, 0x500000, b"/lib/ld.so\0", kind=PT_INTERP)),
    "dynamic": with_part(Part(RW, 0x500000, b"d" * 16, kind=PT_DYNAMIC)),
    "executable-stack": with_part(Part(RW | PF_X, 0, b"", kind=PT_GNU_STACK)),
    "nine-segments": program(*(Part(RW, 0x500000 + at * PAGE, b"d") for at in range(8))),
}
DATA = Part(RW, 0x500000, EXIT)
B22 = {
    f"entry-{where:x}": program(DATA, entry=where)
    for where in (0, 1, 4, BASE - 4, BASE + 1, BASE + 2, BASE + 12, BASE + 10, BASE + PAGE, 0x500000, KERNEL, U64 - 4)
}
B22["entry-in-padding"] = Elf((replace(SMALL, memory_size=PAGE),), SMALL_BASE + 12).encode()


@dataclass(frozen=True)
class FromArchive(Variant):
    """One boot from these very bytes: it fails like that, or, without a tag, the first program runs and ends at once.
    `line` is the whole of the line that says so, as far as that matters."""

    make: Callable[[], bytes] = bytes
    tag: str = ""
    line: str = ""
    words: str = ""

    WITHOUT_COUNTS: ClassVar[str] = "the machine stops: with the boot that failed, or with the first program's end"

    def archive(self, world: World) -> bytes:
        return self.make()

    @property
    def append(self) -> str:
        return self.words

    def problems(self, world: World, outcome: Outcome, nonce: int) -> List[str]:
        if self.tag == "":
            return text_problems("", outcome, nonce)
        problems = BootFail(self.tag).problems(outcome, nonce)
        wanted = f"BOOTFAIL[{self.tag}] {self.line} #{nonce}"
        if self.line and wanted not in text_of(outcome.console).split("\n"):
            problems.append(f"expected the line {wanted!r}")
        return problems


def unsound(*parts: bytes, trailer: bytes = TRAILER, line: str = "") -> FromArchive:
    return FromArchive(make=lambda: b"".join(parts) + trailer, tag="initrd", line=line)


def sound(*parts: bytes, trailer: bytes = TRAILER) -> FromArchive:
    return FromArchive(make=lambda: b"".join(parts) + trailer)


FIRST = entry(b"first", SOUND)
NO_MAGIC = "a header without the magic 070701"
NO_DIGIT = "a header with a digit that is none"
FILE_TOO_LONG, NAME_TOO_LONG = (f"a {what} longer than the archive" for what in ("file", "name"))
JUNK = b"junk" * 10
HEADER = 110
B24 = (
    # What is sound, to begin with.
    sound(FIRST),
    FromArchive(make=lambda: archive({"first": SOUND, "second": JUNK})),
    # Cut off.
    *(FromArchive(make=lambda size=size: (FIRST + TRAILER)[:size], tag="initrd") for size in (1, 6, 50, 109, 110, 116)),
    unsound(FIRST, trailer=b""),
    unsound(FIRST, trailer=TRAILER[:HEADER]),
    unsound(FIRST, trailer=TRAILER[: HEADER + 5]),
    # Headers.
    unsound(entry(b"first", SOUND, magic=b"070702"), line=NO_MAGIC),
    unsound(entry(b"first", SOUND, magic=b"070707"), line=NO_MAGIC),
    unsound(entry(b"first", SOUND, magic=b"\x7fELF\2\1"), line=NO_MAGIC),
    unsound(SOUND, line=NO_MAGIC),
    *(
        replace(
            unsound(entry(b"first", SOUND, **{field: digits}), line=NO_DIGIT),
            on="HANXT" if field == "filesize" else "H",
        )
        for field in ("filesize", "namesize", "mode", "check")
        for digits in (b"0000000g", b"       4", b"-0000001", b"0x000010", b"\xff" * 8)
    ),
    # Sizes.
    *(
        unsound(entry(b"first", SOUND, filesize=size), line=FILE_TOO_LONG)
        for size in (0xFFFFFFFF, 0x80000000, 0xFFFFFFFC, 0x10000)
    ),
    *(
        unsound(entry(b"first", SOUND, namesize=size), line=NAME_TOO_LONG)
        for size in (0xFFFFFFFF, 0x80000000, 0xFFFFFFF8)
    ),
    *(unsound(entry(b"first", SOUND, namesize=size), line="a name without its end") for size in (0, 5, 3)),
    unsound(entry(b"", SOUND), line="an empty name"),
    # Too many entries, and programs.
    unsound(FIRST, *(entry(b"folder", mode=0o040755) for _ in range(1024)), line="too many entries"),
    unsound(*(entry(b"p%d" % i, SOUND) for i in range(65)), line="too many programs"),
    sound(*(entry(b"p%d" % i, SOUND) for i in range(64))),
    # Entries that are passed over.
    sound(
        entry(b"../first", JUNK),
        entry(b"..", JUNK),
        entry(b"a/../../first", JUNK),
        entry(b"/first", JUNK),
        entry(b"n" * 64, JUNK),
        entry(b".", mode=0o040755),
        entry(b"link", b"junk", mode=0o120777),
        FIRST,
        entry(b"first", JUNK),
        entry(b"./first", JUNK),
    ),
    sound(FIRST, trailer=TRAILER + b"\xff" * 1000),
    # Nothing is left.
    FromArchive(make=lambda: TRAILER, tag="init"),
    FromArchive(make=lambda: entry(b"../first", SOUND) + TRAILER, tag="init"),
)

EXIT_3 = struct.pack("<3I", 0xD2800008, 0xD2800060, 0xD4000001)
UNDEFINED = struct.pack("<3I", 0, 0, 0)
BRANCH_NULL = struct.pack("<2I", 0xD2800000, 0xD61F0000)


def first_of(code: bytes, name: bytes = b"first") -> bytes:
    return entry(name, Elf((replace(SMALL, data=code),), SMALL_BASE).encode()) + TRAILER


def cannot_start(make: Callable[[], bytes], line: str, words: str = "") -> FromArchive:
    return FromArchive(make=make, tag="init", line=line, words=words)


NO_PROGRAM = "first is not an acceptable program, or does not fit into memory"
FAULTED = "first was stopped by a fault"
B25 = (
    cannot_start(lambda: FIRST + TRAILER, "the boot archive has no program nothing", "init=nothing"),
    cannot_start(lambda: entry(b"first", JUNK) + TRAILER, NO_PROGRAM),
    cannot_start(lambda: entry(b"first") + TRAILER, NO_PROGRAM),
    cannot_start(lambda: entry(b"first", placed(KERNEL)) + TRAILER, NO_PROGRAM),
    cannot_start(lambda: first_of(EXIT_3), "first ended with status 3"),
    # A name that ends the line and says something else.
    cannot_start(lambda: first_of(EXIT_3, b"a\n[BOOT] Halting CPU...\x1b[2J"), "a?[BOOT] Halting CPU...?[2J ended with status 3"),
    cannot_start(lambda: FIRST + TRAILER, "the boot archive has no program a?b", "init=a\x1bb"),
    cannot_start(lambda: first_of(UNDEFINED), FAULTED),
    cannot_start(lambda: first_of(BRANCH_NULL), FAULTED),
    FromArchive(make=lambda: entry(b"junk", JUNK) + FIRST + TRAILER, words="init=first"),
)


@dataclass(frozen=True)
class Unseeded(Program):
    """A boot from a tree of our own, which has no seed."""

    def machine(self, tools: Tools, cpu: str, archive: Path, words: str) -> Machine:
        at = 0x47000000
        root = virt(words)
        drop_seeds(root)
        chosen = root.child("chosen").properties
        chosen["linux,initrd-start"], chosen["linux,initrd-end"] = u64s(at), u64s(at + archive.stat().st_size)
        tree = archive.with_name("tree.dtb")
        tree.write_bytes(flatten(root).encode())
        extra = loader(file=tools.image, addr=hex(IMAGE), force_raw="on")
        extra += loader(file=tree, addr=hex(TREE), force_raw="on")
        extra += loader(file=archive, addr=hex(at), force_raw="on")
        for index, word in enumerate((TREE, 0, IMAGE)):
            extra += loader(addr=hex(WORDS + 8 * index), data=hex(word), data_len=8)
        assert tools.stub is not None
        return Machine(kernel=tools.stub, cpu=cpu, extra=tuple(extra), qemu=tools.qemu)

    def problems(self, world: World, outcome: Outcome, nonce: int) -> List[str]:
        """The kernel warns as well."""
        problems = closing_problems(outcome, nonce)
        lines = text_of(outcome.console).split("\n")
        if not any(re.fullmatch(r"\[BOOT\] .*no seed.*", line) for line in lines):
            problems.append("no warning about the seed")
        at = lines.index(OPENING.split("\n")[-3]) + 2 if OPENING.split("\n")[-3] in lines else 0
        wanted = [HARMLESS, *self.lines, COUNTS_BACK]
        said = lines[at : at + len(wanted)]
        if said != wanted:
            problems.append(f"expected {self.lines!r}, got {said!r}")
        return problems


def boot_row(title: str, variants: Tuple[Variant, ...], where: str = "ANXT") -> Row:
    return Row(title, where, variants)


BOOT_ROWS: Dict[str, Row] = {
    "B17": boot_row("programs with a wrong header, and one that is cut off at every byte", refused(B17)),
    "B18": boot_row("programs whose program headers are elsewhere, too many, or of another size", refused(B18)),
    "B19": boot_row("segments of impossible sizes", refused(B19)),
    "B20": boot_row("segments where none can be", refused(B20)),
    "B21": boot_row("segments that overlap, are writable and executable, or are misaligned", refused(B21)),
    "B22": boot_row("entries that are no instruction of the program's", refused(B22)),
    "B24": boot_row("archives that are malformed", B24, where="HANXT"),
    "B25": boot_row("first programs that are missing, refused, end badly, or fault", B25),
    "L24": boot_row(
        "random bytes without a seed; a CPU with FEAT_RNG has one of its own",
        (
            Unseeded(
                name="L24", lines=(f"random -{ERRNO['EAGAIN']}", "otherwise 0", "untouched 1", "same 1"), on="AN"
            ),
            Unseeded(name="L24", lines=("random 8", "otherwise 0", "untouched 0", "same 0"), on="XT"),
        ),
    ),
}
