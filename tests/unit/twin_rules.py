"""unit.twin-rules: every rule of the twin is listed in docs/TWIN.md, and some test breaks it.

usage: twin_rules.py ROOT
"""

import re
import sys
from pathlib import Path

# Not rules of the machine: the host is short of memory, or the twin's own device tree does not fit.
OWN_TROUBLE = {"host", "tree"}


def found(pattern, files):
    return {match for file in files for match in re.findall(pattern, file.read_text())}


def listed_rules(text):
    """The first column of the table below "The rules"."""
    section = re.search(r"^## The rules$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (`.*?) \|", section[1], re.MULTILINE) if section else []
    return set(re.findall(r"`([a-z-]+)`", "".join(rows)))


def main(root):
    root = Path(root)
    rules = found(r'twin_abort\(\s*"([a-z0-9-]+)"', root.glob("hal_host/*.c"))
    rules |= found(r'rule = (?:[^;"]*\? )?"([a-z-]+)"', root.glob("hal_host/*.c"))
    rules |= found(r'rule = [^;"]*"[a-z-]+" : "([a-z-]+)"', root.glob("hal_host/*.c"))
    rules -= OWN_TROUBLE
    listed = listed_rules((root / "docs/TWIN.md").read_text())
    broken = found(r'expect_abort\("([a-z0-9-]+)"', root.glob("tests/unit/*.c"))
    problems = [f"{rule}: in docs/TWIN.md, but the twin has no such rule" for rule in sorted(listed - rules)]
    problems += [f"{rule}: not in docs/TWIN.md" for rule in sorted(rules - listed)]
    problems += [f"{rule}: no test breaks it" for rule in sorted(rules - broken)]
    if problems or not rules:
        sys.exit("\n".join(problems or ["no rules found"]))
    print(f"{len(rules)} rules, each listed and broken")


if __name__ == "__main__":
    main(*sys.argv[1:])
