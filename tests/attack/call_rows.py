"""Rows A: bad arguments of system calls, and bad numbers."""

from __future__ import annotations

from typing import Dict, Iterable, Tuple

from cpus import CPU_LETTERS
from headers import IO_MAX, NR_SYSCALLS, PAGE, READ, SYS, USER_TOP, WRITE, WRITE_CHUNK
from places import BUFFER, END, KERNEL_LINEAR, KERNEL_OBJECTS, KERNEL_TEXT, MAP_AT, MAP_NEXT
from places import RODATA, STACK, STACK_GUARD, TEXT, U64
from program_rows import Program, e
from requests import EXITS, spawn
from row import Row
from script import Step, call, fill, good, last_call, load, load_unchanged, one, poke, random_numbers, sweep
from world import Value

A09_PLACES = (*(place for place, _ in KERNEL_OBJECTS), KERNEL_LINEAR + 0x1000)
TAGGED = BUFFER + (1 << 56)
FILLED = fill(BUFFER, 64, "b")
# What works before anything is tried: something is written, and a record is filled in.
SOUND = (FILLED, call(SYS["write"], 1, BUFFER, 4, result=4, printed="bbbb"))
PROCESS_RECORD = 112  # sizeof(struct panther_process_info)
MEMORY_RECORD = 64
LIMITS_RECORD = 40
INFO_PROCESS, INFO_MEMORY, INFO_LIMITS = 0, 2, 3
SOUND_BOTH = (*SOUND, call(SYS["info"], INFO_LIMITS, 0, BUFFER + 256, LIMITS_RECORD, result=LIMITS_RECORD))
REQUEST = BUFFER + 1024
BAD_DESCRIPTORS = (3, U64 - 1, (1 << 31) - 1, U64 - (1 << 31), 1 << 63)
# The first words of a record about the processes from slot 2 on: the player's index, pid, and parent.
PLAYER_RECORD = (2, 2, 1)


def wild_number(number: int) -> Step:
    """A number that no call has, with arguments that write would accept."""
    return call(number, 1, BUFFER, 4, result="ENOSYS")


def bad_pointer(address: Value, length: int = 8) -> Step:
    return call(SYS["write"], 1, address, length, result="EFAULT")


def bad_target(address: Value, length: int = 8) -> Step:
    """The same for what the kernel should write: the record is longer than the length only if that is short."""
    return call(SYS["info"], INFO_LIMITS, 0, address, max(length, LIMITS_RECORD), result="EFAULT")


def bad_both(address: Value, length: int = 8) -> Tuple[Step, Step]:
    return bad_pointer(address, length), bad_target(address, length)


def bad_length(length: int) -> Tuple[Step, ...]:
    return (
        call(SYS["write"], 1, BUFFER, length, result="EINVAL"),
        call(SYS["read"], 0, BUFFER, length, result="EINVAL"),
        call(SYS["random"], BUFFER, length, result="EINVAL"),
        call(SYS["info"], INFO_LIMITS, 0, BUFFER, length, result="EINVAL"),
    )


def flat(pairs: Iterable[Tuple[Step, ...]]) -> Tuple[Step, ...]:
    return tuple(step for pair in pairs for step in pair)


