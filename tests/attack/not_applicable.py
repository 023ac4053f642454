"""Rows of the matrix, or parts of them, whose mechanism does not exist yet: printed by census.py, never passed over in
silence. Rows A and M are in rows.py; rows B in ../malformed/cases.py.
"""

from __future__ import annotations

from typing import Dict, List

NO_OUT_BUFFER = "no call writes to a program's memory yet"
NO_STRING = "no call takes a string"
NO_MEMORY_CALL = "no call maps, unmaps or protects memory"
NO_SPAWN = "no call starts a process; there is one"
NO_HANDLE = "there are no handles; descriptors 1 and 2 are fixed (A28)"

NOT_APPLICABLE: Dict[str, str] = {
    "A17": NO_OUT_BUFFER,
    "A20": NO_OUT_BUFFER,
    "A21": NO_STRING,
    "A22": NO_STRING,
    "A23": NO_STRING,
    "A25": "absent by design: no vectors of buffers",
    "A29": "no call takes flags",
    "A30": "no call takes a process number",
    "A31": "no call ends another process",
    "A32": NO_MEMORY_CALL,
    "A33": NO_MEMORY_CALL,
    "A34": NO_MEMORY_CALL,
    "A35": NO_MEMORY_CALL,
    "A36": NO_SPAWN,
    "A38": NO_HANDLE,
    "A39": "absent by design: nothing can be closed or duplicated",
    "A41": "no call takes a time",
    "A42": "no call reads",
    "A46": "no call takes a path",
    "A47": "there is one kind of build",
    "A48": "the differential run comes with the fuzzers",
    "M10": NO_SPAWN,
    "M11": NO_SPAWN,
    "M12": NO_MEMORY_CALL,
    "M13": NO_MEMORY_CALL,
    "M14": NO_MEMORY_CALL,
    "M18": "hardware only: QEMU does not check SP's alignment",
    "M25": "no user page is guarded (descriptor bit GP) yet",
    "M26": "keys of a process's own come later",
    "M27": "user memory tagging comes later",
    "M28": "user memory tagging comes later",
    "M29": NO_MEMORY_CALL,
    "M31": "absent by design: nothing is shared with the kernel",
}

# Parts of rows that are played otherwise.
PARTS_NOT_APPLICABLE: Dict[str, str] = {
    "B14, interrupt controller and timer": "there are no drivers of these",
    "B14, number of CPUs": "the kernel runs on the one that boots, and starts no other",
    "B24, an archive": "the initrd is one ELF file",
}


def _ids(letter: str, *numbers: int) -> List[str]:
    return [f"{letter}{number:02}" for number in numbers]


# The rows that the matrix has; the gaps mean nothing. Of rows B those on boots from what is malformed.
MATRIX: List[str] = [
    *_ids("A", 1, 2, 3, 4, *range(6, 16), *range(17, 24), 25, 26, *range(28, 37), *range(38, 43), 44, 46, 47, 48),
    *_ids("M", 1, 2, 3, 5, 6, 7, 8, *range(10, 16), 17, 18, 20, 21, 23, *range(25, 30), 31, 32),
    *_ids("B", 1, 2, 3, 4, 6, 7, 9, 11, 13, 14, 15, 24),
]
