#!/usr/bin/env python3
"""The kernel without each of its mitigations in turn (mitigations.py): at least one of the rows that name it must fail,
on at least one CPU.

    mutations.py --root SOURCES --work FOLDER --cmake cmake --ninja ninja --report FILE.html [--only NAME...]
        -- OPTIONS FOR CMAKE...

First everything is played without a removal, and must pass. Each removal is made in a copy of the sources with a build
of its own, of which there are as many as jobs, and in which everything was built without a removal before. Its rows are
played there. A row that fails, and fails again, on a CPU counts if one of a few others still passes there: if none does,
it was no mitigation that was taken away, but the kernel. A row that cannot be played counts for nothing, and is a
failure of the run. A mitigation whose removal breaks nothing is unproved, a row that no removal breaks is void: both are
failures, unless they are explained, one by one; and so is an explanation of a row that a removal does break.
"""

from __future__ import annotations

import argparse
import json
import queue
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Sequence, Set, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from columns import columns, elsewhere
from cpus import BACKENDS, CPUS, TWIN
from edited_tree import Edit, EditedTree, EditError
from html_report import mutation_report
from listing import BuildError, Test, build_for, tests_of
from matrix import MATRIX
from mitigation import Mitigation
from mitigations import CONTROL, ENDS_EVERY_BOOT, EXPLAINED, MITIGATIONS, TWIN_CONTROL, UNBOOTED_CONTROL, VOID
from not_applicable import NOT_APPLICABLE
from playing import play, play_all

PROVED, UNPROVED, BROKEN, STALE, UNBUILT = "proved", "unproved", "kernel broken", "table stale", "does not build"
UNPLAYED = "not played"
WITH_REASON = "explained"
CTEST = "ctest:"


@dataclass(frozen=True)
class Finding:
    mitigation: Mitigation
    outcome: str
    failed: Tuple[str, ...] = ()  # entries of ctest's
    counted: Tuple[str, ...] = ()  # those of them that fail where the kernel still works
    detail: str = ""
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return self.outcome in (PROVED, WITH_REASON)


class NotPlayed(Exception):
    """Something is missing that a test needs."""


class Copy:
    """One copy of the sources, with the builds of the image and, once it is needed, of the twin."""

    def __init__(self, options: argparse.Namespace, number: int) -> None:
        self._options = options
        self._folder = options.work / str(number)
        self.image = EditedTree(options.root, self._folder / "image", options.cmake, options.options)
        self.image_tests = tests_of(self.image.build_folder)
        self._twin: Optional[EditedTree] = None
        self._twin_tests: List[Test] = []

    @property
    def twin(self) -> EditedTree:
        if self._twin is None:
            words = [f"-DCMAKE_TOOLCHAIN_FILE={self._options.root}/toolchains/host.cmake", "-DPANTHER_BACKEND=host"]
            self._twin = EditedTree(self._options.root, self._folder / "twin", self._options.cmake, words)
        return self._twin

    @property
    def twin_tests(self) -> List[Test]:
        if not self._twin_tests:
            self._twin_tests = tests_of(self.twin.build_folder)
        return self._twin_tests


Played = Dict[str, bool]  # names of ctest's, and whether they passed


def entries_of(copy: Copy, names: Iterable[str]) -> Tuple[List[Test], List[Test]]:
    """The tests of these rows, and of entries that are named: those of the image's build, and of the twin's."""
    rows = [name for name in names if not name.startswith(CTEST)]
    named = {name[len(CTEST) :] for name in names if name.startswith(CTEST)}
    image = {name for column in columns(CPUS, copy.image_tests).values() for row in rows for name in column[row].tests}
    image |= named
    found = [test for test in copy.image_tests if test.name in image]
    left = named.difference(test.name for test in found)
    of_twin = [row for row in rows if MATRIX[row].players == TWIN.letter]
    if not left and not of_twin:
        return found, []
    twin = left.union(name for row in of_twin for name in columns((TWIN,), copy.twin_tests)[TWIN.name][row].tests)
    return found, [test for test in copy.twin_tests if test.name in twin]


def player_of(name: str) -> str:
    """The CPU, or the twin, of this entry of ctest's; nothing, if it is about none of them."""
    return next((part for part in name.split(".") if part in BACKENDS), "")


def works(player: str, control: Played) -> bool:
    """Has one of the control set passed on this player? What is no player's asks for any."""
    return any(passed and player in ("", player_of(name)) for name, passed in control.items())


def counted(own: Played, control: Played) -> List[str]:
    """What has failed on a player that still works. `own` and `control` are of one build."""
    return [name for name, passed in own.items() if not passed and works(player_of(name), control)]


def judge(mitigation: Mitigation, builds: Sequence[Tuple[Played, Played]]) -> Finding:
    """Of the tests of its rows, and of the control set, which passed: in each build."""
    failed = tuple(sorted(name for build in builds for some in build for name, passed in some.items() if not passed))
    own = {name: passed for played, _ in builds for name, passed in played.items()}
    if not own:
        return Finding(mitigation, STALE, detail="none of its rows is played")
    if all(own.values()):
        return Finding(mitigation, WITH_REASON if mitigation.name in EXPLAINED else UNPROVED, failed)
    good = tuple(sorted(name for build in builds for name in counted(*build)))
    return Finding(mitigation, PROVED if good else BROKEN, failed, good)


