#!/usr/bin/env python3
"""Plays scripts on QEMU and in the twin and compares every byte of the two consoles. A script that differs is made small
and printed.

    differential.py --cpu max --part 2/4 --scripts FILE [--types] and where things are

Exit status: 0 the same, 1 different or failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import List, Optional, Sequence

from archives import SCRIPT_SIZE
from boots import CPUS, SHORT_TIMEOUT, TIMEOUT, Backends, Pair, boot_both
from minimise import minimise
from steps import file_of
from transcript import first_difference, parts

# How much of a console is shown.
SHOWN = 2000
# How long, from the start, a script is made smaller. ctest gives 300 s; a try and the report take up to 20 s each.
MINIMISE_SECONDS = 150.0


def add_places(parser: argparse.ArgumentParser, build: Optional[Path]) -> None:
    """Options that say where things are, by default in a build folder."""

    def add(name: str, path: str) -> None:
        default = build / path if build else None
        parser.add_argument(name, type=Path, default=default, required=default is None)

    add("--programs", "tests/differential")
    add("--twin", "twin/tests/differential/differential_twin")
    add("--image", "pantheros-seeded.img")
    add("--script-tool", "twin/tests/script/script_tool")
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--seed", type=int, default=1, help="what the kernel's random numbers come from")


def backends_of(options: argparse.Namespace) -> Backends:
    return Backends(options.programs, options.twin, options.image, options.qemu, options.seed)


def read_scripts(path: Path) -> List[bytes]:
    data = path.read_bytes()
    return [data[at : at + SCRIPT_SIZE] for at in range(0, len(data), SCRIPT_SIZE)]


def show(tool: Path, script: bytes) -> str:
    """The script as text."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(file_of(script))
        file.flush()
        command = [str(tool), "show", file.name]
        return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


def printable(console: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 or byte == 10 else f"\\x{byte:02x}" for byte in console)


def show_part(name: str, console: bytes, number: int) -> str:
    text = dict(parts(console)).get(number, console)
    return f"--- {name}\n" + printable(text[-SHOWN:]).rstrip("\n")


class Comparison:
    """Boots of one CPU, and what is wrong with them."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.deadline = time.monotonic() + MINIMISE_SECONDS

    def boot(self, scripts: Sequence[bytes], timeout: float = TIMEOUT) -> Pair:
        options = self.options
        return boot_both(backends_of(options), options.cpu, scripts, options.types, options.twin_cpu, timeout)

    def first(self, scripts: Sequence[bytes]) -> Optional[int]:
        pair = self.boot(scripts, SHORT_TIMEOUT)
        if pair.qemu.console == pair.twin.console:
            return None
        return max(0, first_difference(pair.qemu.console, pair.twin.console))

    def explain(self, scripts: Sequence[bytes], number: int) -> str:
        """What differs, as small as it gets. A script that does not differ by itself stays as it is, and so does one
        that has become too small: in a boot of many, one may differ because of what those before it have left."""
        script = scripts[number]
        if self.first([script]) is None:
            pair = self.boot(scripts[: number + 1])
            title = f"script {number} differs, but only behind those before it"
            return self.report(title, script, pair, number)
        small = minimise(script, self.first, self.deadline)
        pair = self.boot([small], SHORT_TIMEOUT)
        if pair.qemu.console == pair.twin.console:
            small, pair = script, self.boot([script], SHORT_TIMEOUT)
        return self.report(f"script {number} differs; what it takes:", small, pair, 0)

    def report(self, title: str, script: bytes, pair: Pair, number: int) -> str:
        lines = [title, show(self.options.script_tool, script).rstrip("\n")]
        lines += [show_part("QEMU", pair.qemu.console, number), show_part("twin", pair.twin.console, number), "--- end"]
        return "\n".join(lines)

    def problems(self, scripts: Sequence[bytes]) -> List[str]:
        pair = self.boot(scripts)
        found = [f"QEMU: {problem}" for problem in pair.qemu.problems]
        found += [f"twin: {problem}" for problem in pair.twin.problems]
        if pair.qemu.console != pair.twin.console:
            number = first_difference(pair.qemu.console, pair.twin.console)
            found.append(self.explain(scripts, max(0, number)))
        elif len(parts(pair.qemu.console)) != len(scripts):
            found.append("not all scripts were played")
        if found:
            found += ["QEMU's command: " + " ".join(pair.qemu.command)]
        return found


def part_of(scripts: List[bytes], part: str) -> List[bytes]:
    """Part 2/4: every fourth one from the second on."""
    number, count = (int(word) for word in part.split("/"))
    return scripts[number - 1 :: count]


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares scripts on QEMU and in the twin.")
    parser.add_argument("--cpu", choices=CPUS, required=True)
    parser.add_argument("--twin-cpu", choices=sorted(set(CPUS.values())), help="another one than that CPU is like")
    parser.add_argument("--scripts", type=Path, required=True)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--types", action="store_true", help="somebody types the letter a without end")
    add_places(parser, None)
    options = parser.parse_args()
    scripts = part_of(read_scripts(options.scripts), options.part)
    found = Comparison(options).problems(scripts)
    print("\n".join(found) if found else f"{len(scripts)} scripts, the same on both")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
