"""Flattened device trees (Devicetree Specification 0.4, chapter 5): built soundly, then broken by whoever wants to."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Dict, List, Sequence, Tuple, Union

MAGIC = 0xD00DFEED
BEGIN_NODE, END_NODE, PROPERTY, NOP, END = 1, 2, 3, 4, 9
HEADER_FIELDS = (
    "magic",
    "totalsize",
    "off_dt_struct",
    "off_dt_strings",
    "off_mem_rsvmap",
    "version",
    "last_comp_version",
    "boot_cpuid_phys",
    "size_dt_strings",
    "size_dt_struct",
)

Value = Union[bytes, str, int, Sequence[int]]


def u64s(*numbers: int) -> bytes:
    return b"".join(struct.pack(">Q", number) for number in numbers)


def encode(value: Value) -> bytes:
    """A string gets its NUL; a number, or a list of them, are 32-bit cells."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode() + b"\0"
    if isinstance(value, int):
        return struct.pack(">I", value)
    return b"".join(struct.pack(">I", cell) for cell in value)


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


@dataclass
class Node:
    name: str
    properties: Dict[str, Value] = field(default_factory=dict)
    children: List["Node"] = field(default_factory=list)
    tail: bytes = b""  # raw words behind the last child

    def child(self, name: str) -> "Node":
        return next(node for node in self.children if node.name == name)

    def add(self, node: "Node") -> "Node":
        self.children.append(node)
        return node

    def remove(self, name: str) -> None:
        self.children.remove(self.child(name))


class Strings:
    def __init__(self) -> None:
        self.data = b""

    def offset(self, name: str) -> int:
        wanted = name.encode() + b"\0"
        if not (self.data.startswith(wanted) or b"\0" + wanted in self.data):
            self.data += wanted
        return 0 if self.data.startswith(wanted) else self.data.index(b"\0" + wanted) + 1


def word(number: int) -> bytes:
    return struct.pack(">I", number)


def _structure(node: Node, strings: Strings) -> bytes:
    data = word(BEGIN_NODE) + padded(node.name.encode() + b"\0")
    for name, value in node.properties.items():
        raw = encode(value)
        data += word(PROPERTY) + word(len(raw)) + word(strings.offset(name)) + padded(raw)
    for child in node.children:
        data += _structure(child, strings)
    return data + node.tail + word(END_NODE)


@dataclass
class Blob:
    """The parts of a tree, to be put together. Fields of the header named in `header` get that value in the end."""

    structure: bytes
    strings: bytes
    reservations: bytes
    header: Dict[str, int] = field(default_factory=dict)

    def fields(self) -> Dict[str, int]:
        start = 40 + len(self.reservations)
        strings = start + len(self.structure)
        end = strings + len(self.strings)
        sound = (MAGIC, end, start, strings, 40, 17, 16, 0, len(self.strings), len(self.structure))
        return dict(zip(HEADER_FIELDS, sound))

    def encode(self) -> bytes:
        fields = {**self.fields(), **self.header}
        data = b"".join(word(fields[name] & 0xFFFFFFFF) for name in HEADER_FIELDS)
        return data + self.reservations + self.structure + self.strings


def flatten(root: Node, reservations: Sequence[Tuple[int, int]] = ()) -> Blob:
    strings = Strings()
    structure = _structure(root, strings) + word(END)
    return Blob(structure, strings.data, b"".join(u64s(*pair) for pair in (*reservations, (0, 0))))


RAM, RAM_SIZE = 0x40000000, 0x8000000
UART = 0x09000000
DISTRIBUTOR = 0x08000000
CPU_INTERFACE = 0x08010000  # of a GICv2
REDISTRIBUTORS = 0x080A0000  # of a GICv3
SPI, PPI = 0, 1


def controller(gic: int) -> Node:
    """The GIC, version 2 or 3, as `-machine virt,gic-version=` has it."""
    node = Node("intc@8000000", {"phandle": 0x8002})
    if gic == 2:
        node.properties["reg"] = u64s(DISTRIBUTOR, 0x10000, CPU_INTERFACE, 0x10000)
        node.properties["compatible"] = "arm,cortex-a15-gic"
    else:
        node.properties["reg"] = u64s(DISTRIBUTOR, 0x10000, REDISTRIBUTORS, 0xF60000)
        node.properties["#redistributor-regions"] = 1
        node.properties["compatible"] = "arm,gic-v3"
    node.properties.update(
        {"ranges": b"", "#size-cells": 2, "#address-cells": 2, "interrupt-controller": b"", "#interrupt-cells": 3}
    )
    return node


def timer(gic: int) -> Node:
    """The secure, non-secure, virtual and hypervisor's timer. For a GICv2 the flags also say which CPUs have them."""
    flags = 0x104 if gic == 2 else 4
    return Node(
        "timer",
        {
            "interrupts": [cell for number in (13, 14, 11, 10) for cell in (PPI, number, flags)],
            "always-on": b"",
            "compatible": b"arm,armv8-timer\0arm,armv7-timer\0",
        },
    )


def virt(
    command_line: str = "",
    ram: Sequence[Tuple[int, int]] = ((RAM, RAM_SIZE),),
    conduit: str = "hvc",
    gic: int = 2,
) -> Node:
    """A tree as QEMU's virt makes it: what the kernel reads, and some of what it does not."""
    root = Node("", {"#address-cells": 2, "#size-cells": 2, "compatible": "linux,dummy-virt"})
    psci = root.add(Node("psci"))
    psci.properties = {
        "method": conduit,
        "cpu_off": 0x84000002,
        "compatible": b"arm,psci-1.0\0arm,psci-0.2\0arm,psci\0",
    }
    for base, size in ram:
        root.add(Node(f"memory@{base:x}", {"reg": u64s(base, size), "device_type": "memory"}))
    bus = root.add(Node("platform-bus@c000000"))
    bus.properties = {
        "ranges": [0, 0, 0xC000000, 1 << 25],
        "#address-cells": 1,
        "#size-cells": 1,
        "compatible": b"qemu,platform\0simple-bus\0",
    }
    uart = root.add(Node("pl011@9000000"))
    uart.properties = {
        "clock-names": b"uartclk\0apb_pclk\0",
        "interrupts": [SPI, 1, 4],
        "reg": u64s(UART, 0x1000),
        "compatible": b"arm,pl011\0arm,primecell\0",
    }
    root.add(Node("pmu", {"interrupts": [PPI, 7, 4], "compatible": "arm,armv8-pmuv3"}))
    root.add(controller(gic))
    root.add(timer(gic))
    cpus = root.add(Node("cpus", {"#address-cells": 1, "#size-cells": 0}))
    cpus.add(Node("cpu@0", {"reg": 0, "compatible": "arm,cortex-a72", "device_type": "cpu"}))
    chosen = root.add(Node("chosen"))
    chosen.properties = {
        "bootargs": command_line,
        "stdout-path": "/pl011@9000000",
        "rng-seed": bytes(range(1, 33)),
        "kaslr-seed": bytes(range(65, 73)),
    }
    return root
