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
import unittest.mock
from pathlib import Path
from typing import List, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

import mutations
from edited_tree import Edit
from listing import Test
from matrix import MATRIX
from mitigation import Mitigation
from mitigations import CONTROL, ENDS_EVERY_BOOT, EXPLAINED, MITIGATIONS, VOID
from mutations import BROKEN, PROVED, STALE, UNBUILT, UNPLAYED, UNPROVED, WITH_REASON, Finding, NotPlayed, Played
from mutations import by_no_row, closing_line, judge, play_control, remove_all, twin_control, void_rows, wrongly_explained
from playing import play

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
	add_test(NAME attack.A11.${cpu} COMMAND sh -c "grep -q heart a.txt && ! test -e ../spoilt")
	set_tests_properties(attack.A11.${cpu} PROPERTIES WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
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
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root, self.work = Path(folder.name, "root"), Path(folder.name, "work")
        self.root.mkdir()
        (self.root / "CMakeLists.txt").write_text(TOY)
        (self.root / "a.txt").write_text(TEXT)
        before = mutations.MITIGATIONS, mutations.CONTROL
        mutations.MITIGATIONS, mutations.CONTROL = TOYS, ("A11",)
        self.addCleanup(lambda: vars(mutations).update(zip(("MITIGATIONS", "CONTROL"), before)))

    def remove(self, *toys: Mitigation) -> List[Finding]:
        return remove_all(
            argparse.Namespace(root=self.root, work=self.work, cmake=CMAKE, ninja=NINJA, jobs=2, options=[]), toys
        )

    def test_outcomes(self) -> None:
        found = self.remove(*TOYS)
        self.assertEqual({f.mitigation.name: f.outcome for f in found}, dict(zip((t.name for t in TOYS), OUTCOMES)))
        self.assertEqual(found[0].failed, ("attack.A01.cortex-a72",))  # that is enough
        self.assertEqual(found[0].counted, found[0].failed)
        self.assertEqual(next(f for f in found if f.outcome == BROKEN).counted, ())
        self.assertFalse(next(f for f in found if f.outcome == UNPLAYED).is_good)
        self.assertEqual((self.root / "a.txt").read_text(), TEXT)

    def test_that_nothing_is_removed_when_a_row_fails_without_that(self) -> None:
        (self.root / "a.txt").write_text(TEXT.replace("guard", ""))
        self.assertEqual(self.remove(*TOYS[:1]), [])

    def test_that_each_copy_works_without_a_removal(self) -> None:
        (self.work / "1/image").mkdir(parents=True)
        (self.work / "1/image/spoilt").touch()
        self.assertEqual(self.remove(*TOYS[:2]), [])


class Playing(unittest.TestCase):
    def test_what_is_no_result(self) -> None:
        self.assertFalse(play(Test("a", ())).was_played)
        self.assertFalse(play(Test("a", ("/no/such/program",))).was_played)
        runner = (sys.executable, "-c", "import subprocess; subprocess.run(['/no/such/emulator'])")
        self.assertFalse(play(Test("a", runner)).was_played)
        self.assertFalse(play(Test("a", ())).passed)

    def test_that_a_hang_is_a_failure(self) -> None:
        for command, timeout in ((("sleep", "9"), 0.1), (("false",), 9.0)):
            result = play(Test("a", command, timeout=timeout))
            self.assertEqual((result.passed, result.was_played), (False, True))

    def test_control_that_is_not_played(self) -> None:
        with self.assertRaises(NotPlayed):
            play_control([Test("c.max", ())], {"a.max": False})

    def test_control_of_each_player_that_failed(self) -> None:
        tests = [Test(name, ("true",)) for name in ("c.cortex-a72", "d.cortex-a72", "c.neoverse-n1", "c.max")]
        played = play_control(tests, {"a.cortex-a72": False, "b.max": False, "b.neoverse-n1": True})
        self.assertEqual(played, {"c.cortex-a72": True, "c.max": True})


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

    def test_what_counts_as_broken(self) -> None:
        own = {"a.max": False, "b.cortex-a72": False, "d.max": True}
        found = judge(TOYS[0], [(own, {"c.max": True, "c.cortex-a72": False})])
        self.assertEqual(found.counted, ("a.max",))
        self.assertEqual(found.failed, ("a.max", "b.cortex-a72", "c.cortex-a72"))
        self.assertEqual(judge(TOYS[0], [({"a.max": False}, {"c.max": False})]).counted, ())

    def test_control_of_the_twin(self) -> None:
        booting, other = ["attack.A11.twin", "unit.twin_boot"], "unit.format"
        copy = unittest.mock.Mock(twin_tests=[Test(name, ("true",)) for name in (other, *booting)])
        self.assertEqual([test.name for test in twin_control(copy, False)], booting)
        self.assertEqual([test.name for test in twin_control(copy, True)], [*booting, other])

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
        said = "3 removed, 2 proved (1 of them by tests that are no row), 0 explained, 1 not"
        self.assertIn(said, closing_line(found, [], []))
        elsewhere = toy("elsewhere", "guard", "B18")  # unit.elf shows that row
        self.assertEqual(by_no_row([Finding(elsewhere, PROVED, ("unit.elf",), ("unit.elf",))]), 0)


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
        self.assertLessEqual({*EXPLAINED, *ENDS_EVERY_BOOT}, set(names))

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
