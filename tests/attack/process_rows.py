"""Rows A and R about processes, strings, rights and time: bad arguments of the calls that came with processes."""

from __future__ import annotations

from typing import Dict, Tuple

from call_rows import ARGUMENT_VECTOR, EXITS
from headers import ARGUMENTS_MAX, NR_SYSCALLS, PAGE, PATH_MAX, READ, SYS
from places import BUFFER, END, KERNEL_DATA, KERNEL_TEXT, MAP_AT, U64
from row import Row
from script import Step, bits, call, fill, good, load, one, poke, text_at
from world import Value

SPAWN, WAIT, KILL, SLEEP = (SYS[name] for name in ("spawn", "wait", "kill", "sleep"))
ALL_CALLS = (1 << NR_SYSCALLS) - 1
# A line of 64 bytes for each thing that a call reads.
OPTIONS = BUFFER + 2048
OPTION_CALLS, OPTION_FRAMES, OPTION_CHILDREN, OPTION_FLAGS = (OPTIONS + 8 * i for i in range(4))
SECOND_LINE = BUFFER + 3072
SOUND_ARGUMENTS: Tuple[Step, ...] = (
    *text_at(EXITS, b"exits"),
    poke(ARGUMENT_VECTOR, EXITS),
    poke(ARGUMENT_VECTOR + 8, 0),
)


def spawn_path(path: Value, result: str) -> Step:
    return call(SPAWN, path, ARGUMENT_VECTOR, 0, result=result)


def named(name: bytes, result: str) -> Tuple[Step, ...]:
    return (*text_at(BUFFER, name), spawn_path(BUFFER, result))


def with_options(calls: int, frames: int, children: int, flags: int, result: str) -> Tuple[Step, ...]:
    return (
        poke(OPTION_CALLS, calls),
        poke(OPTION_FRAMES, frames),
        poke(OPTION_CHILDREN, children),
        poke(OPTION_FLAGS, flags),
        call(SPAWN, EXITS, ARGUMENT_VECTOR, OPTIONS, result=result),
    )


def option_bits(option: Value, bits_of_it: range) -> Tuple[Step, ...]:
    """Each of these bits alone, all else being sound."""
    sound = with_options(0, 64, 0, 0, "EINVAL")[:-1]
    each = tuple(
        step
        for bit in bits_of_it
        for step in (poke(option, 1 << bit), call(SPAWN, EXITS, ARGUMENT_VECTOR, OPTIONS, result="EINVAL"))
    )
    return SOUND_ARGUMENTS + sound + each


STRANGERS = (0, 1, 2, 3, 130, 1 << 32, (1 << 32) + 1, (1 << 63) + 1, U64 - 1, 0x7FFFFFFF, 127, 128)

