"""The kernel's own map, its stacks, and what it does with its own bugs."""

from __future__ import annotations

from typing import Tuple

from edited_tree import Edit
from mitigation import Mitigation, one_edit

MMU = "boot/mmu.S"
DESCRIPTORS = "core/memory/descriptor.c"
KERNEL_MAP = "core/memory/kernel_map.c"
VECTORS = "hal_qemu_virt/vectors.S"
INLINE = "hal_qemu_virt/inline/hal_inline.h"
START = "core/start/main.c"
PLACE = "ctest:qemu.place.cortex-a72"

# WXN would do as well what the bits of a page do: it goes first, where they are taken away.
NO_WXN = (
    Edit("core/cpu/registers.c", "K_BIT(12) | K_BIT(19) |", "K_BIT(12) |"),
    Edit(MMU, "#define SCTLR_BOOT 0x30d8199d", "#define SCTLR_BOOT 0x30d0199d"),
)

KERNEL: Tuple[Mitigation, ...] = (
    # Pages of the image.
    one_edit(
        "guarded text",
        "the kernel's code is in guarded pages",
        MMU,
        "\tlsl\tx28, x28, #GUARDED_SHIFT\n",
        "\tmov\tx28, #0\n",
        "K12",
    ),
    one_edit(
        "guards of stacks",
        "nothing is mapped next to a stack",
        MMU,
        "map_pages image_stack_bottom, image_stack_top, PAGE_READ_WRITE",
        "map_pages image_data_end, image_stacks_end, PAGE_READ_WRITE",
        "K03",
        "K04",
    ),
    one_edit(
        "read-only constants",
        "constants of the kernel are read-only",
        MMU,
        "image_rodata_end, PAGE_READ\n",
        "image_rodata_end, PAGE_READ_WRITE\n",
        "K32",
    ),
    one_edit(
        "constants are no code",
        "constants of the kernel are not executable",
        MMU,
        "READ_ONLY | UXN | PXN)",
        "READ_ONLY | UXN)",
        "K28",
    ),
    one_edit(
        "read-only text",
        "code of the kernel is read-only",
        MMU,
        "#define PAGE_EXECUTE (3 | ATTRIBUTE_NORMAL | READ_ONLY | UXN)",
        "#define PAGE_EXECUTE (3 | ATTRIBUTE_NORMAL | UXN)",
        "K32",
        more=NO_WXN,
        without=("walk of the map",),
    ),
    one_edit(
        "data is no code",
        "data of the kernel is not executable",
        MMU,
        "#define PAGE_READ_WRITE (3 | ATTRIBUTE_NORMAL | UXN | PXN)",
        "#define PAGE_READ_WRITE (3 | ATTRIBUTE_NORMAL | UXN)",
        "K28",
        more=NO_WXN,
        without=("walk of the map",),
    ),
    one_edit(
        "the linear map is no code",
        "frames are not executable",
        DESCRIPTORS,
        "[PAGE_KERNEL_READ_WRITE] = NORMAL | PXN | UXN,",
        "[PAGE_KERNEL_READ_WRITE] = NORMAL | UXN,",
        "K28",
        more=(
            Edit(
                DESCRIPTORS,
                "[PAGE_KERNEL_READ_WRITE] = TABLE_NO_EL0 | TABLE_UXN | TABLE_PXN,",
                "[PAGE_KERNEL_READ_WRITE] = TABLE_NO_EL0 | TABLE_UXN,",
            ),
            *NO_WXN,
        ),
        without=("descriptor check", "walk of the map"),
    ),
    one_edit(
        "WXN of the kernel",
        "what is writable is not executable, whatever its descriptor says",
        NO_WXN[0].file,
        NO_WXN[0].old,
        NO_WXN[0].new,
        "K33",
        more=NO_WXN[1:],
    ),
    one_edit(
        "sealing",
        "what only boot writes is read-only then",
        KERNEL_MAP,
        "protect(map->root, start, end, PAGE_KERNEL_READ);",
        "protect(map->root, start, end, PAGE_KERNEL_READ_WRITE);",
        "K32",
        "K34",
    ),
    one_edit(
        "boot's window",
        "boot's window is closed",
        KERNEL_MAP,
        "for (uint64_t offset = 0; offset < KERNEL_BOOT_WINDOW_SIZE;",
        "for (uint64_t offset = KERNEL_BOOT_WINDOW_SIZE; offset < KERNEL_BOOT_WINDOW_SIZE;",
        "K21",
        without=("old place", "walk of the map"),
    ),
    one_edit(
        "walk of the map",
        "the kernel's map is looked through for what must not be",
        KERNEL_MAP,
        "\tpage_table_visit(map->root, check_leaf, &check);",
        "\t(void)check_leaf;\n\t(void)check;",
        "K33",
    ),
    one_edit(
        "walk at each end",
        "that is done when a process ends, in images for tests",
        "core/process/lifecycle.c",
        "\tif (PANTHER_CHECKS) {",
        "\tif (PANTHER_CHECKS && process == NULL) {",
        "K33",
    ),
    one_edit(
        "size of the stack",
        "its deepest path leaves a reserve",
        "boot/kernel.ld",
        "\t\t. += 4 * PAGE;\n\t\timage_stack_top",
        "\t\t. += 2 * PAGE;\n\t\timage_stack_top",
        "R31",
    ),
    one_edit(
        "size of the fault stack",
        "a report leaves a reserve, whatever goes wrong in it",
        "boot/kernel.ld",
        "\t\t. += 2 * PAGE;\n\t\timage_fault_stack_top",
        "\t\t. += PAGE;\n\t\timage_fault_stack_top",
        "R31",
    ),
    # Its place, and what is secret.
    one_edit(
        "place",
        "the image's place is drawn",
        "core/start/place.c",
        "seed % KERNEL_PLACES * KERNEL_PLACE_SIZE",
        "seed * 0",
        "L19",
        PLACE,
    ),
    one_edit(
        "old place",
        "nothing is left where the image is linked",
        START,
        "\t\tkernel_map_close_place(boot);\n",
        "",
        "L19",
        PLACE,
        without=("walk of the map",),
    ),
    one_edit(
        "relocated constants",
        "constants that were relocated are read-only again",
        KERNEL_MAP,
        "\tprotect(boot->kernel_root, boot->relocated_start, boot->relocated_end, PAGE_KERNEL_READ);\n",
        "",
        "K32",
        PLACE,
    ),
    one_edit(
        "canary's zero byte",
        "no string copy passes a canary",
        "core/start/secrets.c",
        "\tsecrets->canary &= ~(uint64_t)0xff;\n",
        "",
        "L20",
        PLACE,
    ),
    one_edit(
        "canary is drawn",
        "it differs from boot to boot",
        "core/start/secrets.c",
        "secrets->canary &= ~(uint64_t)0xff;",
        "secrets->canary &= 0xff00;",
        "L20",
        "ctest:qemu.self-attack.secrets",
    ),
    one_edit(
        "kernel's key is drawn",
        "it differs from boot to boot",
        "core/start/secrets.c",
        "\trandom_bytes(random, secrets->return_key, sizeof(secrets->return_key));\n",
        "",
        "ctest:qemu.self-attack.secrets",
    ),
    one_edit(
        "seeds are wiped",
        "seeds of the tree are gone after use",
        "core/start/machine_nodes.c",
        "\tk_memory_wipe(seed, property->size);\n",
        "",
        "ctest:unit.machine_chosen",
    ),
    # Programs' memory.
    one_edit(
        "parked TTBR0",
        "without PAN the kernel sees no user page but in a copy",
        "hal_qemu_virt/user_copy.S",
        "\t.macro\tpark\n\tcbz\tx5, 1f\n\tmsr\tttbr0_el1, x5\n\tisb\n1:\n",
        "\t.macro\tpark\n",
        "K30",
    ),
    one_edit(
        "parked TTBR0 at entry",
        "nor after an exception",
        INLINE,
        "registers->has_pan ? 0 : hal_boot_cpu.parked_root",
        "0",
        "K29",
        "K30",
    ),
    one_edit(
        "PAN",
        "the kernel does not touch a program's memory by accident",
        "core/cpu/registers.c",
        "value |= features->pan ? 0 : SCTLR_SPAN;",
        "value |= SCTLR_SPAN;",
        "K30",
    ),
    # Faults.
    one_edit(
        "fault stack",
        "faults are reported from a stack of their own",
        VECTORS,
        "adr\tx1, image_fault_stack_top\n\tmov\tsp, x1\n",
        "nop\n",
        "K03",
        "K37",
    ),
    one_edit(
        "panic in a panic",
        "a panic in a panic ends",
        "core/log/panic.c",
        "\tif (kernel.panicking) {",
        "\tif (kernel.panicking && kernel.stopping) {",
        "K37",
    ),
    one_edit(
        "canary of reports",
        "faults are reported whatever TPIDR_EL1 has become",
        VECTORS,
        "\tmsr\ttpidr_el1, x1\t\t\t/* the report needs a canary, even if that is what was lost */\n",
        "",
        "K37",
    ),
    one_edit(
        "shadow stack of reports",
        "faults are reported whatever x18 has become",
        VECTORS,
        "\tcsel\tx18, x18, x1, lo\n",
        "",
        "K37",
    ),
    one_edit(
        "tags are checked",
        "another tag faults at once",
        "core/cpu/registers.c",
        "(K_BIT(43) | K_BIT(40) | K_BIT(37))",
        "(K_BIT(43) | K_BIT(37))",
        "K20",
    ),
    one_edit(
        "tags are drawn anew",
        "a block that comes back has another tag",
        "hal_qemu_virt/tags.c",
        "uint8_t *painted = draw(block, excluded);",
        "uint8_t *painted = block;\n\n\t(void)excluded;",
        "L26",
    ),
    one_edit("tags are checked after an entry", "PSTATE.TCO is cleared", INLINE, '"\t.inst\t0xd503409f\\n"', '""', "K20"),
    one_edit(
        "no pointer without a tag",
        "such pointers are checked as well",
        "core/cpu/registers.c",
        "(K_BIT(38) | K_BIT(52))",
        "(K_BIT(38) | K_BIT(52) | K_BIT(58))",
        "K20",
    ),
)
