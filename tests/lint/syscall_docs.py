"""lint.syscall-docs: docs/SYSCALLS.md is what abi/ says, and leaves none of its constants out.

usage: syscall_docs.py GENERATOR FILE ROOT
"""

import difflib
import re
import subprocess
import sys

import source_tree


def compare(expected, actual):
    names = ("docs/SYSCALLS.md", "abi/syscalls.def")
    return list(difflib.unified_diff(actual.splitlines(), expected.splitlines(), *names, lineterm=""))


CONSTANT = re.compile(r"^#define (PANTHER_\w+)[ (]", re.MULTILINE)
CONSTANTS = ("abi/process.h", "abi/limits.h")


def check_constants(document, name, text):
    """The constants of a header that the document does not name."""
    missing = [constant for constant in CONSTANT.findall(text) if not re.search(rf"`{constant}\b", document)]
    return [f"{name}: docs/SYSCALLS.md does not explain {constant}" for constant in missing]


def check(generator, file, root):
    expected = subprocess.run([generator], capture_output=True, text=True, check=True).stdout
    with open(file, encoding="utf-8") as document:
        findings = compare(expected, document.read())
    if findings:
        findings.append("run: cmake --build --preset host --target syscall-docs")
    for name in CONSTANTS:
        findings += check_constants(expected, name, source_tree.read(root, name))
    return findings


if __name__ == "__main__":
    source_tree.finish("syscall-docs", check(*sys.argv[1:]), "docs/SYSCALLS.md")