PROCESS_ROWS: Dict[str, Row] = {
    "A21": Row(
        "strings without an end before the mapping's",
        "HANX",
        (
            one(
                *SOUND_ARGUMENTS,
                spawn_path(END + -1, "EFAULT"),
                spawn_path(END + -8, "EFAULT"),
                spawn_path(END, "EFAULT"),
                poke(ARGUMENT_VECTOR, END + -8),
                spawn_path(EXITS, "EFAULT"),
            ),
        ),
    ),
    "A22": Row(
        "names as long as can be, and longer; the vector is judged after the name, the name looked up after both",
        "HANX",
        (
            one(
                *SOUND_ARGUMENTS,
                *named(b"x" * (PATH_MAX - 1), "ENOENT"),
                *named(b"x" * PATH_MAX, "ENAMETOOLONG"),
                *named(b"x" * (PATH_MAX + 1), "ENAMETOOLONG"),
                call(SPAWN, BUFFER, KERNEL_DATA, KERNEL_DATA, result="ENAMETOOLONG"),
                # So long a name needs no end.
                spawn_path(END + -PATH_MAX, "ENAMETOOLONG"),
                spawn_path(END + (1 - PATH_MAX), "EFAULT"),
            ),
            one(
                *SOUND_ARGUMENTS,
                *text_at(BUFFER, b"n" * (PATH_MAX - 1)),
                call(SPAWN, BUFFER, ARGUMENT_VECTOR, 0, result=3),
                call(WAIT, 3, BUFFER + 128, 0, result=3),
                load(BUFFER + 128, "load 0x0"),
            ),
        ),
    ),
    "A23": Row(
        "strings that wrap",
        "HANX",
        (
            one(
                *SOUND_ARGUMENTS,
                spawn_path(U64 - 16, "EFAULT"),
                spawn_path(U64 - 1, "EFAULT"),
                call(SPAWN, EXITS, U64 - 8, 0, result="EFAULT"),
                call(SPAWN, EXITS, U64 - 1, 0, result="EFAULT"),
                call(SPAWN, EXITS, ARGUMENT_VECTOR, U64 - 16, result="EFAULT"),
                poke(ARGUMENT_VECTOR, U64 - 16),
                spawn_path(EXITS, "EFAULT"),
            ),
        ),
    ),
    "A29": Row(
        "each reserved bit of flags, of access, of sets of calls and of options",
        "HANX",
        (
            one(
                bits(WAIT, 0, BUFFER, 0, argument=2, mask=U64 - 2, result="EINVAL"),
                bits(SYS["map"], MAP_AT, PAGE, READ, argument=2, mask=U64 - 8, result="EINVAL"),
                bits(SYS["protect"], BUFFER, PAGE, READ, argument=2, mask=U64 - 8, result="EINVAL"),
                bits(SYS["restrict"], 0, argument=0, mask=U64 - 1 - ALL_CALLS, result="EINVAL"),
                bits(SYS["info"], 3, 0, BUFFER, 0x800, argument=0, mask=U64 - 4, result="EINVAL"),
                bits(SYS["info"], 2, 0, BUFFER, 0x800, argument=1, mask=U64 - 1, result="EINVAL"),
                good(SYS["clock"]),
            ),
            one(*option_bits(OPTION_FLAGS, range(32))),
            one(*option_bits(OPTION_FLAGS, range(32, 64))),
            one(*option_bits(OPTION_CALLS, range(NR_SYSCALLS, 64))),
        ),
    ),
    "A30": Row(
        "processes that are not one's children: oneself, the parent, nobody; whole registers compared",
        "HANX",
        (
            one(
                *(call(KILL, pid, result="ESRCH") for pid in STRANGERS),
                *(call(WAIT, pid, BUFFER, 0, result="ESRCH") for pid in STRANGERS[1:]),
                call(WAIT, 0, BUFFER, 0, result="ECHILD"),
                call(WAIT, 0, BUFFER, 1, result="ECHILD"),
            ),
            one(
                *SOUND_ARGUMENTS,
                call(SPAWN, EXITS, ARGUMENT_VECTOR, 0, result=3),
                call(KILL, 3 + (1 << 32), result="ESRCH"),
                call(KILL, 3 + 128, result="ESRCH"),
                call(WAIT, 3, BUFFER, 0, result=3),
                call(WAIT, 3, BUFFER, 0, result="ESRCH"),
                call(KILL, 3, result="ESRCH"),
                call(SPAWN, EXITS, ARGUMENT_VECTOR, 0, result=3 + 128),
                call(WAIT, 3, BUFFER, 0, result="ESRCH"),
                call(KILL, 3, result="ESRCH"),
                call(WAIT, 3 + 128, BUFFER, 0, result=3 + 128),
                load(BUFFER, "load 0x0"),
            ),
        ),
    ),
    "A31": Row(
        "the first process, and what could stand for the kernel",
        "HANX",
        (one(*(call(KILL, pid, result="ESRCH") for pid in (1, 0, U64 - 1, 128))),),
    ),
    "A36": Row(
        "argument vectors that are not there, the kernel's, without end, or too large",
        "HANX",
        (
            one(
                *SOUND_ARGUMENTS,
                *(
                    call(SPAWN, EXITS, vector, 0, result="EFAULT")
                    for vector in (0, KERNEL_DATA, END, END + -4, 1 << 63)
                ),
                # Words that are addresses, up to the end of the mapping.
                poke(END + -8, EXITS),
                call(SPAWN, EXITS, END + -8, 0, result="EFAULT"),
                *(
                    step
                    for element in (KERNEL_TEXT, 1, U64 - 1)
                    for step in (
                        poke(ARGUMENT_VECTOR, element),
                        call(SPAWN, EXITS, ARGUMENT_VECTOR, 0, result="EFAULT"),
                    )
                ),
                call(SPAWN, EXITS, ARGUMENT_VECTOR, KERNEL_DATA, result="EFAULT"),
            ),
            # One argument of more than a page, and one of more than there is room for.
            one(
                *SOUND_ARGUMENTS,
                poke(ARGUMENT_VECTOR, MAP_AT),
                call(SYS["map"], MAP_AT, 2 * PAGE, 3, result=MAP_AT),
                fill(MAP_AT, PAGE + 8, "a"),
                call(SPAWN, EXITS, ARGUMENT_VECTOR, 0, result="E2BIG"),
                poke(MAP_AT + 2048, 0),
                call(SPAWN, EXITS, ARGUMENT_VECTOR, 0, result="E2BIG"),
                poke(MAP_AT + 2040, 0x00FFFFFFFFFFFFFF),
                call(SPAWN, EXITS, ARGUMENT_VECTOR, 0, result=3),
                call(WAIT, 3, BUFFER, 0, result=3),
            ),
            # As many as can be, and one more.
            one(
                *SOUND_ARGUMENTS,
                *text_at(SECOND_LINE, b"a"),
                *(poke(ARGUMENT_VECTOR + 8 * i, SECOND_LINE) for i in range(ARGUMENTS_MAX + 1)),
                poke(ARGUMENT_VECTOR + 8 * (ARGUMENTS_MAX + 1), 0),
                call(SPAWN, EXITS, ARGUMENT_VECTOR, 0, result="E2BIG"),
                poke(ARGUMENT_VECTOR + 8 * ARGUMENTS_MAX, 0),
                call(SPAWN, EXITS, ARGUMENT_VECTOR, 0, result=3),
                call(WAIT, 3, SECOND_LINE, 0, result=3),
            ),
        ),
    ),
    "A41": Row(
        "times that are negative, past, or too large",
        "HANX",
        (
            one(
                *(call(SLEEP, until, result="EINVAL") for until in (U64 - 1, 1 << 63, U64 - (1 << 31))),
                *(call(SLEEP, until, result=0) for until in (0, 1, 1000)),
                good(SYS["clock"]),
            ),
        ),
    ),
    "A42": Row(
        "reading what is written to, and writing what is read from",
        "HANX",
        (
            one(
                fill(BUFFER, 8, "b"),
                call(SYS["read"], 1, BUFFER, 8, result="EBADF"),
                call(SYS["read"], 2, BUFFER, 8, result="EBADF"),
                call(SYS["write"], 0, BUFFER, 8, result="EBADF"),
                load(BUFFER, "load 0x6262626262626262"),
            ),
        ),
    ),
    "A46": Row(
        "names that lead elsewhere, end early, or are no text",
        "HANX",
        (
            one(
                *SOUND_ARGUMENTS,
                *named(b"../exits", "ENOENT"),
                *named(b"./exits", "ENOENT"),
                *named(b"/exits", "ENOENT"),
                *named(b"exits/", "ENOENT"),
                *named(b"exit\0s", "ENOENT"),
                *named(b"", "ENOENT"),
                *named(b"\xff\xfe\x80\xc0", "ENOENT"),
                *named(b"EXITS", "ENOENT"),
                fill(BUFFER, 64, "/"),
                poke(BUFFER + 56, 0x002F2F2F2F2F2F2F),
                spawn_path(BUFFER, "ENOENT"),
                call(SYS["map"], MAP_AT, PAGE, 3, result=MAP_AT),
                fill(MAP_AT, PAGE, "/"),
                spawn_path(MAP_AT, "ENAMETOOLONG"),
            ),
        ),
    ),
    "R23": Row(
        "rights beyond one's own: calls given up, calls and limits that the child may not have",
        "HANX",
        (
            one(
                *SOUND_ARGUMENTS,
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
