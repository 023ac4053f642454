#!/usr/bin/env python3
"""The judge of the sweep: it knows each register by the encoding that the assembler has for it, and it sees a word that
came to something else, a word that is missing, and a kernel that has changed.

    sweep_test.py CLANG OBJCOPY
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Dict, List, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

from cpu import Cpu
from expectation import Outcome
from sweep import Judge, Part
from system_rules import INSTRUCTIONS, REGISTERS, STATE_NAMES, UNDEFINED, system_rule
from word_rules import PLACE, word_rule
from words import SYSTEM_WORDS, Key, system_fields, system_word

TOOLS: List[str] = []
NONCE = 12345678901234567890
# A Cortex-A72 as its manual describes it (Arm 100095, 4.2), with six counters.
A72 = {
    "pfr0": 0x2222,
    "pfr1": 0,
    "dfr0": 0x10305106,
    "isar0": 0x10000,
    "isar1": 0,
    "isar2": 0,
    "mmfr0": 0x1124,
    "mmfr2": 0,
    "pmcr": 6 << 11,
}
# ISAR0.RNDR, PFR1.MTE, PFR1.SSBS, PFR1.SME; MMFR2.IDS.
ALL = {**A72, "isar0": 1 << 60, "pfr1": 0x1000220, "mmfr2": 1 << 36}


def assembled(lines: List[str]) -> List[int]:
    with tempfile.TemporaryDirectory() as folder:
        source, plain = Path(folder, "words.s"), Path(folder, "words.bin")
        source.write_text(".arch armv8.7-a+memtag+rng+sme+predres+ssbs+pmuv3\n" + "\n".join(lines) + "\n")
        target = ["--target=aarch64-none-elf", "-c", str(source), "-o", str(Path(folder, "words.o"))]
        subprocess.run([TOOLS[0], *target], check=True)
        subprocess.run([TOOLS[1], "-O", "binary", str(Path(folder, "words.o")), str(plain)], check=True)
        data = plain.read_bytes()
    return [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]


def console(outcomes: str, registers: Dict[str, int], state: str = "as it was") -> bytes:
    lines = [f"register {name} {value:#x}" for name, value in registers.items()]
    lines += [f"sweep: {outcomes}", f"sweep: the kernel is {state} #{NONCE}", f"[BOOT] Halting CPU... #{NONCE}"]
    return ("[BOOT] Exception vectors installed\n" + "\n".join(lines) + "\n").encode()


def judged(part: Part, text: bytes) -> Tuple[List[str], List[str]]:
    judge = Judge()
    return judge.part(part, Outcome(text, "", 0, False), NONCE), judge.unexpected


def numbers_of(*keys: Key) -> List[int]:
    wanted = set(keys)
    return [n for n in range(1 << 16, 1 << 17) if system_fields(system_word(n)).key in wanted]


class Encodings(unittest.TestCase):
    def test_registers(self) -> None:
        rows = [(key, name) for key, row in REGISTERS.items() for name in row.name.split(", ")]
        lines = []
        for _, name in rows:
            is_written = name in ("PMSWINC_EL0", "DBGDTRTX_EL0")
            lines.append(f"msr {name}, x0" if is_written else f"mrs x0, {name}")
        for (key, name), word in zip(rows, assembled(lines)):
            self.assertEqual(system_fields(word).key, key, name)

    def test_instructions(self) -> None:
        rows = [(key, row) for key, row in INSTRUCTIONS.items() if row.name != "COSP RCTX"]  # the assembler is older
        for (key, row), word in zip(rows, assembled([f"{row.name.lower()}, x0" for _, row in rows])):
            self.assertEqual(system_fields(word).key, key, row.name)

    def test_state(self) -> None:
        named = {place: name for place, name in STATE_NAMES.items() if name not in ("SVCR", "ALLINT")}
        bare = ("CFINV", "XAFLAG", "AXFLAG")
        words = assembled([name if name in bare else f"msr {name}, #1" for name in named.values()])
        for (place, name), word in zip(named.items(), words):
            self.assertEqual((system_fields(word).op1, system_fields(word).op2), place, name)

    def test_every_encoding_is_swept_once(self) -> None:
        fields = [word >> 5 for word in map(system_word, range(1 << 17))]
        self.assertEqual(sorted(fields), list(range(0xD5000000 >> 5, 0xD5400000 >> 5)))
        self.assertEqual(len({system_word(number) for number in range(SYSTEM_WORDS)}), SYSTEM_WORDS)


class Rules(unittest.TestCase):
    def check(self, registers: Dict[str, int], *expected: Tuple[str, str]) -> None:
        for (line, outcome), word in zip(expected, assembled([line for line, _ in expected])):
            self.assertEqual(sorted(word_rule(word, Cpu(registers))[1]), [outcome], line)

    def test_by_identification_registers(self) -> None:
        self.check(A72, ("mrs x0, midr_el1", "00"), ("mrs x0, rndr", "00"), ("msr tpidr2_el0, x0", "00"))
        self.check(ALL, ("mrs x0, midr_el1", "18"), ("mrs x0, rndr", "ok"), ("msr tpidr2_el0, x0", "18"))

    def test_words(self) -> None:
        self.check(
            A72,
            ("svc #7", "15"),
            ("hvc #0", "00"),
            ("smc #0", "00"),
            ("brk #1", "3c"),
            ("hlt #1", "00"),
            ("eret", "00"),
            ("b .", "*"),
            ("b .+4", "ok"),
            ("b .+8", f"[{0x56000000 | 0x4000 | PLACE + 2:x}]"),
            ("b .+4096", "20"),
            ("b.ne .+4096", "20"),
            ("b.eq .+4096", "ok"),
            ("b.hi .+4096", "ok"),
            ("b.ls .+4096", "20"),
            ("b.gt .+4096", "20"),
            ("b.al .+4096", "20"),
            ("cbz x2, .+4096", "ok"),
            ("cbz xzr, .+4096", "20"),
            ("tbnz x1, #63, .+4096", "20"),
            ("tbz x2, #11, .+4096", "ok"),
            ("br x1", "22"),
            ("ret", "20"),
            ("ldr x0, .+4096", "24"),
            ("ldr d0, .+8", "~ok"),
            ("prfm pldl1keep, .+4096", "ok"),
            ("ldr x0, [x2]", "ok"),
            ("ldr x0, [sp]", "ok"),
            ("ldr x0, [x1]", "24"),
            ("str x0, [x2, #0x7f8]", "ok"),
            ("str x0, [x2, #0x800]", "24"),
            ("strb w0, [x2, #0x800]", "24"),
            ("ldr q0, [x2, #0x7f0]", "~ok"),
            ("ldr q0, [x2, #0x800]", "~24"),
            ("prfm pldl1keep, [x1]", "ok"),
            (".inst 0xf9c00000", "00"),
            ("and x0, x1, #1", "ok"),
            ("movz w0, #1", "ok"),
            (".inst 0x12400000", "00"),  # AND (immediate), 32 bits with N = 1
            ("udf #1", "00"),
        )

    def test_most_is_undefined(self) -> None:
        cpu = Cpu(A72)
        rules = [system_rule(system_fields(system_word(number)), cpu) for number in range(SYSTEM_WORDS)]
        self.assertGreater(rules.count(UNDEFINED), SYSTEM_WORDS * 99 // 100)


class Verdicts(unittest.TestCase):
    part = Part(numbers_of(Key(3, 3, 0, 0, 1), Key(3, 0, 0, 0, 0)), -1)  # MRS of MIDR_EL1, CTR_EL0

    def test_as_expected(self) -> None:
        self.assertEqual(judged(self.part, console("0o", A72)), ([], []))
        self.assertEqual(judged(self.part, console("oo", ALL)), ([], []))

    def test_another_outcome(self) -> None:
        for outcome in ("0.", "00", "0~o", "0*", "0!", "0[62300000]"):
            problems, unexpected = judged(self.part, console(outcome, A72))
            self.assertEqual((len(problems), len(unexpected)), (0, 1), outcome)
            self.assertIn("CTR_EL0", unexpected[0])

    def test_missing_words(self) -> None:
        for outcomes in ("0", "0oo"):
            self.assertTrue(judged(self.part, console(outcomes, A72))[0], outcomes)

    def test_kernel_has_changed(self) -> None:
        self.assertTrue(judged(self.part, console("0o", A72, "not as it was"))[0])

    def test_panic(self) -> None:
        text = re.sub(rb"sweep: the kernel is.*", b"KPANIC[ro] no #%d" % NONCE, console("0o", A72))
        self.assertTrue(judged(self.part, text)[0])

    def test_feature_without_rules(self) -> None:
        problems = judged(self.part, console("0o", {**A72, "pfr1": 1 << 44}))[0]
        self.assertEqual(problems, ["there are no rules for FEAT_GCS"])


if __name__ == "__main__":
    TOOLS += sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
