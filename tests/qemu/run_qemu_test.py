#!/usr/bin/env python3
"""Tests of the judge itself: a hostile program, a silent kernel and a hanging QEMU must all fail.

QEMU is played by a shell script, so that every outcome can be had.
"""

from __future__ import annotations

import stat
import tempfile
import unittest
from pathlib import Path
from typing import List, Tuple

from console import text_of, verdicts
from expectation import BootFail, Expectation, Lines, Panic, Transcript, Verbose
from machine import Machine
from run_qemu import run

NONCE = 4711
BOOT = "[BOOT] Initializing kernel...\n[BOOT] Exception vectors installed\n\n"
END = "\n[BOOT] Halting CPU..."
TEXT = BOOT + "Hello\n" + END + "\n"
SIGNED = BOOT + "Hello\n" + END + f" #{NONCE}\n"


class FakeQemu(unittest.TestCase):
    def problems(self, expectation: Expectation, console: str, then: str = "exit 0", timeout: float = 10) -> List[str]:
        """What is wrong with a QEMU that prints `console` and then does `then`."""
        with tempfile.TemporaryDirectory() as folder:
            said = Path(folder, "console")
            said.write_text(console)
            script = Path(folder, "qemu")
            script.write_text(f"#!/bin/sh\ncat '{said}'\n{then}\n")
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
            command = Machine(kernel=Path("kernel"), qemu=str(script)).command(NONCE)
            return expectation.problems(run(command, NONCE, timeout), NONCE)

    def assert_passes(self, *arguments, **named) -> None:
        self.assertEqual(self.problems(*arguments, **named), [])

    def assert_fails(self, *arguments, **named) -> None:
        self.assertNotEqual(self.problems(*arguments, **named), [])


class Closing(FakeQemu):
    def test_the_transcript_passes(self) -> None:
        self.assert_passes(Transcript(TEXT), SIGNED)

    def test_one_character_more_or_less_fails(self) -> None:
        self.assert_fails(Transcript(TEXT), SIGNED.replace("Hello", "Hello "))
        self.assert_fails(Transcript(TEXT), SIGNED.replace("Hello", "Hell"))
        self.assert_fails(Transcript(TEXT), SIGNED.replace("\n", "\r\n"))
        self.assert_fails(Transcript(TEXT), SIGNED + "more\n")

    def test_a_closing_line_without_the_nonce_is_forged(self) -> None:
        self.assert_fails(Transcript(TEXT), TEXT)
        self.assert_fails(Lines(("Hello",)), TEXT)
        self.assert_fails(Lines(("Hello",)), BOOT + f"Hello\n[BOOT] Halting CPU... #{NONCE + 1}\n")

    def test_a_nonce_that_starts_right_is_wrong(self) -> None:
        self.assert_fails(Lines(()), SIGNED.replace(f"#{NONCE}", f"#{NONCE}1"))

    def test_the_exit_status_counts(self) -> None:
        self.assert_fails(Transcript(TEXT), SIGNED, then="exit 1")
        self.assert_fails(Transcript(TEXT), SIGNED, then="kill -9 $$")

    def test_no_power_off_is_a_time_out(self) -> None:
        self.assert_fails(Transcript(TEXT), SIGNED, then="exec sleep 60", timeout=0.5)

    def test_silence_is_a_time_out(self) -> None:
        self.assert_fails(Lines(()), "", then="exec sleep 60", timeout=0.5)

    def test_a_flood_ends(self) -> None:
        self.assert_fails(Lines(()), "", then="exec yes")

    def test_a_panic_of_the_kernel_fails_a_run_that_closes(self) -> None:
        panic = f"KPANIC[bug] x #{NONCE}\n"
        self.assert_fails(Lines(("Hello",)), SIGNED.replace("Hello\n", "Hello\n" + panic))

    def test_a_panic_before_the_nonce_is_known_fails(self) -> None:
        self.assert_fails(Lines(("Hello",)), "KPANIC[early] x\n" + SIGNED)

    def test_a_panic_that_a_program_prints_is_not_one(self) -> None:
        self.assert_passes(Lines(("KPANIC.*", "Hello")), SIGNED.replace("Hello", "KPANIC[halted]\nHello"))

    def test_a_panic_after_the_closing_line_fails(self) -> None:
        self.assert_fails(Lines(()), SIGNED + f"KPANIC[late] x #{NONCE}\nKPANIC[halted] #{NONCE}\n")

    def test_lines_come_in_order(self) -> None:
        self.assert_passes(Lines((r"\[BOOT\] Init.*", "Hel+o")), SIGNED)
        self.assert_fails(Lines(("Hel+o", r"\[BOOT\] Init.*")), SIGNED)
        self.assert_fails(Lines(("Hel",)), SIGNED)

    def test_verbose_needs_more_lines(self) -> None:
        more = SIGNED.replace(BOOT, "[BOOT] CPU: features\n" + BOOT)
        self.assert_passes(Verbose(TEXT), more)
        self.assert_fails(Verbose(TEXT), SIGNED)
        self.assert_fails(Verbose(TEXT), more.replace("Hello", "Bye"))