def edits_of(mitigation: Mitigation) -> List[Edit]:
    others = [other for other in MITIGATIONS if other.name in mitigation.without]
    return [edit for one in (*others, mitigation) for edit in one.edits]


def passes(test: Test) -> bool:
    result = play(test)
    if not result.was_played:
        raise NotPlayed(result.output)
    return result.passed


def passes_one_of_two(test: Test) -> bool:
    """What fails with the removal in place must fail again: it passed without it, so that the second failure tells it from
    a flake. To play it without the removal once more would cost a build, and show no more."""
    if passes(test):
        return True
    is_flake = passes(test)
    if is_flake:
        print(f"{test.name} failed, and passed when it was played again: that shows nothing", flush=True)
    return is_flake


def play_own(tests: Sequence[Test]) -> Played:
    """Which of them passed. A row that has failed on one CPU is not played on others."""
    done: Played = {}
    failed: Set[str] = set()
    for test in tests:
        if test.row not in failed:
            done[test.name] = passes_one_of_two(test)
            if not done[test.name] and test.row:
                failed.add(test.row)
    return done


def play_control(tests: Sequence[Test], own: Played) -> Played:
    """On each player where something failed, until one passes: it works then. What is no player's asks for any."""
    done: Played = {}
    for player in sorted({player_of(name) for name, passed in own.items() if not passed}):
        for test in tests:
            if player in ("", player_of(test.name)) and test.name not in done and not works(player, done):
                done[test.name] = passes(test)
    return done


def removed(tree: EditedTree, edits: Sequence[Edit], own: Sequence[Test], control: Sequence[Test], ninja: str) -> Tuple[Played, Played]:
    with tree.edited(edits):
        build_for(tree.build_folder, ninja, [*own, *control])
        known = {test.name: test for test in tests_of(tree.build_folder)}  # what had not been built has its command now
        played = play_own([known[test.name] for test in own])
        return played, play_control([known[test.name] for test in control], played)


def twin_control(copy: Copy, ends_every_boot: bool) -> List[Test]:
    table = columns((TWIN,), copy.twin_tests)[TWIN.name]
    rows = {name for row in CONTROL for name in table[row].tests}
    names = {TWIN_CONTROL, UNBOOTED_CONTROL} if ends_every_boot else {TWIN_CONTROL}
    found = [test for test in copy.twin_tests if test.name in rows and test.row or test.name in names]
    return sorted(found, key=lambda test: test.name == UNBOOTED_CONTROL)  # the last resort


def builds_of(copy: Copy, mitigations: Sequence[Mitigation]) -> List[Tuple[EditedTree, List[Test], List[Test]]]:
    """Of the copy's builds those that the removals need, with the tests that they play there, and the control set."""
    image, twin = entries_of(copy, {row for one in mitigations for row in one.rows})
    builds: List[Tuple[EditedTree, List[Test], List[Test]]] = []
    if image:
        builds.append((copy.image, image, entries_of(copy, CONTROL)[0]))
    if twin:
        builds.append((copy.twin, twin, twin_control(copy, any(one.name in ENDS_EVERY_BOOT for one in mitigations))))
    return builds


def remove(copy: Copy, mitigation: Mitigation, ninja: str) -> Finding:
    edits, played = edits_of(mitigation), []
    try:
        for tree, own, control in builds_of(copy, [mitigation]):
            played.append(removed(tree, edits, own, [test for test in control if test not in own], ninja))
    except EditError as error:
        return Finding(mitigation, STALE, detail=str(error))
    except NotPlayed as error:
        return Finding(mitigation, UNPLAYED, detail=str(error))
    except BuildError as error:
        if mitigation.fails_to_build:
            return Finding(mitigation, PROVED, ("the build",), ("the build",))
        return Finding(mitigation, UNBUILT, detail=str(error))
    return judge(mitigation, played)


def one_a_player(tests: Sequence[Test]) -> List[Test]:
    return list({player_of(test.name): test for test in reversed(tests)}.values())


def failures_without_removal(
    copy: Copy, mitigations: Sequence[Mitigation], options: argparse.Namespace, is_first: bool
) -> List[str]:
    """The tests that the removals play, played as the sources are. The first copy plays all of them. The others are of the
    same sources and options: that all of it builds there, and that each player passes a test, shows that they are as good."""
    failed: List[str] = []
    for tree, own, control in builds_of(copy, mitigations):
        needed = list(dict.fromkeys([*own, *control]))
        build_for(tree.build_folder, options.ninja, needed)
        chosen = {test.name for test in (needed if is_first else one_a_player(control))}
        built = [test for test in tests_of(tree.build_folder) if test.name in chosen]
        failed += [name for name, result in play_all(built, options.jobs).items() if not result.passed]
    return failed


