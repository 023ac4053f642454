#!/usr/bin/env python3
"""The table, the budgets and what is looked for in a run, on runs made by hand."""

from __future__ import annotations

import sys
import unittest
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

import paths
from bench import Value, over_budget
from exec_trace import IMAGE_BASE, PLACE_SIZE, count
from figures import BOOT_GROWTH, FIGURES, REPEATS
from functions import Functions

KERNEL = 0xFFFFFFC000001000
POLL = 0xFFFFFFC000002000
START, SPIN, PARENT, CHILD, SPAWN, FIRST, NEXT = (0x400000 + 0x100 * i for i in range(7))
SYMBOLS = {
    "spin": SPIN,
    "yield_in_parent": PARENT,
    "yield_in_child": CHILD,
    "spawn_and_wait": SPAWN,
    "map_first": FIRST,
    "map_next": NEXT,
}
NOP = 0xD503201F
# Each function: nop, svc, svc, ret; but one svc only where one is looked for.
CODE = [NOP, paths.SVC_0, paths.SVC_0, paths.RET]


def word(address: int) -> int:
    index = address % 0x100 // 4
    if address - address % 0x100 != SPAWN and index == 2:
        return NOP
    return CODE[index] if index < len(CODE) else NOP


PROGRAM = SimpleNamespace(symbols=SYMBOLS, word=word)


def run_of(addresses: List[int], poll: str = paths.POLL) -> paths.Run:
    addresses = [KERNEL] * 1000 + [START] + addresses + [START] + [KERNEL] * 1000
    return paths.Run(addresses, count(addresses), PROGRAM, SimpleNamespace(symbols={poll: POLL}))


def costs(name: str, addresses: List[int]) -> List[int]:
    return [paths.cost(path) for path in paths.FINDERS[name](run_of(addresses))]


class Finding(unittest.TestCase):
    def assert_refused(self, name: str, addresses: List[int]) -> None:
        with self.assertRaises(paths.PathError):
            costs(name, addresses)

    def test_repeated_calls(self) -> None:
        call = [NEXT + 4] + [KERNEL] * 5 + [NEXT + 8]
        self.assertEqual(costs("repeated_calls", call * REPEATS), [5] * REPEATS)
        self.assert_refused("repeated_calls", call * (REPEATS - 1))
        self.assert_refused("repeated_calls", call * (REPEATS - 1) + [NEXT] + [KERNEL] * 5)

    def test_a_switch_goes_from_one_yield_to_the_other(self) -> None:
        first = [PARENT + 4] + [KERNEL] * 50 + [START, CHILD + 4] + [KERNEL] * 3
        turns = ([PARENT + 8, PARENT + 4] + [KERNEL] * 4 + [CHILD + 8, CHILD + 4] + [KERNEL] * 3) * (REPEATS - 1)
        found = costs("switches", first + turns + [PARENT + 8])
        self.assertEqual(sorted(found), [3] * REPEATS + [4] * (REPEATS - 1))
        back = [PARENT + 4] + [KERNEL] * 4 + [PARENT + 8]
        self.assert_refused("switches", back * 2 * REPEATS)
        self.assert_refused("switches", first + turns)

    def test_a_tick_comes_back_to_the_same_process(self) -> None:
        kept = [SPIN] + [KERNEL] * 7 + [SPIN]
        switch = [SPIN] + [KERNEL] * 9 + [START] + [KERNEL] * 11
        self.assertEqual(costs("ticks", (kept + switch) * REPEATS), [7] * REPEATS)
        self.assert_refused("ticks", switch * REPEATS)
        self.assert_refused("ticks", (kept + switch) * (REPEATS + 1))

    def test_a_spawn_lasts_until_the_wait_is_over(self) -> None:
        cycle = [SPAWN + 4] + [KERNEL] * 10 + [SPAWN + 8] + [KERNEL] * 20 + [START, START] + [KERNEL] * 30
        cycle += [SPAWN + 12]
        first = [SPAWN + 4] + [KERNEL] * 90 + [SPAWN + 12]
        children = first + (cycle + [START, KERNEL]) * (REPEATS - 1)
        self.assertEqual(costs("spawns", children), [60] * (REPEATS - 1))
        self.assertEqual(costs("first_spawns", children), [90])
        self.assert_refused("spawns", cycle * (REPEATS - 1))
        self.assert_refused("first_spawns", cycle * (REPEATS - 1))

    def test_maps_with_tables_are_apart(self) -> None:
        first = [FIRST + 4] + [KERNEL] * 90 + [FIRST + 8]
        others = ([NEXT + 4] + [KERNEL] * 6 + [NEXT + 8]) * REPEATS
        self.assertEqual(costs("maps_with_tables", first + others), [90])
        self.assertEqual(costs("maps", first + others), [6] * REPEATS)
        self.assert_refused("maps", first)
        self.assert_refused("maps_with_tables", others)

    def test_masked_stretches_end_where_the_kernel_looks(self) -> None:
        stay = [START] + [KERNEL] * 8 + [POLL] + [KERNEL] * 2
        self.assertEqual(costs("masked_stretches", stay), [8, 3])
        self.assert_refused("masked_stretches", [START] + [KERNEL] * 8)
        with self.assertRaises(paths.PathError):
            paths.masked_stretches(run_of(stay, poll="another_name"))

    def test_a_kernel_that_has_moved_looks_elsewhere(self) -> None:
        distance = 0x1234 * PLACE_SIZE
        stay = [START] + [KERNEL + distance] * 8 + [POLL + distance] + [KERNEL + distance] * 2
        run = run_of(stay)
        run.addresses[-1] += distance
        self.assertEqual([paths.cost(path) for path in paths.masked_stretches(run)], [8, 3])

    def test_boot_ends_at_the_first_instruction_of_a_program(self) -> None:
        self.assertEqual(costs("boots", []), [1000])

    def test_a_program_without_the_function_is_refused(self) -> None:
        run = run_of([START])
        run.program.symbols.pop("map_next")
        try:
            with self.assertRaises(paths.PathError):
                paths.maps(run)
        finally:
            SYMBOLS["map_next"] = NEXT


