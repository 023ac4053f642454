"""The places that rows aim at."""

from __future__ import annotations

from headers import CONSTANTS, GUARD, PAGE
from world import Place  # knows where tree.py is
from tree import RAM_SIZE

U64 = 1 << 64
TEXT, RODATA, DATA, END = Place("text"), Place("rodata"), Place("data"), Place("end")
STACK = Place("stack")
KERNEL_TEXT = Place("kernel:kernel_main")
KERNEL_RODATA = Place("kernel:image_rodata_start")
KERNEL_DATA = Place("kernel:kernel")
KERNEL_SEALED = Place("kernel:image_sealed_start")
KERNEL_STACK = Place("kernel:image_stack_bottom")
KERNEL_FAULT_STACK = Place("kernel:image_fault_stack_bottom")
KERNEL_SHADOW_STACK = Place("kernel:image_shadow_stack_bottom")
KERNEL_TABLES = Place("kernel:image_boot_root")
KERNEL_CPU = Place("kernel:hal_boot_cpu")
# Most of struct kernel are the heap's blocks: 32 KiB into it is one of them, wherever they start.
KERNEL_HEAP = KERNEL_DATA + 0x8000
# The UART's registers, and the interrupt controller's: their slots are behind the image.
KERNEL_UART = Place("kernel:image_start") + CONSTANTS["KERNEL_DEVICE_OFFSET"]
KERNEL_GIC = KERNEL_UART + PAGE
# The linear map, whose blocks are mapped as they are used: the start of RAM, where the first frames are, and its middle,
# where QEMU puts the archive.
KERNEL_LINEAR = CONSTANTS["KERNEL_LINEAR_BASE"]
KERNEL_BLOCKS = (KERNEL_LINEAR, KERNEL_LINEAR + RAM_SIZE // 2)
KERNEL_PAGES = (
    *(KERNEL_TEXT, KERNEL_RODATA, KERNEL_DATA, KERNEL_SEALED, KERNEL_TABLES, KERNEL_CPU, KERNEL_HEAP),
    *(KERNEL_STACK, KERNEL_FAULT_STACK, KERNEL_SHADOW_STACK, KERNEL_UART, KERNEL_GIC),
)
# One of each kind of the kernel's memory, and the level of the table that maps it.
KERNEL_OBJECTS = (*((page, 3) for page in KERNEL_PAGES), *((block, 2) for block in KERNEL_BLOCKS))
# A page of the program's own that the player itself does not use.
BUFFER = Place("buffer")
STACK_GUARD = STACK + -GUARD
# Where rows map pages of their own: between the places that the kernel chooses from.
MAP_AT = CONSTANTS["PANTHER_USER_MAP_TOP"] + GUARD
MAP_NEXT = MAP_AT + PAGE
