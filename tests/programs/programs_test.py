#!/usr/bin/env python3
"""One program on QEMU and on pantheros-twin: the same bytes on the console, the same exit status.

    programs_test.py sh --twin pantheros-twin --image pantheros-seeded.img --own own-programs.cpio

Programs of the image's own archive, or of the one here, whose programs lie beside it as ELF files. Those say FAILED if
they find something wrong themselves. Lines are typed when the shell asks for them. QEMU counts instructions (-icount), so that its clock is not the host's.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "qemu"))

from console import text_of  # noqa: E402 (the tests on QEMU own these)
from machine import Machine  # noqa: E402

TIMEOUT = 30.0
PROMPT = b"\n> "
FAILED = "FAILED"
CLOSING = "[BOOT] Halting CPU..."
TWIN_CPUS = {"cortex-a72": "a72", "max": "max"}
# The programs of the archive here, in its order. The first one is what boots if nothing else is asked for.
OWN = ("traps", "pages", "waits", "left", "right")
# QEMU's time is that of its instructions, and passes at once while all wait: but not where somebody types.
ICOUNT = ("-icount", "shift=0,sleep=off")

# What is typed to the shell. "{1}" is the process of the job with that number.
SESSION = (
    "help",
    "ls",
    "hello",
    "ello\x1b[Hh\x1b[F",
    "nothing",
    "limits",
    "stress exit 7",
    "stress crash null",
    "stress crash write",
    "stress crash exec",
    "stress crash stack",
    "stress crash undefined",
    "stress registers 3",
    "stress map 5",
    "stress wait &",
    # Nobody else needs the CPU as long as these: `ps` finds the one above asleep, however slow the machine is.
    "stress linger",
    "stress linger",
    "stress linger",
    "stress spin &",
    "jobs",
    "ps",
    "mem",
    "kill {1}",
    "kill {2}",
    "jobs",
    "ps",
    "exit",
)
JOB = re.compile(rb"^\[(\d+)\] (\d+) stress$", re.MULTILINE)
# `ps` says how much time a process has had, which is not the same on both: its fourth column is not compared.
PS = re.compile(r"^( +\d+ +\d+ \w+) +\d+( +\d+ \w+)$", re.MULTILINE)


def read_answer(process: subprocess.Popen, deadline: float) -> bytes:
    """What comes before the next prompt, that included; or all that still comes."""
    assert process.stdout is not None
    text = b""
    while not text.endswith(PROMPT):
        if not select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return text + b"\n(timed out)"
        chunk = os.read(process.stdout.fileno(), 4096)
        if not chunk:
            return text
        text += chunk
    return text


def type_lines(process: subprocess.Popen, lines: Sequence[str]) -> bytes:
    assert process.stdin is not None
    deadline = time.monotonic() + TIMEOUT
    console = read_answer(process, deadline)
    jobs: Dict[bytes, bytes] = {}
    for line in lines:
        jobs.update(JOB.findall(console))
        line = re.sub(r"{(\d)}", lambda match: jobs.get(match[1].encode(), b"?").decode(), line)
        process.stdin.write(line.encode() + b"\r")
        process.stdin.flush()
        console += read_answer(process, deadline)
    return console


def play(command: Sequence[str], lines: Sequence[str]) -> Tuple[str, int]:
    """The console and the exit status; -9 if it did not end by itself."""
    stdin = subprocess.PIPE if lines else subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE)
    try:
        console = type_lines(process, lines) if lines else process.communicate(timeout=TIMEOUT)[0]
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        console = b"(timed out)"
    finally:
        process.kill()
    return text_of(console), process.wait()


def commands(options: argparse.Namespace) -> List[List[str]]:
    """QEMU's and the twin's."""
    words = "seed=1" if options.name == OWN[0] else f"seed=1 init={options.name}"
    archive = options.own if options.name in OWN else None
    programs = [str(options.own.parent / f"{name}.elf") for name in OWN] if archive else []
    extra = ICOUNT if options.name != "sh" else ()
    machine = Machine(
        kernel=options.image, cpu=options.cpu, append=words, initrd=archive, extra=extra, qemu=options.qemu
    )
    return [machine.command(None), [str(options.twin), "--cpu", TWIN_CPUS[options.cpu], "--append", words] + programs]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs a program on QEMU and on pantheros-twin, and compares.")
    parser.add_argument("name", metavar="PROGRAM")
    parser.add_argument("--cpu", choices=TWIN_CPUS, default="cortex-a72")
    parser.add_argument("--twin", type=Path, required=True, help="pantheros-twin")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--image", type=Path, required=True, help="the image that takes `seed=N`")
    parser.add_argument("--own", type=Path, required=True, help="the archive of the programs here")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    if not options.twin.exists():
        print("pantheros-twin is not built: Unicorn (its headers and library) is missing: run ./bootstrap")
        return 1
    lines = SESSION if options.name == "sh" else ()
    (qemu, qemu_status), (twin, twin_status) = (play(command, lines) for command in commands(options))
    left, right = (PS.sub(r"\1 TIME\2", console).split("\n") for console in (qemu, twin))
    problems = list(difflib.unified_diff(left, right, "QEMU", "pantheros-twin", lineterm=""))
    if qemu_status != 0 or twin_status != 0:
        problems.append(f"exit status: QEMU {qemu_status}, pantheros-twin {twin_status}")
    if CLOSING not in left or len(left) < 10 or FAILED in qemu:
        problems.append("\n".join(["QEMU said"] + left))
    print("\n".join(problems) or f"{len(left)} lines, the same on both")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
