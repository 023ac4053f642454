"""Rows B14 and B15: UART, interrupt controller, timer, PSCI, exception levels. See cases.py."""

from __future__ import annotations

from typing import Callable

from table import EL, GIC, MEM, PSCI, TIMER, TRANSCRIPT, U64, UART_FAIL
from table import case, sound, with_property, without, without_property
from expectation import LostPowerOff
from tree import CPU_INTERFACE, DISTRIBUTOR, PPI, RAM, REDISTRIBUTORS, SPI, UART, Blob, Node, flatten, u64s, virt

# B14: the UART.
case("B14-uart-missing", UART_FAIL, without("pl011@9000000"))
case("B14-uart-disabled", UART_FAIL, with_property("pl011@9000000", "status", "disabled"))
case("B14-uart-without-reg", UART_FAIL, without_property("pl011@9000000", "reg"))
case("B14-uart-empty", UART_FAIL, with_property("pl011@9000000", "reg", u64s(UART, 0)))
case("B14-uart-misaligned", UART_FAIL, with_property("pl011@9000000", "reg", u64s(UART + 2, 0x1000)))
case("B14-uart-across-pages", UART_FAIL, with_property("pl011@9000000", "reg", u64s(UART + 0xFF0, 0x1000)))
case("B14-uart-wraps", UART_FAIL, with_property("pl011@9000000", "reg", u64s(U64 - 0x1000, 0x1000)))
case("B14-uart-beyond-cpu", UART_FAIL, with_property("pl011@9000000", "reg", u64s(1 << 44, 0x1000)), where="HA")
case("B14-uart-beyond-48-bits", UART_FAIL, with_property("pl011@9000000", "reg", u64s(1 << 52, 0x1000)))
case("B14-uart-in-ram", MEM, with_property("pl011@9000000", "reg", u64s(RAM + 0x7000000, 0x1000)))
# A place where no device answers, a clock, and flash: what is there is asked before it is used (the twin has no such
# places).
for _name, _place in (("nowhere", 0x0D000000), ("hole", 0x3F000000), ("clock", 0x09010000), ("flash", 0x00000000)):
    case(f"B14-uart-{_name}", UART_FAIL, with_property("pl011@9000000", "reg", u64s(_place, 0x1000)), where="ANXT")
case("B14-uart-other-kind", UART_FAIL, with_property("pl011@9000000", "compatible", "ns16550a"))
# One without interrupts brings no input, but all output.
case("B14-uart-without-interrupts", TRANSCRIPT, without_property("pl011@9000000", "interrupts"))
for _name, _cells in (("empty", []), ("short", [SPI, 1]), ("ppi", [PPI, 1, 4]), ("no-spi", [SPI, 988, 4])):
    case(f"B14-uart-interrupts-{_name}", UART_FAIL, with_property("pl011@9000000", "interrupts", _cells))

# B14: the interrupt controller. A tree for a GICv3 is played on one.
INTC, V3 = "intc@8000000", ("gic-version=3",)


def gicv3(edit: Callable[[Node], None] = lambda root: None) -> Callable[[str], Blob]:
    """A sound tree with a GICv3, with this done to it before it is flattened."""

    def make(line: str) -> Blob:
        root = virt(line, gic=3)
        edit(root)
        return flatten(root)

    return make


def with_registers(*registers: int) -> Callable[[str], Blob]:
    return with_property(INTC, "reg", u64s(*registers))


def v3_with_registers(*registers: int) -> Callable[[str], Blob]:
    return gicv3(lambda root: root.child(INTC).properties.__setitem__("reg", u64s(*registers)))


case("B14-gic-v3", TRANSCRIPT, gicv3(), where="ANXT", options=V3)
case("B14-gic-missing", GIC, without(INTC))
case("B14-gic-disabled", GIC, with_property(INTC, "status", "disabled"))
case("B14-gic-other-kind", GIC, with_property(INTC, "compatible", "arm,gic-v5"))
case("B14-gic-400", TRANSCRIPT, with_property(INTC, "compatible", "arm,gic-400"))
case("B14-gic-without-cells", GIC, without_property(INTC, "#interrupt-cells"))
for _count in (0, 1, 2, 4, 0xFFFFFFFF):
    case(f"B14-gic-cells-{_count:x}", GIC, with_property(INTC, "#interrupt-cells", _count))
