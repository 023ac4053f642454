"""What any word must come to at EL0. Exact for branches, exceptions, system instructions, immediates, and loads and
stores with an unsigned offset or of literals; for all others the outcomes that their group of the encoding can have
(Arm ARM C4.1).

Where the word runs (el0.h): in a page of SVCs that say where they lie, with all registers but X1 pointing into the only
other page, X1 all ones, and the flags clear.
"""

from __future__ import annotations

from typing import Tuple

from cpu import Cpu
from system_rules import EITHER, OK, PAC_FAIL, SME, UNDEFINED, Rule, if_has, system_rule
from words import is_system, system_fields

PAGE, WORDS = 0x400000, 1024
PLACE = 512
VALUE, ALL_ONES = 0x10000800, (1 << 64) - 1

SVC, BRK = frozenset({"15"}), frozenset({"3c"})
FETCH, PC_ALIGNMENT = frozenset({"20"}), frozenset({"22"})
ENDLESS = frozenset({"*"})
LOAD_STORE = frozenset({"ok", "00", "24"})
LOAD_FAULT = frozenset({"24"})
FP_LOAD_STORE = frozenset({"00", "~ok", "~24"})
FP_OPERATION = frozenset({"00", "~ok"})
SVE = frozenset({"00", "19", "1d"})


def bits(word: int, high: int, low: int) -> int:
    return word >> low & (1 << high - low + 1) - 1


def signed(value: int, size: int) -> int:
    return value - (1 << size) if value >> size - 1 else value


def register(number: int) -> int:
    return {1: ALL_ONES, 31: 0}.get(number, VALUE)


def _branch(distance: int) -> Rule:
    """To so many words from the word."""
    place = PLACE + distance
    if not 0 <= place < WORDS:
        return FETCH
    if distance == 0:
        return ENDLESS
    # The SVC there: EC 0x15, IL, its number (el0.h). The one behind the word is where every word ends.
    return OK if distance == 1 else frozenset({f"[{0x15 << 26 | 1 << 25 | 0x4000 | place:x}]"})


def _condition_holds(condition: int) -> bool:
    """With N = Z = C = V = 0 (Arm ARM C1.2.4): EQ, CS, MI, VS, HI do not; GE does, GT does; AL and NV always."""
    holds = (False, False, False, False, False, True, True, True)[condition >> 1]
    return holds or condition == 15 if condition >> 1 == 7 else holds != bool(condition & 1)


def _compare_and_branch(word: int) -> Rule:
    value = register(bits(word, 4, 0)) & (ALL_ONES if bits(word, 31, 31) else 0xFFFFFFFF)
    taken = (value == 0) != bool(bits(word, 24, 24))
    return _branch(signed(bits(word, 23, 5), 19)) if taken else OK


def _test_and_branch(word: int) -> Rule:
    value = register(bits(word, 4, 0)) >> (bits(word, 31, 31) << 5 | bits(word, 23, 19)) & 1
    taken = (value == 0) != bool(bits(word, 24, 24))
    return _branch(signed(bits(word, 18, 5), 14)) if taken else OK


def _conditional_branch(word: int, cpu: Cpu) -> Rule:
    if word & 0x01000000 or (word & 0x10 and not cpu.hbc):
        return UNDEFINED
    return _branch(signed(bits(word, 23, 5), 19)) if _condition_holds(word & 15) else OK


def _exception(word: int) -> Rule:
    """HVC and SMC are not for EL0; HLT and DCPS are for debuggers (Arm ARM C4.1, "Exception generation")."""
    if word & 0xFFE0001F == 0xD4000001:
        return SVC
    return BRK if word & 0xFFE0001F == 0xD4200000 else UNDEFINED


def _to_register(number: int) -> Rule:
    return PC_ALIGNMENT if register(number) & 3 else FETCH


def _register_branch(word: int, cpu: Cpu) -> Rule:
    """BR, BLR, RET and their authenticating forms, whose target, right or wrong, can never be executed. ERET and DRPS
    are not for EL0."""
    opc, op2, op3, base, op4 = (bits(word, *pair) for pair in ((24, 21), (20, 16), (15, 10), (9, 5), (4, 0)))
    if op2 != 31:
        return UNDEFINED
    if opc in (0, 1, 2) and op3 == 0 and op4 == 0:
        return _to_register(base)
    if not cpu.pac or op3 not in (2, 3):
        return UNDEFINED
    failed = PAC_FAIL if cpu.fpac else frozenset()
    if (opc in (0, 1) and op4 == 31) or opc in (8, 9):
        return _to_register(base) | failed
    # RETAA and RETAB, of X30
    return FETCH | failed if opc == 2 and base == 31 and op4 == 31 else UNDEFINED


def is_relative(word: int) -> bool:
    """Does the word lead, or load from, somewhere near it?"""
    is_branch = word & 0x7C000000 == 0x14000000 or word & 0x7C000000 == 0x34000000 or word & 0xFE000000 == 0x54000000
    return is_branch or _is_literal(word)


