"""The version of an emulator, for what differs between them."""

from __future__ import annotations

import re
import subprocess
from typing import Tuple


def qemu_version(qemu: str) -> Tuple[int, int]:
    """(7, 2)."""
    text = subprocess.run([qemu, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    match = re.search(r"version (\d+)\.(\d+)", text)
    if match is None:
        raise ValueError(f"{qemu}: no version in {text!r}")
    return int(match[1]), int(match[2])
