"""Rows M: what a program may not reach, and what it may not run. Each ends in one KILL line, decoded."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict

from headers import STACK_BOTTOM, STACK_TOP, USER_TOP
from row import BUFFER, DATA, KERNEL_OBJECTS, KERNEL_STACK, KERNEL_TEXT, RODATA, TEXT, U64, Row
from script import (
    Kill,
    at,
    barred,
    data_abort,
    each,
    instruction_abort,
    kernel_page,
    load,
    no_syndrome,
    one,
    outside,
    store,
    unaligned,
    unmapped,
)
from world import Place

# The first steps of a row that ends in a kill: something harmless of the same kind, which must work.
HARMLESS = (store(BUFFER, 0x5EC0DE, "store"), load(BUFFER, "load 0x5ec0de"))
ODD = BUFFER + 13
SVC_RET = 0xD65F03C0D4000001  # svc #0; ret

MEMORY_ROWS: Dict[str, Row] = {
    "M01": Row(
        "load from the kernel",
        "ANX",
        each(HARMLESS, [(load(place), data_abort(place, "load_at", kernel_page())) for place in KERNEL_OBJECTS]),
    ),
    "M02": Row(
        "store to the kernel",
        "ANX",
        each(
            HARMLESS,
            [(store(place, 0), data_abort(place, "store_at", kernel_page(write=True))) for place in KERNEL_OBJECTS],
        ),
    ),
    "M03": Row(
        "jump into the kernel",
        "ANX",
        each(
            HARMLESS,
            [
                (at(kind, KERNEL_TEXT), instruction_abort(KERNEL_TEXT, kernel_page()))
                for kind in ("BRANCH", "BRANCH_LINK", "RETURN")
            ],
        ),
    ),
    "M05": Row(
        "null pointers: load, load at an offset, jump",
        "AX",
        each(
            HARMLESS,
            [
                (load(0), data_abort(0, "load_at", unmapped())),
                (load(0xFFF, size=1), data_abort(0xFFF, "load_byte_at", unmapped())),
                (store(0, 0), data_abort(0, "store_at", unmapped(write=True))),
                (at("BRANCH", 0), instruction_abort(0, unmapped())),
            ],
        ),
    ),
    "M06": Row(
        "store to one's own text and constants",
        "AX",
        each(
            HARMLESS,
            [(store(place, 0), data_abort(place, "store_at", barred(write=True))) for place in (TEXT, RODATA)],
        ),
    ),
    "M07": Row(
        "execute one's own data, constants and stack",
        "AX",
        each(
            HARMLESS,
            [(at("BRANCH", place), instruction_abort(place, barred())) for place in (DATA, RODATA, BUFFER)],
        ),
    ),
    "M08": Row(
        "recurse until the stack ends",
        "AX",
        each(
            HARMLESS,
            [
                (
                    at("RECURSE", STACK_TOP),
                    Kill(
                        "stack-overflow", 0x24, unmapped(write=True), STACK_BOTTOM - 16, Place("user:recurse_at")
                    ),
                )
            ],
        ),
    ),
    "M15": Row(
        "load from and jump to addresses in neither half",
        "AX",
        each(
            HARMLESS,
            [
                (load(address), data_abort(address, "load_at", outside()))
                for address in (USER_TOP, 1 << 48, 0x7FFFFFFFFFFFFFF8, (1 << 56) | BUFFER)
            ]
            + [
                (at("BRANCH", address), instruction_abort(address, outside()))
                for address in (USER_TOP, 1 << 48, 0x7FFFFFFFFFFFFFF8)
            ],
        ),
    ),
    "M17": Row(
        "jump to an address that is not a multiple of 4",
        "AX",
        each(
            HARMLESS,
            [
                (at("BRANCH", TEXT + by), Kill("pc-alignment", 0x22, no_syndrome(), TEXT + by, TEXT + by))
                for by in (1, 2, 3)
            ],
        ),
    ),
    "M20": Row(
        "a stack pointer that is null, odd or the kernel's: a call works, a fault kills",
        "AX",
        tuple(
            one(at("CALL_SP", sp, "sp kept"), at("LOAD_NULL_SP", sp), kill=data_abort(0, "load_null_sp_at", unmapped()))
            for sp in (0, 1, U64 - 1, KERNEL_STACK, KERNEL_TEXT)
        ),
    ),
    "M21": Row(
        "unaligned exclusive, acquire and release accesses, across 16 bytes (FEAT_LSE2 allows the rest)",
        "AX",
        (
            # QEMU from 8.1 on calls an exclusive load a write on CPUs with FEAT_LSE2, earlier ones do not.
            replace(one(*HARMLESS, at("LDXR", ODD), kill=data_abort(ODD, "ldxr_at", unaligned())), on="A"),
            one(*HARMLESS, at("LDAR", ODD), kill=data_abort(ODD, "ldar_at", unaligned())),
            one(*HARMLESS, at("STLR", ODD), kill=data_abort(ODD, "stlr_at", unaligned(write=True))),
        ),
    ),
    "M23": Row(
        "prefetch from the kernel: no fault, no effect",
        "AX",
        (one(*HARMLESS, *(at("PREFETCH", place, "prefetch") for place in KERNEL_OBJECTS)),),
    ),
    "M32": Row(
        "a call from code of one's own making, on the stack",
        "AX",
        each(
            (*HARMLESS, store(BUFFER, SVC_RET, "store")),
            [(at("BRANCH", BUFFER), instruction_abort(BUFFER, barred()))],
        ),
    ),
}