case("B14-gic-without-reg", GIC, without_property(INTC, "reg"))
case("B14-gic-one-range", GIC, with_registers(DISTRIBUTOR, 0x10000))
case("B14-gic-half-range", GIC, with_registers(DISTRIBUTOR, 0x10000, CPU_INTERFACE))
case("B14-gic-distributor-small", GIC, with_registers(DISTRIBUTOR, 0xFFF, CPU_INTERFACE, 0x10000))
case("B14-gic-interface-small", GIC, with_registers(DISTRIBUTOR, 0x10000, CPU_INTERFACE, 0xFC))
case("B14-gic-misaligned", GIC, with_registers(DISTRIBUTOR + 4, 0x10000, CPU_INTERFACE + 0x10000, 0x10000))
case("B14-gic-wraps", GIC, with_registers(DISTRIBUTOR, 0x10000, U64 - 0x1000, 0x1000))
case("B14-gic-overlaps-itself", GIC, with_registers(DISTRIBUTOR, 0x10000, DISTRIBUTOR, 0x10000))
case("B14-gic-in-ram", GIC, with_registers(RAM + 0x7000000, 0x1000, CPU_INTERFACE, 0x10000))
case("B14-gic-interface-in-ram", GIC, with_registers(DISTRIBUTOR, 0x10000, RAM + 0x7000000, 0x1000))
case("B14-gic-beyond-cpu", GIC, with_registers(1 << 44, 0x10000, CPU_INTERFACE, 0x10000), where="HA")
case("B14-gic-beyond-48-bits", GIC, with_registers(DISTRIBUTOR, 0x10000, 1 << 52, 0x10000))
case("B14-gic-v3-redistributors-small", GIC, v3_with_registers(DISTRIBUTOR, 0x10000, REDISTRIBUTORS, 0x1FFFF))
case("B14-gic-v3-distributor-small", GIC, v3_with_registers(DISTRIBUTOR, 0xFFFF, REDISTRIBUTORS, 0xF60000))
case("B14-gic-v3-one-range", GIC, v3_with_registers(DISTRIBUTOR, 0x10000))
# What is there is asked before it is used (of this the twin has nothing): the other version, and places without a GIC.
case("B14-gic-v2-is-v3", GIC, sound, where="ANXT", options=V3)
case("B14-gic-v3-is-v2", GIC, gicv3(), where="ANXT")
for _name, _place in (("nowhere", 0x0D000000), ("clock", 0x09010000), ("flash", 0x00000000), ("uart", UART)):
    registers = with_registers(_place, 0x10000, CPU_INTERFACE, 0x10000)
    case(f"B14-gic-{_name}", GIC, registers, where="ANXT")
registers = v3_with_registers(DISTRIBUTOR, 0x10000, 0x0D000000, 0x20000)
case("B14-gic-v3-no-redistributor", GIC, registers, where="ANXT", options=V3)

# B14: the timer.
case("B14-timer-missing", TIMER, without("timer"))
case("B14-timer-disabled", TIMER, with_property("timer", "status", "disabled"))
case("B14-timer-other-kind", TIMER, with_property("timer", "compatible", "arm,armv7-timer-mem"))
case("B14-timer-without-interrupts", TIMER, without_property("timer", "interrupts"))
TIMERS = [PPI, 13, 0x104, PPI, 14, 0x104]
for _name, _cells in (
    ("empty", []),
    ("two", TIMERS),
    ("short", TIMERS + [PPI, 11]),
    ("spi", TIMERS + [SPI, 11, 4]),
    ("no-ppi", TIMERS + [PPI, 16, 4]),
    ("wraps", TIMERS + [PPI, 0xFFFFFFF0 + 11, 4]),
):
    case(f"B14-timer-interrupts-{_name}", TIMER, with_property("timer", "interrupts", _cells))
# Well-formed, but another PPI than the timer's.
case("B14-timer-interrupts-other", TIMER, with_property("timer", "interrupts", TIMERS + [PPI, 5, 4]))
case("B14-timer-v7-only", TRANSCRIPT, with_property("timer", "compatible", "arm,armv7-timer"))

# B14: machines as QEMU itself describes them, with either GIC, and with CPUs that nobody starts.
for _kind in ("image", "elf"):
    case(f"B14-plain-gic-2-{_kind}", TRANSCRIPT, None, where="ANXT", plain=_kind, options=("gic-version=2",))
    case(f"B14-plain-gic-3-{_kind}", TRANSCRIPT, None, where="ANXT", plain=_kind, options=V3)
case("B14-plain-gic-3-el2", TRANSCRIPT, None, where="ANXT", plain="image", options=V3 + ("virtualization=on",))
case("B14-plain-8-cpus", TRANSCRIPT, None, where="ANXT", plain="image", options=("smp.cpus=8",))
case("B14-plain-8-cpus-gic-3", TRANSCRIPT, None, where="ANXT", plain="image", options=V3 + ("smp.cpus=8",))

# B15: PSCI, exception levels.
case("B15-psci-missing", PSCI, without("psci"))
case("B15-psci-disabled", PSCI, with_property("psci", "status", "disabled"))
case("B15-method-missing", PSCI, without_property("psci", "method"))
case("B15-method-unknown", PSCI, with_property("psci", "method", "magic"))
case("B15-method-empty", PSCI, with_property("psci", "method", b""))
case("B15-method-hvc", TRANSCRIPT, with_property("psci", "method", "hvc"))
EL2 = ("virtualization=on",)
case("B15-method-smc", TRANSCRIPT, lambda line: flatten(virt(line, conduit="smc")), where="ANXT", options=EL2)
# The tree names a conduit that leads to EL2, where nothing but the kernel's own vectors is left.
case("B15-method-hvc-from-el2", LostPowerOff("el"), sound, where="ANXT", options=EL2, has_nonce=False)
case("B15-virtualization", TRANSCRIPT, None, where="ANXT", plain="image", options=EL2)
case("B15-virtualization-elf", TRANSCRIPT, None, where="ANXT", plain="elf", options=EL2)
case("B15-secure-image", TRANSCRIPT, None, where="ANXT", plain="image", options=("secure=on",))
case("B15-secure-elf", EL, None, where="ANXT", plain="elf", options=("secure=on",))
