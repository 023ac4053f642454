"""What was counted, file by file, from the JSON that `llvm-cov export` writes.

A function in a header is counted in every program and source that has it. Its counts are added up here, place by
place; llvm-cov's own summary takes the best one.
"""

import collections


class Counts:
    """The lines, branches and conditions of a file or of many: each a table of places, and how often they were hit."""

    def __init__(self):
        self.lines = {}
        self.branches = collections.Counter()
        self.conditions = collections.Counter()

    def add(self, name, other):
        """Adds those of the file `name`."""
        self.lines.update({(name, line): count for line, count in other.lines.items()})
        self.branches.update({(name, *place): count for place, count in other.branches.items()})
        self.conditions.update({(name, *place): count for place, count in other.conditions.items()})


def lines_of(segments):
    """The lines that have code, and how often each was run: the rules of LLVM's LineCoverageStats.

    A segment is the state from its place on: line, column, count, has a count, starts a region (a gap does not).
    """
    lines = {}
    by_line = collections.defaultdict(list)
    for segment in segments:
        by_line[segment[0]].append(segment)
    carried = None
    for line in range(min(by_line), max(by_line) + 1) if by_line else ():
        here = by_line.get(line, [])
        starts = [segment for segment in here if segment[3] and segment[4]]
        starts_skipped = bool(here) and not here[0][3] and here[0][4]
        is_carried = carried is not None and carried[3]
        if starts or (is_carried and not starts_skipped):
            lines[line] = max([segment[2] for segment in starts] + ([carried[2]] if is_carried else []))
        carried = here[-1] if here else carried
    return lines


def bodies_of(functions, name):
    """The lines of all functions in the file `name`. (Macros elsewhere in it count with the function that uses them.)

    A function's first region is its whole body: its first and last line stand before and after a column.
    """
    lines = set()
    for function in functions:
        first, _, last, _ = function["regions"][0][:4]
        if function["filenames"][0] == name:
            lines.update(range(first, last + 1))
    return lines


def add_branches(files, function):
    """A branch: its place (two lines and columns), how often true and false, the number of its file."""
    for branch in function["branches"]:
        counts = files.get(function["filenames"][branch[6]], Counts())
        place = tuple(branch[:4])
        counts.branches[(*place, True)] += branch[4]
        counts.branches[(*place, False)] += branch[5]


def add_conditions(files, function):
    """A decision of several conditions: its place, and for each of them whether it was shown to matter on its own."""
    counts = files.get(function["filenames"][0], Counts())
    for record in function.get("mcdc_records", ()):
        shown = next(field for field in record if isinstance(field, list))
        for index, is_shown in enumerate(shown):
            counts.conditions[(*record[:4], index)] += is_shown


def read(export):
    """The Counts of every file that llvm-cov was asked for, by its name. (It tells of all functions in any case.)"""
    files = {}
    for data in export["data"]:
        for file in data["files"]:
            counts = files[file["filename"]] = Counts()
            bodies = bodies_of(data["functions"], file["filename"])
            counts.lines = {line: count for line, count in lines_of(file["segments"]).items() if line in bodies}
        for function in data["functions"]:
            add_branches(files, function)
            add_conditions(files, function)
    return files
