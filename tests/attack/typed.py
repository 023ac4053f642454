"""Runs QEMU with somebody at its keyboard."""

from __future__ import annotations

import os
import selectors
import subprocess
import tempfile
import threading
import time
from typing import List, Sequence, Tuple

from console import is_final
from expectation import Outcome
from row import Typed

CONSOLE_MAX = 1 << 20


def _type(process: subprocess.Popen, data: bytes) -> threading.Thread:
    """In the background: the machine takes it when it can."""

    def write() -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(data)
            process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


def _read(process: subprocess.Popen, nonce: int, timeout: float, typed: Typed) -> Tuple[bytes, bool, bool]:
    """Reads until QEMU ends, the kernel says its last word, or time is up: the bytes, and whether each of the latter
    two came about."""
    assert process.stdout is not None
    deadline = time.monotonic() + timeout
    left: List[Tuple[str, bytes]] = list(typed)
    console = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(console) < CONSOLE_MAX:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not selector.select(remaining):
                return console, False, True
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                return console, False, False
            console += chunk
            if b"\n" in chunk and is_final(console, nonce):
                return console, True, False
            if left and left[0][0].encode() in console:
                _type(process, left.pop(0)[1])
    return console, False, True


def run_typed(command: Sequence[str], nonce: int, timeout: float, typed: Typed) -> Outcome:
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        try:
            console, stopped, timed_out = _read(process, nonce, timeout, typed)
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
