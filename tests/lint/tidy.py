"""lint.tidy: clang-tidy with the checks of .clang-tidy, over the files of some folders.

usage: tidy.py ROOT DATABASE CLANG_TIDY FOLDER... [!FOLDER...]     !: but not of this one
"""

import os
import re
import subprocess
import sys

import pointers
import source_tree


def check(root, database, clang_tidy, *folders):
    without = tuple(folder[1:] for folder in folders if folder.startswith("!"))
    names = sorted(name for name in pointers.entries(database, root, folders) if not name.startswith(without))
    if not names:
        return [f"no C sources found in {', '.join(folders)}"]
    command = [clang_tidy, "-p", os.path.dirname(database), "--quiet", *names]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    found = re.findall(r"^(\S+:\d+):\d+: (?:error|warning): (.*)$", result.stdout, re.MULTILINE)
    findings = [f"{os.path.relpath(place, root)}: {text}" for place, text in dict.fromkeys(found)]
    return findings or ([result.stdout + result.stderr] if result.returncode else [])


if __name__ == "__main__":
    source_tree.finish("tidy", check(*sys.argv[1:]), ", ".join(sys.argv[4:]))
