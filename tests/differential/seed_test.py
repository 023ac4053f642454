#!/usr/bin/env python3
"""differential.seed: with seed=N a test image puts a program at the same places at each boot, and other N lead to
others; the image that ships takes no notice of the word."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from archives import SCRIPT_SIZE, make_archive
from boots import Backends, boot, qemu_command
from differential import add_places, backends_of
from run_qemu import new_nonce
from transcript import parts

# Where map puts a page first, and random bytes.
TEXT = "0 call map 0 0x1000 3\n0 call random data 16\n0 hash data 16\n"


def script_of_text(tool: Path, folder: Path) -> bytes:
    (folder / "text").write_text(TEXT)
    subprocess.run([str(tool), "make", str(folder / "text"), str(folder / "script")], check=True)
    return (folder / "script").read_bytes().ljust(SCRIPT_SIZE, b"\0")


def observe(backends: Backends, script: bytes, folder: Path) -> bytes:
    archive, nonce = folder / "archive.cpio", new_nonce()
    archive.write_bytes(make_archive(backends.programs, [script]))
    outcome = boot(qemu_command(backends, "cortex-a72", archive, nonce), nonce)
    assert not outcome.problems, outcome.problems
    return b"\n".join(line for line in parts(outcome.console)[0][1].split(b"\n") if line.startswith(b"0 "))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--released", type=Path, required=True)
    add_places(parser, None)
    options = parser.parse_args()
    seeded = backends_of(options)
    released = replace(seeded, image=options.released)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = script_of_text(options.script_tool, folder)
        first, second, other = (observe(replace(seeded, seed=seed), script, folder) for seed in (1, 1, 2))
        free = {observe(released, script, folder) for _ in range(2)}
    assert first.count(b"\n") == 2, first
    assert first == second, (first, second)
    assert other != first, other
    assert len(free) == 2 and first not in free, free
    return 0


if __name__ == "__main__":
    sys.exit(main())
