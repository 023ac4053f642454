"""The entries of a build's ctest, as ctest itself lists them, and which of the matrix's rows they are."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Set, Tuple

from cpus import BACKENDS


class BuildError(Exception):
    """The end of what the build said."""


@dataclass(frozen=True)
class Test:
    name: str
    command: Tuple[str, ...]
    folder: Optional[str] = None
    timeout: float = 600.0
    will_fail: bool = False
    labels: Tuple[str, ...] = ()
    is_first: bool = False  # others need what it makes

    @property
    def row(self) -> str:
        """attack.ROW.BACKEND or attack.ROW.PART.BACKEND; nothing, if it is no row's."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == "attack" and len(parts) > 2 and parts[-1] in BACKENDS else ""

    @property
    def letter(self) -> str:
        return BACKENDS[self.name.split(".")[-1]].letter


def _test(entry: Dict[str, object]) -> Test:
    properties = {p["name"]: p["value"] for p in entry.get("properties", [])}  # type: ignore[attr-defined]
    return Test(
        str(entry["name"]),
        tuple(entry.get("command", ())),  # type: ignore[arg-type]
        properties.get("WORKING_DIRECTORY"),
        float(properties.get("TIMEOUT", 600)),
        bool(properties.get("WILL_FAIL", False)),
        tuple(properties.get("LABELS", ())),
        "FIXTURES_SETUP" in properties,
    )


def tests_of(build: Path) -> List[Test]:
    command = ["ctest", "--test-dir", str(build), "--show-only=json-v1"]
    listed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return [_test(entry) for entry in json.loads(listed)["tests"]]


def _goals(test: Test) -> Set[str]:
    """What ninja may call it: ctest does not tell the command of a program that is not built."""
    return {test.name.rpartition(":")[2].replace(".", "_"), "fuzzers"} if not test.command else set()


def build_for(tree: Path, ninja: str, tests: Sequence[Test]) -> None:
    """Builds what these tests run, of what that tree can build: the files that they name, the programs and archives in folders."""
    listed = subprocess.run([ninja, "-C", str(tree), "-t", "targets", "all"], stdout=subprocess.PIPE, check=True).stdout
    known = {line.rpartition(":")[0] for line in listed.decode().split("\n")}
    words = {os.path.relpath(word, tree) for test in tests for word in test.command if os.path.isabs(word)}
    words |= {goal for test in tests for goal in _goals(test)}
    programs = {name for name in known if name.endswith((".elf", ".cpio")) and os.path.dirname(name) in words}
    command = [ninja, "-C", str(tree), *sorted(words & known | programs)]
    built = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if built.returncode != 0:
        raise BuildError(built.stdout[-4000:])
