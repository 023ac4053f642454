#!/usr/bin/env python3
"""Tests of the judges: a kernel that loses something, falls silent or is unfair must fail.

QEMU is played by a shell script, so that every outcome can be had.
"""

from __future__ import annotations

import stat
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

import fairness
import soak
from expectation import Outcome
from session import CONSOLE_MAX, Session, SessionError

NONCE = 4711
COUNT = 10
SEED = 99
SAME = "frames=100 heap=64 processes=1"
SCRIPT = """#!/bin/sh
echo "[BOOT] Exception vectors installed"
echo "soak: before {before}"
read count seed || exit 1
echo "stress: $count cycles, seed $seed"
echo "stress: $count cycles, {verdict}"
echo "soak: after {after}"
{then}
read line || exit 1
echo "soak: heard {heard}"
echo "{closing}"
{end}
"""
GOOD: Dict[str, str] = {
    "before": SAME,
    "after": SAME,
    "verdict": "counts as before",
    "then": "",
    "heard": "$line",
    "closing": f"[BOOT] Halting CPU... #{NONCE}",
    "end": "exit 0",
}


class Soak(unittest.TestCase):
    def problems(self, timeout: float = 10, **changes: str) -> List[str]:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder, "qemu")
            script.write_text(SCRIPT.format(**{**GOOD, **changes}))
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
            with Session([str(script)], NONCE, timeout) as session:
                try:
                    return soak.soak(session, COUNT, SEED, NONCE)
                except SessionError as error:
                    return [str(error)]

    def test_a_good_run_passes(self) -> None:
        self.assertEqual(self.problems(), [])

    def test_anything_lost_or_gained_fails(self) -> None:
        for after in ("frames=99 heap=64 processes=1", "frames=101 heap=64 processes=1",
                      "frames=100 heap=80 processes=1"):  # fmt: skip
            self.assertNotEqual(self.problems(after=after), [])

    def test_a_process_that_is_left_over_fails(self) -> None:
        left = "frames=100 heap=64 processes=2"
        self.assertNotEqual(self.problems(before=left, after=left), [])

    def test_counts_of_nothing_fail(self) -> None:
        for nothing in ("frames=0 heap=64 processes=1", "frames=100 heap=0 processes=1"):
            self.assertNotEqual(self.problems(before=nothing, after=nothing), [])

    def test_what_stress_finds_fails(self) -> None:
        self.assertNotEqual(self.problems(verdict="frames lost"), [])

    def test_a_dead_console_fails(self) -> None:
        self.assertEqual(self.problems(timeout=0.5, then="exec sleep 60"), ["timed out"])
        self.assertNotEqual(self.problems(heard="something else"), [])

    def test_no_closing_line_fails(self) -> None:
        self.assertNotEqual(self.problems(closing=""), [])
        self.assertNotEqual(self.problems(closing="[BOOT] Halting CPU..."), [])

    def test_no_power_off_fails(self) -> None:
        self.assertEqual(self.problems(timeout=0.5, end="exec sleep 60"), ["timed out"])
        self.assertNotEqual(self.problems(end="exit 1"), [])

    def test_a_failed_first_program_fails_at_once(self) -> None:
        for place in ("then", "end"):
            line = f"echo 'BOOTFAIL[init] soak ended with status 1 #{NONCE}'; exec sleep 60"
            self.assertNotEqual(self.problems(**{place: line}), ["timed out"])
            self.assertNotEqual(self.problems(**{place: line}), [])

    def test_a_last_word_in_one_piece_with_what_is_waited_for(self) -> None:
        both = f"$line\\nBOOTFAIL[init] x #{NONCE}"
        self.assertEqual(self.problems(timeout=2, heard=both, closing="", end="exec sleep 60"), ["the kernel stopped"])

    def test_a_panic_fails_a_run_that_closes(self) -> None:
        self.assertNotEqual(self.problems(then=f"echo 'KPANIC[bug] x #{NONCE}'"), [])

    def test_a_flood_ends(self) -> None:
        self.assertEqual(self.problems(then=f"yes 123456789012345 | head -c {2 * CONSOLE_MAX}"), ["a flood"])

    def test_a_line_counts_when_it_is_whole_and_once(self) -> None:
        with Session(["/bin/sh", "-c", "echo half a line; echo line; echo; echo end"], NONCE, 10) as session:
            session.expect("line")
            session.expect("end")
            with self.assertRaises(SessionError):
                session.expect("line")
        with Session(["/bin/sh", "-c", "echo half a line; echo lines"], NONCE, 10) as session:
            with self.assertRaises(SessionError):
                session.expect("line")


class Fairness(unittest.TestCase):
    SHARE = 1000

    def shares(self, one: int) -> List[int]:
        """All have the same, but one and another that makes up for it."""
        return [one, 2 * self.SHARE - one] + [self.SHARE] * (fairness.SPINNERS - 2)

    def test_within_ten_percent_is_fair(self) -> None:
        for one in (self.SHARE, 900, 1100):
            self.assertEqual(fairness.share_problems("ran", self.shares(one)), [])

    def test_more_is_not(self) -> None:
        for one in (899, 1101, 0):
            self.assertNotEqual(fairness.share_problems("ran", self.shares(one)), [])

    def test_one_that_starves_is_found(self) -> None:
        self.assertNotEqual(fairness.share_problems("ran", [0] + [self.SHARE] * (fairness.SPINNERS - 1)), [])

    def test_every_process_is_there(self) -> None:
        self.assertNotEqual(fairness.share_problems("ran", [self.SHARE] * (fairness.SPINNERS - 1)), [])
        self.assertNotEqual(fairness.share_problems("ran", [self.SHARE] * (fairness.SPINNERS + 1)), [])

    def test_nothing_is_no_share(self) -> None:
        self.assertNotEqual(fairness.share_problems("ran", [0] * fairness.SPINNERS), [])

    def test_both_measures_count(self) -> None:
        def said(ran: int, counted: int) -> Outcome:
            lines = [f"fairness: ran {share}" for share in self.shares(ran)]
            lines += [f"fairness: counted {share}" for share in self.shares(counted)]
            text = "\n".join(lines + [f"[BOOT] Halting CPU... #{NONCE}", ""])
            return Outcome(text.encode(), "", 0, False)

        self.assertEqual(fairness.problems(said(1000, 1000), NONCE), [])
        self.assertNotEqual(fairness.problems(said(800, 1000), NONCE), [])
        self.assertNotEqual(fairness.problems(said(1000, 800), NONCE), [])
        self.assertNotEqual(fairness.problems(said(1000, 1000), NONCE + 1), [])


if __name__ == "__main__":
    unittest.main()
