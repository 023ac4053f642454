#!/usr/bin/env python3
"""The removal of mitigations, tried on a toy: two files, and rows that look into them. And the real table: each edit
fits the sources as they are, each name means something.

    mutations_test.py CMAKE NINJA
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

import mutations
from edited_tree import Edit
from matrix import MATRIX
from mitigation import Mitigation
from mitigations import CONTROL, EXPLAINED, MITIGATIONS, VOID
from mutations import BROKEN, PROVED, STALE, UNBUILT, UNPLAYED, UNPROVED, WITH_REASON, Finding, Played
from mutations import by_no_row, judge, remove_all, void_rows, wrongly_explained

ROOT = Path(__file__).resolve().parents[2]
CMAKE, NINJA = "cmake", "ninja"
TOY = """cmake_minimum_required(VERSION 3.25)
project(toy LANGUAGES NONE)
enable_testing()
add_custom_command(OUTPUT built DEPENDS ${PROJECT_SOURCE_DIR}/a.txt
	COMMAND grep -q base ${PROJECT_SOURCE_DIR}/a.txt COMMAND ${CMAKE_COMMAND} -E touch built
	WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_custom_target(all-of-it ALL DEPENDS built)
foreach(cpu cortex-a72 neoverse-n1 max max-mte)
	add_test(NAME attack.A01.${cpu} COMMAND grep -q guard ${PROJECT_SOURCE_DIR}/a.txt)
	add_test(NAME attack.A02.${cpu} COMMAND grep -qE "guard|spare" ${PROJECT_SOURCE_DIR}/a.txt)
	add_test(NAME attack.A11.${cpu} COMMAND grep -q heart ${PROJECT_SOURCE_DIR}/a.txt)
endforeach()
add_test(NAME attack.A04.max COMMAND grep -q heart ${PROJECT_SOURCE_DIR}/a.txt)
add_test(NAME lint.toy COMMAND grep -q rule ${PROJECT_SOURCE_DIR}/a.txt)
# One that fails the first time only, and one whose program goes away with a word.
add_test(NAME lint.shaky COMMAND sh -c "grep -q shaky ${PROJECT_SOURCE_DIR}/a.txt || ! mkdir ${PROJECT_BINARY_DIR}/once")
file(STRINGS ${PROJECT_SOURCE_DIR}/a.txt words)
if("tool" IN_LIST words)
	add_test(NAME lint.tool COMMAND true)
else()
	add_test(NAME lint.tool COMMAND ${PROJECT_BINARY_DIR}/nothing)
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS a.txt)
"""
TEXT = "base\nguard\nspare\nheart\nrule\nplain\nshaky\ntool\n"


def toy(name: str, old: str, *rows: str, new: str = "", **more: object) -> Mitigation:
    return Mitigation(name, "a claim", (Edit("a.txt", old, new),), rows, **more)  # type: ignore[arg-type]


TOYS = (
    toy("proved", "guard", "A01"),
    toy("hidden", "guard", "A02"),
    toy("shown without the other", "spare", "A02", without=("proved",)),
    toy("unproved", "plain", "A01"),
    toy("heart", "heart", "A04"),
    toy("stale", "nowhere", "A01"),
    toy("twice", "a", "A01"),
    toy("unbuilt", "base", "A01"),
    toy("proved by the build", "base", "A01", fails_to_build=True),
    toy("by another entry", "rule", "ctest:lint.toy"),
    toy("nobody plays it", "guard", "A03"),
    toy("now and then", "shaky", "ctest:lint.shaky"),
    toy("without its tool", "tool", "ctest:lint.tool"),
)
OUTCOMES = (PROVED, UNPROVED, PROVED, UNPROVED, BROKEN, STALE, STALE, UNBUILT, PROVED, PROVED, STALE, UNPROVED, UNPLAYED)


class Toy(unittest.TestCase):
    def test_outcomes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder, "root")
            root.mkdir()
            (root / "CMakeLists.txt").write_text(TOY)
            (root / "a.txt").write_text(TEXT)
            options = argparse.Namespace(root=root, work=Path(folder, "work"), cmake=CMAKE, ninja=NINJA, jobs=2, options=[])
            before = mutations.MITIGATIONS, mutations.CONTROL
            mutations.MITIGATIONS, mutations.CONTROL = TOYS, ("A11",)
            try:
                found = remove_all(options, TOYS)
                (root / "a.txt").write_text(TEXT.replace("guard", ""))
                self.assertEqual(remove_all(options, TOYS[:1]), [])  # its row fails without any removal
                (root / "a.txt").write_text(TEXT)
            finally:
                mutations.MITIGATIONS, mutations.CONTROL = before
            self.assertEqual({f.mitigation.name: f.outcome for f in found}, dict(zip((t.name for t in TOYS), OUTCOMES)))
            self.assertEqual(found[0].failed, ("attack.A01.cortex-a72",))  # that is enough
            self.assertEqual(found[0].counted, found[0].failed)
            self.assertEqual(next(f for f in found if f.outcome == BROKEN).counted, ())
            self.assertEqual((root / "a.txt").read_text(), TEXT)


class Judging(unittest.TestCase):
    def outcome(self, *builds: Tuple[Played, Played]) -> Tuple[str, Tuple[str, ...]]:
        found = judge(TOYS[0], builds)
        return found.outcome, found.failed

    def test_judge(self) -> None:
        self.assertEqual(self.outcome(({"a.max": False, "b.max": True}, {"c.max": True})), (PROVED, ("a.max",)))
        self.assertEqual(self.outcome(({"a": False}, {"c.max": True})), (PROVED, ("a",)))
        self.assertEqual(self.outcome(({"a": True}, {"c": True, "d": False})), (UNPROVED, ("d",)))
        self.assertEqual(self.outcome(({"a": False}, {"c": False})), (BROKEN, ("a", "c")))
        self.assertEqual(self.outcome(({"a": False}, {})), (BROKEN, ("a",)))
        self.assertEqual(self.outcome(({}, {"c": True})), (STALE, ()))

    def test_that_the_player_works_where_it_failed(self) -> None:
        self.assertEqual(self.outcome(({"a.max": False}, {"c.cortex-a72": True}))[0], BROKEN)
        self.assertEqual(self.outcome(({"a.max": False}, {"c.max": False, "d.max": True}))[0], PROVED)
        self.assertEqual(self.outcome(({"a.max": True}, {}), ({"u": False}, {"c.twin": False}))[0], BROKEN)
        self.assertEqual(self.outcome(({"a.max": True}, {}), ({"u": False}, {"c.twin": True}))[0], PROVED)

    def test_explained(self) -> None:
        before, mutations.EXPLAINED = mutations.EXPLAINED, {TOYS[0].name: "a reason"}
        try:
            self.assertEqual(self.outcome(({"a": True}, {})), (WITH_REASON, ()))
            self.assertEqual(self.outcome(({"a": False}, {"c": True})), (PROVED, ("a",)))
        finally:
            mutations.EXPLAINED = before

    def test_void_rows(self) -> None:
        found = [Finding(TOYS[0], PROVED, ("attack.A01.max", "attack.A04.max"), ("attack.A01.max", "lint.toy"))]
        void = void_rows(found)
        self.assertNotIn("A01", void)
        self.assertIn("A02", void)
        self.assertIn("A04", void)  # it failed where nothing works any more
        self.assertNotIn("A25", void)  # absent
        self.assertFalse(set(void) & set(VOID))

    def test_rows_that_break_need_no_reason(self) -> None:
        one = next(iter(VOID))
        failed = ("attack.A01.max", f"attack.{one}.max")
        self.assertEqual(wrongly_explained([Finding(TOYS[0], PROVED, failed, failed)]), [one])
        self.assertEqual(wrongly_explained([Finding(TOYS[0], BROKEN, failed)]), [])

    def test_tests_of_no_row(self) -> None:
        row, lint = ("attack.A01.max",), ("lint.toy",)
        found = [Finding(TOYS[0], PROVED, row, row), Finding(TOYS[9], PROVED, lint, lint), Finding(TOYS[3], UNPROVED)]
        self.assertEqual(by_no_row(found), 1)


class Table(unittest.TestCase):
    def test_names(self) -> None:
        names = [one.name for one in MITIGATIONS]
        self.assertEqual(len(names), len(set(names)))
        for one in MITIGATIONS:
            self.assertTrue(one.rows and one.edits, one.name)
            self.assertLessEqual(set(one.without), set(names), one.name)
            for row in one.rows:
                self.assertTrue(row in MATRIX or row.startswith(mutations.CTEST), f"{one.name}: {row}")
        self.assertLessEqual({*CONTROL, *VOID}, set(MATRIX))
        self.assertLessEqual(set(EXPLAINED), set(names))

    def test_that_every_edit_fits(self) -> None:
        for one in MITIGATIONS:
            for edit in one.edits:
                count = (ROOT / edit.file).read_text().count(edit.old)
                self.assertEqual(count, 1, f"{one.name}: {edit.file} has this {count} times: {edit.old}")
                self.assertNotEqual(edit.old, edit.new, one.name)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        NINJA, CMAKE = sys.argv.pop(), sys.argv.pop()
    unittest.main()
