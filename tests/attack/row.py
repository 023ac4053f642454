"""What a row of the attack matrix is, and the places that rows aim at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from headers import CONSTANTS, STACK_BOTTOM
from script import Variant
from world import Place

U64 = 1 << 64
TEXT, RODATA, DATA, END = Place("text"), Place("rodata"), Place("data"), Place("end")
KERNEL_TEXT = Place("kernel:kernel_main")
KERNEL_RODATA = Place("kernel:image_rodata_start")
KERNEL_DATA = Place("kernel:kernel")
KERNEL_SEALED = Place("kernel:image_sealed_start")
KERNEL_STACK = Place("kernel:image_stack_bottom")
KERNEL_TABLES = Place("kernel:image_boot_root")
KERNEL_CPU = Place("kernel:hal_boot_cpu")
# Two thirds of struct kernel and more are the heap's blocks: 32 KiB into it is one of them, wherever they start.
KERNEL_HEAP = KERNEL_DATA + 0x8000
# The start of RAM, where the first frames are.
KERNEL_LINEAR = CONSTANTS["KERNEL_LINEAR_BASE"]
KERNEL_OBJECTS = (KERNEL_TEXT, KERNEL_RODATA, KERNEL_DATA, KERNEL_SEALED, KERNEL_STACK, KERNEL_TABLES)
# The bottom of the stack is a buffer for the steps: the player does not come so deep.
BUFFER = STACK_BOTTOM


@dataclass(frozen=True)
class Row:
    title: str
    where: str
    variants: Tuple[Variant, ...]
