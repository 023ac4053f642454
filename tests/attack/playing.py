"""Runs entries of ctest's, several at a time, and says how each came out and which line shows it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable, Dict, Iterable, List, Sequence, Tuple

from listing import Test

DECIDED = "decided: "
# A runner that could not start what it runs: Python's report of an OSError.
FELL = re.compile(
    r"^Traceback \(most recent call last\):\n(?:.*\n)*(?:OS|FileNotFound|Permission|NotADirectory)Error\b", re.MULTILINE
)


@dataclass(frozen=True)
class Result:
    passed: bool
    output: str
    was_played: bool = True  # else something is missing that it needs, and it says nothing about the kernel

    @property
    def lines(self) -> List[str]:
        """The lines that decided it: what a row's runner marked, what failed, or the last one."""
        said = [line for line in self.output.split("\n") if line.strip()]
        if not self.passed:
            said = [line for line in said if line.startswith("FAIL")] or said[-3:]
        else:
            said = [line[len(DECIDED) :] for line in said if line.startswith(DECIDED)] or said[-1:]
        return list(dict.fromkeys(said))


def _run(test: Test) -> Tuple[int, str]:
    """Its exit status and what it printed. A test that hangs is ended with the machines that it has started."""
    process = subprocess.Popen(
        test.command, cwd=test.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=test.timeout)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return process.returncode, output.decode("latin-1")


def play(test: Test) -> Result:
    """A hang is a failure of what was tried: tests without a machine have no other limit."""
    if not test.command:
        return Result(False, f"FAIL: {test.name} is not built", was_played=False)
    try:
        status, output = _run(test)
    except OSError as error:
        return Result(False, f"FAIL: {test.name}: {error}", was_played=False)
    except subprocess.TimeoutExpired as error:
        return Result(False, f"FAIL: {test.name}: {error}")
    if status != 0 and FELL.search(output):
        return Result(False, output, was_played=False)
    passed = (status != 0) == test.will_fail
    return Result(passed, output if passed or output.strip() else f"FAIL: status {status}")


def _announce(done: Dict[str, Result], of: int) -> None:
    name, result = next(reversed(list(done.items())))
    if not result.passed:
        print(f"{name} failed: {'; '.join(result.lines)}", flush=True)
    if len(done) % 100 == 0 or len(done) == of:
        print(f"{len(done)} of {of} tests", file=sys.stderr, flush=True)


def play_all(tests: Iterable[Test], jobs: int, run: Callable[[Test], Result] = play) -> Dict[str, Result]:
    """By name. Those whose results others need come first."""
    by_name = {test.name: test for test in tests}
    done: Dict[str, Result] = {}

    def take(some: Sequence[Test]) -> None:
        with ThreadPoolExecutor(jobs) as pool:
            for test, result in zip(some, pool.map(run, some)):
                done[test.name] = result
                _announce(done, len(by_name))

    take([test for test in by_name.values() if test.is_first])
    take([test for test in by_name.values() if not test.is_first])
    return done
