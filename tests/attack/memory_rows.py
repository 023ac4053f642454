"""Rows M: what a program may not reach, and what it may not run. Each ends in one KILL line, decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Dict, List, Tuple

from archive import archive
from headers import EXECUTE, PAGE, READ, STACK_SIZE, SYS, USER_TOP, WRITE
from places import BUFFER, DATA, KERNEL_OBJECTS, KERNEL_STACK, KERNEL_TEXT, MAP_AT, MAP_NEXT, RODATA, STACK, TEXT, U64
from program_rows import Program
from row import Row
from script import (
    STACK_LINE,
    Fault,
    Kill,
    Script,
    Step,
    at,
    barred,
    call,
    data_abort,
    each,
    instruction_abort,
    kernel_memory,
    load,
    no_syndrome,
    one,
    outside,
    poke,
    store,
    unaligned,
    unmapped,
)
from world import Place, Value, World

# The first steps of a row that ends in a kill: something harmless of the same kind, which must work.
HARMLESS = (store(BUFFER, 0x5EC0DE, "store"), load(BUFFER, "load 0x5ec0de"))
ODD = BUFFER + 13
LOADED = load(MAP_NEXT, "load 0x5ec0de")
# How a CPU that has them says that they are not enabled.
ENABLED = {"SVE": ("sve", 0x19), "SME": ("sme", 0x1D)}
PT_GNU_PROPERTY = 0x6474E553
PAD, NO_PAD = Place("user:landing_pad"), Place("user:no_landing_pad")
SVC_RET = 0xD65F03C0D4000001  # svc #0; ret



def mapped_pages(access: int, *then: Step) -> Tuple[Step, ...]:
    """Two pages, both written and read, so that their translations may be cached."""
    return (
        call(SYS["map"], MAP_AT, 2 * PAGE, access, result=MAP_AT),
        store(MAP_AT, 1, "store"),
        store(MAP_NEXT, 0x5EC0DE, "store"),
        LOADED,
        *then,
    )


def branch_target(btype: int) -> Kill:
    """BTYPE is in the syndrome (Arm ARM D17.2.37, "ISS encoding for an exception from a Branch Target instruction")."""
    return Kill("branch-target", 0x0D, Fault(lambda world, address: btype), None, NO_PAD)


@dataclass(frozen=True)
class Unguarded(Script):
    """The same program, which does not say that it has landing pads: its note's header is no longer one."""

    def archive(self, world: World) -> bytes:
        player = bytearray(world.player(self.encode(world)))
        at_header = world.program.header_offset(PT_GNU_PROPERTY)
        player[at_header : at_header + 4] = bytes(4)  # PT_NULL
        return archive({"judge": world.judge, "player": bytes(player)})


def jump_to(place: Value) -> List[Tuple[Step, Kill]]:
    return [(at("BRANCH", place), instruction_abort(place, barred()))]


