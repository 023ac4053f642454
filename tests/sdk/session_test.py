#!/usr/bin/env python3
"""A session of the shell: each line is typed when the shell asks for it, and the answer must be the right one.

    session_test.py --qemu qemu-system-aarch64 --image build/qemu/pantheros.img [--demo]
"""

from __future__ import annotations

import argparse
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "qemu"))
from console import text_of  # noqa: E402 (the tests on QEMU own these)
from expectation import Outcome, closing_problems  # noqa: E402
from machine import Machine  # noqa: E402
from run_qemu import new_nonce, report  # noqa: E402

PROMPT = b"\n> "
TIMEOUT = 30.0  # ends a shell that hangs

# What is typed, and the lines of the answer. A name found in one of them ({pid}) stands for its text from then on.
# `K`: the kernel's line about a fault, which may come anywhere.
Step = Tuple[str, List[str]]
K = r"\[KILL\] .*"
STEPS: List[Step] = [
    ("hello", ["Hello from secure kernel!", ""]),
    ("ello\x1b[Hh\x1b[F", ["Hello from secure kernel!", ""]),
    ("nothing", ["sh: nothing: no such program"]),
    ("stress crash null", ["K", "sh: stress: fault, exception class 0x24"]),
    ("stress crash exec", ["K", "sh: stress: fault, exception class 0x20"]),
    ("stress exit 7", ["sh: stress: exit status 7"]),
    ("stress 10 1", ["stress: 10 cycles, seed 1", "stress: 10 cycles, counts as before"]),
    ("stress spin &", [r"\[1\] (?P<pid>\d+) stress"]),
    ("jobs", [r"\[1\] {pid} stress"]),
    ("ps", [".*PROGRAM", r" +1 +0 ready .* sh", r" +{pid} +1 ready .* stress"]),
    ("kill {pid}", [r"\[1\] {pid} stress: killed"]),
    ("ps", [".*PROGRAM", r" +1 +0 ready .* sh"]),
    ("time hello", ["Hello from secure kernel!", "", r"\d+\.\d{{6}} seconds"]),
]
DEMO: List[Step] = [("demo", [r".*", r"the square root of 2 is 1\.414213562373", r".*", r".*2016", r"a block of .*"])]


def answer_problems(typed: str, wanted: List[str], answer: str, names: Dict[str, str]) -> List[str]:
    lines = answer.split("\n")[1:-1]  # the echo of what was typed, and the prompt
    faults = [line for line in lines if re.fullmatch(K, line)]
    lines = [line for line in lines if line not in faults]
    patterns = [pattern.format_map(names) for pattern in wanted if pattern != "K"]
    matches = [re.fullmatch(pattern, line) for pattern, line in zip(patterns, lines)]
    if len(lines) != len(patterns) or not all(matches) or ("K" in wanted and len(faults) != 1):
        return [f"{typed!r} was answered by {lines + faults}"]
    for match in matches:
        names.update(match.groupdict())
    return []


def read_until_prompt(process: subprocess.Popen, deadline: float) -> bytes:
    """What comes before the next prompt, that included; or all that still comes."""
    assert process.stdout is not None
    text = b""
    while not text.endswith(PROMPT):
        if not select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return text
        chunk = os.read(process.stdout.fileno(), 4096)
        if not chunk:
            return text
        text += chunk
    return text


def play(process: subprocess.Popen, steps: List[Step]) -> Tuple[bytes, List[str]]:
    assert process.stdin is not None
    deadline = time.monotonic() + TIMEOUT
    names: Dict[str, str] = {}
    problems: List[str] = []
    console = read_until_prompt(process, deadline)
    for typed, wanted in steps:
        typed = typed.format_map(names)
        process.stdin.write(typed.encode() + b"\r")
        process.stdin.flush()
        answer = read_until_prompt(process, deadline)
        console += answer
        problems += answer_problems(typed, wanted, text_of(answer), names)
        if problems:
            break
    process.stdin.write(b"exit\r")
    process.stdin.flush()
    return console + read_until_prompt(process, deadline), problems


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--demo", action="store_true", help="the archive has the program with a C library")
    options = parser.parse_args()
    nonce = new_nonce()
    command = Machine(kernel=options.image, append="init=sh", qemu=options.qemu).command(nonce)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        console, problems = play(process, STEPS + (DEMO if options.demo else []))
        status = process.wait(TIMEOUT)
    finally:
        process.kill()
    outcome = Outcome(console, "", status, False)
    problems += closing_problems(outcome, nonce)
    if problems:
        print(report(command, outcome, problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
