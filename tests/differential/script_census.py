"""Counts what scripts show: which call gave which answers, how many processes there were, and how they ended."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Dict, List, Sequence, Set, Tuple

from steps import CALL, steps_of
from transcript import parts

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^SYSCALL\((\d+), (\w+), .*?(?=^SYSCALL|\Z)", re.MULTILINE | re.DOTALL)
# How many steps a script has to play to be a long one.
LONG = 16

# Behind whatever a script has written itself.
LINE = re.compile(rb"^[^ \n]*?([0-3]) ([0-9a-f]{1,2}) ([0-9a-f]{1,16})(?: [0-9a-f]{1,16})?$", re.MULTILINE)
END = re.compile(rb"^end [0-9a-f]+ (\d) [0-9a-f]+$", re.MULTILINE)
KILL = re.compile(rb"^\[KILL\] pid=", re.MULTILINE)
EXITED = 0

# What no script can show, and why.
UNREACHABLE = {
    ("random", "EAGAIN"): "the generator of these boots always has a seed",
    ("write", "EPERM"): "lines are written with that very call",
}


def table() -> Dict[int, Tuple[str, Set[str]]]:
    """Calls by number: name, and the errors of the row in abi/syscalls.def."""
    text = (ROOT / "abi" / "syscalls.def").read_text()
    text = text[text.index("*/") :]
    return {int(m[1]): (m[2], set(re.findall(r"ERROR\((\w+),", m[0]))) for m in ROW.finditer(text)}


def error_names() -> Dict[int, str]:
    text = (ROOT / "abi" / "errno.h").read_text()
    return {int(number): name for name, number in re.findall(r"#define PANTHER_(\w+) (\d+)", text)}


class Census:
    def __init__(self) -> None:
        self.scripts = 0
        self.long = 0
        self.steps = 0
        self.with_kills = 0
        self.with_processes = 0
        self.answers: Dict[str, Counter] = defaultdict(Counter)
        self.others: Counter = Counter()

    def _count_call(self, name: str, result: int) -> None:
        signed = result - (1 << 64) if result >> 63 else result
        answer = error_names().get(-signed, "?") if signed < 0 else "ok"
        self.answers[name][answer] += 1

    def _count_lines(self, script: bytes, part: bytes, calls: Dict[int, Tuple[str, Set[str]]]) -> List[str]:
        """Whose steps were played, line by line."""
        steps, processes = steps_of(script), []
        for process, at, result in LINE.findall(part):
            if int(at, 16) >= len(steps):
                continue
            processes.append(process)
            step = steps[int(at, 16)]
            if step.kind == CALL and step.immediate == 0 and step.number in calls:
                self._count_call(calls[step.number][0], int(result, 16))
            elif step.kind == CALL:
                self._count_call("none", int(result, 16))
        return processes

    def count(self, scripts: Sequence[bytes], console: bytes) -> None:
        calls = table()
        for number, part in parts(console):
            kills = self.answers["kill"]["ok"]
            played = self._count_lines(scripts[number], part, calls)
            self.scripts += 1
            self.steps += len(played)
            self.long += len(played) >= LONG
            self.with_processes += len(set(played)) > 1
            # What the director ends is no kill.
            self.with_kills += bool(KILL.search(part)) or self.answers["kill"]["ok"] > kills
            self.answers["exit"]["ok"] += [int(reason) for reason in END.findall(part)].count(EXITED)

    def problems(self) -> List[str]:
        """Answers that a row of the table has and no script shows, and answers that no row has."""
        found = []
        for name, errors in table().values():
            wanted = {"ok"} if name == "exit" else {"ok", "EPERM"} | errors
            for answer in sorted(wanted - set(self.answers[name])):
                if (name, answer) not in UNREACHABLE:
                    found.append(f"{name}: no script shows {answer}")
            for answer in sorted(set(self.answers[name]) - wanted):
                found.append(f"{name}: {answer} is no answer of this call")
        if self.answers["none"]["ENOSYS"] == 0:
            found.append("no script makes a call that is none")
        return found

    def text(self) -> str:
        lines = [
            f"scripts {self.scripts}, with {LONG} or more steps played {self.long}, with kills {self.with_kills},"
            f" with several processes {self.with_processes}; steps that were played {self.steps}"
        ]
        for name, counts in sorted(self.answers.items()):
            lines.append(f"{name:10}" + ", ".join(f"{answer} {number}" for answer, number in sorted(counts.items())))
        for (name, error), reason in UNREACHABLE.items():
            lines.append(f"not to be seen: {name} {error}: {reason}")
        return "\n".join(lines)