class Budgets(unittest.TestCase):
    def values(self, **changed: float) -> Dict[str, Value]:
        """Each figure at its budget, but those that are given."""
        values = {}
        for figure in FIGURES:
            budget = figure.budget if figure.budget is not None else 0
            judged = changed.get(figure.name.replace("-", "_"), budget)
            values[figure.name] = Value(figure, judged + 1e6 if figure.besides else judged, judged)
        return values

    def test_a_figure_at_its_budget_passes(self) -> None:
        self.assertEqual(over_budget(self.values()), [])

    def test_every_budget_can_fail(self) -> None:
        for figure in FIGURES:
            if figure.budget is not None:
                above = {figure.name.replace("-", "_"): figure.budget + 0.01}
                self.assertEqual(len(over_budget(self.values(**above))), 1, figure.name)

    def test_a_boot_with_more_memory_is_compared(self) -> None:
        boot = 80_000.0
        self.assertEqual(over_budget(self.values(boot_el0=boot, boot_el0_8g=boot * BOOT_GROWTH)), [])
        self.assertEqual(len(over_budget(self.values(boot_el0=boot, boot_el0_8g=boot * BOOT_GROWTH + 1))), 1)

    def test_the_table_has_what_was_promised(self) -> None:
        budgets = {figure.name: figure.budget for figure in FIGURES}
        promised = {"null-syscall": 100, "write-1": 200, "yield-switch": 140, "tick": 150, "map-1": 700}
        promised.update({"spawn-exit-wait": 20_000, "masked-max": 100_000, "boot-el0": 120_000})
        for name, most in promised.items():
            self.assertLessEqual(budgets[name], most, name)
        for figure in FIGURES:
            self.assertIn(figure.paths, paths.FINDERS)


class Attribution(unittest.TestCase):
    FUNCTIONS = Functions([(0x200, "b"), (0x100, "a"), (0x300, "a")])

    def test_an_address_is_its_functions(self) -> None:
        counts = self.FUNCTIONS.count([0x100, 0x1FC, 0x200, 0x200, 0x400])
        self.assertEqual(counts, Counter({"a": 3, "b": 2}))

    def test_a_moved_address_is_its_functions(self) -> None:
        functions = Functions([(IMAGE_BASE + 0x200, "b"), (IMAGE_BASE + 0x100, "a")])
        places = [IMAGE_BASE, IMAGE_BASE + PLACE_SIZE, (1 << 64) - PLACE_SIZE]
        counts = functions.count([place + offset for place in places for offset in (0x100, 0x1FC, 0x200)])
        self.assertEqual(counts, Counter({"a": 6, "b": 3}))
        self.assertEqual(functions.count([0x40200100]), Counter({"(at physical addresses)": 1}))

    def test_an_address_before_all_functions_is_nobodys(self) -> None:
        self.assertEqual(sum(self.FUNCTIONS.count([0x40, 0xFC]).values()), 2)
        self.assertNotIn("a", self.FUNCTIONS.count([0xFC]))


if __name__ == "__main__":
    unittest.main()
