"""Rows A: bad arguments of system calls, and bad numbers."""

from __future__ import annotations

from typing import Dict

from headers import IO_MAX, NR_SYSCALLS, STACK_BOTTOM, STACK_GUARD, USER_TOP, WRITE_CHUNK
from row import BUFFER, END, KERNEL_CPU, KERNEL_HEAP, KERNEL_LINEAR, KERNEL_OBJECTS, KERNEL_TEXT, U64, Row
from script import Step, call, fill, last_call, one, random_numbers, sweep
from world import Value

EXIT, WRITE = 0, 1
A09_PLACES = (*KERNEL_OBJECTS, KERNEL_HEAP, KERNEL_CPU, KERNEL_LINEAR, KERNEL_LINEAR + 0x1000)
FILLED = fill(BUFFER, 64, "b")


def wild_number(number: int) -> Step:
    """A number that no call has, with arguments that write would accept."""
    return call(number, 1, BUFFER, 4, result="ENOSYS")


def bad_pointer(address: Value, length: int = 8) -> Step:
    return call(WRITE, 1, address, length, result="EFAULT")


def bad_length(length: int) -> Step:
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
        "pointers to the kernel's text, constants, data, heap, per-CPU data, stack, page tables and linear map",
        "HAX",
        (one(*(bad_pointer(place, length) for place in A09_PLACES for length in (1, 8))),),
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
