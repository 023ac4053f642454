"""The places that rows aim at."""

from __future__ import annotations

from headers import CONSTANTS, GUARD, PAGE
from world import Place

U64 = 1 << 64
TEXT, RODATA, DATA, END = Place("text"), Place("rodata"), Place("data"), Place("end")
STACK = Place("stack")
KERNEL_TEXT = Place("kernel:kernel_main")
KERNEL_RODATA = Place("kernel:image_rodata_start")
KERNEL_DATA = Place("kernel:kernel")
KERNEL_SEALED = Place("kernel:image_sealed_start")
KERNEL_STACK = Place("kernel:image_stack_bottom")
KERNEL_TABLES = Place("kernel:image_boot_root")
KERNEL_CPU = Place("kernel:hal_boot_cpu")
# Most of struct kernel are the heap's blocks: 32 KiB into it is one of them, wherever they start.
KERNEL_HEAP = KERNEL_DATA + 0x8000
# The start of RAM, where the first frames are.
KERNEL_LINEAR = CONSTANTS["KERNEL_LINEAR_BASE"]
KERNEL_OBJECTS = (KERNEL_TEXT, KERNEL_RODATA, KERNEL_DATA, KERNEL_SEALED, KERNEL_STACK, KERNEL_TABLES)
# A page of the program's own that the player itself does not use.
BUFFER = Place("buffer")
STACK_GUARD = STACK + -GUARD
# Where rows map pages of their own: between the places that the kernel chooses from.
MAP_AT = CONSTANTS["PANTHER_USER_MAP_TOP"] + GUARD
MAP_NEXT = MAP_AT + PAGE
