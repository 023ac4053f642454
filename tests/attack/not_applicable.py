"""Rows of the matrix, or parts of them, that are not played here: census.py prints them all."""

from __future__ import annotations

from typing import Dict, Tuple

NO_HANDLE = "absent by design: there are no handles; descriptors are fixed (A28), and process ids are A30"

NOT_APPLICABLE: Dict[str, str] = {
    "A25": "absent by design: no vectors of buffers",
    "A38": NO_HANDLE,
    "A39": "absent by design: nothing can be closed or duplicated",
    "M18": "hardware only: QEMU does not check SP's alignment",
    "M25": "no user page is guarded (descriptor bit GP) yet",
    "M26": "keys of a process's own come later",
    "M27": "user memory tagging comes later",
    "M28": "user memory tagging comes later",
    "M31": "absent by design: nothing is shared with the kernel",
    "R26": "handlers of a program's own faults come later",
    "L09": "keys of a process's own come later",
    "L13": "erasing the kernel's stack comes later",
    "L19": "moving the image at boot comes later",
    "L20": "comes later, with L19",
    "L21": "comes later; all images are built with -fzero-call-used-regs",
    "L25": "hardware only: no page is ever mapped uncached",
    "L26": "tagging the heap comes later",
}

# Parts of rows that are played otherwise.
PARTS_NOT_APPLICABLE: Dict[str, str] = {
    "B14, number of CPUs": "the kernel runs on the one that boots, and starts no other",
    "R16, handles, queues, references": NO_HANDLE,
    "R20, framing errors": "QEMU's UART has none; tests/unit/pl011_receive_test.c",
    "L17, the twin": "nothing of its kernel is at the image's addresses",
}

# What another test shows: "file:what must stand in it". Of unit tests the name of a test.
ELSEWHERE: Dict[str, Tuple[str, ...]] = {
    "M11": (
        "tests/unit/scheduler_registers_test.c:each_process_sees_its_own_page_when_tags_run_out",
        "tests/unit/scheduler_registers_test.c:tags_come_back_without_what_was_behind_them",
        "tests/unit/asid_test.c:test_more_spaces_than_tags",
    ),
    "R01": ("tests/unit/single_fetch_test.c:memory_that_changes_makes_no_difference",),
    "R02": (
        "tests/unit/single_fetch_test.c:memory_that_changes_makes_no_difference",
        "tests/unit/single_fetch_test.c:what_was_fetched_is_what_is_used",
    ),
    "R06": (
        "tests/unit/write_memory_test.c:a_fault_at_any_byte_prints_nothing",
        "tests/unit/write_memory_test.c:memory_that_changes_is_fetched_once",
        "tests/unit/read_test.c:a_buffer_that_cannot_be_written_loses_no_input",
        "tests/unit/fault_copy_test.c:every_call_may_fault_at_every_byte",
        "tests/unit/fault_copy_test.c:calls_that_waited_may_fault_too",
    ),
    "R07": tuple(
        f"tests/unit/kill_call_test.c:{name}"
        for name in ("while_it_reads", "while_it_sleeps", "while_it_waits", "while_it_spawns", "while_it_computes")
    ),
    "R13": (
        "tests/unit/fault_allocation_test.c:each_frame_may_be_missing",
        "tests/unit/fault_allocation_test.c:a_long_load_may_end_at_each_frame",
    ),
    "R14": (
        "tests/unit/fault_allocation_test.c:each_frame_may_be_missing",
        "tests/unit/fault_allocation_test.c:each_block_may_be_missing",
        "tests/unit/fault_allocation_test.c:each_place_in_the_table_may_be_missing",
        "tests/unit/fault_allocation_test.c:the_limit_may_be_reached_at_each_frame",
        "tests/unit/fault_allocation_test.c:an_end_needs_nothing",
    ),
    "R16": ("tests/unit/spawn_limits_test.c:there_are_as_many_children_as_there_may_be",),
    "B17": (
        "tests/unit/elf_test.c:truncated_at_every_byte",
        "tests/unit/elf_test.c:every_field_of_the_file_header",
        "tests/unit/spawn_test.c:a_bad_file_leaves_nothing",
    ),
    "B18": ("tests/unit/elf_test.c:the_table_stays_in_the_file", "tests/unit/elf_test.c:so_many_headers"),
    "B19": (
        "tests/unit/elf_segments_test.c:the_bytes_of_a_segment_are_in_the_file",
        "tests/unit/elf_segments_test.c:memory_has_a_limit",
    ),
    "B20": ("tests/unit/elf_segments_test.c:fixed_programs_lie_in_their_zone",),
    "B21": (
        "tests/unit/elf_segments_test.c:segments_share_no_page",
        "tests/unit/elf_segments_test.c:rights_of_segments",
        "tests/unit/elf_segments_test.c:address_and_offset_agree",
    ),
    "B22": ("tests/unit/elf_segments_test.c:the_entry_is_an_instruction",),
    "B26": (
        "tests/qemu/CMakeLists.txt:panther_boot_test(${name}.${LEVEL}.smp${CPUS}.gic${GIC}.${MEMORY}",
        "tests/qemu/CMakeLists.txt:panther_matrix_test(img a64fx",
    ),
    "R24": ("tests/bench/figures.py:masked-max",),
    "A48": (
        "tests/differential/CMakeLists.txt:panther_differential_test(${cpu}.${boot}",
        "tests/fuzz/CMakeLists.txt:fuzz-regression.syscall.max",
    ),
    "L10": ("tests/attack/CMakeLists.txt:attack.L10.twin",),
    "L11": ("tests/unit/info_test.c:records_have_no_padding",),
    "L12": ("hal_host/copy.c:sanitizer_expect_known", "CMakePresets.json:msan"),
    "L15": ("tests/unit/spawn_arguments_test.c:nothing_but_the_arguments_is_on_the_stack",),
}
