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

from exec_trace import Visit, count, executed, log_options

# The comments in counter.S, added up.
COUNTER_INSTRUCTIONS = 2 + (1 + 1000 * 2) + (3 + 5 * 3) + (1 + 5) + (2 + 8) + 3

KERNEL = 0xFFFFFFC000001000
PHYSICAL = 0x40200000
USER = 0x10000

options = argparse.Namespace()


class Splitting(unittest.TestCase):
    def test_a_run(self) -> None:
        boot = [PHYSICAL, PHYSICAL + 4, KERNEL, KERNEL + 4, KERNEL + 8]
        first = [USER, USER + 4] + [KERNEL] * 3
        second = [USER + 8] + [KERNEL] * 2
        end = [USER + 12] + [KERNEL] * 100
        counts = count(boot + first + second + end)
        self.assertEqual((counts.boot, counts.entry), (5, USER))
        self.assertEqual(counts.visits, [Visit(USER + 4, 3), Visit(USER + 8, 2)])

    def test_a_program_that_never_starts(self) -> None:
        counts = count([PHYSICAL, KERNEL, KERNEL])
        self.assertIsNone(counts.entry)
        self.assertEqual(counts.visits, [])


class Log(unittest.TestCase):
    def executed(self, text: str) -> int:
        with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
            log.write(text)
            log.flush()
            return len(executed(Path(log.name)))

    def test_a_block_that_was_put_off_counts_once(self) -> None:
        line = "Trace 0: 0x7f1880 [0000000000004000/0000000040000000/00000121/ff000201] \n"
        stopped = "Stopped execution of TB chain before 0x7f1880 [0000000040000000] \n"
        self.assertEqual(self.executed(line * 3), 3)
        self.assertEqual(self.executed(line + stopped + line), 1)

    def test_a_line_of_another_kind_is_an_error(self) -> None:
        with self.assertRaises(ValueError):
            self.executed("cpu_io_recompile: rewound execution of TB\n")


class Counter(unittest.TestCase):
    def test_the_machine_with_a_known_count(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "log")
            machine = ["-machine", "virt", "-cpu", "cortex-a72", "-nographic", "-nic", "none"]
            command = [options.qemu] + machine + ["-kernel", options.counter] + log_options(options.qemu, log)
            said = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, timeout=20)
            self.assertEqual(said.stdout, b".....")
            self.assertEqual(len(executed(log)), COUNTER_INSTRUCTIONS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--counter", required=True)
    options, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=sys.argv[:1] + rest)
