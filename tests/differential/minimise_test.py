#!/usr/bin/env python3
"""differential.minimise: a difference between the two sides is seen, and ends as the one step that it takes. FEAT_E0PD,
which max has and the twin of a Cortex-A72 has not, is such a difference: it changes which level of the tables a fault in
the kernel's half names."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import List

import differential
from archives import SCRIPT_SIZE
from differential import add_places

# Nothing here is drawn at random: max draws keys for each program besides, so what follows would differ as well.
# Twice: once without the load, which is the same on both, and once with it.
CALLS = """0 call getpid
0 call map 0x10000000 0x2000 3
0 store8 0x10000008 17
0 hash 0x10000000 0x2000
0 call unmap 0x10000000 0x2000
"""
LOAD = "0 load8 0xffffffc000000000"
TEXTS = (CALLS * 4, CALLS * 3 + LOAD + " 5\n" + CALLS)


def make_scripts(tool: Path, folder: Path) -> Path:
    data = b""
    for text in TEXTS:
        (folder / "text").write_text(text)
        subprocess.run([str(tool), "make", str(folder / "text"), str(folder / "one")], check=True)
        data += (folder / "one").read_bytes().ljust(SCRIPT_SIZE, b"\0")
    (folder / "scripts").write_bytes(data)
    return folder / "scripts"


def judge(lines: List[str]) -> None:
    assert lines[0] == "script 1 differs; what it takes:", lines
    assert lines[1:3] == [LOAD, "--- QEMU"], lines
    found = [re.search(r"^\[KILL\] .* (iss=0x\w+) far=0xffffffc000000000", line) for line in lines]
    faults = [match[1] for match in found if match]
    assert len(faults) == 2 and faults[0] != faults[1], lines


def main() -> int:
    parser = argparse.ArgumentParser()
    add_places(parser, None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scripts = make_scripts(options.script_tool, Path(folder))
        command = [sys.executable, "-B", differential.__file__, "--cpu", "max", "--scripts", str(scripts)]
        same = subprocess.run(command + sys.argv[1:], stdout=subprocess.PIPE, check=False)
        assert same.returncode == 0, same.stdout.decode("latin-1")
        command += ["--twin-cpu", "a72"]
        outcome = subprocess.run(command + sys.argv[1:], stdout=subprocess.PIPE, check=False)
    assert outcome.returncode == 1, outcome.stdout
    judge(outcome.stdout.decode("latin-1").split("\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
