"""Rows A about the calls map, unmap and protect."""

from __future__ import annotations

from typing import Dict, Tuple

from headers import EXECUTE, GUARD, MAP_MAX, PAGE, READ, STACK_SIZE, SYS, USER_BOTTOM, USER_TOP, WRITE
from places import BUFFER, DATA, END, KERNEL_TEXT, MAP_AT, MAP_NEXT, RODATA, STACK, STACK_GUARD, TEXT, U64
from row import Row
from script import STACK_LINE, Kill, Step, call, each, good, load, load_unchanged, one, poke, unmapped
from world import OnStack, Place, Value

MAP, UNMAP, PROTECT = (SYS[name] for name in ("map", "unmap", "protect"))
# Neither of these is a length, for any of the three calls.
BAD_LENGTHS = (0, 1, PAGE - 1, PAGE + 1, MAP_MAX + PAGE, U64 - 0x7FFFFFFF, 0x80000004, 1 << 47, U64 - PAGE, U64 - 1)
BAD_ADDRESSES = (MAP_AT + 1, MAP_AT + 8, MAP_AT + (1 << 56), USER_TOP, 1 << 47, U64 - PAGE, U64 - 1)
AFTER_CALL = Place("user:svc_0_end")


def all_three(address: Value, length: Value, result: str = "EINVAL") -> Tuple[Step, ...]:
    return (
        call(MAP, address, length, READ, result=result),
        call(UNMAP, address, length, result=result),
        call(PROTECT, address, length, READ, result=result),
    )


def taken(address: Value, length: Value = PAGE) -> Step:
    return call(MAP, address, length, READ, result="EINVAL")


def to_protect(address: Value, access: int, result: str) -> Step:
    return call(PROTECT, address, PAGE, access, result=result)


def unmap(what: str) -> Step:
    if what == "stack":
        return call(UNMAP, STACK, STACK_SIZE, result=0)
    return call(UNMAP, Place(what), Place("size:" + what), result=0)


# What works before anything is tried.
SOUND = (call(MAP, MAP_AT, PAGE, READ | WRITE, result=MAP_AT), call(UNMAP, MAP_AT, PAGE, result=0))


def fetch_fault(*without: str) -> Kill:
    return Kill("instruction-abort", 0x20, unmapped(without=without), AFTER_CALL, AFTER_CALL)


STACK_FAULT = Kill("data-abort", 0x24, unmapped(write=True, without=("stack",)), OnStack(), AFTER_CALL)

MAPPING_ROWS: Dict[str, Row] = {
    "A32": Row(
        "lengths and addresses that are no pages, wrap, or are too large",
        "HANXT",
        (
            one(
                call(MAP, MAP_AT, PAGE, READ, result=MAP_AT),
                *(step for length in BAD_LENGTHS for step in all_three(MAP_NEXT, length)),
                *(step for address in BAD_ADDRESSES for step in all_three(address, PAGE)),
                *all_three(USER_TOP - PAGE, 2 * PAGE),
                # Half mapped, half not: nothing changes.
                *all_three(MAP_AT, 2 * PAGE),
                *(call(MAP, MAP_NEXT, PAGE, access, result="EINVAL") for access in (0, WRITE, EXECUTE)),
                load(MAP_AT, "load 0x0"),
            ),
        ),
    ),
    "A33": Row(
        "pages over one's own text, constants, data, stack and its guard, below the first page, in the kernel's half",
        "HANXT",
        (
            one(
                *SOUND,
                *(taken(place) for place in (TEXT, RODATA, DATA, BUFFER, STACK, STACK + (STACK_SIZE - PAGE))),
                # Half free, half taken: nothing is mapped.
                taken(TEXT + -PAGE, 2 * PAGE),
                taken(END + -PAGE, 2 * PAGE),
                taken(STACK_GUARD),
                taken(STACK + -PAGE),
                taken(STACK_GUARD + -PAGE, 2 * PAGE),
                taken(USER_BOTTOM - PAGE),
                taken(USER_BOTTOM - PAGE, 2 * PAGE),
                taken(KERNEL_TEXT),
                taken(U64 - GUARD),
                call(MAP, TEXT + -PAGE, PAGE, READ, result=TEXT + -PAGE),
                call(MAP, END, PAGE, READ, result=END),
                call(UNMAP, STACK_GUARD, GUARD, result="EINVAL"),
                call(UNMAP, USER_BOTTOM, PAGE, result="EINVAL"),
                call(PROTECT, STACK_GUARD, PAGE, READ | WRITE, result="EINVAL"),
                call(MAP, USER_BOTTOM, PAGE, READ, result=USER_BOTTOM),
                load_unchanged(TEXT),
                load_unchanged(RODATA),
            ),
        ),
    ),
    "A34": Row(
        "pages that are writable and executable, at once or one after the other",
        "HANXT",
        (
            one(
                *SOUND,
                call(MAP, MAP_AT, PAGE, READ | WRITE | EXECUTE, result="EACCES"),
                call(MAP, MAP_AT, PAGE, WRITE | EXECUTE, result="EINVAL"),
                call(MAP, MAP_AT, PAGE, READ | WRITE, result=MAP_AT),
                to_protect(MAP_AT, 7, "EACCES"),
                to_protect(MAP_AT, READ | EXECUTE, "EACCES"),
                call(PROTECT, MAP_AT, PAGE, READ, result=0),
                to_protect(MAP_AT, READ | EXECUTE, "EACCES"),
                # Executable, and never written: it can be given up, but not got back once written.
                call(MAP, MAP_NEXT, PAGE, READ | EXECUTE, result=MAP_NEXT),
                call(PROTECT, MAP_NEXT, PAGE, READ, result=0),
                call(PROTECT, MAP_NEXT, PAGE, READ | EXECUTE, result=0),
                to_protect(MAP_NEXT, 7, "EACCES"),
                call(PROTECT, MAP_NEXT, PAGE, READ | WRITE, result=0),
                poke(MAP_NEXT, 0xD65F03C0),
                to_protect(MAP_NEXT, READ | EXECUTE, "EACCES"),
                call(PROTECT, MAP_NEXT, PAGE, READ, result=0),
                to_protect(MAP_NEXT, READ | EXECUTE, "EACCES"),
                # One page that was writable is enough.
                call(MAP, MAP_NEXT + PAGE, PAGE, READ, result=MAP_NEXT + PAGE),
                call(PROTECT, MAP_NEXT, 2 * PAGE, READ | EXECUTE, result="EACCES"),
                *(to_protect(place, READ | EXECUTE, "EACCES") for place in (DATA, BUFFER, STACK)),
                to_protect(TEXT, 7, "EACCES"),
                call(PROTECT, RODATA, PAGE, READ | EXECUTE, result=0),
                load_unchanged(TEXT),
            ),
        ),
    ),
    "A35": Row(
        "unmapping one's own text, stack, or everything, and going on",
        "ANXT",
        each((STACK_LINE,), [(unmap("text"), fetch_fault("text")), (unmap("stack"), STACK_FAULT)])
        + each(
            (STACK_LINE, good(MAP, 0, MAP_MAX, READ | WRITE)),
            [(call(UNMAP, TEXT, Place("size:all"), result=0), fetch_fault("data", "rodata", "text"))],
        ),
    ),
}
