"""coverage.core: what unit tests and corpora have run of core/ and lib/, and whether it is enough.

usage: coverage.py ROOT FOLDER LLVM_PROFDATA LLVM_COV

Adds up FOLDER/profiles/*.profraw, which the programs in FOLDER/programs.txt left behind. Leaves in FOLDER:
summary.txt, the figures of each file, and html/index.html, the sources with their counts.
"""

import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys

import counts

# Some of the files, and how much of them has to be covered, in percent.
Part = collections.namedtuple("Part", "title prefixes lines branches")
PARTS = (
    Part("core/ and lib/", ("core/", "lib/"), 95, 90),
    Part("core/syscall/", ("core/syscall/",), 100, 100),
    Part("user memory", ("core/memory/user_copy.", "core/memory/user_range."), 100, 100),
)
FOLDERS = ("core", "lib")
# Only a function's body has its brace on a line of its own.
BODY = re.compile(r"^\{$", re.MULTILINE)


def with_functions(root):
    """The sources under FOLDERS that have a function: all of these must have been counted."""
    names = []
    for folder in FOLDERS:
        for path in glob.glob(os.path.join(root, folder, "**", "*.[ch]"), recursive=True):
            with open(path, encoding="utf-8") as file:
                if BODY.search(file.read()):
                    names.append(os.path.relpath(path, root))
    return sorted(names)


def run(tool, *options, folder=None):
    """What the tool prints; what it complains of is shown."""
    done = subprocess.run((tool, *options), check=False, stdout=subprocess.PIPE, cwd=folder)
    if done.returncode != 0:
        sys.exit(f"coverage: {tool} failed")
    return done.stdout


class Report:
    """llvm-cov's view of all programs together."""

    def __init__(self, root, folder, profdata, cov):
        profiles = sorted(glob.glob(os.path.join(folder, "profiles", "*.profraw")))
        if not profiles:
            sys.exit("coverage: nothing was counted: run the other tests first")
        self.root, self.folder, self.cov = root, folder, cov
        self.profile = os.path.join(folder, "tests.profdata")
        run(profdata, "merge", "-sparse", "-o", self.profile, *profiles)
        with open(os.path.join(folder, "programs.txt"), encoding="utf-8") as file:
            self.programs = [word for program in file.read().split("\n")[:-1] for word in ("-object", program)][1:]

    def tell(self, command, *options):
        names = with_functions(self.root)
        return run(self.cov, command, *self.programs, "-instr-profile", self.profile, "-compilation-dir", self.root,
                   *options, "-sources", *names, folder=self.root)

    def counts(self):
        files = counts.read(json.loads(self.tell("export", "-format=text")))
        return {os.path.relpath(os.path.join(self.root, name), self.root): file for name, file in files.items()}

    def write_html(self):
        html = os.path.join(self.folder, "html")
        shutil.rmtree(html, ignore_errors=True)
        self.tell("show", "-format=html", "-output-dir", html, "-show-branches=count", "-show-mcdc",
                  "-show-instantiations=false", "-project-title=PantherOS")


def total(files, prefixes):
    together = counts.Counts()
    for name, file in files.items():
        if name.startswith(prefixes):
            together.add(name, file)
    return together


def figure(places):
    hit = sum(1 for count in places.values() if count)
    return f"{100 * hit / len(places):.1f} % ({hit}/{len(places)})" if places else "none"


def summary(title, file):
    return (f"coverage {title}: lines {figure(file.lines)}, branches {figure(file.branches)}, "
            f"MC/DC {figure(file.conditions)}")


def is_below(places, percent):
    hit = sum(1 for count in places.values() if count)
    return not places or 100 * hit < percent * len(places)


def missed(name, file):
    """One line for each that was never run."""
    found = [f"{name}:{line}: never run" for line, count in sorted(file.lines.items()) if not count]
    for (line, column, _, _, side), count in sorted(file.branches.items()):
        if not count:
            found.append(f"{name}:{line}:{column}: never {str(side).lower()}")
    return found


def judge(parts, files, names):
    """What is wrong, a line each. `names` are the files that there have to be."""
    findings = [f"{name}: not counted at all" for name in names if name not in files]
    for part in parts:
        together = total(files, part.prefixes)
        low = [what for what in ("lines", "branches") if is_below(getattr(together, what), getattr(part, what))]
        if low:
            findings.append(f"{part.title}: too few {' and '.join(low)}")
            for name in sorted(files):
                if name.startswith(part.prefixes):
                    findings += missed(name, files[name])
    return findings


def main(root, folder, profdata, cov):
    report = Report(root, folder, profdata, cov)
    files = report.counts()
    report.write_html()
    with open(os.path.join(folder, "summary.txt"), "w", encoding="utf-8") as file:
        for name in sorted(files):
            file.write(summary(name, files[name]) + "\n")
    for part in PARTS:
        print(summary(part.title, total(files, part.prefixes)))
    findings = judge(PARTS, files, with_functions(root))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