def _branch_or_system(word: int, cpu: Cpu) -> Rule:
    if word & 0x7C000000 == 0x14000000:
        return _branch(signed(bits(word, 25, 0), 26))
    if word & 0x7E000000 == 0x34000000:
        return _compare_and_branch(word)
    if word & 0x7E000000 == 0x36000000:
        return _test_and_branch(word)
    if word & 0xFE000000 == 0x54000000:
        return _conditional_branch(word, cpu)
    if word & 0xFF000000 == 0xD4000000:
        return _exception(word)
    if is_system(word):
        return system_rule(system_fields(word), cpu)
    return _register_branch(word, cpu) if word & 0xFE000000 == 0xD6000000 else UNDEFINED


def _logical_immediate(word: int) -> Rule:
    """DecodeBitMasks (Arm ARM, shared pseudocode)."""
    is_64, n, imms = bits(word, 31, 31), bits(word, 22, 22), bits(word, 15, 10)
    length = (n << 6 | ~imms & 0x3F).bit_length() - 1
    levels = (1 << max(length, 0)) - 1
    return UNDEFINED if (n and not is_64) or length < 1 or imms & levels == levels else OK


def _immediate(word: int) -> Rule:
    """Data processing with an immediate (Arm ARM C4.1)."""
    kind, is_64, n, opc = bits(word, 25, 23), bits(word, 31, 31), bits(word, 22, 22), bits(word, 30, 29)
    if kind <= 2:  # ADR, ADRP, ADD, SUB
        return OK
    if kind == 3:  # with tags
        return EITHER
    if kind == 4:
        return _logical_immediate(word)
    if kind == 5:
        return if_has(opc != 1 and (is_64 or bits(word, 22, 21) < 2), OK)
    if kind == 6:
        return if_has(opc != 3 and n == is_64 and (is_64 or not (word & 0x00208000)), OK)
    return if_has(opc == 0 and not bits(word, 21, 21) and n == is_64 and (is_64 or not word & 0x8000), OK)


def _is_literal(word: int) -> bool:
    return word & 0x3B000000 == 0x18000000


def _literal(word: int) -> Rule:
    """LDR (literal), and PRFM. Nothing lies near the word's page."""
    opc, is_fp = bits(word, 31, 30), bits(word, 26, 26)
    if opc == 3:
        return UNDEFINED if is_fp else OK
    size = 4 << opc if is_fp else (4, 8, 4)[opc]
    offset = (PLACE + signed(bits(word, 23, 5), 19)) * 4
    rule = OK if 0 <= offset <= WORDS * 4 - size else LOAD_FAULT
    return frozenset("~" + outcome for outcome in rule) if is_fp else rule


def _is_unsigned_offset(word: int) -> bool:
    return word & 0x3B000000 == 0x39000000


def _unsigned_offset(word: int) -> Rule:
    """LDR and STR with an unsigned offset, and PRFM: in the page of data or beyond its end."""
    size, opc, is_fp, base = bits(word, 31, 30), bits(word, 23, 22), bits(word, 26, 26), bits(word, 9, 5)
    if not is_fp and size == 3 and opc == 2:
        return OK
    if (size != 0 and opc >= 2) if is_fp else opc == 3 and size >= 2:
        return UNDEFINED
    scale = (opc & 2) << 1 | size if is_fp else size
    offset = (VALUE & 0xFFF) + (bits(word, 21, 10) << scale)
    rule = OK if base != 1 and offset + (1 << scale) <= WORDS * 4 else LOAD_FAULT
    return frozenset("~" + outcome for outcome in rule) if is_fp else rule


def _load_or_store(word: int, cpu: Cpu) -> Rule:
    if _is_unsigned_offset(word):
        return _unsigned_offset(word)
    if _is_literal(word):
        return _literal(word)
    if bits(word, 26, 26):
        return FP_LOAD_STORE
    return LOAD_STORE | PAC_FAIL if cpu.fpac else LOAD_STORE


def _group(word: int) -> str:
    """By bits 28 to 25 (Arm ARM C4.1)."""
    op0 = bits(word, 28, 25)
    if op0 < 4:
        return ("reserved", "none", "sve", "none")[op0]
    if op0 & 14 in (8, 10):
        return "immediate" if op0 & 14 == 8 else "branch"
    if op0 & 5 == 4:
        return "load or store"
    return "register" if op0 & 7 == 5 else "fp"


def word_rule(word: int, cpu: Cpu) -> Tuple[str, Rule]:
    """The word's group, and its rule."""
    group = _group(word)
    if group == "branch":
        return group, _branch_or_system(word, cpu)
    if group == "immediate":
        return group, _immediate(word)
    if group == "load or store":
        return group, _load_or_store(word, cpu)
    if group == "register":
        return group, EITHER | PAC_FAIL if cpu.fpac else EITHER
    if group == "fp":
        return group, FP_OPERATION
    if group == "sve":
        return group, SVE if cpu.sve or cpu.sme else UNDEFINED
    # SME's encodings have bit 31 set; the others of that group are UDF, and nothing.
    return group, SME | UNDEFINED if group == "reserved" and cpu.sme and bits(word, 31, 31) else UNDEFINED
