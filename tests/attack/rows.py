"""The attack matrix: what hostile programs try, and exactly what must happen. One table for the twin and QEMU.

A row's `where` names who plays it: H the twin, A cortex-a72, N neoverse-n1, X max. A row passes if each of its
variants does; a variant is one boot. The steps are in script.py, the players in user_player.c and twin_player.c.

The kernel's answer to a call is an error number and nothing changed; its answer to a fault is one KILL line, and it
goes on to its closing line. Order of checks where several fail: descriptor, length, range, then access.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

from headers import IO_MAX, NR_SYSCALLS, STACK_BOTTOM, STACK_GUARD, STACK_TOP, USER_TOP, WRITE_CHUNK
from script import (
    Kill,
    Variant,
    at,
    barred,
    call,
    data_abort,
    each,
    fill,
    instruction_abort,
    kernel_page,
    last_call,
    load,
    no_syndrome,
    one,
    outside,
    random_numbers,
    store,
    sweep,
    unaligned,
    unmapped,
)
from world import Place

EXIT, WRITE = 0, 1
U64 = 1 << 64
TEXT, RODATA, DATA, END = Place("text"), Place("rodata"), Place("data"), Place("end")
KERNEL_TEXT = Place("kernel:kernel_main")
KERNEL_RODATA = Place("kernel:image_rodata_start")
KERNEL_DATA = Place("kernel:kernel")
KERNEL_SEALED = Place("kernel:image_sealed_start")
KERNEL_STACK = Place("kernel:image_stack_bottom")
KERNEL_TABLES = Place("kernel:image_boot_root")
KERNEL_OBJECTS = (KERNEL_TEXT, KERNEL_RODATA, KERNEL_DATA, KERNEL_SEALED, KERNEL_STACK, KERNEL_TABLES)
# The bottom of the stack is a buffer for the steps: the player does not come so deep.
BUFFER = STACK_BOTTOM
FILLED = fill(BUFFER, 64, "b")
SVC_RET = 0xD65F03C0D4000001  # svc #0; ret
# The first step of a row that ends in a kill: something harmless of the same kind, which must work.
HARMLESS = (store(BUFFER, 0x5EC0DE, "store"), load(BUFFER, "load 0x5ec0de"))


@dataclass(frozen=True)
class Row:
    title: str
    where: str
    variants: Tuple[Variant, ...]


def wild_number(number: int):
    """A number that no call has, with arguments that write would accept."""
    return call(number, 1, BUFFER, 4, result="ENOSYS")


def bad_pointer(address, length: int = 8):
    return call(WRITE, 1, address, length, result="EFAULT")


def bad_length(length: int):
    return call(WRITE, 1, BUFFER, length, result="EINVAL")


CALL_ROWS: Dict[str, Row] = {
    "A01": Row("the first number that no call has", "HAX", (one(FILLED, wild_number(NR_SYSCALLS)),)),
    "A02": Row(
        "numbers around the limits of 32 bits",
        "HAX",
        (one(FILLED, wild_number(0x7FFFFFFF), wild_number(0x80000000), wild_number(0xFFFFFFFF)),),
    ),
    "A03": Row(
        "negative numbers",
        "HAX",
        (one(FILLED, wild_number(U64 - 1), wild_number(1 << 63), wild_number((1 << 63) + 1)),),
    ),
    "A04": Row(
        "numbers whose low half is a call's",
        "HAX",
        (one(FILLED, wild_number((1 << 32) + WRITE), wild_number(0xFF00FF0000000001), wild_number(1 << 32)),),
    ),
    "A06": Row(
        "all small numbers, and 100000 random ones",
        "HAX",
        (one(sweep(NR_SYSCALLS, 0xFFFF), random_numbers(100_000, NR_SYSCALLS)),),
    ),
    "A07": Row(
        "svc with another immediate than 0, for a call that would succeed, and with a kernel function in x0",
        "AX",
        (
            one(
                FILLED,
                *(
                    call(WRITE, x0, BUFFER, 4, immediate=immediate, result="ENOSYS")
                    for immediate in (1, 2, 3, 0x42, 0xFFFF)
                    for x0 in (1, KERNEL_TEXT)
                ),
            ),
        ),
    ),
    "A08": Row(
        "null pointers",
        "HAX",
        (one(bad_pointer(0), bad_pointer(0, 1), call(WRITE, 2, 0, WRITE_CHUNK, result="EFAULT")),),
    ),
    "A09": Row(
        "pointers to the kernel's text, constants, data, sealed data, stack and page tables",
        "HAX",
        (one(*(bad_pointer(place, length) for place in KERNEL_OBJECTS for length in (1, 8))),),
    ),
    "A10": Row(
        "ranges that end beyond the limit",
        "HAX",
        (one(bad_pointer(USER_TOP - 4, 8), bad_pointer(USER_TOP - 1, 5), bad_pointer(USER_TOP, 1)),),
    ),
    "A11": Row(
        "ranges that end exactly at the limit, and are mapped",
        "HAX",
        (
            one(
                fill(USER_TOP - 8, 8, "t"),
                call(WRITE, 1, USER_TOP - 8, 8, result=8, printed="t" * 8),
                call(WRITE, 1, USER_TOP - 1, 1, result=1, printed="t"),
            ),
        ),
    ),
    "A12": Row(
        "ranges that wrap",
        "HAX",
        (
            one(
                bad_pointer(U64 - 0x800, 0x1000),
                bad_pointer(U64 - 1, 1),
                bad_pointer(U64 - 1, 2),
                bad_pointer(U64 - IO_MAX, IO_MAX),
            ),
        ),
    ),
    "A13": Row(
        "lengths that are negative or too large; the descriptor is judged before, the range after",
        "HAX",
        (
            one(
                FILLED,
                *(bad_length(length) for length in (U64 - 1, 1 << 63, U64 - (1 << 31), 1 << 32, IO_MAX + 1)),
                call(WRITE, 1, U64 - 1, IO_MAX + 1, result="EINVAL"),
                call(WRITE, 3, U64 - 1, IO_MAX + 1, result="EBADF"),
                bad_pointer(0, IO_MAX),
            ),
        ),
    ),
    "A14": Row(
        "length 0 with any pointer",
        "HAX",
        (
            one(
                *(call(WRITE, 1, address, 0, result=0) for address in (BUFFER, 0, USER_TOP)),
                bad_pointer(USER_TOP + 1, 0),
                bad_pointer(KERNEL_TEXT, 0),
                bad_pointer(U64 - 1, 0),
                bad_pointer((1 << 56) | BUFFER, 0),
            ),
        ),
    ),
    "A15": Row(
        "addresses in neither half, and a good one with a tag",
        "HAX",
        (
            one(
                FILLED,
                *(
                    bad_pointer(address, 1)
                    for address in (
                        USER_TOP,
                        0x0000800000000000,
                        0x0001000000000000,
                        0x7FFFFFFFFFFFFFFF,
                        0xFFFE000000000000,
                        0x0100000000000000 | BUFFER,
                        0xFF00000000000000 | BUFFER,
                    )
                ),
            ),
        ),
    ),
    "A17": Row(
        "buffers in read-only memory of one's own: reading them is allowed, and changes nothing",
        "HAX",
        (
            one(
                call(WRITE, 1, RODATA, 4, result=4, printed=RODATA),
                call(WRITE, 1, TEXT, 4, result=4, printed=TEXT),
                call(WRITE, 1, RODATA, 4, result=4, printed=RODATA),
            ),
        ),
    ),
    "A18": Row(
        "pointers to pages that are not mapped: the stack's guard, behind the program, and where nothing is",
        "HAX",
        (
            one(
                bad_pointer(STACK_BOTTOM - 1, 1),
                bad_pointer(STACK_BOTTOM - STACK_GUARD, 8),
                bad_pointer(END, 1),
                bad_pointer(0x7000000000, 8),
            ),
        ),
    ),
    "A19": Row(
        "buffers that leave the last mapped page: in the first 4096 bytes, nothing is written; later, 4096 are",
        "HAX",
        (
            one(
                bad_pointer(END + -10, 20),
                bad_pointer(END + -1, 2),
                bad_pointer(END + (1 - WRITE_CHUNK), WRITE_CHUNK),
                bad_pointer(END + (1 - WRITE_CHUNK), 5000),
                bad_pointer(STACK_BOTTOM - 1, 2),
                call(WRITE, 1, END + -WRITE_CHUNK, 5000, result=WRITE_CHUNK, printed=END + -WRITE_CHUNK),
                bad_pointer(END, 5000 - WRITE_CHUNK),
            ),
        ),
    ),
    "A26": Row(
        "misaligned buffers",
        "HAX",
        (
            one(
                FILLED,
                *(call(WRITE, 1, BUFFER + by, 5, result=5, printed="bbbbb") for by in (1, 3, 7)),
                call(WRITE, 2, BUFFER + 1, 17, result=17, printed="b" * 17),
            ),
        ),
    ),
    "A28": Row(
        "descriptors that are not open, whole registers compared",
        "HAX",
        (
            one(
                FILLED,
                *(
                    call(WRITE, fd, BUFFER, 4, result="EBADF")
                    for fd in (0, 3, U64 - 1, (1 << 31) - 1, U64 - (1 << 31), (1 << 32) + 1, (1 << 63) + 1, 1 << 63)
                ),
            ),
        ),
    ),
    "A40": Row(
        "noise in every register and flag that a call does not use",
        "HAX",
        (
            one(
                FILLED,
                *(
                    call(WRITE, 1, BUFFER, 2, seed=seed, result=2, printed="bb")
                    for seed in (0, 1, 0xDEADBEEF, 1 << 63, U64 - 1)
                ),
                *(call(NR_SYSCALLS, seed=seed, result="ENOSYS") for seed in (0, 1, U64 - 1)),
            ),
        ),
    ),
    "A44": Row(
        "any exit status",
        "HAX",
        tuple(one(FILLED, last_call(EXIT, status)) for status in (0, 255, 256, U64 - 1)),
    ),
}

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
        each(
            HARMLESS,
            [
                (at("LDXR", BUFFER + 13), data_abort(BUFFER + 13, "ldxr_at", unaligned())),
                (at("LDAR", BUFFER + 13), data_abort(BUFFER + 13, "ldar_at", unaligned())),
                (at("STLR", BUFFER + 13), data_abort(BUFFER + 13, "stlr_at", unaligned(write=True))),
            ],
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
        each((*HARMLESS, store(BUFFER, SVC_RET, "store")), [(at("BRANCH", BUFFER), instruction_abort(BUFFER, barred()))]),
    ),
}

ROWS: Dict[str, Row] = {**CALL_ROWS, **MEMORY_ROWS}
