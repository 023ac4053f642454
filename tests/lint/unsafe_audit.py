"""lint.unsafe-audit: every unsafe operation says why it is safe, and when somebody last checked that.

usage: unsafe_audit.py ROOT DATABASE FOLDER...

Unsafe are inline assembly, volatile accesses and integers made pointers in C, and all assembly files; everywhere but in
core/ and lib/ (which have none: lint.boundary) and in tests/. Each needs a comment with `SAFETY:` and
`Audited: YYYY-MM-DD` (no day to come): in the same function or macro, or right above it; for an assembly file in its first comment, or
above each function.
FOLDERs are those of which the database knows how to compile the files: conversions to pointers are looked for there.
"""

import datetime
import functools
import os
import re
import subprocess
import sys

import pointers
import source_tree

EXEMPT = ("core/", "lib/", "tests/")
UNSAFE = re.compile(r"\b(asm|__asm|__asm__|volatile|__volatile__)\b")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
AUDITED = re.compile(r"\bAudited: (\d{4}-\d{2}-\d{2})\b")
# Kernel code for the machine reaches devices through hal_qemu_virt/mmio.h alone: a compiler given a volatile pointer
# chooses forms of access that a hypervisor can't emulate.
NO_VOLATILE = ("hal_qemu_virt/", "boot/")
VOLATILE_ACCESS = re.compile(r"(?<!asm )(?<!__asm__ )\bvolatile\b")
FUNCTION_LABEL = re.compile(r"^[ \t]*(?:function|\.globl)\b[ \t]*(\\?\w+)", re.MULTILINE)


@functools.lru_cache()
def last_day():
    """No audit can be later: today, in the time zone that is furthest ahead. A clock that stands before the last commit
    is wrong, and that commit's day counts."""
    now = datetime.datetime.now(datetime.timezone.utc)
    command = ["git", "-C", os.path.dirname(os.path.abspath(__file__)), "log", "-1", "--format=%ct"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0 and result.stdout.strip():
        now = max(now, datetime.datetime.fromtimestamp(int(result.stdout), datetime.timezone.utc))
    return (now + datetime.timedelta(hours=14)).date()


def is_audit(comment):
    match = AUDITED.search(comment)
    if not match or not re.search(r"\bSAFETY:\s*\S", comment):
        return False
    try:
        return datetime.date.fromisoformat(match.group(1)) <= last_day()
    except ValueError:
        return False


def chunk_starts(code):
    """Offsets at which a top-level definition of C may begin: after each one that ended before it."""
    starts, depth, in_macro = [0], 0, False
    offset = 0
    for line in code.splitlines(keepends=True):
        stripped = line.rstrip()
        in_macro = in_macro or stripped.startswith("#")
        depth += line.count("{") - line.count("}")
        offset += len(line)
        ends_macro = in_macro and not stripped.endswith("\\")
        ends_definition = not in_macro and depth == 0 and stripped.endswith(("}", ";"))
        if ends_macro or ends_definition:
            starts.append(offset)
        in_macro = in_macro and not ends_macro
    return starts


def check_offsets(name, text, hits):
    """hits: (offset, what). Looks for an audit in the definition that the hit is in, or in the comment above it."""
    findings = []
    code = source_tree.without_comments(text, strings=True)
    starts = chunk_starts(code)
    for offset, what in hits:
        start = max(begin for begin in starts if begin <= offset)
        end = min((begin for begin in starts if begin > offset), default=len(text))
        comments = COMMENT.findall(text[start:end])
        if not any(is_audit(comment) for comment in comments):
            findings.append(f"{name}:{source_tree.line_of(text, offset)}: {what} without SAFETY: and Audited: date")
    return findings


def check_c(name, text):
    code = source_tree.without_comments(text, strings=True)
    hits = {}
    for match in UNSAFE.finditer(code):
        hits.setdefault(source_tree.line_of(code, match.start()), (match.start(), f"`{match.group()}`"))
    findings = check_offsets(name, text, hits.values())
    if name.startswith(NO_VOLATILE):
        for match in VOLATILE_ACCESS.finditer(code):
            findings.append(f"{name}:{source_tree.line_of(code, match.start())}: a volatile access; use mmio.h")
    return findings


def check_assembly(name, text):
    first = COMMENT.search(text)
    if first and not text[: first.start()].strip() and is_audit(first.group()):
        return []
    code = source_tree.without_comments(text)
    labels = list(FUNCTION_LABEL.finditer(code))
    if not labels:
        return [f"{name}: no SAFETY: and Audited: date in its first comment"]
    findings, previous = [], 0
    for label in labels:
        if not any(is_audit(comment) for comment in COMMENT.findall(text[previous : label.start()])):
            line = source_tree.line_of(text, label.start())
            findings.append(f"{name}:{line}: {label.group(1)} without SAFETY: and Audited: date")
        previous = label.end()
    return findings


def check_text(name, text):
    return check_assembly(name, text) if name.endswith(source_tree.ASSEMBLY_SUFFIXES) else check_c(name, text)


def check_pointers(root, database, folders):
    places = {}
    for entry in pointers.entries(database, root, folders).values():
        for file, line in pointers.in_entry(entry):
            name = os.path.relpath(file or entry["file"], root)
            if not name.startswith(EXEMPT):
                places.setdefault(name, set()).add(line)
    findings = []
    for name, lines in sorted(places.items()):
        text = source_tree.read(root, name)
        starts = [0] + [match.end() for match in re.finditer("\n", text)]
        hits = [(starts[max(line - 1, 0)], "an integer made a pointer") for line in sorted(lines)]
        findings += check_offsets(name, text, hits)
    return findings


def check(root, database, *folders):
    findings = []
    for name in source_tree.with_suffix(root, source_tree.C_SUFFIXES + source_tree.ASSEMBLY_SUFFIXES):
        if not name.startswith(EXEMPT):
            findings += check_text(name, source_tree.read(root, name))
    return findings + check_pointers(root, database, folders)


if __name__ == "__main__":
    source_tree.finish("unsafe-audit", check(*sys.argv[1:]), "all unsafe operations")
