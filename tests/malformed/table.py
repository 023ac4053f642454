"""The table of boots from trees that are broken, and the ways to break one. The rows are in cases.py and
device_cases.py."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Optional, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from expectation import BootFail, Expectation, Transcript
from tree import Blob, Node, flatten, virt

TRANSCRIPT = Transcript((Path(__file__).resolve().parents[1] / "qemu" / "transcript.txt").read_text())

IMAGE, IMAGE_BLOCK = 0x40200000, 0x200000
# Where the runner puts the tree. On the twin it is half of RAM, too.
TREE = 0x44000000
U64 = 1 << 64


@dataclass(frozen=True)
class Case:
    expect: Expectation
    # Makes the tree, given the kernel's command line. None: nobody brings a tree, QEMU's own lies at the start of RAM.
    make: Optional[Callable[[str], Blob]]
    where: str = "HANXT"
    x0: int = TREE
    at: int = TREE  # where the tree is put
    image: int = IMAGE  # where the kernel lies
    erase: int = 0  # where the stub writes zeros before it jumps
    options: Tuple[str, ...] = ()  # of -machine
    # Booted by QEMU itself, without the stub: "image" or "elf".
    plain: str = ""
    # The tree's own nonce cannot be known: every verdict counts.
    has_nonce: bool = True


CASES: Dict[str, Case] = {}


def case(name: str, expect: Expectation, make: Optional[Callable[[str], Blob]], **more: object) -> None:
    assert name not in CASES, name
    CASES[name] = Case(expect, make, **more)  # type: ignore[arg-type]


def sound(line: str) -> Blob:
    return flatten(virt(line))


def header(**fields: int) -> Callable[[str], Blob]:
    """A sound tree whose header has these values instead."""

    def make(line: str) -> Blob:
        blob = sound(line)
        blob.header = fields
        return blob

    return make


def moved(name: str, by: int) -> Callable[[str], Blob]:
    """A sound tree in whose header this field is off by so much."""

    def make(line: str) -> Blob:
        blob = sound(line)
        blob.header = {name: blob.fields()[name] + by}
        return blob

    return make


def edited(edit: Callable[[Node], None], reservations: Tuple[Tuple[int, int], ...] = ()) -> Callable[[str], Blob]:
    """A sound tree, with this done to it before it is flattened."""

    def make(line: str) -> Blob:
        root = virt(line)
        edit(root)
        return flatten(root, reservations)

    return make


def with_tail(tail: bytes) -> Callable[[str], Blob]:
    """Words behind the root's last child."""
    return edited(lambda root: setattr(root, "tail", tail))


def with_property(node: str, name: str, value: object) -> Callable[[str], Blob]:
    return edited(lambda root: root.child(node).properties.__setitem__(name, value))


def without_property(node: str, name: str) -> Callable[[str], Blob]:
    return edited(lambda root: root.child(node).properties.pop(name))


def without(node: str) -> Callable[[str], Blob]:
    return edited(lambda root: root.remove(node))


DTB, MEM, UART_FAIL, PSCI, INITRD, EL, GIC, TIMER = (
    BootFail(tag) for tag in ("dtb", "mem", "uart", "psci", "initrd", "el", "gic", "timer")
)
