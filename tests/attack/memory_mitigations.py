"""The memory of programs: their pages, and the copies from and to it."""

from __future__ import annotations

from typing import Tuple

from edited_tree import Edit
from mitigation import Mitigation, one_edit

PAGES = "core/memory/address_space_pages.c"
DESCRIPTORS = "core/memory/descriptor.c"
REGISTERS = "core/cpu/registers.c"
MAP = "core/syscall/map.c"
SPACE = "core/memory/address_space.c"
MMU = "boot/mmu.S"
# What would end a boot whose map is wrong.
JUDGES = ("descriptor check", "walk of the map")

# What EL0 has no access to (AP[1], APTable[0]) and may not execute (UXN), also where there is no E0PD.
KERNELS_MEMORY: Tuple[Mitigation, ...] = (
    Mitigation(
        "linear map is the kernel's",
        "EL0 has no access to what the linear map shows",
        (
            Edit(DESCRIPTORS, "[PAGE_KERNEL_READ_WRITE] = NORMAL |", "[PAGE_KERNEL_READ_WRITE] = NORMAL | AP_EL0 |"),
            Edit(DESCRIPTORS, "[PAGE_KERNEL_READ_WRITE] = TABLE_NO_EL0 |", "[PAGE_KERNEL_READ_WRITE] ="),
        ),
        ("M01", "M02"),
        without=JUDGES,
    ),
    Mitigation(
        "devices are the kernel's",
        "EL0 has no access to registers of devices",
        (
            Edit(MMU, "(3 | ATTRIBUTE_DEVICE |", "(3 | ATTRIBUTE_DEVICE | (1 << 6) |"),
            Edit(DESCRIPTORS, "[PAGE_DEVICE] = DEVICE |", "[PAGE_DEVICE] = DEVICE | AP_EL0 |"),
            Edit(DESCRIPTORS, "[PAGE_DEVICE] = TABLE_NO_EL0 |", "[PAGE_DEVICE] ="),
        ),
        ("M01", "M02"),
        without=JUDGES,
    ),
    one_edit(
        "constants of the image are the kernel's",
        "EL0 has no access to constants of the kernel",
        MMU,
        "#define PAGE_READ (3 |",
        "#define PAGE_READ ((1 << 6) | 3 |",
        "M01",
        without=JUDGES,
    ),
    one_edit(
        "data of the image is the kernel's",
        "EL0 has no access to data, stacks and tables of the kernel",
        MMU,
        "#define PAGE_READ_WRITE (3 |",
        "#define PAGE_READ_WRITE ((1 << 6) | 3 |",
        *("M01", "M02"),
        without=JUDGES,
    ),
    one_edit(
        "text of the image is the kernel's",
        "EL0 has no access to code of the kernel",
        MMU,
        "#define PAGE_EXECUTE (3 |",
        "#define PAGE_EXECUTE ((1 << 6) | 3 |",
        "M01",
        without=JUDGES,
    ),
    one_edit(
        "UXN of kernel text",
        "EL0 does not execute code of the kernel",
        MMU,
        "#define PAGE_EXECUTE (3 | ATTRIBUTE_NORMAL | READ_ONLY | UXN)",
        "#define PAGE_EXECUTE (3 | ATTRIBUTE_NORMAL | READ_ONLY)",
        "M03",
        without=JUDGES,
    ),
)

