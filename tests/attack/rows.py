"""The attack matrix: what hostile programs try, and exactly what must happen. One table for the twin and QEMU.

A row's `where` names who plays it: H the twin, A cortex-a72, N neoverse-n1, X max. A row passes if each of its
variants does; a variant is one boot. The steps are in script.py, the players in user_player.c and twin_player.c.

The kernel's answer to a call is an error number and nothing changed; its answer to a fault is one KILL line, and it
goes on to its closing line. Order of checks where several fail: descriptor, length, range, then access.
"""

from __future__ import annotations

from typing import Dict

from call_rows import CALL_ROWS
from memory_rows import MEMORY_ROWS
from row import Row

ROWS: Dict[str, Row] = {**CALL_ROWS, **MEMORY_ROWS}