CALL_ROWS: Dict[str, Row] = {
    "A01": Row("the first number that no call has", "HANXT", (one(*SOUND, wild_number(NR_SYSCALLS)),)),
    "A02": Row(
        "numbers around the limits of 32 bits",
        "HANXT",
        (one(*SOUND, wild_number(0x7FFFFFFF), wild_number(0x80000000), wild_number(0xFFFFFFFF)),),
    ),
    "A03": Row(
        "negative numbers",
        "HANXT",
        (one(*SOUND, wild_number(U64 - 1), wild_number(1 << 63), wild_number((1 << 63) + 1)),),
    ),
    "A04": Row(
        "numbers whose low half is a call's",
        "HANXT",
        (one(*SOUND, wild_number((1 << 32) + SYS["write"]), wild_number(0xFF00FF0000000001), wild_number(1 << 32)),),
    ),
    "A06": Row(
        "all small numbers, and 100000 random ones",
        "HANXT",
        (one(call(SYS["getpid"], result=2), sweep(NR_SYSCALLS, 0xFFFF), random_numbers(100_000, NR_SYSCALLS)),),
    ),
    "A07": Row(
        "svc with another immediate than 0, for a call that would succeed, and with a kernel function in x0",
        "ANXT",
        (
            one(
                *SOUND,
                *(
                    call(SYS["write"], x0, BUFFER, 4, immediate=immediate, result="ENOSYS")
                    for immediate in (1, 2, 3, 0x42, 0xFFFF)
                    for x0 in (1, KERNEL_TEXT)
                ),
            ),
        ),
    ),
    "A08": Row(
        "null pointers",
        "HANXT",
        (
            one(
                *SOUND_BOTH,
                *bad_both(0),
                bad_pointer(0, 1),
                call(SYS["write"], 2, 0, WRITE_CHUNK, result="EFAULT"),
                call(SYS["random"], 0, 8, result="EFAULT"),
                call(SYS["wait"], 0, 0, 0, result="ECHILD"),
                call(SYS["spawn"], 0, len(EXITS), result="EFAULT"),
                call(SYS["spawn"], 0, 0, result="EINVAL"),
            ),
        ),
    ),
    "A09": Row(
        "pointers to the kernel's text, constants, data, heap, per-CPU data, stack, page tables and linear map",
        "HANXT",
        (one(*SOUND_BOTH, *flat(bad_both(place, length) for place in A09_PLACES for length in (1, 8))),),
    ),
    "A10": Row(
        "ranges that end beyond the limit",
        "HANXT",
        (
            one(
                call(SYS["map"], USER_TOP - PAGE, PAGE, READ | WRITE, result=USER_TOP - PAGE),
                *flat(bad_both(USER_TOP - by, length) for by, length in ((4, 8), (1, 5), (0, 1))),
                load(USER_TOP - 8, "load 0x0"),
            ),
        ),
    ),
    "A11": Row(
        "ranges that end exactly at the limit, and are mapped",
        "HANXT",
        (
            one(
                call(SYS["map"], USER_TOP - PAGE, PAGE, READ | WRITE, result=USER_TOP - PAGE),
                fill(USER_TOP - 8, 8, "t"),
                call(SYS["write"], 1, USER_TOP - 8, 8, result=8, printed="t" * 8),
                call(SYS["write"], 1, USER_TOP - 1, 1, result=1, printed="t"),
                call(SYS["info"], INFO_PROCESS, 2, USER_TOP - PROCESS_RECORD, PROCESS_RECORD, result=PROCESS_RECORD),
                *(load(USER_TOP - PROCESS_RECORD + 8 * i, f"load 0x{PLAYER_RECORD[i]:x}") for i in range(3)),
            ),
        ),
    ),
    "A12": Row(
        "ranges that wrap",
        "HANXT",
        (
            one(
                *SOUND,
                bad_pointer(U64 - 0x800, 0x1000),
                bad_pointer(U64 - 1, 1),
                bad_pointer(U64 - 1, 2),
                bad_pointer(U64 - IO_MAX, IO_MAX),
            ),
        ),
    ),
    "A13": Row(
        "lengths that are negative or too large; the descriptor is judged before, the range after",
        "HANXT",
        (
            one(
                *SOUND,
                *flat(bad_length(length) for length in (U64 - 1, 1 << 63, U64 - (1 << 31), 1 << 32, IO_MAX + 1)),
                call(SYS["write"], 1, U64 - 1, IO_MAX + 1, result="EINVAL"),
                call(SYS["write"], 3, U64 - 1, IO_MAX + 1, result="EBADF"),
                bad_pointer(0, IO_MAX),
            ),
        ),
    ),
    "A14": Row(
        "length 0 with any pointer",
        "HANXT",
        (
            one(
                *(call(SYS["write"], 1, address, 0, result=0) for address in (BUFFER, 0, USER_TOP)),
                *(call(SYS["read"], 0, address, 0, result=0) for address in (BUFFER, 0, USER_TOP)),
                *(call(SYS["random"], address, 0, result=0) for address in (BUFFER, 0, USER_TOP)),
                bad_pointer(USER_TOP + 1, 0),
                bad_pointer(KERNEL_TEXT, 0),
                bad_pointer(U64 - 1, 0),
                bad_pointer(TAGGED, 0),
            ),
        ),
    ),
    "A15": Row(
        "addresses in neither half, and a good one with a tag",
        "HANXT",
        (
            one(
                *SOUND,
                *(
                    bad_pointer(address, 1)
                    for address in (
                        USER_TOP,
                        0x0000800000000000,
                        0x0001000000000000,
                        0x7FFFFFFFFFFFFFFF,
                        0xFFFE000000000000,
                        TAGGED,
                        BUFFER + (0xFF << 56),
                    )
                ),
            ),
        ),
    ),
    "A18": Row(
        "pointers to pages that are not mapped: the stack's guard, behind the program, and where nothing is",
        "HANXT",
        (
            one(
                *SOUND_BOTH,
                *flat(bad_both(place) for place in (STACK + -8, STACK_GUARD, END, MAP_AT)),
                bad_pointer(STACK + -1, 1),
            ),
        ),
    ),
    "A19": Row(
        "buffers that leave the last mapped page: in the first 4096 bytes, nothing is written; later, 4096 are",
        "HANXT",
        (
            one(
                *SOUND,
                bad_pointer(END + -10, 20),
                bad_pointer(END + -1, 2),
                bad_pointer(END + (1 - WRITE_CHUNK), WRITE_CHUNK),
                bad_pointer(END + (1 - WRITE_CHUNK), 5000),
                bad_pointer(STACK + -1, 2),
                call(SYS["write"], 1, END + -WRITE_CHUNK, 5000, result=WRITE_CHUNK, printed=END + -WRITE_CHUNK),
                bad_pointer(END, 5000 - WRITE_CHUNK),
            ),
        ),
    ),
    "A17": Row(
        "results into one's own text and constants, and into a page made read-only",
        "HANXT",
        (
            one(
                call(SYS["map"], MAP_AT, PAGE, READ, result=MAP_AT),
                *(
                    call(number, *before, place, size, result="EFAULT")
                    for place in (TEXT, RODATA, MAP_AT)
                    for number, before, size in (
                        (SYS["random"], (), 8),
                        (SYS["info"], (INFO_MEMORY, 0), MEMORY_RECORD),
                    )
                ),
                load_unchanged(TEXT),
                load_unchanged(RODATA),
                load(MAP_AT, "load 0x0"),
            ),
        ),
    ),
    "A20": Row(
        "results that leave the last mapped page, or run into a page that is read-only: what fits is there; no input is lost",
        "HANXT",
        (
            one(
                *SOUND_BOTH,
                fill(END + -32, 32, "e"),
                call(SYS["info"], INFO_PROCESS, 2, END + -24, PROCESS_RECORD, result="EFAULT"),
                load(END + -32, "load 0x6565656565656565"),
                *(load(END + -24 + 8 * i, f"load 0x{PLAYER_RECORD[i]:x}") for i in range(3)),
                call(SYS["map"], MAP_AT, 2 * PAGE, READ | WRITE, result=MAP_AT),
                poke(MAP_NEXT, 0x5EC0DE),
                call(SYS["protect"], MAP_NEXT, PAGE, READ, result=0),
                call(SYS["info"], INFO_PROCESS, 2, MAP_NEXT - 16, PROCESS_RECORD, result="EFAULT"),
                load(MAP_NEXT - 16, "load 0x2"),
                load(MAP_NEXT - 8, "load 0x2"),
                load(MAP_NEXT, "load 0x5ec0de"),
            ),
            Program(
                on=CPU_LETTERS,
                name="A20",
                lines=("type", f"too far {e('EFAULT')}", "abcde", "then 6"),
                types=(("type\n", b"abcde\n"),),
            ),
        ),
    ),
    "A26": Row(
        "misaligned buffers",
        "HANXT",
        (
            one(
                FILLED,
                *(call(SYS["write"], 1, BUFFER + by, 5, result=5, printed="bbbbb") for by in (1, 3, 7)),
                call(SYS["write"], 2, BUFFER + 1, 17, result=17, printed="b" * 17),
                *flat(
                    (
                        call(SYS["info"], INFO_PROCESS, 2, BUFFER + 256 + by, PROCESS_RECORD, result=PROCESS_RECORD),
                        load(BUFFER + 264 + by, "load 0x2"),
                        call(SYS["random"], BUFFER + 512 + by, 9, result=9),
                        call(SYS["wait"], 0, BUFFER + 640 + by, 0, result="ECHILD"),
                    )
                    for by in (1, 3, 7)
                ),
            ),
        ),
    ),
    "A28": Row(
        "descriptors that are not open, whole registers compared",
        "HANXT",
        (
            one(
                *SOUND,
                *(
                    call(SYS["write"], fd, BUFFER, 4, result="EBADF")
                    for fd in (0, *BAD_DESCRIPTORS, (1 << 32) + 1, (1 << 63) + 1)
                ),
                *(call(SYS["read"], fd, BUFFER, 4, result="EBADF") for fd in (1, 2, *BAD_DESCRIPTORS, 1 << 32)),
            ),
        ),
    ),
    "A40": Row(
        "noise in every register and flag that a call does not use",
        "HANXT",
        (
            one(
                FILLED,
                *(
                    call(SYS["write"], 1, BUFFER, 2, seed=seed, result=2, printed="bb")
                    for seed in (0, 1, 0xDEADBEEF, 1 << 63, U64 - 1)
                ),
                *(call(NR_SYSCALLS, seed=seed, result="ENOSYS") for seed in (0, 1, U64 - 1)),
                *(call(SYS["getpid"], seed=seed, result=2) for seed in (0, 1, U64 - 1)),
                *(call(SYS["yield"], seed=seed, result=0) for seed in (0, 1, U64 - 1)),
                *(call(SYS["map"], MAP_AT, PAGE, READ, seed=seed, result=MAP_AT) for seed in (0,)),
                *(call(SYS["unmap"], MAP_AT, PAGE, seed=seed, result=0) for seed in (1,)),
                *(good(SYS["clock"], seed=seed) for seed in (0, 1, U64 - 1)),
            ),
        ),
    ),
    "A44": Row(
        "any exit status",
        "HANXT",
        tuple(
            one(*SOUND, last_call(SYS["exit"], status), status=status & 0xFF) for status in (0, 255, 256, 258, U64 - 1)
        ),
    ),
    "L02": Row(
        "every call, with noise in all registers: the result is all that changes",
        "HANXT",
        (
            one(
                FILLED,
                call(SYS["write"], 1, BUFFER, 2, result=2, printed="bb"),
                call(SYS["read"], 0, BUFFER, 0, result=0),
                call(SYS["getpid"], result=2),
                call(SYS["yield"], result=0),
                good(SYS["clock"]),
                call(SYS["sleep"], 1, result=0),
                call(SYS["sleep"], 20_000_000, result=0),
                *spawn(REQUEST, EXITS, 3),
                call(SYS["wait"], 3, BUFFER + 128, 0, result=3),
                load(BUFFER + 128, "load 0x0"),
                call(SYS["kill"], 3, result="ESRCH"),
                good(SYS["map"], 0, PAGE, READ | WRITE),
                call(SYS["map"], MAP_AT, PAGE, READ | WRITE, result=MAP_AT),
                call(SYS["protect"], MAP_AT, PAGE, READ, result=0),
                call(SYS["unmap"], MAP_AT, PAGE, result=0),
                call(SYS["random"], BUFFER, 8, result=8),
                call(SYS["info"], INFO_LIMITS, 0, BUFFER, LIMITS_RECORD, result=LIMITS_RECORD),
                call(SYS["restrict"], (1 << NR_SYSCALLS) - 1, result=0),
            ),
        ),
    ),
}
