"""Rows B00 to B24 of the attack matrix: boots from trees that are broken, and what exactly must come of each.

A case is named ROW-VARIANT. Where: H the twin, A cortex-a72, N neoverse-n1,
X max, T max with tags. On QEMU a stub (stub.S) puts an address into x0 and
jumps to the Image, as a boot loader does. Rows B14 and B15 are in device_cases.py.
"""

from __future__ import annotations

from typing import Callable, Tuple

import device_cases  # adds its rows
from table import (
    CASES,
    DTB,
    IMAGE,
    IMAGE_BLOCK,
    INITRD,
    MEM,
    TRANSCRIPT,
    TREE,
    U64,
    Case,
    case,
    edited,
    header,
    moved,
    sound,
    with_property,
    with_tail,
    without,
    without_property,
)
from expectation import BootFail, Lines, Transcript
from tree import BEGIN_NODE, NOP, PROPERTY, RAM, RAM_SIZE, UART, Blob, Node, flatten, u64s, virt, word

__all__ = ["CASES", "Case", "device_cases"]

MEMORY = f"memory@{RAM:x}"
CLIPPED = Lines((r"\[BOOT\] .*RAM.*unused.*", r"Hello from secure kernel!"))
UART_LINE = "[BOOT] UART initialized\n"
NO_SEED = "[BOOT] The boot loader brought no seed for secrets\n"
STAYS = "[BOOT] No seed to place the kernel by: it stays at the address it is linked for\n"


def ranges(*ram: Tuple[int, int]) -> Callable[[str], Blob]:
    return lambda line: flatten(virt(line, ram))


def reserving(*held: Tuple[int, int]) -> Callable[[str], Blob]:
    """A node of /reserved-memory for each range."""

    def edit(root: Node) -> None:
        parent = root.add(Node("reserved-memory", {"#address-cells": 2, "#size-cells": 2, "ranges": b""}))
        for base, size in held:
            parent.add(Node(f"held@{base:x}", {"reg": u64s(base, size)}))

    return edited(edit)


def rsvmap(*held: Tuple[int, int]) -> Callable[[str], Blob]:
    """The same in the memory reservation block."""
    return edited(lambda root: None, held)


def initrd(start: int, end: int) -> Callable[[str], Blob]:
    def edit(root: Node) -> None:
        root.child("chosen").properties["linux,initrd-start"] = u64s(start)
        root.child("chosen").properties["linux,initrd-end"] = u64s(end)

    return edited(edit)


# The trees that all others are compared with: nothing is wrong.
case("B00-sound", TRANSCRIPT, sound)
case("B00-reserved-elsewhere", TRANSCRIPT, reserving((0x47000000, 0x1000)))
case("B00-rsvmap-elsewhere", TRANSCRIPT, rsvmap((0x47000000, 0x1000)))

# Where the Image is: on any 2 MiB boundary, and nowhere else.
case("B00-image-elsewhere", TRANSCRIPT, sound, where="ANXT", image=IMAGE + 0x200000)
for _by in (0x1000, 0x80000, 0x800):
    case(f"B00-image-off-by-{_by:x}", BootFail("image"), sound, where="ANXT", image=IMAGE + 0x200000 + _by, has_nonce=False)

# B01: where the tree is.
case("B01-zero", TRANSCRIPT, None, where="ANXT", x0=0)
case("B01-zero-and-none", DTB, None, where="ANXT", x0=0, erase=RAM, has_nonce=False)
case("B01-misaligned-4", DTB, sound, where="ANXT", x0=TREE + 4, at=TREE + 4)
case("B01-misaligned-1", DTB, sound, where="ANXT", x0=TREE + 1)
case("B01-no-tree", DTB, None, where="ANXT", x0=TREE, has_nonce=False)
case("B01-no-ram", DTB, None, where="ANXT", x0=RAM + RAM_SIZE, has_nonce=False)
case("B01-no-bus", DTB, None, where="ANXT", x0=0x30000000, has_nonce=False)
case("B01-device", DTB, None, where="ANXT", x0=UART, has_nonce=False)
case("B01-image", DTB, None, where="ANXT", x0=IMAGE, has_nonce=False)
case("B01-beyond-44-bits", DTB, None, where="ANXT", x0=1 << 44, has_nonce=False)
case("B01-beyond-48-bits", DTB, None, where="ANXT", x0=1 << 48, has_nonce=False)
case("B01-last-address", DTB, None, where="ANXT", x0=U64 - 8, has_nonce=False)
LAST_PAGE = RAM + RAM_SIZE - 0x1000
beyond_ram = header(totalsize=0x10000, off_dt_strings=0x8000)
case("B01-end-of-ram", DTB, beyond_ram, where="ANXT", x0=LAST_PAGE, at=LAST_PAGE)

