"""Runs entries of ctest's, several at a time, and says how each came out and which line shows it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable, Dict, Iterable, List, Sequence

from listing import Test

DECIDED = "decided: "


@dataclass(frozen=True)
class Result:
    passed: bool
    output: str

    @property
    def lines(self) -> List[str]:
        """The lines that decided it: what a row's runner marked, what failed, or the last one."""
        said = [line for line in self.output.split("\n") if line.strip()]
        if not self.passed:
            said = [line for line in said if line.startswith("FAIL")] or said[-3:]
        else:
            said = [line[len(DECIDED) :] for line in said if line.startswith(DECIDED)] or said[-1:]
        return list(dict.fromkeys(said))


def play(test: Test) -> Result:
    if not test.command:
        return Result(False, f"FAIL: {test.name} is not built")
    try:
        ended = subprocess.run(
            test.command, cwd=test.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=test.timeout
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Result(False, f"FAIL: {test.name}: {error}")
    output = ended.stdout.decode("latin-1")
    passed = (ended.returncode != 0) == test.will_fail
    return Result(passed, output if passed or output.strip() else f"FAIL: status {ended.returncode}")


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
