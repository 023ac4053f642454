"""The words of a sweep, by number: what words.c computes in the image, and how a word is written in a report."""

from __future__ import annotations

from typing import Dict, NamedTuple

SYSTEM_WORDS = (1 << 17) + (1 << 15)
MASK64 = (1 << 64) - 1


def system_word(number: int) -> int:
    """One word for each encoding of the system instructions (Arm ARM C5.1): every L, op0, op1, CRn, CRm and op2; then
    those with op0 = 0 once more with a register. Rt is XZR where op0 = 0, X1 where a register is written, else X0."""
    if number >= 1 << 17:
        fields = number & 0x3FFF | (number & 0x4000) << 2
        return 0xD5000000 | fields << 5
    op0, is_read = number >> 14 & 3, number >> 16 & 1
    target = 31 if op0 == 0 else 1 if op0 >= 2 and not is_read else 0
    return 0xD5000000 | number << 5 | target


def ends_qemu(word: int) -> bool:
    """Of half precision, scalar FABS and FSQRT and FRECPX of vectors: there are none, these words are unallocated, and
    QEMU 7.2 ends with a failed assertion when it meets one."""
    return word & 0xFFFFFC00 in (0x5EF8F800, 0x7EF9F800) or word & 0xBFFFFC00 == 0x0EF9F800


def random_word(seed: int, number: int) -> int:
    """The number's output of SplitMix64 (Steele, Lea, Flood 2014), its high half; 0 for words at which QEMU ends."""
    mixed = seed + 0x9E3779B97F4A7C15 * (number + 1) & MASK64
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & MASK64
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & MASK64
    word = (mixed ^ mixed >> 31) >> 32
    return 0 if ends_qemu(word) else word


class System(NamedTuple):
    """The fields of a system instruction (Arm ARM C5.1.2)."""

    is_read: int  # L
    op0: int
    op1: int
    crn: int
    crm: int
    op2: int
    target: int  # Rt

    @property
    def key(self) -> "Key":
        return Key(self.op0, self.op1, self.crn, self.crm, self.op2)

    @property
    def iss(self) -> int:
        """ISS of exception class 0x18 (Arm ARM D17.2.37)."""
        place = self.op0 << 20 | self.op2 << 17 | self.op1 << 14 | self.crn << 10
        return place | self.target << 5 | self.crm << 1 | self.is_read


class Key(NamedTuple):
    op0: int
    op1: int
    crn: int
    crm: int
    op2: int

    def __str__(self) -> str:
        return f"S{self.op0}_{self.op1}_C{self.crn}_C{self.crm}_{self.op2}"


def system_fields(word: int) -> System:
    return System(
        word >> 21 & 1, word >> 19 & 3, word >> 16 & 7, word >> 12 & 15, word >> 8 & 15, word >> 5 & 7, word & 31
    )


def is_system(word: int) -> bool:
    return word & 0xFFC00000 == 0xD5000000


def describe(word: int, names: Dict[Key, str]) -> str:
    """A word with what it means, as far as it is a system instruction."""
    if not is_system(word):
        return f"{word:08x}"
    fields = system_fields(word)
    verbs = ("SYSTEM", "SYS", "MSR", "MSR") if not fields.is_read else ("SYSTEM", "SYSL", "MRS", "MRS")
    name = names.get(fields.key)
    known = f" ({name})" if name else ""
    return f"{word:08x} {verbs[fields.op0]} {fields.key}{known}, X{fields.target}"