# The checks of the tree itself: each by its own reason, since another one might refuse the same tree.
NONE, SIZE, VERSION, STRUCTURE, STRINGS, RESERVATIONS, NO_END, PLACE, LEAVES, STRING, NAME, TOKEN, END, DEEP = (
    BootFail("dtb", reason)
    for reason in (
        "no device tree there",
        "total size out of bounds",
        "version is not 17",
        "structure block malformed",
        "strings block malformed",
        "memory reservation block malformed",
        "memory reservation block without an end",
        "property outside its place",
        "property leaves its block",
        "property name outside its block",
        "node name without an end",
        "unknown token",
        "tree ends too early",
        "nodes nested too deeply",
    )
)

# B02: the header.
case("B02-magic", NONE, header(magic=0xEDFE0DD0))
case("B02-magic-zero", NONE, header(magic=0))
case("B02-totalsize-zero", SIZE, header(totalsize=0))
case("B02-totalsize-header", SIZE, header(totalsize=39))
case("B02-totalsize-small", STRUCTURE, header(totalsize=40))
case("B02-totalsize-all", SIZE, header(totalsize=0xFFFFFFFF))
case("B02-totalsize-2M", SIZE, header(totalsize=0x200001))
case("B02-version-16", VERSION, header(version=16))
case("B02-version-future", VERSION, header(version=99, last_comp_version=18))

# B03: the blocks.
def struct_from_header(line: str) -> Blob:
    """The structure ends where it did, but begins with the header."""
    blob = sound(line)
    fields = blob.fields()
    blob.header = {"off_dt_struct": 0, "size_dt_struct": fields["off_dt_struct"] + fields["size_dt_struct"]}
    return blob


case("B03-struct-beyond", STRUCTURE, header(off_dt_struct=0x10000000))
case("B03-struct-wraps", STRUCTURE, header(off_dt_struct=0xFFFFFFFC))
case("B03-struct-misaligned", STRUCTURE, moved("off_dt_struct", 2))
case("B03-struct-in-header", STRUCTURE, struct_from_header)
case("B03-struct-size-wraps", STRUCTURE, header(size_dt_struct=0xFFFFFFFC))
case("B03-struct-size-larger", STRUCTURE, moved("size_dt_struct", 4))
case("B03-struct-size-zero", STRUCTURE, header(size_dt_struct=0))
case("B03-strings-beyond", STRINGS, header(off_dt_strings=0x10000000))
case("B03-strings-wraps", STRINGS, header(off_dt_strings=0xFFFFFFFF))
case("B03-strings-size-wraps", STRINGS, header(size_dt_strings=0xFFFFFFFF))
case("B03-strings-in-struct", STRINGS, moved("off_dt_strings", -0x20))
case("B03-rsvmap-beyond", RESERVATIONS, header(off_mem_rsvmap=0x10000000))
case("B03-rsvmap-wraps", RESERVATIONS, header(off_mem_rsvmap=0xFFFFFFF8))
case("B03-rsvmap-misaligned", RESERVATIONS, header(off_mem_rsvmap=44))
case("B03-rsvmap-in-struct", RESERVATIONS, header(off_mem_rsvmap=64))


def endless_rsvmap(line: str) -> Blob:
    blob = sound(line)
    blob.reservations = u64s(0x47000000, 0x1000)
    return blob


case("B03-rsvmap-without-end", NO_END, endless_rsvmap)


# B04: the structure.
def unterminated_strings(line: str) -> Blob:
    blob = sound(line)
    blob.strings = blob.strings[:-1] + b"x"
    return blob


def cut_structure(line: str) -> Blob:
    blob = sound(line)
    blob.structure = blob.structure[:-4]
    return blob


def endless_name(line: str) -> Blob:
    """The root's last node has a name that goes on to the structure's last token, FDT_END."""
    blob = sound(line)
    blob.structure = blob.structure[:-8] + word(BEGIN_NODE) + b"aaaa" + blob.structure[-4:]
    return blob


def nested(depth: int) -> Callable[[str], Blob]:
    def edit(root: Node) -> None:
        for _ in range(depth):
            root = root.add(Node("deeper"))

    return edited(edit)


