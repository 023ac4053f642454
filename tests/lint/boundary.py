"""lint.boundary: core/ and lib/ stay portable, and cross to a backend only where hal/ says so.

usage: boundary.py ROOT DATABASE NM LINKER OBJECT...

The objects are core and lib, compiled for the bare machine without sanitizers, so that what they leave
undefined is exactly what they need of a backend.
"""

import os
import re
import subprocess
import sys
import tempfile

import pointers
import source_tree

# Who may include whose headers.
LAYERS = {
    "abi/": ("abi/",),
    "lib/": ("lib/", "abi/"),
    "hal/": ("hal/", "lib/", "abi/"),
    "core/": ("core/", "hal/", "lib/", "abi/"),
}
# These bring in the functions that a backend may define inline.
INLINE_HEADER = "hal_inline.h"
INCLUDES_INLINE = ("hal/user.h", "hal/cpu.h", "hal/interrupt.h", "hal/memory.h", "hal/tags.h")
FREESTANDING = {"limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdnoreturn.h"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)', re.MULTILINE)

PORTABLE = ("core/", "lib/")
FORBIDDEN = re.compile(r"\b(asm|__asm|__asm__|volatile|__volatile__|weak|__weak__|register)\b")
CONDITION = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)\b[ \t]*(.*)$", re.MULTILINE)
# Compiler attributes are the one thing that may differ between compilers, and headers that assembly reads as well
# may ask whether it does.
ATTRIBUTES_HEADER = "lib/compiler.h"
SHARED_WITH_ASSEMBLY = ("hal/", "abi/")

# Who reaches physical memory: for tables, for the lists of free frames, for FP registers and keys, for programs that do
# not run yet, for the boot archive. Calls and traps have nothing to do with it: the bytes of a program that runs are reached
# by user copies alone, which fault where the program itself would, and which the twin watches.
PHYSICAL = re.compile(r"\bhal_phys_to_ptr\b")
REACHES_PHYSICAL = {"core/memory/frames.c", "core/memory/page_table.c", "core/memory/page_table.h",
                    "core/process/loader.c", "core/process/process.c", "core/process/program_arguments.c",
                    "core/start/main.c"}
OF_FRAMES = re.compile(r"\b(phys_addr|page_table_\w+|hal_frame_clear)\b")
KNOWS_NO_FRAMES = ("core/syscall/", "core/trap/", "core/console/", "core/memory/user_")

# The mutable objects that core and lib have (core/kernel.c): the state, and what is sealed at the end of boot.
MUTABLE = {"kernel", "kernel_facts"}


def check_includes(name, text):
    findings = []
    layer = next(layer for layer in LAYERS if name.startswith(layer))
    for match in INCLUDE.finditer(source_tree.without_comments(text)):
        kind, header = match.groups()
        if kind == "<":
            allowed = header in FREESTANDING
        else:
            allowed = header.startswith(LAYERS[layer]) or (header == INLINE_HEADER and name in INCLUDES_INLINE)
        if not allowed:
            findings.append(f"{name}:{source_tree.line_of(text, match.start())}: {layer} may not include {header}")
    return findings


def check_words(name, text):
    findings = []
    code = source_tree.without_comments(text, strings=True)
    for match in FORBIDDEN.finditer(code):
        findings.append(f"{name}:{source_tree.line_of(code, match.start())}: `{match.group()}` in portable code")
    return findings


def check_conditions(name, text):
    findings = []
    guard = re.sub(r"\W", "_", name).upper()
    code = source_tree.without_comments(text)
    for match in CONDITION.finditer(code):
        is_guard = match.groups() == ("ifndef", guard)
        is_assembly = name.startswith(SHARED_WITH_ASSEMBLY) and match.group(2) == "__ASSEMBLER__"
        if not is_guard and not is_assembly and name != ATTRIBUTES_HEADER:
            findings.append(f"{name}:{source_tree.line_of(code, match.start())}: conditional: {match.group().strip()}")
    return findings


