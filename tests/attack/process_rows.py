"""Rows A and R about processes, strings, rights and time: bad arguments of the calls that came with processes."""

from __future__ import annotations

from typing import Dict, Tuple

from headers import ARGUMENTS_MAX, NR_SYSCALLS, PAGE, PATH_MAX, READ, SPAWN_MAX, SYS, USER_TOP
from places import BUFFER, END, KERNEL_DATA, KERNEL_TEXT, MAP_AT, U64
from requests import EXITS, HEADER, INHERIT, put, request, spawn
from row import Row
from script import Step, bits, call, fill, good, load, one
from world import Value

SPAWN, WAIT, KILL, SLEEP = (SYS[name] for name in ("spawn", "wait", "kill", "sleep"))
ALL_CALLS = (1 << NR_SYSCALLS) - 1
REQUEST = BUFFER + 1024
SECOND_LINE = BUFFER + 3072
LONGEST_NAME = b"n" * (PATH_MAX - 1)
# So that it is words: two empty arguments at its end.
WHOLE_WORDS = request(b"exits", b"", b"")


def at(address: Value, result: str, size: int = len(EXITS)) -> Step:
    """A request of which nothing is written there."""
    return call(SPAWN, address, size, result=result)


def named(name: bytes, result: str) -> Tuple[Step, ...]:
    return spawn(REQUEST, request(name, b"an argument"), result)


def with_options(calls: int, frames: int, children: int, flags: int, result: str) -> Tuple[Step, ...]:
    return spawn(REQUEST, request(b"exits", calls=calls, frames=frames, children=children, flags=flags), result)


def option_bits(option: int, bits_of_it: range) -> Tuple[Step, ...]:
    """Each of these bits of a field alone, all else being sound."""
    sound = request(b"exits", frames=64, flags=0)
    each = tuple(
        step
        for bit in bits_of_it
        for step in (*put(REQUEST + 8 * option, (1 << bit).to_bytes(8, "little")), at(REQUEST, "EINVAL", len(sound)))
    )
    return put(REQUEST, sound) + each


def map_pages(count: int) -> Step:
    return call(SYS["map"], MAP_AT, count * PAGE, 3, result=MAP_AT)


# What works before anything is tried: a child is started, ends, and is waited for.
SOUND = (*spawn(REQUEST, EXITS, 3), call(WAIT, 3, SECOND_LINE, 0, result=3))
STRANGERS = (0, 1, 2, 3, 130, 1 << 32, (1 << 32) + 1, (1 << 63) + 1, U64 - 1, 0x7FFFFFFF, 127, 128)

