"""The allocators of the kernel: blocks and frames."""

from __future__ import annotations

from typing import Tuple

from mitigation import Mitigation, one_edit

HEAP = "core/memory/heap.c"
FRAMES = "core/memory/frames.c"

ALLOCATORS: Tuple[Mitigation, ...] = (
    one_edit("redzones", "an overflow is seen", HEAP, "\tif (differences != 0) {", "\tif (differences != 0 && heap == NULL) {", "K20"),
    one_edit("redzones at free", "an overflow is seen at free", HEAP, "\theap_redzone_check(heap, &freed);\n", "", "K20"),
    one_edit(
        "quarantine's zeros",
        "a write to a freed block is seen before others have it",
        HEAP,
        "\theap_poison_check(heap, &block);\n\tquarantine->oldest",
        "\tquarantine->oldest",
        "K22",
        without=("zeros at reuse",),
    ),
    one_edit(
        "zeros at reuse",
        "a write to memory that is free is seen at the latest when it is handed out",
        HEAP,
        "\tif (PANTHER_CHECKS) {\n\t\theap_poison_check(heap, &block);",
        "\tif (heap == NULL) {\n\t\theap_poison_check(heap, &block);",
        "K22",
    ),
    one_edit("zero on free", "a freed block is zero", HEAP, "\tk_memset(block, 0, freed.size);\n", "", "K22", "K26"),
    one_edit(
        "zero on allocate",
        "a block comes with zeros",
        HEAP,
        "\tk_memset(memory, 0, block.size);\n",
        "",
        "K26",
        without=("zero on free", "quarantine's zeros", "zeros at reuse"),
    ),
    one_edit(
        "random places",
        "a block's place in its slab is drawn",
        HEAP,
        "uint32_t start = random_number(heap, heap_classes[slab->class_index].capacity);",
        "uint32_t start = random_number(heap, 1) + 0 * heap_classes[slab->class_index].capacity;",
        "ctest:unit.heap_quarantine",
    ),
    one_edit(
        "double free of blocks",
        "a block is freed once",
        HEAP,
        "\tif (heap_redzone_of(heap, &block) == 0) {",
        "\tif (heap_redzone_of(heap, &block) == UINT32_MAX) {",
        "K24",
    ),
    one_edit("free inside a block", "only a block's start is freed", HEAP, "\tif (place != block.place) {", "\tif (place + 1 == 0) {", "K24"),
    one_edit(
        "foreign free",
        "only blocks of the heap are freed",
        HEAP,
        "\tif (address < arena || address - arena >= HEAP_SIZE) {",
        "\tif (address == 0) {",
        "K24",
    ),
    one_edit("double free of frames", "a frame is freed once", FRAMES, "\tif (*state != FRAME_ALLOCATED) {", "\tif (state == NULL) {", "K24"),
    one_edit(
        "foreign free of frames",
        "only frames are freed",
        FRAMES,
        "number == frames->region_count || !is_aligned(frame.value, PANTHER_PAGE_SIZE)",
        "number == frames->region_count",
        "K24",
    ),
    one_edit(
        "frames are verified",
        "a free frame that was written is seen",
        FRAMES,
        "\tif (PANTHER_CHECKS) {\n\t\tcheck_is_zero(*frame);\n\t}\n",
        "",
        "K23",
    ),
    one_edit(
        "frames cleared when first used",
        "memory comes with zeros, whatever the RAM held",
        FRAMES,
        "\t\thal_frame_clear(*frame);\n",
        "",
        "ctest:unit.frames",
    ),
    one_edit(
        "frames cleared when freed",
        "memory comes with zeros",
        FRAMES,
        "\thal_frame_clear(frame);\n\t*state = frames->free_head;",
        "\t*state = frames->free_head;",
        "M29",
        "L15",
    ),
)
