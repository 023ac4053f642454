#!/usr/bin/env python3
"""What the hardening costs: the figures of `ninja bench` for the image as it ships, and for images made without one
kind of compiler flag, or without all of them. Prints a table, as docs/SECURITY.md has it.

    price.py --root SOURCES --work FOLDER --cmake cmake --qemu qemu-system-aarch64 --nm llvm-nm
        --image pantheros.img --kernel pantheros.elf --hello hello.elf --programs DIR -- OPTIONS FOR CMAKE...
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Tuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / folder) for folder in ("attack", "qemu")]

from edited_tree import Edit, EditedTree, EditError
from elf_file import ElfFile

FLAGS = "cmake/hardening.cmake"
BENCH = re.compile(r"^bench (\S+) (\S+) \S+$", re.MULTILINE)


def no_flags(*flags: str) -> Tuple[Edit, ...]:
    """Without these words of the list of flags. A generator expression may become empty."""
    return tuple(Edit(FLAGS, flag, "") for flag in flags)


UNDEFINED = (
    "-fsanitize=array-bounds,local-bounds,shift,signed-integer-overflow,integer-divide-by-zero",
    "-fsanitize=unreachable,return,vla-bound,bool,enum,builtin,returns-nonnull-attribute",
)
# What stays either way is no protection: the reserved x18, which assembly counts on, and where the image can lie.
WITHOUT: Dict[str, Tuple[Edit, ...]] = {
    "undefined behaviour traps": no_flags(*UNDEFINED)
    + (
        Edit("cmake/kernel.cmake", "set(flags -fsanitize=unsigned-integer-overflow)", 'set(flags "")'),
        Edit("cmake/kernel.cmake", "list(APPEND flags -fsanitize-trap=unsigned-integer-overflow)", ""),
    ),
    "kCFI": no_flags("-fsanitize=kcfi"),
    "shadow call stack": no_flags("-fsanitize=shadow-call-stack;"),
    "PAC and BTI": no_flags("-mbranch-protection=pac-ret+bti;", "\n\tLINKER:-z,bti-report=error"),
    "canaries": no_flags("-fstack-protector-strong;"),
    "zeroed locals": no_flags("-ftrivial-auto-var-init=zero;"),
    "zeroed registers": no_flags("-fzero-call-used-regs=used-gpr"),
}


@dataclass(frozen=True)
class Priced:
    title: str
    figure: str


FIGURES = (
    Priced("null call", "null-syscall"),
    Priced("write of 1 byte", "write-1"),
    Priced("write of 4096 bytes, a byte", "write-4096"),
    Priced("switch", "yield-switch"),
    Priced("tick", "tick"),
    Priced("spawn, exit, wait", "spawn-exit-wait-less-copying"),
    Priced("map of a page", "map-1"),
    Priced("heap, a block taken", "heap-allocate-least"),
    Priced("heap, a block given back", "heap-free-least"),
    Priced("boot", "boot-el0"),
    Priced("code, bytes", "code"),
    Priced("image with its programs, bytes", "image"),
)
# Not of `ninja bench`.
SIZES = ("code", "image")


def code_size(kernel: Path) -> int:
    """Bytes of .text, without what fills its last page."""
    elf = ElfFile(kernel)
    segment = min(elf.segments, key=lambda segment: segment.address)
    return len(elf.data[segment.offset : segment.offset + segment.file_size].rstrip(b"\0"))


def figures_of(options: argparse.Namespace, folder: Path) -> Dict[str, float]:
    """Of the images in this folder, with the programs that are there already. What is over its budget is not judged."""
    kernel = folder / "pantheros.elf"
    command = [sys.executable, "-B", str(HERE / "bench.py"), "--qemu", options.qemu, "--nm", options.nm]
    command += ["--image", str(folder / "pantheros.img"), "--kernel", str(kernel)]
    command += ["--hello", str(options.hello), "--programs", str(options.programs)]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    figures = {name: float(value) for name, value in BENCH.findall(result.stdout)}
    if any(priced.figure not in figures for priced in FIGURES if priced.figure not in SIZES):
        raise EditError(result.stdout[-4000:])
    return {**figures, "code": code_size(kernel), "image": (folder / "pantheros.img").stat().st_size}


def measure(options: argparse.Namespace, tree: EditedTree, edits: Tuple[Edit, ...]) -> Dict[str, float]:
    with tree.edited(edits):
        tree.build(["pantheros-image"], jobs=2)
        return figures_of(options, tree.build_folder)


def shown(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def percent(full: float, without: float) -> str:
    return f"{(full / without - 1) * 100:+.1f} %"


def table(full: Dict[str, float], plain: Dict[str, float], single: Dict[str, Dict[str, float]]) -> str:
    """A line a figure: with all, without any, the difference, and what each kind adds to an image with the others."""
    lines = ["| | hardened | without | price | " + " | ".join(single) + " |", "|---" * (4 + len(single)) + "|"]
    for priced in FIGURES:
        name = priced.figure
        cells = [shown(full[name]), shown(plain[name]), percent(full[name], plain[name])]
        cells += [percent(full[name], without[name]) for without in single.values()]
        lines.append(f"| {priced.title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What the hardening costs.")
    for name in ("root", "work", "hello", "programs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("cmake", "qemu", "nm"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("options", nargs="*", help="for CMake")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    try:
        tree = EditedTree(options.root, options.work, options.cmake, options.options)
        full = measure(options, tree, ())
        single = {name: measure(options, tree, edits) for name, edits in WITHOUT.items()}
        plain = measure(options, tree, tuple(edit for edits in WITHOUT.values() for edit in edits))
    except EditError as error:
        print(f"FAIL: {error}")
        return 1
    print(table(full, plain, single))
    return 0


if __name__ == "__main__":
    sys.exit(main())
