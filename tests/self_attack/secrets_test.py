#!/usr/bin/env python3
"""Two boots on a CPU with PAC must not share their stack canary, nor either half of their key, nor have a trivial one.

    secrets_test.py --qemu qemu-system-aarch64 --image pantheros-self-attack.img
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "qemu"))

from console import text_of  # noqa: E402
from expectation import Panic  # noqa: E402
from machine import Machine  # noqa: E402
from run_qemu import new_nonce, report, run  # noqa: E402

VERDICT = re.compile(r"KPANIC\[secrets\] canary=0x([0-9a-f]+) key=0x([0-9a-f]+),0x([0-9a-f]+)")
NAMES = ("canary", "low half of the key", "high half of the key")


def boot(qemu: str, image: Path) -> Dict[str, int]:
    """The secrets of one boot, by name; none if it did not say them."""
    nonce = new_nonce()
    command = Machine(kernel=image, cpu="max", append="kbug=secrets", qemu=qemu).command(nonce)
    outcome = run(command, nonce)
    problems = Panic("secrets").problems(outcome, nonce)
    said = VERDICT.search(text_of(outcome.console))
    if problems or said is None:
        print(report(command, outcome, problems or ["the secrets are not on the console"]))
        return {}
    return dict(zip(NAMES, (int(value, 16) for value in said.groups())))


def problems_of(first: Dict[str, int], second: Dict[str, int]) -> List[str]:
    # Boot's first canary is the time: it leaves the upper 24 bits zero, which a random one does once in 2**24 boots.
    problems = [f"the {name} is too small: {value:#x}" for name, value in first.items() if value < 1 << 40]
    problems += [f"two boots have the same {name}: {first[name]:#x}" for name in NAMES if first[name] == second[name]]
    if first["canary"] & 0xFF:
        problems.append(f"the canary's lowest byte is not 0: {first['canary']:#x}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--image", type=Path, required=True)
    options = parser.parse_args()
    boots = [boot(options.qemu, options.image) for _ in range(2)]
    if not all(boots):
        return 1
    problems = problems_of(*boots)
    for problem in problems:
        print("FAIL: " + problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
