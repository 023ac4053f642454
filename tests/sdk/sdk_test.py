#!/usr/bin/env python3
"""The installed SDK must be enough to build programs and an archive outside the tree, and the kernel must run them.

    sdk_test.py --cmake cmake --ninja ninja --clang clang-19 --picolibc /usr/lib/... --source . --build build/qemu
        --qemu qemu-system-aarch64
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "qemu"))
from expectation import Lines  # noqa: E402 (the tests on QEMU own these)
from machine import Machine  # noqa: E402
from run_qemu import check, new_nonce  # noqa: E402

HERE = Path(__file__).resolve().parent
LINES = ["A program from outside the tree: first", "forty-two"]
LINES += [f"{name} gave the answer" for name in ("answer", "startup", "startup-fixed")]
# first.c leaves out the program with the C library where there is none.
LINES_OF_PICOLIBC = [r"two 0x2a 2\.625   -42\| no newline yet", "the end of formatted gave the answer"]
LAST_LINES = ["startup fell", "startup-fixed fell"]


def run(*command: object) -> None:
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{result.stdout}{result.stderr}")


def build(options: argparse.Namespace, folder: Path) -> Path:
    """Installs the SDK, builds a copy of the project with it, and returns the archive."""
    prefix, project, tree = folder / "prefix", folder / "project", folder / "build"
    run(options.cmake, "--install", options.build, "--component", "sdk", "--prefix", prefix)
    shutil.copytree(HERE / "project", project)
    run(
        options.cmake, "-G", "Ninja", "-S", project, "-B", tree,
        f"-DCMAKE_TOOLCHAIN_FILE={prefix}/share/PantherOS/toolchains/aarch64-none-elf.cmake",
        f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_MAKE_PROGRAM={options.ninja}", f"-DPANTHER_CLANG={options.clang}",
        f"-DPANTHER_PICOLIBC={options.picolibc}",
    )  # fmt: skip
    run(options.cmake, "--build", tree)
    return tree / "outside.cpio"


def stray_paths(options: argparse.Namespace, folder: Path) -> List[str]:
    """Files of the project's build that lead back into this tree: the SDK would then not be complete."""
    rules = (folder / "build" / "build.ninja").read_text()
    for own in (folder / "project", folder):
        rules = rules.replace(str(own), "")
    return [f"the project's build names {options.source}"] if f"{options.source}/" in rules else []


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("cmake", "ninja", "clang", "picolibc", "qemu"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    options = parser.parse_args()
    lines = LINES + (LINES_OF_PICOLIBC if options.picolibc else []) + LAST_LINES
    with tempfile.TemporaryDirectory() as name:
        archive = build(options, Path(name))
        problems = stray_paths(options, Path(name))
        print("\n".join(problems), end="")
        machine = Machine(kernel=options.build / "pantheros.img", initrd=archive, qemu=options.qemu)
        problems += check(machine, Lines(tuple(lines)), new_nonce())
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