case("B04-length-huge", LEAVES, with_tail(word(BEGIN_NODE) + word(0) + word(PROPERTY) + word(0xFFFFFFFC) + word(0)))
case("B04-length-beyond", LEAVES, with_tail(word(BEGIN_NODE) + word(0) + word(PROPERTY) + word(0x1000) + word(0)))
case("B04-nameoff-beyond", STRING, with_tail(word(BEGIN_NODE) + word(0) + word(PROPERTY) + word(0) + word(0x7FFFFFFF)))
case("B04-string-without-nul", STRINGS, unterminated_strings)
case("B04-name-without-nul", NAME, endless_name)
case("B04-name-over-tokens", END, with_tail(word(BEGIN_NODE) + word(0x61616161)))
case("B04-unknown-token", TOKEN, with_tail(word(5)))
case("B04-token-zero", TOKEN, with_tail(word(0)))
case("B04-without-end", STRUCTURE, cut_structure)
case("B04-unbalanced", END, with_tail(word(BEGIN_NODE) + word(0)))
case("B04-property-after-node", PLACE, with_tail(word(PROPERTY) + word(0) + word(0)))
case("B04-deep", DEEP, nested(16))
case("B04-nops", TRANSCRIPT, with_tail(word(NOP) * 100))
case("B04-deep-enough", TRANSCRIPT, nested(15))

# B06: cells.
for cells in (0, 3, 5, 0xFFFFFFFF):
    for cells_name in ("#address-cells", "#size-cells"):
        case(
            f"B06-{cells_name[1:]}-{cells:x}",
            DTB,
            edited(lambda root, name=cells_name, value=cells: root.properties.__setitem__(name, value)),
        )
case("B06-cells-malformed", DTB, edited(lambda root: root.properties.__setitem__("#size-cells", b"\0\2")))
case("B06-memory-reg-length", DTB, with_property(MEMORY, "reg", u64s(RAM, RAM_SIZE) + b"\0\0\0\0"))
case("B06-uart-reg-length", DTB, with_property("pl011@9000000", "reg", u64s(UART)))

# B07: RAM.
case("B07-missing", MEM, without(MEMORY))
case("B07-without-reg", MEM, without_property(MEMORY, "reg"))
case("B07-empty", MEM, ranges((RAM, 0)))
case("B07-wraps", MEM, ranges((RAM, U64 - RAM)))
case("B07-disabled", MEM, with_property(MEMORY, "status", "disabled"))
case("B07-elsewhere", MEM, ranges((0x80000000, RAM_SIZE)))
case("B07-over-uart", MEM, ranges((0x08000000, RAM + RAM_SIZE - 0x08000000)))
case("B07-tiny", MEM, ranges((RAM, 4 << 20)))
case("B07-beyond-cpu", CLIPPED, ranges((RAM, RAM_SIZE), (1 << 44, 1 << 30)), where="HA")
case("B07-beyond-48-bits", CLIPPED, ranges((RAM, RAM_SIZE), (1 << 52, 1 << 30)))
case("B07-beyond-linear-map", CLIPPED, ranges((RAM, RAM_SIZE), (RAM + (9 << 30), 1 << 30)))
case("B07-all-addresses", CLIPPED, ranges((RAM, U64 - RAM - 1)))
# All RAM that is kept must be there: it is in the first half.
SIXTY_FOUR = [(IMAGE + i * 0x400000, 0x200000) for i in range(64)]
case("B07-64-ranges", CLIPPED, ranges(*SIXTY_FOUR))
case("B07-64-ranges-image-last", CLIPPED, ranges(*SIXTY_FOUR[1:], SIXTY_FOUR[0]))
case("B07-64-ranges-too-small", MEM, ranges(*((RAM + i * 0x200000, 0x180000) for i in range(64))))
case("B07-twice", TRANSCRIPT, ranges((RAM, RAM_SIZE), (RAM, RAM_SIZE)))
case("B07-in-pieces", TRANSCRIPT, ranges((RAM + 0x3000000, RAM_SIZE - 0x3000000), (RAM, 0x3000000)))

# B09: reserved memory.
ALL_BUT_IMAGE_AND_TREE = (
    (RAM, IMAGE - RAM),
    (IMAGE + IMAGE_BLOCK, TREE - IMAGE - IMAGE_BLOCK),
    (TREE + 0x10000, RAM + RAM_SIZE - TREE - 0x10000),
)
for way, reserve in (("node", reserving), ("rsvmap", rsvmap)):
    case(f"B09-{way}-kernel", MEM, reserve((IMAGE + 0x1000, 0x1000)))
    case(f"B09-{way}-everything", MEM, reserve((0, U64 - 1)))
    case(f"B09-{way}-ram", MEM, reserve((RAM, RAM_SIZE)))
    case(f"B09-{way}-rest", MEM, reserve(*ALL_BUT_IMAGE_AND_TREE))
    case(f"B09-{way}-wraps", MEM, reserve((RAM, U64 - 1)))
    case(f"B09-{way}-tree", MEM, reserve((TREE, 8)))
    case(f"B09-{way}-too-many", MEM, reserve(*((0x47000000 + i * 0x2000, 0x1000) for i in range(64))))