def check_memory(name, text):
    """User bytes are not reached by way of their frames."""
    code = source_tree.without_comments(text, strings=True)
    found = [] if name in REACHES_PHYSICAL or not name.startswith(PORTABLE) else list(PHYSICAL.finditer(code))
    found += OF_FRAMES.finditer(code) if name.startswith(KNOWS_NO_FRAMES) else []
    return [f"{name}:{source_tree.line_of(code, match.start())}: `{match.group()}`: no way to the bytes of a program"
            for match in found]


def check_kinds(names):
    return [f"{name}: not a portable source" for name in names if not name.endswith((".c", ".h", ".def", ".txt"))]


def check_text(name, text):
    return check_includes(name, text) + check_words(name, text) + check_conditions(name, text) + check_memory(name, text)


def check_pointers(root, database):
    findings = set()
    for name, entry in pointers.entries(database, root, PORTABLE).items():
        for file, line in pointers.in_entry(entry):
            place = os.path.relpath(file, root) if file else name
            if place.startswith(PORTABLE):
                findings.add(f"{place}:{line}: an integer is made a pointer")
    return sorted(findings)


def parse_symbols(text):
    """hal/symbols.txt: (functions that cross, functions that the compiler may call of its own accord)."""
    lines = [line.split("#")[0].split() for line in text.split("\n")]
    crossing = {words[0] for words in lines if len(words) == 1}
    compiler = {words[1] for words in lines if len(words) == 2 and words[0] == "compiler:"}
    return crossing, compiler


def compare_symbols(text, undefined):
    crossing, compiler = parse_symbols(text)
    missing, needless = undefined - crossing - compiler, crossing - undefined
    findings = [f"hal/symbols.txt: {name} is not listed, but core or lib needs it" for name in sorted(missing)]
    return findings + [f"hal/symbols.txt: {name} is listed, but neither needs it" for name in sorted(needless)]


def check_declared(text, declared):
    crossing, _ = parse_symbols(text)
    return [f"{name} is declared in hal/, but nothing needs it" for name in sorted(declared - crossing)]


def declared_functions(root):
    """The functions that the contract of hal/ declares."""
    names = set()
    for name in source_tree.with_suffix(root, (".h",), ("hal/",)):
        code = source_tree.without_comments(source_tree.read(root, name))
        names |= set(re.findall(r"^[^\n=;]*?\b\*?(hal_\w+)\(", code, re.MULTILINE))
    return names


def compare_mutable(objects):
    return [f"{name}: a mutable object outside struct kernel" for name in sorted(objects - MUTABLE)]


def link_partially(linker, objects, output):
    """Calls between core and lib resolve each other; what is left undefined crosses."""
    subprocess.run([linker, "-r", "-o", output, *objects], check=True)


def symbols(nm, file, *options):
    result = subprocess.run([nm, "--format=posix", *options, file], capture_output=True, text=True, check=True)
    return [line.split()[:2] for line in result.stdout.splitlines()]


def check_objects(nm, linker, objects, text):
    with tempfile.TemporaryDirectory() as folder:
        whole = os.path.join(folder, "portable.o")
        link_partially(linker, objects, whole)
        undefined = {name for name, _ in symbols(nm, whole, "--undefined-only")}
        mutable = {name for name, kind in symbols(nm, whole, "--defined-only") if kind in "bBdDcC"}
        weak = {name for name, kind in symbols(nm, whole) if kind in "vVwW"}
    findings = [f"{name}: a weak symbol" for name in sorted(weak)]
    return findings + compare_symbols(text, undefined) + compare_mutable(mutable)


def check(root, database, nm, linker, *objects):
    findings = check_kinds(source_tree.with_suffix(root, ("",), tuple(LAYERS)))
    for name in source_tree.with_suffix(root, (".c", ".h", ".def"), tuple(LAYERS)):
        findings += check_text(name, source_tree.read(root, name))
    listed = source_tree.read(root, "hal/symbols.txt")
    findings += check_objects(nm, linker, objects, listed) + check_declared(listed, declared_functions(root))
    return findings + check_pointers(root, database)


if __name__ == "__main__":
    source_tree.finish("boundary", check(*sys.argv[1:]), "core, lib, hal and abi")
