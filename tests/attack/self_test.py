#!/usr/bin/env python3
"""The attack suite's own tests: rows that do not begin harmlessly, or do not compare what was given back, are seen; and
the runner and its report say what happened."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from census import by_assertions
from columns import HARDWARE_KIND, Cell, columns
from cpus import BACKENDS, CPU_LETTERS, CPUS, TWIN
from expectation import Outcome
from html_report import report
from listing import Test
from matrix import GROUPS, MATRIX, entries
from playing import DECIDED, Result, play, play_all
from program_rows import HARMLESS, Program, Storm
from row import CLOSING, COUNTS_BACK, OPENING, Variant, deciding_line
from rows import ROWS
from script import Script, call, fill, load, one
from verdicts import FAILED, PASSED, Verdict, closing_line, counts, group_table, verdict, verdicts
from world import World

NONCE = 10**19 + 7


def outcome(*lines: str) -> Outcome:
    text = OPENING + "".join(line + "\n" for line in lines) + f"{CLOSING[:-1]} #{NONCE}\n"
    return Outcome(text.encode(), "", 0, False)


def world() -> World:
    return World(BACKENDS["max"], None)  # type: ignore[arg-type]


class Assertions(unittest.TestCase):
    """Row A47."""

    def found(self, text: str) -> List[str]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "core" / "memory"
            folder.mkdir(parents=True)
            (folder / "x.c").write_text(text)
            return list(by_assertions(Path(name)))

    def test_assertions(self) -> None:
        for line in ("#ifndef NDEBUG", "\tassert(x != 0);", "#include <assert.h>", "#if !defined(NDEBUG)"):
            self.assertEqual(self.found(f"int x;\n{line}\n"), [f"A47: core/memory/x.c: {line.strip()}"])

    def test_others(self) -> None:
        self.assertEqual(self.found("_Static_assert(1, \"\");\nstatic_assert(1);\nint my_assert(void);\n"), [])

    def test_nothing_to_look_at(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            self.assertEqual(len(list(by_assertions(Path(name)))), 1)


class Oracles(unittest.TestCase):
    """Each way to judge a row sees that something was not given back. A class of variants that has a way of its own
    says why there is nothing to compare, or has its test here."""

    TESTED = {Script, Program, Storm}

    def judged(self, variant: Variant, *lines: str) -> List[str]:
        return variant.problems(world(), outcome(*lines), NONCE)

    def test_scripts(self) -> None:
        script = one()
        self.assertEqual(self.judged(script, "ended by exit 0x0", COUNTS_BACK), [])
        self.assertNotEqual(self.judged(script, "ended by exit 0x0"), [])
        self.assertNotEqual(self.judged(script, "ended by exit 0x0", "free frames"), [])

    def test_programs(self) -> None:
        program = Program(lines=("a line",))
        self.assertEqual(self.judged(program, HARMLESS, "a line", COUNTS_BACK), [])
        self.assertNotEqual(self.judged(program, HARMLESS, "a line"), [])
        self.assertNotEqual(self.judged(program, HARMLESS, "a line", "heap used"), [])
        self.assertNotEqual(self.judged(program, "harmless -12", "a line", COUNTS_BACK), [])

    def test_storms(self) -> None:
        kill = f"[KILL] pid=2 class=undefined ec=0x00 iss=0x0 far=- elr=0x0 #{NONCE}"
        storm, said = Storm(count=32), [kill] * 32 + [HARMLESS, "wrong 0", "ms 1"]
        self.assertEqual(self.judged(storm, *said, COUNTS_BACK), [])
        self.assertNotEqual(self.judged(storm, *said), [])
        self.assertNotEqual(self.judged(storm, *said, "processes"), [])

    def test_every_kind_of_variant(self) -> None:
        for name, row in ROWS.items():
            for kind in {type(variant) for variant in row.variants}:
                judge = next(base for base in kind.__mro__ if "problems" in vars(base))
                known = judge in self.TESTED or COUNTS_BACK in judge.problems.__code__.co_names
                known = known or "COUNTS_BACK" in judge.problems.__code__.co_names or bool(kind.WITHOUT_COUNTS)
                self.assertTrue(known, f"{name}: {kind.__name__} compares nothing")


class Harmless(unittest.TestCase):
    def test_every_script(self) -> None:
        for name, row in ROWS.items():
            for number, variant in enumerate(row.variants, 1):
                if isinstance(variant, Script):
                    self.assertTrue(variant.begins_harmless, f"{name}, variant {number}")

    def test_what_is_none(self) -> None:
        bad, good = call(99, result="ENOSYS"), call(3, result=2)
        self.assertFalse(one().begins_harmless)
        self.assertFalse(one(bad).begins_harmless)
        self.assertFalse(one(fill(0, 8, "b"), bad, good).begins_harmless)
        self.assertFalse(one(load(0), kill=ROWS["M01"].variants[0].kill).begins_harmless)  # type: ignore[attr-defined]
        self.assertTrue(one(good, bad).begins_harmless)
        self.assertTrue(one(fill(0, 8, "b"), good, bad).begins_harmless)


class Matrix(unittest.TestCase):
    def test_players(self) -> None:
        text = "(i) group\nA01 | {} | claim | attack | expected"
        for where, players in {"HAX": "HANXT", "ANX": "ANXT", "H": "H", "X": "XT", "T": "T", "A": "A"}.items():
            entry = next(iter(entries(text.format(where))))
            self.assertEqual(set(entry.players), set(players), where)

    def test_malformed(self) -> None:
        for line in ("A01 | Q | a | b | c", "A01 | H | a | b", "A1 | H | a | b | c", "anything"):
            with self.assertRaises(ValueError):
                list(entries(line))

    def test_that_it_is_whole(self) -> None:
        self.assertEqual(len(MATRIX), 214)
        self.assertEqual({entry.group for entry in MATRIX.values()}, set(GROUPS))


class Columns(unittest.TestCase):
    def test_reasons(self) -> None:
        table = columns((TWIN, *CPUS), [])
        self.assertEqual(table["cortex-a72"]["A25"].kind, "absent")
        self.assertEqual(table["max"]["M18"].kind, HARDWARE_KIND)
        self.assertEqual(table["max"]["R01"].reason, "shown by the twin")
        self.assertTrue(table["twin"]["M01"].reason)
        self.assertTrue(table["cortex-a72"]["K12"].reason)
        self.assertEqual(table["max"]["K12"], Cell())
        self.assertEqual(table["max"]["A01"], Cell())

    def test_tests(self) -> None:
        names = ("attack.A01.max", "attack.B24.archive.max", "attack.B24.max", "attack.L10.max.self-test")
        names += ("qemu.boot.img.max.el1", "qemu.boot.img.cortex-a35.el1", "qemu.boot.img.neoverse-n1.el1")
        column = columns([BACKENDS["max"]], [Test(name, ()) for name in names])["max"]
        self.assertEqual(column["A01"].tests, names[:1])
        self.assertEqual(column["B24"].tests, names[1:3])
        self.assertEqual(set(column["B26"].tests), {names[4], names[5]})
        self.assertEqual(column["A02"].tests, ())


class Playing(unittest.TestCase):
    def run_code(self, code: str, **more: object) -> Result:
        return play(Test("a", (sys.executable, "-c", code), **more))  # type: ignore[arg-type]

    def test_outcomes(self) -> None:
        self.assertTrue(self.run_code("pass").passed)
        self.assertFalse(self.run_code("raise SystemExit(1)").passed)
        self.assertTrue(self.run_code("raise SystemExit(1)", will_fail=True).passed)
        self.assertFalse(self.run_code("pass", will_fail=True).passed)
        self.assertFalse(self.run_code("import time; time.sleep(60)", timeout=0.2).passed)
        self.assertFalse(play(Test("a", ("/nowhere/at-all",))).passed)

    def test_that_what_it_started_ends_with_it(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "file")
            code = f"import os, time; f = open({str(file)!r}, 'w', 1); f.write('begun\\n'); os.fork(); time.sleep(10)"
            self.assertFalse(self.run_code(f"{code}; f.write('ended\\n')", timeout=2.0).passed)
            self.assertEqual(file.read_text(), "begun\n")

    def test_lines(self) -> None:
        self.assertEqual(Result(True, f"x\n{DECIDED}y\n{DECIDED}z\n{DECIDED}y\nw\n").lines, ["y", "z"])
        self.assertEqual(Result(True, "x\n\nw\n").lines, ["w"])
        self.assertEqual(Result(False, "x\nFAIL: y\nz\n").lines, ["FAIL: y"])
        self.assertEqual(Result(False, "x\nw\n").lines, ["x", "w"])

    def test_that_the_first_are_first(self) -> None:
        order: List[str] = []

        def run(test: Test) -> Result:
            order.append(test.name)
            return Result(True, "")

        play_all([Test("b", ()), Test("a", (), is_first=True), Test("c", ())], 1, run)
        self.assertEqual(order, ["a", "b", "c"])


class Reporting(unittest.TestCase):
    def column(self, **kinds: str) -> Dict[str, Verdict]:
        return {name: Verdict(kinds.get(name, PASSED), ("a line",)) for name in MATRIX}

    def test_verdicts(self) -> None:
        good, bad = Result(True, "fine"), Result(False, "FAIL: this")
        self.assertEqual(verdict(Cell(tests=("a", "b")), {"a": good, "b": good}).kind, PASSED)
        self.assertEqual(verdict(Cell(tests=("a", "b")), {"a": good, "b": bad}), Verdict(FAILED, ("b", "FAIL: this")))
        self.assertEqual(verdict(Cell(tests=("a", "b")), {"a": good}), Verdict(FAILED, ("b did not run",)))
        # A row that nothing plays is void: it failed.
        self.assertEqual(verdict(Cell(), {}).kind, FAILED)
        self.assertEqual(verdict(Cell(HARDWARE_KIND, "why"), {}), Verdict(HARDWARE_KIND, ("why",)))
        self.assertEqual(verdicts({"max": {"A01": Cell()}}, {})["max"]["A01"].kind, FAILED)

    def test_sums(self) -> None:
        column = self.column(A01=FAILED, A25="absent", M18="hardware-only", R01="not-applicable")
        line = closing_line("max", column)
        self.assertEqual(line, "attack max: 210 passed, 1 failed, 1 hardware-only, 1 not-applicable, 1 absent")
        self.assertEqual(sum(int(number) for number in re.findall(r"\d+ ", line)), len(MATRIX))
        self.assertEqual(counts(column)[FAILED], 1)
        column["A01"] = Verdict("unheard-of", ())
        with self.assertRaises(AssertionError):
            closing_line("max", column)
        with self.assertRaises(AssertionError):
            closing_line("max", {name: one for name, one in self.column().items() if name != "A01"})

    def test_table(self) -> None:
        lines = group_table({"max": self.column(B26=FAILED)})
        self.assertEqual(len(lines), len(GROUPS) + 1)
        self.assertRegex(lines[-1], r"^\(vii\) .* 19 of  20$")
        self.assertRegex(lines[1], r"^\(i\) .* 41 of  41$")

    def test_html(self) -> None:
        column = self.column()
        column["A01"] = Verdict(FAILED, tuple(f"<b>{number} & more</b>" for number in range(20)))
        text = report({"max": column}, ["attack max: <all>"])
        self.assertIn("&lt;b&gt;0 &amp; more&lt;/b&gt;", text)
        self.assertNotIn("<b>", text)
        self.assertNotIn("<all>", text)
        self.assertIn("and 12 lines more", text)
        self.assertEqual(text.count("<tr><td>"), len(MATRIX))
        self.assertEqual(text.count('class="failed"'), 1)

    def test_deciding_lines(self) -> None:
        kill = "[KILL] pid=2 class=x"
        self.assertEqual(deciding_line(outcome("a", f"{kill} #{NONCE}", "b", COUNTS_BACK), NONCE), kill)
        self.assertEqual(deciding_line(outcome("a", kill, "b", "ended by exit 0x0", COUNTS_BACK), NONCE), "b")
        self.assertEqual(deciding_line(outcome("kbug a: harmless done", "kbug a: survived"), NONCE), "kbug a: survived")
        panic = Outcome(f"KPANIC[null] x #{NONCE}\nKPANIC[halted] #{NONCE}\n".encode(), "", None, False)
        self.assertEqual(deciding_line(panic, NONCE), "KPANIC[null] x")


if __name__ == "__main__":
    assert set(CPU_LETTERS) == set("ANXT")
    unittest.main()
