#!/usr/bin/env python3
"""differential.census: what the scripts show in the twin, which is what they show on QEMU, or other tests fail."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import List

from archives import SCRIPTS_MAX, make_archive
from boots import boot, twin_command
from differential import add_places, backends_of, read_scripts
from run_qemu import new_nonce
from script_census import Census

LONG_MIN = 2000
KILLS_MIN = 200
PROCESSES_MIN = 200


def play(options: argparse.Namespace, scripts: "list[bytes]", types: bool, census: Census) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive, nonce = Path(folder, "archive.cpio"), new_nonce()
        archive.write_bytes(make_archive(options.programs, scripts, types))
        outcome = boot(twin_command(backends_of(options), "a72", archive, nonce, types), nonce)
        assert not outcome.problems, outcome.problems
        census.count(scripts, outcome.console)


def judge(census: Census) -> List[str]:
    found = census.problems()
    for what, number, least in (
        ("long scripts", census.long, LONG_MIN),
        ("scripts with kills", census.with_kills, KILLS_MIN),
        ("scripts with several processes", census.with_processes, PROCESSES_MIN),
    ):
        if number < least:
            found.append(f"{what}: {number}, not {least}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scripts", type=Path, required=True)
    parser.add_argument("--typed", type=Path, required=True)
    add_places(parser, None)
    options = parser.parse_args()
    census, scripts = Census(), read_scripts(options.scripts)
    for first in range(0, len(scripts), SCRIPTS_MAX):
        play(options, scripts[first : first + SCRIPTS_MAX], False, census)
    play(options, read_scripts(options.typed), True, census)
    print(census.text())
    found = judge(census)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
