#!/usr/bin/env python3
"""L19, L20: the image lies where the tree's kaslr-seed says, and nothing is left of the place that it is linked for
(place_bugs.c). Without a seed a CPU with FEAT_RNG draws one; on others the image stays, and a line says so. The canaries
of all boots differ, and end in a zero byte.

    place_test.py --qemu qemu-system-aarch64 --image pantheros-self-attack.img --cpu cortex-a72 [--machine OPTION]...
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List, NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("qemu", "attack", "malformed")]

from console import text_of
from expectation import Panic
from headers import CONSTANTS
from machine import Machine
from place import PLACE_SIZE, PLACES, distance, with_seed
from run_qemu import new_nonce, report, run

BOOTS = 64
DISTINCT = 60  # that a good generator may repeat a few
LINKED = CONSTANTS["KERNEL_IMAGE_BASE"]
VERDICT = re.compile(r"^KPANIC\[place\] image=0x([0-9a-f]+) canary=0x([0-9a-f]+) ", re.MULTILINE)
STAYS = "[BOOT] No seed to place the kernel by: it stays at the address it is linked for"
# Both ends, and one step in each of the two tables.
SEEDS = (PLACES, 1, 511, 512, PLACES - 512, PLACES - 1)
WITH_RNDR = ("max",)


class Boot(NamedTuple):
    image: int
    canary: int
    stays: bool  # said so


class PlaceError(Exception):
    pass


def boot(machine: Machine) -> Boot:
    nonce = new_nonce()
    command = machine.command(nonce)
    outcome = run(command, nonce)
    text = text_of(outcome.console)
    problems = Panic("place").problems(outcome, nonce)
    said = VERDICT.search(text)
    if problems or said is None:
        raise PlaceError(report(command, outcome, problems or ["the place is not on the console"]))
    return Boot(int(said[1], 16), int(said[2], 16), STAYS in text.split("\n"))


def seeded_problems(seed: int, seen: Boot) -> Iterator[str]:
    wanted = LINKED + distance(seed)
    if seen.image != wanted:
        yield f"with the seed {seed:#x} the image is at {seen.image:#x}, not at {wanted:#x}"
    if seen.stays:
        yield f"with the seed {seed:#x} the kernel says that it has none"


def unseeded_problems(cpu: str, seen: List[Boot]) -> Iterator[str]:
    """A seed of 0 is what is left of one that was used."""
    if cpu in WITH_RNDR:
        if seen[0].image == seen[1].image or any(boot.stays for boot in seen):
            yield f"without a seed this CPU has one of its own, but: {seen}"
    elif any(boot.image != LINKED or not boot.stays for boot in seen):
        yield f"without a seed the image stays and the kernel says so, but: {seen}"


def canary_problems(canaries: List[int]) -> Iterator[str]:
    if len(set(canaries)) != len(canaries):
        yield f"{len(canaries)} boots have only {len(set(canaries))} canaries"
    # Boot's first canary is the time, which leaves the upper bits zero.
    yield from (f"a canary is {canary:#x}" for canary in canaries if canary & 0xFF or canary < 1 << 40)


def problems_of(machine: Machine, folder: Path) -> Iterator[str]:
    drawn = random.Random(19)
    seeds = [*SEEDS, *(drawn.getrandbits(64) for _ in range(BOOTS - len(SEEDS)))]
    seen = [boot(with_seed(machine, seed, folder)) for seed in seeds]
    for seed, one in zip(seeds, seen):
        yield from seeded_problems(seed, one)
    places = {one.image for one in seen}
    if len(places) < DISTINCT:
        yield f"{BOOTS} boots, but only {len(places)} places"
    unseeded = [boot(with_seed(machine, 0, folder)) for _ in range(2)]
    yield from unseeded_problems(machine.cpu, unseeded)
    # By the tree that QEMU itself makes, and the ELF file, which is started otherwise.
    usual = [boot(machine), boot(replace(machine, kernel=machine.kernel.with_suffix(".elf")))]
    if len({LINKED, *(one.image for one in usual)}) != 3:
        yield f"by QEMU's own trees: {usual}"
    yield from canary_problems([one.canary for one in (*seen, *unseeded, *usual)])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--cpu", required=True)
    parser.add_argument("--machine", action="append", default=[])
    options = parser.parse_args()
    machine = Machine(
        kernel=options.image,
        cpu=options.cpu,
        options=tuple(options.machine),
        append="kbug=place",
        qemu=options.qemu,
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            problems = list(problems_of(machine, Path(folder)))
        except PlaceError as error:
            problems = [str(error)]
    for problem in problems:
        print("FAIL: " + problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
