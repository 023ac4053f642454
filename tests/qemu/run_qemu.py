#!/usr/bin/env python3
"""Boots PantherOS in QEMU under a hard time limit and judges what it said (console.py, expectation.py).

    run_qemu.py --kernel build/qemu/pantheros.img --cpu max --expect-transcript tests/qemu/transcript.txt
    run_qemu.py --kernel build/qemu/pantheros.elf --machine secure=on --expect-bootfail el
    run_qemu.py --kernel build/qemu/pantheros.img --dry-run

Exit status: 0 passed, 1 failed, 2 wrong use. The time limit ends a machine that hangs; it is no measurement.
"""

from __future__ import annotations

import argparse
import os
import secrets
import selectors
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from console import is_final, text_of
from expectation import BootFail, Expectation, Lines, Outcome, Panic, Transcript, Verbose
from machine import Machine

TIMEOUT = 20.0
# More than any test prints: a machine that floods the console is ended.
CONSOLE_MAX = 1 << 20

# What is typed: once this text has been printed, these bytes.
Typed = Tuple[Tuple[str, bytes], ...]


def new_nonce() -> int:
    """64 bits, and always 20 digits, so that reading it always takes the same number of instructions."""
    return 10**19 + secrets.randbelow((1 << 64) - 10**19)


def _type(process: subprocess.Popen, data: bytes) -> None:
    """In the background: the machine takes it when it can."""

    def write() -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(data)
            process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    threading.Thread(target=write, daemon=True).start()


def _converse(
    process: subprocess.Popen, nonce: Optional[int], timeout: float, typed: Typed
) -> Tuple[bytes, bool, bool]:
    """Reads, and types, until QEMU ends, the kernel says its last word, or time is up: the bytes, and whether each of
    the latter two came about."""
    assert process.stdout is not None
    deadline = time.monotonic() + timeout
    untyped = list(typed)
    console = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(console) < CONSOLE_MAX:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                return console, False, True
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                return console, False, False
            console += chunk
            if b"\n" in chunk and is_final(console, nonce):
                return console, True, False
            if untyped and untyped[0][0].encode() in console:
                _type(process, untyped.pop(0)[1])
    return console, False, True


def run(command: Sequence[str], nonce: Optional[int], timeout: float = TIMEOUT, typed: Typed = ()) -> Outcome:
    """Runs QEMU to its end, whatever happens: by itself, by the kernel's last word, or by the time limit."""
    stdin = subprocess.PIPE if typed else subprocess.DEVNULL
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=errors)
        try:
            console, stopped, timed_out = _converse(process, nonce, timeout, typed)
            if not stopped and not timed_out:
                try:
                    process.wait(timeout)
                except subprocess.TimeoutExpired:
                    timed_out = True
        finally:
            ended_by_itself = process.poll()
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
        errors.seek(0)
        status = None if stopped or timed_out else ended_by_itself
        return Outcome(console, errors.read().decode("utf-8", "replace"), status, timed_out)


def report(command: Sequence[str], outcome: Outcome, problems: Sequence[str]) -> str:
    """What a reader needs in order to see and repeat a failure."""
    lines = ["FAIL: " + problem for problem in problems]
    lines += ["command: " + shlex.join(command), "QEMU's exit status: " + str(outcome.status)]
    if outcome.errors:
        lines += ["--- QEMU said", outcome.errors.rstrip("\n")]
    lines += ["--- console", text_of(outcome.console).rstrip("\n"), "--- end"]
    return "\n".join(lines)


def check(machine: Machine, expectation: Expectation, nonce: Optional[int], timeout: float = TIMEOUT) -> List[str]:
    """Boots and judges once; prints a report if something is wrong, and returns the problems."""
    command = machine.command(nonce)
    outcome = run(command, nonce, timeout)
    problems = expectation.problems(outcome, nonce)
    if problems:
        print(report(command, outcome, problems))
    return problems


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Boots PantherOS in QEMU and judges what it said.")
    parser.add_argument("--kernel", type=Path, required=True, help="pantheros.img or pantheros.elf")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--cpu", default="cortex-a72")
    parser.add_argument("--memory", default="128M")
    parser.add_argument("--machine", action="append", default=[], metavar="OPTION", help="such as virtualization=on")
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--initrd", type=Path, help="a boot archive instead of the built-in one (Image only)")
    parser.add_argument("--append", default="", help="words for the kernel command line")
    parser.add_argument("--no-nonce", action="store_true", help="the plain command, and every verdict is believed")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds after which a hang is a failure")
    parser.add_argument("--dry-run", action="store_true", help="print the QEMU line and run nothing")
    expect = parser.add_mutually_exclusive_group()
    expect.add_argument("--expect-transcript", type=Path, metavar="FILE", help="exactly this text")
    expect.add_argument("--expect-verbose", type=Path, metavar="FILE", help="this text's lines and more boot lines")
    expect.add_argument("--expect-line", action="append", metavar="REGEX", help="whole lines, in order; repeatable")
    expect.add_argument("--expect-bootfail", metavar="TAG")
    expect.add_argument("--expect-panic", metavar="TAG")
    return parser


def _expectation(options: argparse.Namespace) -> Expectation:
    if options.expect_transcript:
        return Transcript(options.expect_transcript.read_text())
    if options.expect_verbose:
        return Verbose(options.expect_verbose.read_text())
    if options.expect_bootfail:
        return BootFail(options.expect_bootfail)
    if options.expect_panic:
        return Panic(options.expect_panic)
    return Lines(tuple(options.expect_line or ()))


def main() -> int:
    options = _arguments().parse_args()
    machine = Machine(
        kernel=options.kernel,
        cpu=options.cpu,
        memory=options.memory,
        options=tuple(options.machine),
        cpus=options.cpus,
        append=options.append,
        initrd=options.initrd,
        qemu=options.qemu,
    )
    nonce = None if options.no_nonce else new_nonce()
    if options.dry_run:
        print(shlex.join(machine.command(nonce)))
        return 0
    return 1 if check(machine, _expectation(options), nonce, options.timeout) else 0


if __name__ == "__main__":
    sys.exit(main())
