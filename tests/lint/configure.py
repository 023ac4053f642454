"""lint.configure: a missing or too old tool ends the configuration with one clear line, and the twin needs no QEMU.

usage: configure.py ROOT CMAKE

Looks at cmake/tools.cmake and the SDK's files alone, in a PATH of stand-ins that only know their version: a few
milliseconds a case.
"""

import os
import re
import subprocess
import sys
import tempfile

import source_tree

CLANG = "clang version 19.1.7"
LLVM = "LLVM version 19.1.7"
TOOLS = {
    "clang-19": CLANG,
    "ld.lld-19": "LLD 19.1.7",
    "llvm-ar-19": LLVM,
    "llvm-ranlib-19": LLVM,
    "llvm-nm-19": LLVM,
    "llvm-objcopy-19": LLVM,
    "llvm-readelf-19": LLVM,
    "llvm-objdump-19": LLVM,
    "llvm-symbolizer-19": LLVM,
    "clang-format-19": CLANG,
    "clang-tidy-19": LLVM,
    "cpio": "cpio (GNU cpio) 2.13",
    "ninja": "1.11.1",
    "python3": "Python 3.11.2",
    "qemu-system-aarch64": "QEMU emulator version 7.2.22",
}
QEMU = "qemu-system-aarch64"

# backend, changes to the tools (None: not there), what the one line must say (None: no line)
CASES = [
    ("host", {}, None),
    ("qemu_virt", {}, None),
    ("host", {QEMU: None}, None),
    ("host", {"clang-19": None}, r"clang 16 or later is missing: run ./bootstrap"),
    ("host", {"clang-19": None, "clang": "Debian clang version 14.0.6"}, r"clang is too old .*clang 16 or later"),
    ("host", {"clang-19": None, "clang": "Apple clang version 17.0.0"}, r"clang is .*not LLVM's: clang 16 or later"),
    ("host", {"ld.lld-19": None}, r"ld\.lld \(LLVM 19\) is missing: run ./bootstrap"),
    ("host", {"ld.lld-19": None, "ld.lld": "LLD 14.0.6"}, r"ld\.lld is too old: LLVM 16 or later"),
    ("host", {"clang-tidy-19": None}, r"clang-tidy \(LLVM 19\) is missing"),
    ("host", {"clang-format-19": None}, r"clang-format \(LLVM 19\) is missing"),
    ("host", {"ninja": None}, r"ninja is missing: run ./bootstrap"),
    ("host", {"python3": None}, r"python3 is missing: run ./bootstrap"),
    ("host", {"python3": "Python 3.6.9"}, r"python3 is too old: 3.8 or later"),
    ("qemu_virt", {"llvm-objdump-19": None}, r"llvm-objdump \(LLVM 19\) is missing"),
    ("qemu_virt", {QEMU: None}, r"qemu-system-aarch64 is missing: run ./bootstrap"),
    ("qemu_virt", {QEMU: "QEMU emulator version 5.2.0"}, r"qemu-system-aarch64 is too old: 7.0 or later"),
    ("", {}, r"No backend chosen: use a preset"),
]
# what a project writes, with user/sdk/NAME.cmake before it; the other two as above
SDK_CASES = [
    ("panther_add_archive", "", {}, None),
    ("panther_add_archive", "", {"cpio": None}, r"cpio is missing: run ./bootstrap"),
    ("picolibc", "", {}, None),
    ("picolibc", "panther_link_picolibc(mine)", {}, r"mine needs picolibc .*run ./bootstrap"),
]


def write_tools(folder, changes):
    for name, version in {**TOOLS, **changes}.items():
        if version is not None:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="ascii") as file:
                file.write(f"#!/bin/sh\necho '{version}'\n")
            os.chmod(path, 0o755)


def configure(cmake, changes, script, *definitions):
    with tempfile.TemporaryDirectory() as folder:
        write_tools(folder, changes)
        file = os.path.join(folder, "script.cmake")
        with open(file, "w", encoding="utf-8") as text:
            text.write(script)
        command = [cmake, *(f"-D{definition}" for definition in definitions), "-P", file]
        result = subprocess.run(command, cwd=folder, env={"PATH": folder}, capture_output=True, text=True, check=False)
        return result.returncode, result.stderr


def judge(code, text, expected):
    """What is wrong with the outcome of a case, or None."""
    if expected is None:
        return f"failed: {text}" if code else None
    lines = [line.strip() for line in re.findall(r"^  (\S.*(?:\n  \S.*)*)", text, re.MULTILINE)]
    if code == 0:
        return "was accepted"
    if text.count("CMake Error") != 1:
        return f"not one message but: {text}"
    message = " ".join(lines[0].split()) if lines else ""
    return None if re.search(expected, message) else f"not clear: {message}"


def check(root, cmake):
    findings = []
    for backend, changes, expected in CASES:
        script = f'include("{root}/cmake/tools.cmake")\n'
        definitions = (f"PANTHER_BACKEND={backend}", "CMAKE_GENERATOR=Ninja")
        wrong = judge(*configure(cmake, changes, script, *definitions), expected)
        if wrong:
            findings.append(f"{backend or 'no backend'} with {changes}: {wrong}")
    for name, line, changes, expected in SDK_CASES:
        script = f'include("{root}/user/sdk/{name}.cmake")\n{line}\n'
        wrong = judge(*configure(cmake, changes, script, "PANTHER_PICOLIBC="), expected)
        if wrong:
            findings.append(f"{name}, {line or 'included'}, with {changes}: {wrong}")
    return findings


if __name__ == "__main__":
    source_tree.finish("configure", check(*sys.argv[1:]), f"{len(CASES) + len(SDK_CASES)} cases")
