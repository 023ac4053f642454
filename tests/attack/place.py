"""Where the kernel's image lies. Boot moves it by the device tree's kaslr-seed (core/start/place.h): whoever brings the
tree knows the place."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("qemu", "malformed")]

from headers import CONSTANTS
from machine import Machine
from tree import flatten, u64s, virt

PLACES, PLACE_SIZE = CONSTANTS["KERNEL_PLACES"], CONSTANTS["KERNEL_PLACE_SIZE"]
# The twin's own tree (hal_host/tree.c): eight bytes of its rng-seed, from the tenth on.
TWIN_SEED = int.from_bytes(bytes((0x51 + 7 * i) & 0xFF for i in range(9, 17)), "big")


def distance(seed: int) -> int:
    """How far the image goes from where it is linked. A seed of 0 counts as none."""
    return seed % PLACES * PLACE_SIZE


def with_seed(machine: Machine, seed: int, folder: Path) -> Machine:
    """The machine with a tree of ours, as QEMU makes it but for the seed. RAM, command line and initrd are QEMU's to fill
    in, and PSCI's conduit."""
    root = virt(gic=3 if "gic-version=3" in machine.options else 2)
    root.child("chosen").properties["kaslr-seed"] = u64s(seed)
    tree = folder / "tree.dtb"
    tree.write_bytes(flatten(root).encode())
    return replace(machine, tree=tree)