PROCESS_ROWS: Dict[str, Row] = {
    "A21": Row(
        "requests without an end before the mapping's",
        "HANXT",
        (
            one(
                map_pages(1),
                *(at(MAP_AT + (PAGE - there), "EFAULT") for there in (0, 1, 8, HEADER.size, len(EXITS) - 1)),
                # Its last byte is the page's, and no NUL; or, with one more, the next page's.
                *put(MAP_AT + (PAGE - 40), WHOLE_WORDS[:-1] + b"x"),
                at(MAP_AT + (PAGE - 40), "EINVAL", 40),
                at(MAP_AT + (PAGE - 40), "EFAULT", 41),
                fill(MAP_AT, PAGE, "x"),
                *put(MAP_AT + (PAGE - SPAWN_MAX), request()),
                at(MAP_AT + (PAGE - SPAWN_MAX), "EINVAL", SPAWN_MAX),
                at(MAP_AT + (PAGE - SPAWN_MAX + 1), "EFAULT", SPAWN_MAX),
                *spawn(MAP_AT + (PAGE - 40), WHOLE_WORDS, 3),
                call(WAIT, 3, BUFFER, 0, result=3),
            ),
        ),
    ),
    "A22": Row(
        "names as long as can be, and longer; the name is judged after the arguments, and looked up last",
        "HANXT",
        (
            one(
                *SOUND,
                *named(b"x" * (PATH_MAX - 1), "ENOENT"),
                *named(b"x" * PATH_MAX, "ENAMETOOLONG"),
                *named(b"x" * (PATH_MAX + 1), "ENAMETOOLONG"),
            ),
            one(
                map_pages(1),
                fill(MAP_AT, SPAWN_MAX, "x"),
                # No name has an end; then one that nearly fills the request has.
                *put(MAP_AT, request()),
                at(MAP_AT, "EINVAL", SPAWN_MAX),
                *put(MAP_AT + (SPAWN_MAX - 8), b"x" * 7),
                at(MAP_AT, "ENAMETOOLONG", SPAWN_MAX),
                *spawn(REQUEST, request(b"x" * PATH_MAX, *(b"",) * (ARGUMENTS_MAX + 1)), "E2BIG"),
            ),
            one(
                *spawn(REQUEST, request(LONGEST_NAME, b"an argument"), 3),
                call(WAIT, 3, BUFFER + 128, 0, result=3),
                load(BUFFER + 128, "load 0x0"),
            ),
        ),
    ),
    "A23": Row(
        "requests that wrap, whole registers compared",
        "HANXT",
        (
            one(
                *SOUND,
                *(at(U64 - there, "EFAULT") for there in (1, 16, len(EXITS), PAGE)),
                *(at(USER_TOP - there, "EFAULT") for there in (0, 1, 16, len(EXITS) - 1)),
                *(at(REQUEST, "E2BIG", size) for size in (U64 - 1, U64 - 16, 1 << 63, USER_TOP)),
                bits(SPAWN, REQUEST, len(EXITS), argument=0, mask=U64 - USER_TOP, result="EFAULT"),
                bits(SPAWN, REQUEST, len(EXITS), argument=1, mask=U64 - SPAWN_MAX, result="E2BIG"),
            ),
        ),
    ),
    "A29": Row(
        "each reserved bit of flags, of access, of sets of calls and of requests",
        "HANXT",
        (
            one(
                *SOUND,
                good(SYS["map"], MAP_AT, PAGE, READ),
                bits(WAIT, 0, BUFFER, 0, argument=2, mask=U64 - 2, result="EINVAL"),
                bits(SYS["map"], MAP_AT, PAGE, READ, argument=2, mask=U64 - 8, result="EINVAL"),
                bits(SYS["protect"], BUFFER, PAGE, READ, argument=2, mask=U64 - 8, result="EINVAL"),
                bits(SYS["restrict"], 0, argument=0, mask=U64 - 1 - ALL_CALLS, result="EINVAL"),
                bits(SYS["info"], 3, 0, BUFFER, 0x800, argument=0, mask=U64 - 4, result="EINVAL"),
                bits(SYS["info"], 2, 0, BUFFER, 0x800, argument=1, mask=U64 - 1, result="EINVAL"),
                good(SYS["clock"]),
            ),
            # With PANTHER_SPAWN_INHERIT, its lowest bit, the limit that is asked for may not be.
            *(one(*SOUND, *option_bits(3, range(low, low + 32))) for low in (0, 32)),
            one(*SOUND, *option_bits(0, range(NR_SYSCALLS, 64))),
        ),
    ),
    "A30": Row(
        "processes that are not one's children: oneself, the parent, nobody; whole registers compared",
        "HANXT",
        (
            one(
                *SOUND,
                *(call(KILL, pid, result="ESRCH") for pid in STRANGERS),
                *(call(WAIT, pid, BUFFER, 0, result="ESRCH") for pid in STRANGERS[1:]),
                call(WAIT, 0, BUFFER, 0, result="ECHILD"),
                call(WAIT, 0, BUFFER, 1, result="ECHILD"),
            ),
            one(
                *spawn(REQUEST, EXITS, 3),
                call(KILL, 3 + (1 << 32), result="ESRCH"),
                call(KILL, 3 + 128, result="ESRCH"),
                call(WAIT, 3, BUFFER, 0, result=3),
                call(WAIT, 3, BUFFER, 0, result="ESRCH"),
                call(KILL, 3, result="ESRCH"),
                call(SPAWN, REQUEST, len(EXITS), result=3 + 128),
                call(WAIT, 3, BUFFER, 0, result="ESRCH"),
                call(KILL, 3, result="ESRCH"),
                call(WAIT, 3 + 128, BUFFER, 0, result=3 + 128),
                load(BUFFER, "load 0x0"),
            ),
        ),
    ),
    "A31": Row(
        "the first process, and what could stand for the kernel",
        "HANXT",
        (one(*SOUND, *(call(KILL, pid, result="ESRCH") for pid in (1, 0, U64 - 1, 128))),),
    ),
    "A36": Row(
        "requests that are not there, the kernel's, without end, too short or too large",
        "HANXT",
        (
            one(
                *SOUND,
                *(at(place, "EFAULT") for place in (0, KERNEL_DATA, KERNEL_TEXT, END, END + -4, 1, 1 << 63, U64 - 1)),
                *(at(place, "EFAULT", SPAWN_MAX) for place in (0, KERNEL_DATA, END, END + -4)),
                # The lengths are judged first.
                *(at(place, "EINVAL", size) for place in (REQUEST, KERNEL_DATA) for size in (0, 1, HEADER.size)),
                *(at(place, "E2BIG", SPAWN_MAX + 1) for place in (REQUEST, KERNEL_DATA)),
                at(REQUEST, "EINVAL", HEADER.size + 1),
                at(REQUEST, "EINVAL", len(EXITS) - 1),
                # Who inherits has no wishes.
                *(step for wish in ((1, 0, 0), (0, 1, 0), (0, 0, 1)) for step in with_options(*wish, INHERIT, "EINVAL")),
            ),
            # One argument of more than a page, and one of just as much as there is room for.
            one(
                map_pages(2),
                fill(MAP_AT, PAGE + 8, "a"),
                *put(MAP_AT, WHOLE_WORDS[:-2] + b"aa"),
                at(MAP_AT, "E2BIG", PAGE + 8),
                at(MAP_AT, "E2BIG", SPAWN_MAX + 1),
                at(MAP_AT, "EINVAL", SPAWN_MAX),
                *put(MAP_AT + (SPAWN_MAX - 8), b"a" * 7),
                call(SPAWN, MAP_AT, SPAWN_MAX, result=3),
                call(WAIT, 3, BUFFER, 0, result=3),
            ),
            # As many as can be, and one more.
            one(
                *spawn(REQUEST, request(b"exits", *(b"a",) * ARGUMENTS_MAX), 3),
                call(WAIT, 3, SECOND_LINE, 0, result=3),
                *spawn(REQUEST, request(b"exits", *(b"a",) * (ARGUMENTS_MAX + 1)), "E2BIG"),
                *spawn(REQUEST, request(b"exits", *(b"",) * (ARGUMENTS_MAX + 1)), "E2BIG"),
                *spawn(REQUEST, request(b"exits", *(b"",) * 512), "E2BIG"),
            ),
        ),
    ),
    "A41": Row(
        "times that are negative, past, or too large",
        "HANXT",
        (
            one(
                *(call(SLEEP, until, result=0) for until in (0, 1, 1000)),
                *(call(SLEEP, until, result="EINVAL") for until in (U64 - 1, 1 << 63, U64 - (1 << 31))),
                good(SYS["clock"]),
            ),
        ),
    ),
    "A42": Row(
        "reading what is written to, and writing what is read from",
        "HANXT",
        (
            one(
                fill(BUFFER, 8, "b"),
                call(SYS["write"], 1, BUFFER, 8, result=8, printed="b" * 8),
                call(SYS["read"], 1, BUFFER, 8, result="EBADF"),
                call(SYS["read"], 2, BUFFER, 8, result="EBADF"),
                call(SYS["write"], 0, BUFFER, 8, result="EBADF"),
                load(BUFFER, "load 0x6262626262626262"),
            ),
        ),
    ),
    "A46": Row(
        "names that lead elsewhere, end early, or are no text",
        "HANXT",
        (
            one(
                *SOUND,
                *named(b"../exits", "ENOENT"),
                *named(b"./exits", "ENOENT"),
                *named(b"/exits", "ENOENT"),
                *named(b"exits/", "ENOENT"),
                *named(b"exit\0s", "ENOENT"),
                *named(b"", "EINVAL"),
                *named(b"\xff\xfe\x80\xc0", "ENOENT"),
                *named(b"EXITS", "ENOENT"),
                *named(b"/" * (PATH_MAX - 1), "ENOENT"),
                *named(b"/" * PATH_MAX, "ENAMETOOLONG"),
                map_pages(1),
                fill(MAP_AT, PAGE, "/"),
                *put(MAP_AT, request()),
                at(MAP_AT, "E2BIG", PAGE),
                at(MAP_AT, "EINVAL", SPAWN_MAX),
                *put(MAP_AT + (SPAWN_MAX - 8), b"/" * 7),
                at(MAP_AT, "ENAMETOOLONG", SPAWN_MAX),
            ),
        ),
    ),
    "R23": Row(
        "rights beyond one's own: calls given up, calls and limits that the child may not have",
        "HANXT",
        (
            one(
                *SOUND,
                *with_options(ALL_CALLS, 1 << 32, 0, 0, "EPERM"),
                *with_options(ALL_CALLS, U64 - 1, 0, 0, "EPERM"),
                *with_options(ALL_CALLS, 64, 121, 0, "EPERM"),
                *with_options(ALL_CALLS, 64, U64 - 1, 0, "EPERM"),
                call(SYS["restrict"], ALL_CALLS - (1 << SYS["clock"]) - 1, result=0),
                call(SYS["clock"], result="EPERM"),
                call(SYS["restrict"], ALL_CALLS, result=0),
                call(SYS["clock"], result="EPERM"),
                *with_options(ALL_CALLS, 64, 0, 0, "EPERM"),
                *with_options(1 << SYS["clock"], 64, 0, 0, "EPERM"),
                call(SYS["info"], 3, 0, SECOND_LINE, 64, result=40),
                load(SECOND_LINE, f"load 0x{ALL_CALLS - (1 << SYS['clock']):x}"),
                call(SYS["restrict"], 1 << SYS["write"], result=0),
                *(
                    call(number, 0, 0, 0, result="EPERM")
                    for name, number in SYS.items()
                    if name not in ("write", "exit")
                ),
            ),
        ),
    ),
}
