"""A machine that is typed to: lines go in when the console has said what they are an answer to."""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Optional, Sequence, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from console import is_final, text_of
from expectation import Outcome

# More than any of these runs prints: a machine that floods the console is ended.
CONSOLE_MAX = 1 << 24
# What the kernel's last word may look like (console.is_final).
LAST_WORD = re.compile(rb"BOOTFAIL\[|KPANIC\[halted\]")


class SessionError(Exception):
    """The machine did not say what it should have, or not in time."""


class Session:
    """To be used in a `with`: QEMU ends with it, whatever happens."""

    def __init__(self, command: Sequence[str], nonce: Optional[int], timeout: float) -> None:
        self._nonce = nonce
        self._deadline = time.monotonic() + timeout
        self._heard = 0  # bytes of the console in which nothing more is looked for
        self._console = bytearray()
        self._errors = tempfile.TemporaryFile()
        self._qemu = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, bufsize=0
        )
        assert self._qemu.stdin is not None and self._qemu.stdout is not None
        self._stdin, self._stdout = self._qemu.stdin, self._qemu.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stdout, selectors.EVENT_READ)

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._qemu.kill()
        self._qemu.wait()
        self._selector.close()
        self._stdin.close()
        self._stdout.close()
        self._errors.close()

    @property
    def console(self) -> bytes:
        return bytes(self._console)

    def _read(self) -> bool:
        """Reads what there is, at least a byte; False at the end."""
        left = self._deadline - time.monotonic()
        if left <= 0 or not self._selector.select(left):
            raise SessionError("timed out")
        chunk = os.read(self._stdout.fileno(), 1 << 16)
        self._console += chunk
        if len(self._console) > CONSOLE_MAX:
            raise SessionError("a flood")
        return chunk != b""

    def _pass_lines(self) -> None:
        """Leaves the whole lines that there are behind; an error, if one of them is the kernel's last word."""
        end = self._console.rfind(b"\n") + 1
        if LAST_WORD.search(self._console, self._heard, end) and is_final(self.console, self._nonce):
            raise SessionError("the kernel stopped")
        self._heard = max(self._heard, end)

    def expect(self, pattern: str) -> Tuple[str, ...]:
        """Waits for a whole line, behind those waited for before, that matches; returns the pattern's groups."""
        line = re.compile(f"^(?:{pattern})\n".encode("latin-1"), re.MULTILINE)
        while True:
            match = line.search(self._console, self._heard)
            if match is not None:
                self._heard = match.end()
                return tuple(text_of(group) for group in match.groups())
            self._pass_lines()
            if not self._read():
                raise SessionError(f"no line matches {pattern!r}")

    def type(self, line: str) -> None:
        self._stdin.write(line.encode() + b"\n")

    def finish(self) -> Outcome:
        """Waits until the machine ends by itself."""
        self._pass_lines()
        while self._read():
            self._pass_lines()
        try:
            self._qemu.wait(max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise SessionError("timed out") from error
        return self.outcome()

    def outcome(self) -> Outcome:
        """What there is to judge by now."""
        self._errors.seek(0)
        errors = self._errors.read().decode("utf-8", "replace")
        return Outcome(self.console, errors, self._qemu.poll(), False)
