"""Boots an archive of scripts on QEMU or in the twin, and hands out what the console showed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "qemu"))

from console import is_final, verdicts
from cpus import BACKENDS
from expectation import Outcome, closing_problems
from machine import Machine
from run_qemu import new_nonce

from archives import make_archive

# Ends what hangs; a boot of hundreds of scripts takes seconds.
TIMEOUT = 100.0
# For scripts that are made small, which are few and short.
SHORT_TIMEOUT = 10.0
# What is looked at for the kernel's last word while QEMU runs.
TAIL = 8192
# The CPUs, and as which of the twin's each behaves: whether EL0 sees an untranslated kernel half (FEAT_E0PD).
CPUS = {"cortex-a72": "a72", "neoverse-n1": "a72", "max": "max", "max-mte": "max"}
MEMORY = "128M"


@dataclass(frozen=True)
class Backends:
    """What boots are made with, and of."""

    programs: Path  # the folder with director.elf and player.elf
    twin: Path  # differential_twin
    image: Path
    qemu: str = "qemu-system-aarch64"
    seed: int = 1


@dataclass(frozen=True)
class Boot:
    console: bytes
    problems: List[str]
    command: List[str]


def _type_without_end(process: subprocess.Popen) -> None:
    """In the background: the machine takes it when it can."""

    def write() -> None:
        assert process.stdin is not None
        try:
            while True:
                process.stdin.write(b"a" * 512)
                process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    threading.Thread(target=write, daemon=True).start()


def _tail(console: str) -> bytes:
    """By a file of its own: QEMU's has the place where it writes next."""
    with open(console, "rb") as file:
        file.seek(max(0, file.seek(0, 2) - TAIL))
        return file.read()


def _await_end(process: subprocess.Popen, console: str, nonce: int, timeout: float) -> Optional[bool]:
    """Whether it took too long; None if the kernel has stopped and stays on."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            process.wait(0.1)
            return False
        except subprocess.TimeoutExpired:
            if is_final(_tail(console), nonce) or b"HALT[deadlock]" in _tail(console):
                return None
    return True


def _run(command: Sequence[str], nonce: int, types: bool, timeout: float) -> Outcome:
    with tempfile.NamedTemporaryFile() as console, tempfile.TemporaryFile() as errors:
        stdin = subprocess.PIPE if types else subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=stdin, stdout=console, stderr=errors)
        try:
            if types:
                _type_without_end(process)
            timed_out = _await_end(process, console.name, nonce, timeout)
        finally:
            status = process.poll()
            process.kill()
            process.wait()
        console.seek(0)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
        return Outcome(console.read(), said, status, timed_out is True)


def boot(command: List[str], nonce: int, types: bool = False, timeout: float = TIMEOUT) -> Boot:
    outcome = _run(command, nonce, types, timeout)
    problems = closing_problems(outcome, nonce)
    if outcome.errors and problems:
        problems.append("it said: " + outcome.errors)
    return Boot(outcome.console, problems, command)


def words(backends: Backends, nonce: int) -> str:
    return f"seed={backends.seed} nonce={nonce}"


def qemu_command(backends: Backends, cpu: str, archive: Path, nonce: int) -> List[str]:
    """Time is instructions, and passes at once while nobody runs: so no turn ends where it does not in the twin."""
    machine = Machine(
        kernel=backends.image,
        cpu=BACKENDS[cpu].model,
        options=BACKENDS[cpu].options,
        memory=MEMORY,
        initrd=archive,
        append=f"seed={backends.seed}",
        extra=("-icount", "shift=0,sleep=off"),
        qemu=backends.qemu,
    )
    return machine.command(nonce)


def twin_command(backends: Backends, cpu: str, archive: Path, nonce: int, types: bool = False) -> List[str]:
    """`cpu` is one of the twin's."""
    command = [str(backends.twin), str(archive), cpu, words(backends, nonce)]
    return command + ["types"] * types


@dataclass(frozen=True)
class Pair:
    """The same archive on both."""

    qemu: Boot
    twin: Boot


def boot_both(
    backends: Backends,
    cpu: str,
    scripts: Sequence[bytes],
    types: bool = False,
    twin_cpu: Optional[str] = None,
    timeout: float = TIMEOUT,
) -> Pair:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "archive.cpio")
        archive.write_bytes(make_archive(backends.programs, scripts, types))
        nonce = new_nonce()
        qemu = boot(qemu_command(backends, cpu, archive, nonce), nonce, types, timeout)
        twin = boot(twin_command(backends, twin_cpu or CPUS[cpu], archive, nonce, types), nonce, timeout=timeout)
        return Pair(qemu, twin)