def remove_all(options: argparse.Namespace, mitigations: Sequence[Mitigation]) -> List[Finding]:
    """Nothing, if a test fails without any removal."""
    copies: "queue.Queue[Copy]" = queue.Queue()
    for number in range(min(options.jobs, len(mitigations))):
        copy = Copy(options, number)
        if failures_without_removal(copy, mitigations, options, number == 0):
            return []
        copies.put(copy)

    def one(mitigation: Mitigation) -> Finding:
        copy, start = copies.get(), time.monotonic()
        try:
            found = remove(copy, mitigation, options.ninja)
        finally:
            copies.put(copy)
        found = replace(found, seconds=time.monotonic() - start)
        print(line_of(found), flush=True)
        return found

    with ThreadPoolExecutor(options.jobs) as pool:
        return list(pool.map(one, mitigations))


def line_of(found: Finding) -> str:
    failed = ", ".join(name.replace("attack.", "") for name in found.failed) or "nothing"
    said = [line for line in found.detail.split("\n") if "error" in line] or found.detail.split("\n")
    detail = f" ({said[0].strip()})" if found.detail and not found.is_good else ""
    return f"{found.outcome:<14} {found.mitigation.name}: {failed} failed{detail} [{found.seconds:.0f} s]"


def rows_of(failed: Iterable[str]) -> Set[str]:
    return {name.split(".")[1] for name in failed if name.startswith("attack.")}


def broken_elsewhere(found: Finding) -> Set[str]:
    """Rows of the mitigation's that other tests show, of which one failed."""
    cpus, rows = (TWIN, *CPUS), [row for row in found.mitigation.rows if row in MATRIX]
    return {row for row in rows if any(elsewhere(row, cpu, found.counted) for cpu in cpus)}


def broken_rows(findings: Sequence[Finding]) -> Set[str]:
    return {row for found in findings for row in rows_of(found.counted) | broken_elsewhere(found)}


def void_rows(findings: Sequence[Finding]) -> List[str]:
    """Rows that are played, and that no removal broke."""
    broken = broken_rows(findings)
    return [name for name in MATRIX if name not in broken and name not in NOT_APPLICABLE and name not in VOID]


def wrongly_explained(findings: Sequence[Finding]) -> List[str]:
    """Rows that are said to break by no removal, and did."""
    return sorted(broken_rows(findings).intersection(VOID))


def by_no_row(findings: Sequence[Finding]) -> int:
    """How many are proved by tests that show no row of the matrix."""
    return sum(1 for found in findings if found.outcome == PROVED and not broken_rows([found]))


def reason_of(found: Finding) -> Tuple[str, ...]:
    return (EXPLAINED[found.mitigation.name],) if found.outcome == WITH_REASON else ()


def write(options: argparse.Namespace, findings: Sequence[Finding], void: Sequence[str], closing: str) -> None:
    lines = [
        (f.mitigation.name, f.mitigation.claim, " ".join(f.mitigation.rows), f.outcome, f.failed or reason_of(f))
        for f in findings
    ]
    options.report.write_text(mutation_report(lines, void, VOID, closing))
    keys = ("mitigation", "claim", "rows", "outcome", "failed")
    content = {"mitigations": [dict(zip(keys, line)) for line in lines], "void": list(void), "explained": VOID}
    options.report.with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n")


def closing_line(findings: Sequence[Finding], void: Sequence[str], wrong: Sequence[str]) -> str:
    explained = sum(1 for found in findings if found.outcome == WITH_REASON)
    proved = sum(1 for found in findings if found.is_good) - explained
    totals = f"{len(findings)} removed, {proved} proved ({by_no_row(findings)} of them by tests that are no row)"
    totals += f", {explained} explained, {len(findings) - proved - explained} not"
    return f"attack mutations: {totals}; {len(void)} rows void, {len(VOID)} explained, {len(wrong)} of them wrongly"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Removes each mitigation, and sees which rows fail.")
    parser.add_argument("--root", type=Path, required=True, help="the sources")
    parser.add_argument("--work", type=Path, required=True, help="where copies of them go, and stay")
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--ninja", default="ninja")
    parser.add_argument("--report", type=Path, required=True, help="the HTML file to write; .json is written beside it")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these mitigations; no row is void then")
    parser.add_argument("options", nargs="*", help="for CMake")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    chosen = [one for one in MITIGATIONS if not options.only or one.name in options.only]
    findings = remove_all(options, chosen)
    if not findings:
        print("attack mutations: nothing was removed, as the tests above fail without that")
        return 1
    void = [] if options.only else void_rows(findings)
    wrong = wrongly_explained(findings)
    closing = closing_line(findings, void, wrong)
    write(options, findings, void, closing)
    for name in void:
        print(f"void: {name}: no removal breaks it ({MATRIX[name].claim})")
    for name in wrong:
        print(f"wrongly explained: {name}: a removal breaks it, though: {VOID[name]}")
    print(f"{closing}\nreport: {options.report}")
    return 0 if not void and not wrong and all(found.is_good for found in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
