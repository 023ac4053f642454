"""The attack matrix: what hostile programs try, and exactly what must happen. One table for the twin and QEMU.

A row's `where` names who plays it: H the twin, A cortex-a72, N neoverse-n1, X max, T max with tags. A row passes if each of its
variants does; a variant is one boot. There are four kinds of them: scripts, whose steps are in script.py and their
players in user_player.c and twin_player.c; programs of several processes (program_rows.py); boots from archives
(boot_rows.py); and bugs of the kernel itself (self_rows.py).

The kernel's answer to a call is an error number and nothing changed; its answer to a fault is one KILL line, and the
others go on. Order of checks where several fail: descriptor, length, range, then access.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict

from boot_rows import BOOT_ROWS
from call_rows import CALL_ROWS
from cpus import EVERYWHERE
from mapping_rows import MAPPING_ROWS
from memory_rows import MEMORY_ROWS
from process_rows import PROCESS_ROWS
from program_rows import PROGRAM_ROWS
from row import Row
from self_rows import SELF_ROWS
from system_rows import SYSTEM_ROWS
from word_rows import WORD_ROWS

TABLES = (CALL_ROWS, MAPPING_ROWS, PROCESS_ROWS, MEMORY_ROWS, PROGRAM_ROWS, BOOT_ROWS, SELF_ROWS, SYSTEM_ROWS, WORD_ROWS)


def merged() -> Dict[str, Row]:
    """A row can have parts in several tables, each with players of its own."""
    rows: Dict[str, Row] = {}
    for table in TABLES:
        for name, row in table.items():
            first = rows.get(name, Row("", "", ()))
            parts = tuple(
                replace(part, on="".join(letter for letter in part.on if letter in row.where)) for part in row.variants
            )
            where = "".join(letter for letter in EVERYWHERE if letter in first.where + row.where)
            title = f"{first.title}; {row.title}" if first.title else row.title
            rows[name] = Row(title, where, first.variants + parts)
    return rows


ROWS: Dict[str, Row] = merged()
