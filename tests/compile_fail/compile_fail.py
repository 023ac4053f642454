"""lint.compile-fail: misuse of the kernel's types and results is refused by the compiler, with the kernel's own flags.

usage: compile_fail.py DATABASE SOURCE SNIPPET...

SOURCE is a file of the kernel: a snippet is compiled as that is. Each snippet must compile as it stands. With
-DWRONG it must not, and the one error must hold what the snippet's line `Refused: ...` says: another reason would
prove nothing.
"""

import json
import os
import re
import shlex
import subprocess
import sys

OUTPUTS_WITH_VALUE = ("-o", "-MT", "-MF")
OUTPUTS = ("-c", "-MD", "-fstack-usage")
REFUSED = re.compile(r"^ \* Refused: (.*)$", re.MULTILINE)
ERROR = re.compile(r"^\S+:\d+:\d+: (?:fatal )?error: (.*)$", re.MULTILINE)


def flags_of(database, source):
    """The command that compiles `source`, without its source and its outputs; and where it runs."""
    with open(database, encoding="utf-8") as file:
        entry = next(entry for entry in json.load(file) if os.path.realpath(entry["file"]) == os.path.realpath(source))
    words = iter(shlex.split(entry["command"]))
    command = []
    for word in words:
        if word in OUTPUTS_WITH_VALUE:
            next(words)
        elif word not in OUTPUTS and word != entry["file"]:
            command.append(word)
    return command, entry["directory"]


def errors_of(command, directory, snippet, *options):
    """The errors of a compilation to nowhere. All of it: the size of a frame is known only at the end."""
    whole = [*command, *options, "-c", "-o", os.devnull, snippet]
    result = subprocess.run(whole, cwd=directory, capture_output=True, text=True, check=False)
    # What stands twice in a macro is complained about twice.
    errors = list(dict.fromkeys(ERROR.findall(result.stderr)))
    if bool(errors) != bool(result.returncode):
        return [f"unexpected end of the compiler: {result.stderr.strip()}"]
    return errors


def check(command, directory, snippet):
    name = os.path.basename(snippet)
    with open(snippet, encoding="utf-8") as file:
        wanted = REFUSED.findall(file.read())
    if len(wanted) != 1:
        return [f"{name}: it does not say why it is refused"]
    right = errors_of(command, directory, snippet)
    wrong = errors_of(command, directory, snippet, "-DWRONG")
    findings = [f"{name}: its right form is refused: {error}" for error in right]
    if len(wrong) != 1 or wanted[0] not in wrong[0]:
        findings.append(f"{name}: expected the one error {wanted[0]!r}, got {wrong}")
    return findings


def main(database, source, *snippets):
    command, directory = flags_of(database, source)
    findings = [finding for snippet in snippets for finding in check(command, directory, snippet)]
    print("\n".join(findings) or f"{len(snippets)} snippets compile, and none of them in its wrong form")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main(*sys.argv[1:])
