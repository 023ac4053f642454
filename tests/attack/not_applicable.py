"""Rows of the matrix, or parts of them, that are not played here: census.py prints them all."""

from __future__ import annotations

from typing import Dict, Tuple

NO_HANDLE = "there are no handles; descriptors are fixed (A28), and process ids are A30"

# What is not built, and so cannot be attacked.
ABSENT: Dict[str, str] = {
    "A25": "no vectors of buffers",
    "A38": NO_HANDLE,
    "A39": "nothing can be closed or duplicated",
    "K19": "no lists",
    "K25": "no free lists in memory that is handed out",
    "K35": "no counts of references",
    "M31": "nothing is shared with the kernel",
    "R04": "no vectors of buffers",
}

# What QEMU does not enforce.
HARDWARE_ONLY: Dict[str, str] = {
    "M18": "QEMU does not check SP's alignment",
    "S22": "QEMU before 8.1 does not trap MDCCSR_EL0, which reads as 0 there (S21 tries it)",
    "S36": "QEMU takes wfe for a nop, so the turn of who waits so ends with its time (S35 tries it)",
    "L25": "no page is ever mapped uncached, and QEMU has no caches",
}

SMP = "one CPU: nothing runs at once"
USER_TAGS = "programs have no tags yet: ATA0 is 0"

# What needs something that is not there yet.
LATER: Dict[str, str] = {
    "M27": USER_TAGS,
    "M28": USER_TAGS,
    "R03": SMP,
    "R26": "programs have no fault handlers",
    "R28": SMP,
    "R29": SMP,
    "R30": SMP + ", and there are no locks",
    "R32": "one waits for children only: no circle can be made",
    "K51": SMP,
}

NOT_APPLICABLE: Dict[str, str] = {
    **{name: "absent by design: " + reason for name, reason in ABSENT.items()},
    **{name: "hardware only: " + reason for name, reason in HARDWARE_ONLY.items()},
    **{name: "later: " + reason for name, reason in LATER.items()},
}

# Parts of rows that are played otherwise.
PARTS_NOT_APPLICABLE: Dict[str, str] = {
    "B14, number of CPUs": "the kernel runs on the one that boots, and starts no other",
    "R16, handles, queues, references": NO_HANDLE,
    "R20, framing errors": "QEMU's UART has none; tests/unit/pl011_receive_test.c",
}

# Players that a row names and that do not play it.
NOT_ON: Dict[str, Dict[str, str]] = {
    "L17": {"H": "nothing of the twin's kernel is at the image's addresses"},
}

# Rows whose tests are being written.
PENDING: Tuple[str, ...] = ()

# What another test shows. "tests/unit/file:test" is a test of the twin's, by its name in the file; "image:NAME",
# "twin:NAME" and "msan:NAME" (the twin under MemorySanitizer) are entries of that build's ctest, by a pattern. An image's
# entry is its CPU's, if its name has one. "image:mutations.tlb" is no entry: `ninja attack` runs it besides.
ELSEWHERE: Dict[str, Tuple[str, ...]] = {
    "L19": ("image:qemu.place.*",),
    "L20": ("image:qemu.place.*",),
    "M11": (
        "tests/unit/scheduler_registers_test.c:each_process_sees_its_own_page_when_tags_run_out",
        "tests/unit/scheduler_registers_test.c:tags_come_back_without_what_was_behind_them",
        "tests/unit/asid_test.c:test_more_spaces_than_tags",
    ),
    "S44": (
        "tests/unit/pstate_test.c:nothing_else_ever",
        "tests/unit/loop_test.c:a_stored_pstate_is_masked_on_the_way_to_el0",
        "tests/unit/registers_test.c:no_feature_opens_a_door",
        "image:attack.S21.*",
        "image:attack.K44.*",
    ),
    "S45": (
        "tests/unit/loop_test.c:no_program_returns_with_a_raised_pstate",
        "tests/unit/loop_test.c:a_stored_pstate_is_masked_on_the_way_to_el0",
        "tests/unit/pstate_test.c:nothing_else_ever",
    ),
    "S46": ("tests/unit/trap_test.c:aarch32_state_is_killed", "image:attack.K43.*"),
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
    "R31": ("image:lint.stack", "image:lint.stack-checked", "image:qemu.stack.*", "twin:lint.compile-fail"),
    "K01": ("tests/unit/panic_test.c:the_reason_comes_first_and_the_halt_last",),
    **{name: ("tests/unit/undefined_test.c:every_kind_ends_the_twin",) for name in ("K14", "K15", "K16", "K17")},
    "K18": ("tests/unit/fortify_test.c:a_byte_too_many_panics", "tests/unit/fortify_test.c:huge_sizes_panic"),
    "K20": ("tests/unit/heap_misuse_test.c:an_overflow_is_seen",),
    "K22": (
        "tests/unit/heap_misuse_test.c:a_write_after_free_is_seen",
        "tests/unit/heap_misuse_test.c:a_write_after_free_is_seen_at_the_end_of_quarantine",
        "tests/unit/heap_misuse_test.c:a_freed_block_is_zero",
    ),
    "K23": (
        "tests/unit/frames_panic_test.c:a_stale_write_does_not_reach_the_list",
        "tests/unit/frames_panic_test.c:check_sees_a_stale_write",
    ),
    "K24": tuple(
        f"tests/unit/heap_misuse_test.c:{name}"
        for name in ("double_free_panics", "interior_free_panics", "foreign_free_panics")
    ),
    "K34": ("tests/unit/user_copy_test.c:test_sizes_that_do_not_fit_panic",),
    "K26": (
        "tests/unit/frames_test.c:frames_are_zeroed_and_inside_the_range",
        "tests/unit/frames_test.c:freed_frames_are_cleared_and_used_again",
    ),
    "K49": (
        "tests/unit/tlb_test.c:test_missing_invalidation_aborts_on_the_way_to_el0",
        "tests/unit/tlb_test.c:test_lost_right_without_invalidation_aborts_on_the_way_to_el0",
        "image:mutations.tlb",
    ),
    "K50": ("image:attack.mutations-self-test", "image:mutations.tlb"),
    "L21": ("image:lint.flags", "image:lint.image"),
    "K33": (
        "tests/unit/leaf_test.c:test_no_access_is_writable_and_executable",
        "tests/unit/kernel_map_test.c:test_check_finds_what_must_not_be",
    ),
    "K48": tuple(
        f"tests/unit/leaf_test.c:test_{name}"
        for name in ("wrong_ones_panic", "wrong_ones_of_programs_panic", "frames_of_programs")
    ),
    "K46": ("twin:lint.compile-fail",),
    "L12": ("msan:fuzz-regression.*",),
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
    "B26": ("image:qemu.boot.*",),
    "R24": ("image:qemu.bench",),
    "A47": ("image:attack.census", "twin:attack.census"),
    "A48": ("image:differential.*", "twin:fuzz-regression.syscall*"),
    "L11": ("tests/unit/info_test.c:records_have_no_padding",),
    "L15": ("tests/unit/spawn_arguments_test.c:nothing_but_the_arguments_is_on_the_stack",),
}
