#!/usr/bin/env python3
"""The counter against sums made by hand: on lists of addresses, and on a machine whose count is known.

    exec_trace_test.py --qemu qemu-system-aarch64 --counter counter.elf
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import List
from unittest import mock

from exec_trace import Visit, count, executed, log_options, masked

# The comments in counter.S, added up.
COUNTER_INSTRUCTIONS = 2 + (1 + 1000 * 2) + (3 + 5 * 3) + (1 + 5) + (2 + 8) + 3

KERNEL = 0xFFFFFFC000001000
POLL = 0xFFFFFFC000002000
PHYSICAL = 0x40200000
USER = 0x10000

options = argparse.Namespace()


class Splitting(unittest.TestCase):
    BOOT = [PHYSICAL, PHYSICAL + 4, KERNEL, KERNEL + 4, KERNEL + 8]

    def test_a_run(self) -> None:
        first = [USER, USER + 4] + [KERNEL] * 3
        second = [USER + 8] + [KERNEL] * 2
        end = [USER + 12] + [KERNEL] * 100
        counts = count(self.BOOT + first + second + end)
        self.assertEqual((counts.boot, counts.entry), (5, USER))
        self.assertEqual(counts.visits, [Visit(USER + 4, USER + 8, 7, 10), Visit(USER + 8, USER + 12, 11, 13)])
        self.assertEqual([visit.instructions for visit in counts.visits], [3, 2])

    def test_a_program_that_never_starts(self) -> None:
        counts = count([PHYSICAL, KERNEL, KERNEL])
        self.assertIsNone(counts.entry)
        self.assertEqual(counts.visits, [])

    def stretches(self, addresses: List[int]) -> List[int]:
        return [end - start for start, end in masked(addresses, count(addresses), {POLL})]

    def test_each_stay_is_a_stretch(self) -> None:
        self.assertEqual(self.stretches(self.BOOT + [USER] + [KERNEL] * 3 + [USER] + [KERNEL] * 2 + [USER]), [3, 2])

    def test_a_poll_begins_a_stretch(self) -> None:
        stay = [KERNEL] * 4 + [POLL] + [KERNEL] * 6 + [POLL] + [KERNEL]
        self.assertEqual(self.stretches(self.BOOT + [USER] + stay + [USER]), [4, 7, 2])

    def test_neither_boot_nor_the_last_stay_counts(self) -> None:
        end = [KERNEL] * 50 + [POLL] + [KERNEL] * 50
        self.assertEqual(self.stretches([KERNEL] * 100 + [USER, KERNEL, USER] + end), [1])


class Log(unittest.TestCase):
    LINE = "Trace 0: 0x7f1880 [0000000000004000/0000000040000000/00000121/ff000201] \n"
    STOPPED = "Stopped execution of TB chain before 0x7f1880 [0000000040000000] \n"
    REWOUND = "cpu_io_recompile: rewound execution of TB to 0000000040000000\n"

    def executed(self, text: str) -> List[int]:
        with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
            log.write(text)
            log.flush()
            return list(executed(Path(log.name)))

    def test_the_address_is_that_of_the_instruction(self) -> None:
        self.assertEqual(self.executed(self.LINE), [0x40000000])
        self.assertEqual(self.executed(self.LINE.replace("0000000040000000", "ffffffc000001000")), [KERNEL])

    def test_a_block_that_was_put_off_counts_once(self) -> None:
        self.assertEqual(len(self.executed(self.LINE * 3)), 3)
        self.assertEqual(len(self.executed(self.LINE + self.STOPPED + self.LINE)), 1)
        self.assertEqual(len(self.executed(self.LINE + self.REWOUND + self.LINE)), 1)

    def test_a_log_may_come_in_any_pieces(self) -> None:
        for size in (1, 50, 75, 76, 1000):
            with mock.patch("exec_trace.CHUNK", size):
                self.assertEqual(len(self.executed(self.LINE * 7 + self.STOPPED + self.LINE)), 7)

    def test_a_line_of_another_kind_is_an_error(self) -> None:
        for line in ("cpu_io_recompile: something else\n", "\n", "Linking TBs\n", "x" + self.LINE):
            with self.assertRaises(ValueError):
                self.executed(self.LINE + line + self.LINE)

    def test_half_a_line_is_an_error(self) -> None:
        with self.assertRaises(ValueError):
            self.executed(self.LINE + self.LINE[:-1])


class Counter(unittest.TestCase):
    def test_the_machine_with_a_known_count(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "log")
            machine = ["-machine", "virt", "-cpu", "cortex-a72", "-nographic", "-nic", "none"]
            command = [options.qemu] + machine + ["-kernel", options.counter] + log_options(options.qemu, log)
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            said = subprocess.run(command, check=True, timeout=20, **pipes)
            self.assertEqual(said.stdout, b".....")
            self.assertEqual(len(executed(log)), COUNTER_INSTRUCTIONS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--counter", required=True)
    options, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=sys.argv[:1] + rest)
