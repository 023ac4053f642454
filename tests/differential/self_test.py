#!/usr/bin/env python3
"""differential.self-test: the tools of the differential tests by themselves.

usage: self_test.py DIFFERENTIAL_SCRIPTS
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import List, Optional, Sequence

from archives import SCRIPT_SIZE
from differential import printable, show_part
from minimise import minimise
from script_census import Census, error_names, table
from steps import HEADER, STEP, Step, file_of, script_of, steps_of
from transcript import first_difference, parts

FOREVER = float("inf")
EMPTY = HEADER.pack(0x50524353, 1, 0, 3).ljust(SCRIPT_SIZE, b"\0")


def call(number: int, *values: int, process: int = 0) -> Step:
    padded = values + (0,) * (6 - len(values))
    return Step(0, process, 0, (0, 3, 0, 0, 0, 0), 0, number, padded)


class Steps(unittest.TestCase):
    def test_there_and_back(self) -> None:
        steps = [call(1, 2, 3, 1 << 63), call(7, process=3), Step(2, 1, 8, (4,) * 6, 0, 0, (9,) * 6)]
        script = script_of(EMPTY, steps)
        self.assertEqual(len(script), SCRIPT_SIZE)
        self.assertEqual(steps_of(script), steps)
        self.assertEqual(len(file_of(script)), HEADER.size + 3 * STEP.size)
        self.assertEqual(script[:6] + script[8:16], EMPTY[:6] + EMPTY[8:16])

    def test_simpler(self) -> None:
        step = call(1, 2, 3)
        found = step.simpler()
        self.assertNotIn(step, found)
        self.assertIn(call(1, 0, 3), found)
        self.assertEqual(len(found), len(set(found)))
        self.assertTrue(all(other.number == 1 for other in found))


class Files(unittest.TestCase):
    """What differential_scripts makes of a file."""

    def take(self, name: str, content: bytes) -> "subprocess.CompletedProcess[bytes]":
        with tempfile.TemporaryDirectory() as folder:
            file, output = Path(folder, name), Path(folder, "output")
            file.write_bytes(content)
            command = [TOOL, str(output), "0", str(file)]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            done.stdout = output.read_bytes()
        return done

    def test_a_text_is_one_by_its_content(self) -> None:
        text = b"# a comment\r\n\t0 call wait 7 data+8\n"
        for name in ("steps.script", "steps.txt", "steps"):
            self.assertEqual(steps_of(self.take(name, text).stdout), [call(8, 7, 8)])

    def test_a_text_that_is_no_script(self) -> None:
        for name in ("steps.script", "crash-1234"):
            done = self.take(name, b"0 call yield\n0 cal yield\n")
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(b"line 2: a kind of step", done.stderr)
            self.assertIn(b"a text, but not a script", done.stderr)

    def test_a_script_is_bytes(self) -> None:
        script = file_of(script_of(EMPTY, [call(8, 7, 8)]))
        self.assertEqual(steps_of(self.take("crash-1234", script).stdout), [call(8, 7, 8)])
        self.assertEqual(self.take("steps.script", script).returncode, 2)


class Minimise(unittest.TestCase):
    def differs(self, scripts: Sequence[bytes]) -> Optional[int]:
        """A call 5 somewhere before a call 6 whose second value is 7 or more."""
        for number, script in enumerate(scripts):
            steps = steps_of(script)
            numbers = [step.number for step in steps]
            if 5 in numbers and any(s.number == 6 and s.values[1] >= 7 for s in steps[numbers.index(5) :]):
                return number
        return None

    def test_to_what_it_takes(self) -> None:
        steps = [call(1, 9, 9)] * 20 + [call(5, 8, 8)] + [call(2)] * 20 + [call(6, 1, 700, 3)] + [call(3)] * 9
        found = minimise(script_of(EMPTY, steps), self.differs, FOREVER)
        self.assertEqual([step.number for step in steps_of(found)], [5, 6])
        first, second = steps_of(found)
        self.assertEqual((first.values, first.bases), ((0,) * 6, (0,) * 6))
        self.assertEqual(second.values, (0, 700, 0, 0, 0, 0))

    def test_what_never_differs_stays(self) -> None:
        script = script_of(EMPTY, [call(1), call(2)])
        self.assertEqual(minimise(script, lambda scripts: None, FOREVER), script)

    def test_time_is_up(self) -> None:
        script = script_of(EMPTY, [call(5)] * 8)

        def slow(scripts: Sequence[bytes]) -> Optional[int]:
            time.sleep(0.2)
            return 0

        found = minimise(script, slow, time.monotonic() + 0.1)
        self.assertEqual(len(steps_of(found)), 4)


CONSOLE = b"boot\n\n== play00 00\nspawn 2\n0 0 1\nend 2 0 0\n\n== play00 01\nspawn 3\n0 1 2\n\n== play01 15\nx"


class Transcripts(unittest.TestCase):
    def test_parts(self) -> None:
        self.assertEqual([number for number, _ in parts(CONSOLE)], [0, 1, 31])
        self.assertEqual(parts(CONSOLE)[2][1], b"x")
        self.assertIn(b"0 0 1\n", parts(CONSOLE)[0][1])

    def test_first_difference(self) -> None:
        self.assertEqual(first_difference(CONSOLE, CONSOLE.replace(b"0 1 2", b"0 1 3")), 1)
        self.assertEqual(first_difference(CONSOLE, CONSOLE.replace(b"0 0 1", b"0 0 ")), 0)
        self.assertEqual(first_difference(CONSOLE, CONSOLE[:-1]), 2)
        self.assertEqual(first_difference(CONSOLE, b"x" + CONSOLE), -1)
        self.assertRaises(ValueError, first_difference, CONSOLE, CONSOLE)


class Printed(unittest.TestCase):
    def test_printable(self) -> None:
        self.assertEqual(printable(b"a~\n\x00\x7f\xff "), "a~\n\\x00\\x7f\\xff ")

    def test_part(self) -> None:
        self.assertEqual(show_part("QEMU", CONSOLE, 31), "--- QEMU\nx")


class Counts(unittest.TestCase):
    def count(self, steps: List[Step], part: bytes) -> Census:
        census = Census()
        census.count([script_of(EMPTY, steps)], b"\n== play00 00\n" + part)
        return census

    def test_table(self) -> None:
        self.assertEqual(table()[4], ("yield", set()))
        self.assertEqual(table()[9], ("kill", {"ESRCH"}))
        self.assertEqual(table()[13][1], {"EINVAL", "EFAULT", "EAGAIN"})
        self.assertEqual(error_names()[38], "ENOSYS")

    def test_answers(self) -> None:
        census = self.count([call(9), call(4), call(99)], b"0 0 fffffffffffffffd\n0 1 0\n1 1 0\n0 2 ffffffffffffffda\n")
        self.assertEqual(dict(census.answers["kill"]), {"ESRCH": 1})
        self.assertEqual(dict(census.answers["yield"]), {"ok": 2})
        self.assertEqual(dict(census.answers["none"]), {"ENOSYS": 1})
        self.assertEqual((census.with_processes, census.with_kills, census.long, census.steps), (1, 0, 0, 4))
        self.assertIn("kill: no script shows ok", census.problems())
        self.assertNotIn("kill: no script shows ESRCH", census.problems())
        wrong = self.count([call(4)], b"0 0 fffffffffffffffd\n")
        self.assertIn("yield: ESRCH is no answer of this call", wrong.problems())

    def test_lines(self) -> None:
        census = self.count([call(4)] * 3, b"spawn 2\n0 0 0\nabc0 1 0\n0 2 0\nend 2 0 1\n")
        self.assertEqual(dict(census.answers["yield"]), {"ok": 3})
        self.assertEqual(census.with_processes, 0)

    def test_with_memory(self) -> None:
        census = self.count([call(13)] * 2, b"0 0 8 0123456789abcdef\n0 1 fffffffffffffff2 1\n")
        self.assertEqual((census.answers["random"]["ok"], census.steps), (1, 2))

    def test_long_is_what_was_played(self) -> None:
        lines = [b"0 %x 0\n" % at for at in range(20)]
        self.assertEqual(self.count([call(4)] * 20, b"".join(lines[:15])).long, 0)
        self.assertEqual(self.count([call(4)] * 20, b"".join(lines[:16])).long, 1)

    def test_ends(self) -> None:
        self.assertEqual(self.count([], b"[KILL] pid=2 class=x\nend 2 1 24\n").with_kills, 1)
        self.assertEqual(self.count([call(9)], b"0 0 0\nend 2 0 0\n").with_kills, 1)
        self.assertEqual(self.count([call(9)], b"0 0 fffffffffffffffd\n").with_kills, 0)
        census = self.count([], b"end 2 2 0\nend 3 0 7\n")
        self.assertEqual((census.with_kills, census.answers["exit"]["ok"]), (0, 1))


if __name__ == "__main__":
    TOOL = sys.argv.pop()
    unittest.main()
