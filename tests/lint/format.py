"""lint.format: all C sources are as clang-format would have them, and all text is tidy at its ends.

usage: format.py [--apply] ROOT CLANG_FORMAT     --apply formats the C sources instead
"""

import re
import subprocess
import sys

import source_tree

TEXT = (".c", ".h", ".S", ".ld", ".def", ".py", ".cmake", ".txt", ".md", ".json", ".in")


def check_ends(name, text):
    findings = []
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            findings.append(f"{name}:{number}: white space at the end of the line")
    if text and not text.endswith("\n"):
        findings.append(f"{name}: no newline at the end of the file")
    if text.endswith("\n\n"):
        findings.append(f"{name}: empty lines at the end of the file")
    return findings


def check_clang_format(root, clang_format):
    names = source_tree.with_suffix(root, source_tree.C_SUFFIXES)
    if not names:
        return ["no C sources found"]
    command = [clang_format, "--style=file", "--dry-run", "-Werror", *names]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    places = {}
    for name, line in re.findall(r"^(\S+):(\d+):\d+: error: ", result.stderr, re.MULTILINE):
        places.setdefault(name, line)
    if result.returncode and not places:
        return [result.stderr.strip()]
    return [f"{name}:{line}: not as clang-format has it (`ninja format` mends it)" for name, line in places.items()]


def apply(root, clang_format):
    names = source_tree.with_suffix(root, source_tree.C_SUFFIXES)
    subprocess.run([clang_format, "--style=file", "-i", *names], cwd=root, check=True)


def check(root, clang_format):
    findings = check_clang_format(root, clang_format)
    for name in source_tree.with_suffix(root, TEXT):
        findings += check_ends(name, source_tree.read(root, name))
    return findings


if __name__ == "__main__":
    if sys.argv[1] == "--apply":
        apply(*sys.argv[2:])
    else:
        source_tree.finish("format", check(*sys.argv[1:]), "all sources")
