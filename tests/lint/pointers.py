"""Finds every place where an integer becomes a pointer, by asking the compiler: in its intermediate code that is the
operation `inttoptr`, whatever casts, macros or constants made it."""

import json
import os
import re
import shlex
import subprocess

# The sanitizers of the twin and the outputs of a normal compilation play no part here.
DROPPED = re.compile(r"-fsanitize.*|-fno-sanitize.*|-O.*|-g|-M.*|-fstack-usage|-c|-Werror|-W.*")
DROPPED_WITH_VALUE = ("-o", "-MT", "-MF")


def command_for(entry):
    """The compilation of a database entry, changed to write intermediate code with line numbers to its output."""
    words = iter(shlex.split(entry["command"]))
    command = []
    for word in words:
        if word in DROPPED_WITH_VALUE:
            next(words)
        elif not DROPPED.fullmatch(word):
            command.append(word)
    return command + ["-w", "-O0", "-g", "-Xclang", "-disable-llvm-passes", "-S", "-emit-llvm", "-o", "-"]


# (void *)-1, a mark of the C library that is only compared with (MAP_FAILED).
SENTINEL = "inttoptr (i64 -1 to ptr)"


class Metadata:
    """The debug information of one module, as far as it says where code came from."""

    def __init__(self, code):
        self.nodes = dict(re.findall(r"^(!\d+) = (.*)$", code, re.MULTILINE))

    def _field(self, node, name):
        match = re.search(rf"\b{name}: ([^,)]+)", self.nodes.get(node, ""))
        return match.group(1) if match else None

    def _file(self, node):
        names = re.search(r'filename: "([^"]*)", directory: "([^"]*)"', self.nodes.get(node, ""))
        return os.path.normpath(os.path.join(names.group(2), names.group(1))) if names else None

    def place(self, node):
        """(file, line) of a DILocation, or of a DIGlobalVariableExpression."""
        node = self._field(node, "var") or node
        scope = node
        while not self._field(scope, "file"):
            scope = self._field(scope, "scope")
        return self._file(self._field(scope, "file")), int(self._field(node, "line"))


def in_code(code):
    """(file, line) of each conversion in the intermediate code; (None, 0) for one in static data."""
    metadata = Metadata(code)
    places = set()
    for line in code.split("\n"):
        if "inttoptr" in line.replace(SENTINEL, "") and not line.startswith(";"):
            location = re.search(r"!dbg (!\d+)", line)
            places.add(metadata.place(location.group(1)) if location else (None, 0))
    return places


def in_entry(entry):
    """(file, line) of each conversion that the file of a compilation database entry makes."""
    command = [word for word in command_for(entry) if not word.startswith("-ffile-prefix-map")]
    result = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{entry['file']} does not compile:\n{result.stderr}")
    return in_code(result.stdout)


def entries(database, root, folders):
    """The entries of a compilation database for C files below these folders of root, one a file."""
    with open(database, encoding="utf-8") as file:
        everything = json.load(file)
    found = {}
    for entry in everything:
        name = os.path.relpath(entry["file"], root)
        if name.startswith(folders) and name.endswith(".c"):
            found.setdefault(name, entry)
    return found