class Types(unittest.TestCase):
    def said(self, script: str, *typed: Tuple[str, bytes]) -> List[str]:
        outcome = run(("sh", "-c", script), NONCE, 10, typed)
        self.assertFalse(outcome.timed_out)
        return text_of(outcome.console).splitlines()

    def test_each_when_its_text_is_there(self) -> None:
        script = "echo a; read x; echo got $x; read y; echo got $y"
        self.assertEqual(self.said(script, ("a\n", b"1\n"), ("got 1", b"2\n")), ["a", "got 1", "got 2"])

    def test_not_before_that(self) -> None:
        self.assertTrue(run(("sh", "-c", "echo a; read x"), NONCE, 0.3, (("b", b"1\n"),)).timed_out)

    def test_more_than_the_machine_takes(self) -> None:
        much = "x" * (1 << 18)
        said = self.said("echo a; head -c 262144 /dev/zero | tr '\\0' x", ("a", much.encode()), ("xx", b"y"))
        self.assertEqual(said, ["a", much])

    def test_nothing_without_a_text(self) -> None:
        self.assertEqual(self.said("read x || echo end"), ["end"])


class Stops(FakeQemu):
    STAYS_ON = "exec sleep 60"

    def test_a_failed_boot(self) -> None:
        self.assert_passes(BootFail("el"), "BOOTFAIL[el] EL3\n", then=self.STAYS_ON)
        self.assert_passes(BootFail("psci"), f"BOOTFAIL[psci] x #{NONCE}\n", then=self.STAYS_ON)

    def test_another_failure_than_expected(self) -> None:
        self.assert_fails(BootFail("el"), "BOOTFAIL[dtb] x\n", then=self.STAYS_ON)
        self.assert_fails(BootFail("el"), "KPANIC[el] x\nKPANIC[halted]\n", then=self.STAYS_ON)
        self.assert_fails(BootFail("el"), SIGNED)

    def test_a_failed_boot_that_a_program_prints(self) -> None:
        self.assert_fails(BootFail("el"), BOOT + "BOOTFAIL[el] EL3\n", then=self.STAYS_ON, timeout=0.5)

    def test_a_failed_boot_that_powers_off(self) -> None:
        self.assert_fails(BootFail("el"), "BOOTFAIL[el] EL3", then="exit 0")

    def test_a_panic(self) -> None:
        said = BOOT + f"Hello\nKPANIC[vec:3] x #{NONCE}\n  #0 +0x10\nKPANIC[halted] #{NONCE}\n"
        self.assert_passes(Panic("vec:3"), said, then=self.STAYS_ON)
        self.assert_fails(Panic("vec:4"), said, then=self.STAYS_ON)
        self.assert_fails(Panic("vec:3"), said.replace(f" #{NONCE}", ""), then=self.STAYS_ON, timeout=0.5)

    def test_a_panic_within_a_panic_is_not_the_one_expected(self) -> None:
        nested = f"KPANIC[bug] x #{NONCE}\nKPANIC[nested] #{NONCE}\nKPANIC[halted] #{NONCE}\n"
        self.assert_fails(Panic("bug"), nested, then=self.STAYS_ON)


class Parsing(unittest.TestCase):
    def test_half_a_line_is_no_verdict(self) -> None:
        self.assertEqual(verdicts(b"BOOTFAIL[el] EL", NONCE), [])

    def test_a_verdict_starts_its_line(self) -> None:
        self.assertEqual(verdicts(f"x KPANIC[bug] #{NONCE}\n".encode(), NONCE), [])

    def test_every_verdict_counts_without_a_nonce(self) -> None:
        self.assertEqual(len(verdicts((BOOT + "KPANIC[bug]\n").encode(), None)), 1)


if __name__ == "__main__":
    unittest.main()
