"""Boot archives: newc, made by cpio itself, so that the kernel's reader is judged by another's writer. A single entry
can be made by hand, to be malformed (cpio(5), "New ASCII Format")."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Dict

FIELDS = ("ino", "mode", "uid", "gid", "nlink", "mtime", "filesize", "devmajor", "devminor", "rdevmajor", "rdevminor")
FIELDS += ("namesize", "check")
MODE_PROGRAM = 0o100755


def archive(files: Dict[str, bytes]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        names = "".join(name + "\n" for name in files).encode()
        command = ["cpio", "-o", "-H", "newc", "--quiet"]
        return subprocess.run(command, input=names, stdout=subprocess.PIPE, cwd=folder, check=True).stdout


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def entry(name: bytes, data: bytes = b"", magic: bytes = b"070701", **fields: object) -> bytes:
    """One entry. A field can be a number, or the eight bytes that stand for it."""
    values = {"mode": MODE_PROGRAM, "nlink": 1, "filesize": len(data), "namesize": len(name) + 1, **fields}
    header = magic
    for field in FIELDS:
        value = values.get(field, 0)
        header += value if isinstance(value, bytes) else b"%08X" % value
    return padded(header + name + b"\0") + padded(data)


TRAILER = entry(b"TRAILER!!!", mode=0)