MEMORY_ROWS: Dict[str, Row] = {
    "M01": Row(
        "load from the kernel",
        "ANXT",
        each(
            HARMLESS,
            [(load(place), data_abort(place, "load_at", kernel_memory(level))) for place, level in KERNEL_OBJECTS],
        ),
    ),
    "M02": Row(
        "store to the kernel",
        "ANXT",
        each(
            HARMLESS,
            [
                (store(place, 0), data_abort(place, "store_at", kernel_memory(level, write=True)))
                for place, level in KERNEL_OBJECTS
            ],
        ),
    ),
    "M03": Row(
        "jump into the kernel, to its code and its data",
        "ANXT",
        each(
            HARMLESS,
            [
                (at(kind, KERNEL_TEXT), instruction_abort(KERNEL_TEXT, kernel_memory()))
                for kind in ("BRANCH", "BRANCH_LINK", "RETURN")
            ]
            + [
                (at("BRANCH", place), instruction_abort(place, kernel_memory(level)))
                for place, level in KERNEL_OBJECTS
                if place != KERNEL_TEXT
            ],
        ),
    ),
    "M05": Row(
        "null pointers: load, load at an offset, jump",
        "ANXT",
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
        "ANXT",
        each(
            HARMLESS,
            [(store(place, 0), data_abort(place, "store_at", barred(write=True))) for place in (TEXT, RODATA)],
        ),
    ),
    "M07": Row(
        "execute one's own data, constants and stack",
        "ANXT",
        each(
            HARMLESS,
            [(at("BRANCH", place), instruction_abort(place, barred())) for place in (DATA, RODATA, BUFFER)],
        )
        + each(
            (STACK_LINE, call(SYS["map"], MAP_AT, PAGE, READ | WRITE, result=MAP_AT)),
            [(at("BRANCH", place), instruction_abort(place, barred())) for place in (STACK, MAP_AT)],
        ),
    ),
    "M08": Row(
        "recurse until the stack ends",
        "ANXT",
        each(
            (*HARMLESS, STACK_LINE),
            [
                (
                    at("RECURSE", STACK + STACK_SIZE),
                    Kill("stack-overflow", 0x24, unmapped(write=True), STACK + -16, Place("user:recurse_at")),
                )
            ],
        ),
    ),
    "M15": Row(
        "load from and jump to addresses in neither half",
        "ANXT",
        each(
            HARMLESS,
            [
                (load(address), data_abort(address, "load_at", outside()))
                for address in (USER_TOP, 1 << 48, 0x7FFFFFFFFFFFFFF8, BUFFER + (1 << 56))
            ]
            + [
                (at("BRANCH", address), instruction_abort(address, outside()))
                for address in (USER_TOP, 1 << 48, 0x7FFFFFFFFFFFFFF8)
            ],
        ),
    ),
    "M17": Row(
        "jump to an address that is not a multiple of 4",
        "ANXT",
        each(
            HARMLESS,
            [
                (at("BRANCH", TEXT + by), Kill("pc-alignment", 0x22, no_syndrome(), TEXT + by, TEXT + by))
                for by in (1, 2, 3)
            ],
        ),
    ),
    "M20": Row(
        "a stack pointer that is null, odd or the kernel's: a call works, a fault kills, the timer's interrupt leaves it",
        "ANXT",
        tuple(
            one(at("CALL_SP", sp, "sp kept"), at(kind, sp), kill=kill)
            for sp in (0, 1, U64 - 1, KERNEL_STACK, KERNEL_TEXT)
            for kind, kill in (
                ("LOAD_NULL_SP", data_abort(0, "load_null_sp_at", unmapped())),
                ("UNDEFINED_SP", Kill("undefined", 0x00, no_syndrome(), None, Place("user:undefined_sp_at"))),
            )
        )
        # Four at once, each with another: all begin before one is through.
        + tuple(
            Program(name="M20", place=sp, lines=(*("spins",) * 4, *("has spun",) * 4, "lost 0"), icount=6)
            for sp in (KERNEL_STACK, KERNEL_TEXT)
        ),
    ),
    "M21": Row(
        "unaligned exclusive, acquire and release accesses, across 16 bytes (FEAT_LSE2 allows the rest)",
        "ANXT",
        (
            # QEMU from 8.1 on calls an exclusive load a write on CPUs with FEAT_LSE2, earlier ones do not.
            replace(one(*HARMLESS, at("LDXR", ODD), kill=data_abort(ODD, "ldxr_at", unaligned())), on="A"),
            one(*HARMLESS, at("LDAR", ODD), kill=data_abort(ODD, "ldar_at", unaligned())),
            one(*HARMLESS, at("STLR", ODD), kill=data_abort(ODD, "stlr_at", unaligned(write=True))),
        ),
    ),
    "M23": Row(
        "prefetch from the kernel: no fault, no effect",
        "ANXT",
        (one(*HARMLESS, *(at("PREFETCH", place, "prefetch") for place, _ in KERNEL_OBJECTS)),),
    ),
    "M12": Row(
        "load and store where a page has just been unmapped",
        "HANXT",
        each(
            mapped_pages(READ | WRITE, call(SYS["unmap"], MAP_NEXT, PAGE, result=0)),
            [
                (load(MAP_NEXT), data_abort(MAP_NEXT, "load_at", unmapped(besides=(MAP_AT,)))),
                (store(MAP_NEXT, 0), data_abort(MAP_NEXT, "store_at", unmapped(write=True, besides=(MAP_AT,)))),
            ],
        ),
    ),
    "M13": Row(
        "store where a page has just become read-only; it can be read still",
        "HANXT",
        each(
            mapped_pages(READ | WRITE, call(SYS["protect"], MAP_NEXT, PAGE, READ, result=0), LOADED),
            [(store(MAP_NEXT, 0), data_abort(MAP_NEXT, "store_at", barred(write=True)))],
        ),
    ),
    "M14": Row(
        "other pages at an address that was used before: new content only",
        "HANXT",
        (
            one(
                *mapped_pages(READ | WRITE),
                *(
                    step
                    for access, other in ((READ | WRITE, 2), (READ, 3), (READ | WRITE, 4))
                    for step in (
                        call(SYS["unmap"], MAP_NEXT, PAGE, result=0),
                        # What was behind the address goes to another one, and is written there.
                        call(SYS["map"], MAP_AT + other * PAGE, PAGE, READ | WRITE, result=MAP_AT + other * PAGE),
                        poke(MAP_AT + other * PAGE, other),
                        call(SYS["map"], MAP_NEXT, PAGE, access, result=MAP_NEXT),
                        load(MAP_NEXT, "load 0x0"),
                    )
                ),
                store(MAP_NEXT, 0x4E3, "store"),
                load(MAP_NEXT, "load 0x4e3"),
                load(MAP_AT, "load 0x1"),
            ),
        ),
    ),
    "M25": Row(
        "indirect branches beside a landing pad, in a program that has them",
        "ANXT",
        tuple(
            replace(one(*HARMLESS, at(kind, PAD, "back"), at(kind, NO_PAD), kill=branch_target(btype)), on="XT")
            for kind, btype in (("BRANCH", 3), ("BRANCH_LINK", 2))
        )
        # A return needs none. Where the CPU does not look, or the program does not say that it has them, none does.
        + (
            one(at("RETURN", NO_PAD, "back")),
            one(*(at(kind, NO_PAD, "back") for kind in ("BRANCH", "BRANCH_LINK")), on="AN"),
            Unguarded(steps=tuple(at(kind, NO_PAD, "back") for kind in ("BRANCH", "BRANCH_LINK"))),
        ),
    ),
    "M32": Row(
        "a call from code of one's own making: on the stack, in data, and on a page that was to become executable",
        "ANXT",
        each((*HARMLESS, store(BUFFER, SVC_RET, "store")), jump_to(BUFFER))
        + each((STACK_LINE, store(STACK, SVC_RET, "store")), jump_to(STACK))
        + each(
            (
                call(SYS["map"], MAP_AT, PAGE, READ | WRITE, result=MAP_AT),
                store(MAP_AT, SVC_RET, "store"),
                call(SYS["protect"], MAP_AT, PAGE, READ | EXECUTE, result="EACCES"),
                call(SYS["protect"], MAP_AT, PAGE, READ, result=0),
                call(SYS["protect"], MAP_AT, PAGE, READ | EXECUTE, result="EACCES"),
            ),
            jump_to(MAP_AT),
        ),
    ),
    "L06": Row(
        "SVE and SME: there is no state to leak, for they are never enabled",
        "ANXT",
        tuple(
            replace(one(*HARMLESS, at(kind, 0), kill=Kill(*name_and_class, no_syndrome(), None, user)), on=on)
            for kind, user in (("SVE", Place("user:sve_at")), ("SME", Place("user:sme_at")))
            for name_and_class, on in ((("undefined", 0x00), "AN"), (ENABLED[kind], "XT"))
        ),
    ),
}
