"""What the lints share: the project's files, and how a finding is reported."""

import os
import re
import subprocess
import sys

C_SUFFIXES = (".c", ".h")
ASSEMBLY_SUFFIXES = (".S",)

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""",
    re.DOTALL,
)


def files(root):
    """Paths of the project's own files, relative to root: what git knows or would add, or else all that is there."""
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    top = os.path.join(root, ".git")
    if os.path.exists(top):
        listing = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        names = [name for name in listing.split("\0") if name]
    else:
        names = []
        for folder, folders, entries in os.walk(root):
            folders[:] = [name for name in folders if not name.startswith(".") and name != "build"]
            names += [os.path.relpath(os.path.join(folder, entry), root) for entry in entries]
    return sorted(name for name in names if os.path.isfile(os.path.join(root, name)))


def with_suffix(root, suffixes, folders=("",)):
    """The project's files with one of these endings, below one of these folders."""
    return [name for name in files(root) if name.endswith(suffixes) and name.startswith(folders)]


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8") as file:
        return file.read()


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text, strings=False):
    """The text with comments (and, if asked, the inside of strings) turned into blanks: lines keep their numbers."""

    def replace(match):
        if match.group("comment"):
            return _blank(match.group())
        return '"' + _blank(match.group()[1:-1]) + '"' if strings else match.group()

    return TOKEN.sub(replace, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def finish(lint, findings, subject):
    """Prints the findings, and ends the lint: with failure if there are any."""
    for finding in findings:
        print(finding)
    if findings:
        sys.exit(f"{lint}: {len(findings)} finding(s)")
    print(f"{lint}: {subject}: clean")