PROGRAMS_MEMORY: Tuple[Mitigation, ...] = (
    Mitigation(
        "user ranges",
        "what a program passes lies in user memory",
        (
            Edit(
                "core/memory/user_range.h",
                "if (size > PANTHER_USER_TOP || address > PANTHER_USER_TOP - size) {",
                "if (size == UINT64_MAX) {",
            ),
        ),
        ("A09", "A14", "A33"),
    ),
    Mitigation(
        "fixups",
        "a fault in a copy is an error number",
        (Edit("hal_qemu_virt/user_copy.c", "(&row->instruction) == pc) {", "(&row->instruction) == pc && pc == 0) {"),),
        ("A08", "A18", "A19", "A20"),
    ),
    one_edit(
        "user ranges, alone",
        "addresses beyond user memory are refused before the copy, not by it",
        "core/memory/user_range.h",
        "if (size > PANTHER_USER_TOP || address > PANTHER_USER_TOP - size) {",
        "if (size == UINT64_MAX) {",
        *("A10", "A12", "A15", "A23"),
        without=("fixups",),
    ),
    one_edit(
        "unprivileged copies",
        "copies have a program's rights",
        "hal_qemu_virt/user_copy.S",
        '#include "hal_qemu_virt/offsets.h"\n',
        '#include "hal_qemu_virt/offsets.h"\n#define ldtr ldr\n#define ldtrb ldrb\n#define sttr str\n#define sttrb strb\n',
        *("A09", "A17", "K31"),
        without=("user ranges",),
    ),
    one_edit(
        "size of what is copied in",
        "a copy stays in the kernel's buffer",
        "core/memory/user_copy.h",
        "if (source.size > capacity) {",
        "if (capacity == 0) {",
        "K34",
    ),
    one_edit(
        "size of what is copied out",
        "a copy stays in the program's range",
        "core/memory/user_copy.c",
        "if (size > destination.size) {",
        "if (destination.size == 0) {",
        "K34",
    ),
    Mitigation(
        "W^X",
        "no page is mapped writable and executable",
        (Edit("core/syscall/map.c", "(access & PANTHER_WRITE) != 0 && (access & PANTHER_EXECUTE) != 0", "access == 0"),),
        ("A34",),
    ),
    Mitigation(
        "never executable once writable",
        "no page becomes executable that a program wrote",
        (Edit(PAGES, "if (page_access_is_code(access) && any_was", "if (count == 0 && any_was"),),
        ("A34", "M32"),
    ),
    Mitigation(
        "stack guard of programs",
        "nothing is mapped next to a stack",
        (Edit(PAGES, "<= space->stack_bottom - PANTHER_USER_GUARD);", "<= space->stack_bottom);"),),
        ("A33",),
    ),
    Mitigation(
        "null pages",
        "nothing is mapped below 64 KiB",
        (Edit(PAGES, "return pages.start >= PANTHER_USER_BOTTOM &&\n", "return pages.size != 0 &&\n"),),
        ("A33",),
    ),
    Mitigation(
        "TLB invalidation",
        "what is unmapped or protected is so at once",
        (Edit(PAGES, "if (space->generation != 0) {", "if (space->generation == 0) {"),),
        ("M12", "M13", "M14", "K49"),
    ),
    Mitigation(
        "read-only pages",
        "constants are read-only",
        (Edit(DESCRIPTORS, "AP_EL0 | AP_READ_ONLY | NOT_GLOBAL | PXN | UXN,", "AP_EL0 | NOT_GLOBAL | PXN | UXN,"),),
        ("A17", "M06", "M13"),
        without=("descriptor check",),
    ),
    Mitigation(
        "UXN",
        "data is not executable",
        (Edit(DESCRIPTORS, "NOT_GLOBAL | PXN | UXN | WAS_WRITABLE,", "NOT_GLOBAL | PXN | WAS_WRITABLE,"),),
        ("M07",),
        without=("WXN", "descriptor check"),
    ),
    one_edit(
        "descriptor check",
        "no descriptor is written that has not the bits of its kind",
        "core/memory/leaf.c",
        "\tif (problem != NULL) {\n\t\trefuse(",
        "\tif (problem != NULL && entry == NULL) {\n\t\trefuse(",
        "K33",
        "K48",
        more=(
            Edit(
                "core/memory/leaf.h",
                "if (!K_LIKELY(leaf_is_user_page(page) && frames_may_contain(frames, descriptor_address(page)))) {",
                "if (entry == NULL && frames != NULL) {",
            ),
        ),
    ),
    Mitigation(
        "WXN",
        "what is writable is not executable, whatever its descriptor says",
        (Edit(REGISTERS, "K_BIT(12) | SCTLR_WXN | \\\n", "K_BIT(12) | \\\n"),),
        ("M07",),
        without=("UXN", "descriptor check"),
    ),
    Mitigation(
        "PXN",
        "the kernel does not run programs",
        (
            Edit(DESCRIPTORS, "AP_EL0 | AP_READ_ONLY | NOT_GLOBAL | PXN,", "AP_EL0 | AP_READ_ONLY | NOT_GLOBAL,"),
            Edit(DESCRIPTORS, "NOT_GLOBAL | PXN | GUARDED,", "NOT_GLOBAL | GUARDED,"),
            Edit(DESCRIPTORS, "[PAGE_USER_EXECUTE_GUARDED] = TABLE_PXN,", "[PAGE_USER_EXECUTE_GUARDED] = 0,"),
            Edit(DESCRIPTORS, "[PAGE_USER_READ] = TABLE_PXN,", "[PAGE_USER_READ] = 0,"),
            Edit(DESCRIPTORS, "[PAGE_USER_READ_WRITE] = TABLE_PXN,", "[PAGE_USER_READ_WRITE] = 0,"),
            Edit(DESCRIPTORS, "[PAGE_USER_EXECUTE] = TABLE_PXN,", "[PAGE_USER_EXECUTE] = 0,"),
        ),
        ("K29",),
        without=("descriptor check",),
    ),

    one_edit("whole pages", "ranges are whole pages, and not empty", MAP, "!is_aligned(address | length, PANTHER_PAGE_SIZE) || length == 0 || ", "", "A32"),
    one_edit("longest range", "a call maps so much at most", MAP, "length > PANTHER_MAP_MAX ||", "length == UINT64_MAX ||", "A32"),
    one_edit("reserved bits of access", "unknown rights are refused", MAP, "(access & ~(uint64_t)ACCESS_ALL) != 0 || ", "", "A29"),
    one_edit(
        "nothing over something",
        "what is mapped stays",
        PAGES,
        "\tif (!all_are_free(spans, count)) {",
        "\tif (!all_are_free(spans, count) && count == 0) {",
        "A33",
    ),
    one_edit(
        "frames are given back",
        "what is unmapped is free again",
        PAGES,
        "\t\taddress_space_give_back_frame(space, frame);\n\t}\n\tfree_empty",
        "\t\t(void)frame;\n\t}\n\tfree_empty",
        *("A35", "R12", "M12", "A32"),
    ),
    one_edit(
        "places of programs",
        "where a program lies is drawn",
        "core/process/loader.c",
        "return PANTHER_USER_IMAGE_RANDOM_BASE + random_below(",
        "return PANTHER_USER_IMAGE_RANDOM_BASE + 0 * random_below(",
        "ctest:unit.loader_bias",
    ),
    one_edit("places of stacks", "so is where its stack lies", SPACE, "random_page(draws[0],", "random_page(0 * draws[0],", "ctest:unit.address_space_places"),
    one_edit("places of mappings", "so is where its mappings begin", SPACE, "random_page(draws[1],", "random_page(0 * draws[1],", "ctest:unit.address_space_places"),
    one_edit(
        "ASIDs",
        "each space has a tag of its own in the TLB",
        "core/memory/asid.c",
        "\tasids->next++;\n",
        "",
        "M10",
    ),
    one_edit(
        "parked at the end",
        "a space is not live while its tables are given back",
        "core/memory/address_space.c",
        "\t\thal_space_park();\n\t\thal_tlb",
        "\t\thal_tlb",
        "ctest:unit.address_space_clear",
    ),
    one_edit(
        "ASIDs that come back",
        "the TLB is emptied before",
        "core/memory/asid.c",
        "\thal_tlb_invalidate_all();\n",
        "",
        "M11",
        "ctest:unit.asid",
        "ctest:unit.scheduler_registers",
    ),
)
