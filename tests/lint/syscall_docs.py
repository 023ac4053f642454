"""lint.syscall-docs: docs/SYSCALLS.md is what abi/syscalls.def says.

usage: syscall_docs.py GENERATOR FILE
"""

import difflib
import subprocess
import sys

import source_tree


def compare(expected, actual):
    names = ("docs/SYSCALLS.md", "abi/syscalls.def")
    return list(difflib.unified_diff(actual.splitlines(), expected.splitlines(), *names, lineterm=""))


def check(generator, file):
    expected = subprocess.run([generator], capture_output=True, text=True, check=True).stdout
    with open(file, encoding="utf-8") as document:
        findings = compare(expected, document.read())
    return findings + ["run: cmake --build --preset host --target syscall-docs"] if findings else []


if __name__ == "__main__":
    source_tree.finish("syscall-docs", check(*sys.argv[1:]), "docs/SYSCALLS.md")