def reserved_initrd(line: str) -> Blob:
    blob = initrd(0x47000000, 0x47001000)(line)
    blob.reservations = u64s(0x47000FFF, 1, 0, 0)
    return blob


case("B09-rsvmap-initrd", MEM, reserved_initrd)
other_cells = Node("reserved-memory", children=[Node("held", {"reg": [1, 1]})])
case("B09-node-other-cells", DTB, edited(lambda root: root.add(other_cells)))

def warns(*lines: str) -> Transcript:
    """The usual transcript, with these lines before the kernel trusts what it was given."""
    return Transcript(TRANSCRIPT.text.replace(UART_LINE, UART_LINE + "".join(lines)))


def seed_case(name: str, make: Callable[[str], Blob], *lines: str, **more: object) -> None:
    """These lines are said; but a CPU with FEAT_RNG has a seed of its own to place the kernel by."""
    case(name, warns(*lines), make, where="HAN", **more)
    case(f"{name}-rndr", warns(*(line for line in lines if line != STAYS)), make, where="XT", **more)


# B11: /chosen. Either of its seeds suffices for the secrets, but only kaslr-seed places the kernel; and to bring no
# bootargs is usual.
seed_case("B11-no-chosen", without("chosen"), NO_SEED, STAYS, has_nonce=False)
case("B11-no-bootargs", TRANSCRIPT, without_property("chosen", "bootargs"), has_nonce=False)


def drop_seeds(root: Node) -> None:
    del root.child("chosen").properties["rng-seed"]
    del root.child("chosen").properties["kaslr-seed"]


seed_case("B11-no-seeds", edited(drop_seeds), NO_SEED, STAYS)
seed_case("B11-no-kaslr-seed", without_property("chosen", "kaslr-seed"), STAYS)
seed_case("B11-short-kaslr-seed", with_property("chosen", "kaslr-seed", b"abcdefg"), STAYS)
# As whoever was there before leaves it.
seed_case("B11-wiped-kaslr-seed", with_property("chosen", "kaslr-seed", bytes(8)), STAYS)
case("B11-long-kaslr-seed", TRANSCRIPT, with_property("chosen", "kaslr-seed", b"abcdefghijklmnop"))
case("B11-long-seeds", TRANSCRIPT, with_property("chosen", "rng-seed", b"x" * 4096))
case("B11-long-bootargs", TRANSCRIPT, lambda line: flatten(virt(line + " " + "x" * 4096)))
case("B11-wrong-stdout", TRANSCRIPT, with_property("chosen", "stdout-path", "/nowhere@0:115200"))

# B13: words on the command line. Whether a protection is gone with them is seen by attacks (../attack/word_rows.py).
for words in ("nokaslr", "mitigations=off", "rodata=off", "nonce nonce= verbose=off"):
    case(
        "B13-" + words.split("=")[0].split()[0] + ("-odd" if " " in words else ""),
        TRANSCRIPT,
        lambda line, words=words: flatten(virt(words + " " + line)),
    )
# The first program: one that is there, one that is not; no name at all, and one that no program can have.
for _name, _words, _expect in (
    ("there", "init=hello", TRANSCRIPT),
    ("missing", "init=/bin/sh", BootFail("init")),
    ("empty", "init=", TRANSCRIPT),
    ("long", "init=" + "x" * 64, TRANSCRIPT),
):
    case(f"B13-init-{_name}", _expect, lambda line, words=_words: flatten(virt(words + " " + line)))

# B24, as far as the tree says where the archive lies; archives are in ../attack/boot_rows.py.
case("B24-initrd-outside", INITRD, initrd(RAM + RAM_SIZE, RAM + RAM_SIZE + 0x1000))
case("B24-initrd-half-outside", INITRD, initrd(RAM + RAM_SIZE - 0x1000, RAM + RAM_SIZE + 1))
case("B24-initrd-in-image", INITRD, initrd(IMAGE, IMAGE + 0x1000))
case("B24-initrd-in-images-block", INITRD, initrd(IMAGE + IMAGE_BLOCK - 0x1000, IMAGE + IMAGE_BLOCK))
case("B24-initrd-backwards", INITRD, initrd(0x47001000, 0x47000000))
case("B24-initrd-everything", INITRD, initrd(0, U64 - 1))
case("B24-initrd-one-end", DTB, with_property("chosen", "linux,initrd-start", u64s(0x47000000)))
case("B24-initrd-malformed", DTB, with_property("chosen", "linux,initrd-end", b"\0" * 12))
case("B24-initrd-empty", TRANSCRIPT, initrd(0x47000000, 0x47000000))
case("B24-initrd-no-archive", INITRD, initrd(0x47000000, 0x47001000))
