#!/usr/bin/env python3
"""Replays one script on QEMU, in the twin, or on both, and then compares them.

    replay.py FILE                     on both: a crash file of the system call fuzzer, a script, or its text
    replay.py FILE --on twin --debug   in the twin, under lldb or gdb, whichever is there

What cannot be played on a machine is left out of the script. Exit status: 0 the same (or only one was asked), 1 not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from archives import make_archive
from boots import CPUS, boot, boot_both, qemu_command, twin_command
from differential import add_places, backends_of, read_scripts, show, show_part

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from run_qemu import new_nonce

BUILD = Path(__file__).resolve().parents[2] / "build" / "qemu"
# Where a call of a program comes into the kernel's C.
STOP_AT = "syscall_dispatch"


def take(tool: Path, file: Path) -> bytes:
    with tempfile.NamedTemporaryFile() as output:
        subprocess.run([str(tool), output.name, "0", str(file)], check=True)
        return read_scripts(Path(output.name))[0]


def debug(command: "list[str]") -> int:
    if shutil.which("lldb"):
        line = ["lldb", "-o", f"breakpoint set --name {STOP_AT}", "-o", "run", "--"] + command
    elif shutil.which("gdb"):
        line = ["gdb", "-ex", f"break {STOP_AT}", "-ex", "run", "--args"] + command
    else:
        print("neither lldb nor gdb is there; the command is: " + " ".join(command))
        return 1
    # LeakSanitizer does not work under a tracer.
    return subprocess.run(line, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}, check=False).returncode


def play_one(options: argparse.Namespace, script: bytes) -> int:
    backends, nonce = backends_of(options), new_nonce()
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "archive.cpio")
        archive.write_bytes(make_archive(backends.programs, [script]))
        if options.on == "qemu":
            command = qemu_command(backends, options.cpu, archive, nonce)
        else:
            command = twin_command(backends, CPUS[options.cpu], archive, nonce)
        if options.debug:
            return debug(command)
        outcome = boot(command, nonce)
    print(show_part(options.on, outcome.console, 0))
    print("\n".join(outcome.problems))
    return 1 if outcome.problems else 0


def play_both(options: argparse.Namespace, script: bytes) -> int:
    pair = boot_both(backends_of(options), options.cpu, [script])
    for name, outcome in (("QEMU", pair.qemu), ("twin", pair.twin)):
        print(show_part(name, outcome.console, 0))
        print("\n".join(outcome.problems))
    same = pair.qemu.console == pair.twin.console
    print("--- the same on both" if same else "--- they differ")
    return 0 if same and not pair.qemu.problems + pair.twin.problems else 1


def main() -> int:
    parser = argparse.ArgumentParser(description="Replays one script.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--on", choices=("qemu", "twin", "both"), default="both")
    parser.add_argument("--cpu", choices=CPUS, default="cortex-a72")
    parser.add_argument("--debug", action="store_true", help="the twin under a debugger")
    parser.add_argument("--scripts-tool", type=Path, default=BUILD / "twin/tests/differential/differential_scripts")
    add_places(parser, BUILD)
    options = parser.parse_args()
    if options.debug:
        options.on = "twin"
    script = take(options.scripts_tool, options.file)
    print(show(options.script_tool, script).rstrip("\n"))
    return play_both(options, script) if options.on == "both" else play_one(options, script)


if __name__ == "__main__":
    sys.exit(main())
