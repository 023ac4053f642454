"""lint.image: what the finished kernel image must be, read from the ELF file and its disassembly.

usage: image.py ELF READELF OBJDUMP
"""

import os
import re
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import source_tree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "qemu"))
from elf_file import PF_W, PF_X, ElfFile, Segment  # noqa: E402 (the tests on QEMU own it)

VECTOR_SIZE = 128  # Arm ARM D1.3.1.5
VECTOR_TABLE_ALIGNMENT = 2048
VECTORS = [
    f"{group}_{kind}"
    for group in ("el1t", "el1h", "el0_64", "el0_32")
    for kind in ("sync", "irq", "fiq", "serror")
]

# FP, SIMD, SVE registers as operands; none of the general ones has such a name. Their control and status registers too.
FP_REGISTER = re.compile(r"\b([bhsdqv]\d{1,2}|z\d{1,2}|p\d{1,2}|fp[cs]r)\b", re.IGNORECASE)
# The two functions that are there to move them (hal_qemu_virt/fp.S).
FP_MOVERS = ("hal_fp_save", "hal_fp_load")
# What the compiler's protections leave in the code. If one of them is nowhere, its flag was lost.
PROTECTIONS = {
    "return addresses are signed (paciasp)": re.compile(r"^paciasp"),
    "return addresses are kept twice (shadow call stack)": re.compile(r"^str\tx30, \[x18\], #0x8"),
    "functions have landing pads (bti)": re.compile(r"^bti\tc"),
    "undefined behaviour traps (brk 0x55xx)": re.compile(r"^brk\t#0x55"),
    "indirect calls are checked (brk 0x82xx)": re.compile(r"^brk\t#0x82"),
}

# A return address that goes to memory; the copy on the shadow call stack (x18) is none of these.
STORES_X30 = re.compile(r"^st\w*\t(.*, )?x30(, x\d+)?, \[(?!x18\])")
SHADOW_PUSH = "str\tx30, [x18], #0x8"
# Registers that no function keeps for another, and in which there is no argument or result (AAPCS64 section 6.1.1).
SCRATCH = re.compile(r"\b[wx]([89]|1[0-5])\b")
CLEARS_SCRATCH = re.compile(r"^mov\t[wx]([89]|1[0-5]), #0x0$")
BRANCH = re.compile(r"^(b|b\.\w+|bl|blr|br|cbn?z|tbn?z|ret)\t")

# Whatever signs, checks a signature or takes one away (FEAT_PAuth, Arm ARM D8.8). The kernel has key IA alone, for its
# return addresses; all other keys in the CPU are a program's.
SIGNING = re.compile(r"^(pac|aut|xpac|b(l)?ra[ab]|reta[ab]|ereta[ab]|ldra[ab])")
OWN_SIGNING = ("paciasp", "autiasp")
# Assembly (hal_qemu_virt/vectors.S) that saves all registers of what was interrupted: x30 is no return address of theirs.
SAVES_REGISTERS = {"save_fault"} | {name for name in VECTORS if name.startswith("el0_")}

# HAL_TRAP_AARCH32: no program may run in that state, whatever stopped it.
AARCH32_KIND = 4

# Where device accesses come from, and what they may look like: one general register, one base register, no write-back.
# A hypervisor (HVF, KVM) can emulate no other form, because only this one has a valid syndrome (Arm ARM D17.2.37, ISV).
MMIO_SOURCE = "hal_qemu_virt/mmio.h"
MEMORY_ACCESS = re.compile(r"^(ld|st|cas|swp|prfm|dc)")
PLAIN_ACCESS = re.compile(r"^(ldr|ldrb|ldrh|str|strb|strh)\t[wx](\d+|zr), \[x\d+(, #0x[0-9a-f]+)?\]$")

# Where boot leaves the identity map, and where the image moves: the jumps through a register that no compiler made.
BOOT_JUMPS = {("boot_enable_mmu", "br"), ("boot_move", "br")}

Instruction = namedtuple("Instruction", "address function mnemonic operands source")
Section = namedtuple("Section", "name address size flags")


def parse_disassembly(text):
    """The instructions of `llvm-objdump -dl --no-show-raw-insn`, data words left out."""
    function, source, found = "", "", []
    for line in text.splitlines():
        label = re.match(r"^[0-9a-f]+ <(.+)>:$", line)
        if label:
            function, source = label.group(1), ""
            continue
        place = re.match(r"^; (\S+):\d+$", line)
        if place:
            source = place.group(1)
            continue
        match = re.match(r"^\s*([0-9a-f]+):\s*\t(\S+)(?:\t(.*))?$", line)
        if match:
            operands = re.sub(r"\s*(//.*|<[^>]*>)", "", match.group(3) or "").strip()
            found.append(Instruction(int(match.group(1), 16), function, match.group(2), operands, source))
    return found


def parse_sections(text):
    """The sections of `llvm-readelf -SW`."""
    row = r"^\s*\[\s*\d+\]\s(\S+)\s+\S+\s+([0-9a-f]+)\s[0-9a-f]+\s([0-9a-f]+)\s[0-9a-f]+\s+([A-Z]*)\s"
    found = re.findall(row, text, re.MULTILINE)
    return [Section(name, int(address, 16), int(size, 16), flags) for name, address, size, flags in found]


def at(instruction):
    return f"0x{instruction.address:x} in {instruction.function}"


def check_segments(segments):
    findings = []
    for segment in segments:
        if segment.flags & PF_W and segment.flags & PF_X:
            findings.append(f"the segment at 0x{segment.address:x} is writable and executable")
    if not any(segment.flags & PF_X for segment in segments):
        findings.append("no segment is executable")
    return findings


def check_sections(sections, symbols):
    """Tables of constant pointers look writable in the file, because they are relocated; boot maps what lies between
    image_rodata_start and image_rodata_end read-only."""
    findings = []
    for section in sections:
        if "W" in section.flags and "X" in section.flags:
            findings.append(f"section {section.name} is writable and executable")
        constant = section.name.startswith((".data.rel.ro", ".rodata", ".got"))
        end = section.address + section.size
        if constant and not symbols["image_rodata_start"] <= section.address <= end <= symbols["image_rodata_end"]:
            findings.append(f"section {section.name} is not within the read-only pages")
        if section.name.startswith(".rela") and section.size:
            findings.append(f"section {section.name} has relocations that boot does not know (only RELR)")
    return findings


def parse_relocated(text):
    """The (address, symbol) of each pointer that `llvm-readelf -rW` says boot relocates."""
    rows = re.findall(r"^(?:[0-9a-f]+:)?\s+(?:[0-9a-f]{16} )?\s*([0-9a-f]{16})  (\S+)", text, re.MULTILINE)
    return [(int(address, 16), symbol) for address, symbol in rows]


def check_relocated(relocated, symbols):
    """An initialised pointer is a row of a constant table: `-fpie` puts those into .data.rel.ro, which a careless
    pattern of the linker script leaves writable."""
    findings = []
    if not relocated:
        findings.append("no relocated pointers found: the check of constant tables saw nothing")
    for address, symbol in relocated:
        if not symbols["image_rodata_start"] <= address < symbols["image_rodata_end"]:
            findings.append(f"{symbol}: a pointer at 0x{address:x}, not within the read-only pages")
    return findings


def check_symbols(symbols):
    return [f"{name}: a deliberate bug, in a release image" for name in sorted(symbols) if name.startswith("kbug_")]


def check_vectors(symbols):
    base = symbols.get("hal_vectors")
    if base is None:
        return ["hal_vectors is missing"]
    findings = []
    if base % VECTOR_TABLE_ALIGNMENT:
        findings.append("hal_vectors is not aligned to 2 KiB")
    for index, name in enumerate(VECTORS):
        if symbols.get(name) != base + index * VECTOR_SIZE:
            findings.append(f"vector {index}: {name} is not at hal_vectors + {index * VECTOR_SIZE}")
    return findings


def check_kinds(instructions):
    """What each vector from EL0 tells the kernel: the kind in x2 (enum hal_trap_kind, Arm ARM table D1-5)."""
    kinds = {"el0_64_sync": 0, "el0_64_irq": 1, "el0_64_fiq": 2, "el0_64_serror": 3}
    wanted = {name: kinds.get(name, AARCH32_KIND) for name in VECTORS if name.startswith("el0_")}
    findings = []
    for name, kind in wanted.items():
        said = [i.operands for i in instructions if i.function == name and i.mnemonic == "mov"]
        if said != [f"x2, #0x{kind:x}"]:
            findings.append(f"{name}: says {', '.join(said) or 'nothing'}, not kind {kind}")
    return findings


def check_fp(instructions):
    movers = {instruction.function for instruction in instructions if FP_REGISTER.search(instruction.operands)}
    findings = [f"no FP register in {name}: the check of FP saw nothing" for name in FP_MOVERS if name not in movers]
    for instruction in instructions:
        if instruction.mnemonic == "<unknown>":
            findings.append(f"{at(instruction)}: an instruction that the disassembler does not know")
        elif FP_REGISTER.search(instruction.operands) and instruction.function not in FP_MOVERS:
            findings.append(f"{at(instruction)}: FP or SIMD: {instruction.mnemonic} {instruction.operands}")
    return findings


def check_indirect_calls(instructions):
    """clang's kCFI: `cmp; b.eq to the call; brk; blr`, where the brk says 0x8000 | 17 << 5 (w17: type) | register."""
    findings = []
    for compare, skip, trap, call in zip(instructions, instructions[1:], instructions[2:], instructions[3:]):
        if call.mnemonic not in ("blr", "br") or (call.function, call.mnemonic) in BOOT_JUMPS:
            continue
        number = int(call.operands[1:]) if re.fullmatch(r"x\d+", call.operands) else -1
        checked = (
            compare.mnemonic == "cmp"
            and skip.mnemonic == "b.eq"
            and skip.operands.split()[0] == f"0x{call.address:x}"
            and trap.mnemonic == "brk"
            and trap.operands == f"#0x{0x8220 | number:x}"
        )
        if not checked:
            findings.append(f"{at(call)}: {call.mnemonic} {call.operands} without a kCFI check")
    return findings


def check_mmio(instructions):
    accesses = [
        instruction
        for instruction in instructions
        if instruction.source.endswith(MMIO_SOURCE) and MEMORY_ACCESS.match(instruction.mnemonic)
    ]
    findings = []
    for instruction in accesses:
        if not PLAIN_ACCESS.match(f"{instruction.mnemonic}\t{instruction.operands}"):
            findings.append(f"{at(instruction)}: device access: {instruction.mnemonic} {instruction.operands}")
    for kind in ("ldr", "str"):
        if not any(instruction.mnemonic.startswith(kind) for instruction in accesses):
            findings.append(f"no {kind} of {MMIO_SOURCE} found: the check of device accesses saw nothing")
    return findings


def check_canaries(instructions, symbols):
    """A function that can report a broken canary takes the right one through TPIDR_EL1."""
    report = f"0x{symbols['__stack_chk_fail']:x}" if "__stack_chk_fail" in symbols else None
    guarded = {row.function for row in instructions if row.mnemonic == "bl" and row.operands == report}
    through = {row.function for row in instructions if row.mnemonic == "mrs" and row.operands.endswith("TPIDR_EL1")}
    if not guarded:
        return ["no trace of a protection: frames have canaries"]
    return [f"{name}: its canary is not found through TPIDR_EL1" for name in sorted(guarded - through)]


def check_protections(instructions):
    lines = [f"{instruction.mnemonic}\t{instruction.operands}" for instruction in instructions]
    return [
        f"no trace of a protection: {what}"
        for what, pattern in PROTECTIONS.items()
        if not any(pattern.match(line) for line in lines)
    ]


def check_return_addresses(instructions):
    """A function that stores x30 has signed it before, and has put a copy on the shadow call stack."""
    findings, functions = [], {}
    for instruction in instructions:
        functions.setdefault(instruction.function, []).append(instruction)
    for name, body in functions.items():
        lines = [f"{instruction.mnemonic}\t{instruction.operands}" for instruction in body]
        first = next((index for index, line in enumerate(lines) if STORES_X30.match(line)), None)
        if first is None or name in SAVES_REGISTERS:
            continue
        if "paciasp" not in (line.strip() for line in lines[:first]):
            findings.append(f"{at(body[first])}: x30 is stored, but not signed (paciasp)")
        if SHADOW_PUSH not in lines[:first]:
            findings.append(f"{at(body[first])}: x30 is stored, but not on the shadow call stack")
    return findings


def cleared_before(lines):
    """The scratch registers that are set to 0 at the end of these lines, with no branch behind."""
    cleared = set()
    for line in reversed(lines):
        clears = CLEARS_SCRATCH.match(line)
        if clears:
            cleared.add(clears.group(1))
        elif BRANCH.match(line):
            break
    return cleared


def check_scratch(instructions):
    """A function of C leaves none of its values in scratch registers, whichever way it returns."""
    findings, functions = [], {}
    for instruction in instructions:
        functions.setdefault(instruction.function, []).append(instruction)
    for body in functions.values():
        lines = [f"{instruction.mnemonic}\t{instruction.operands}" for instruction in body]
        used = set(SCRATCH.findall("\n".join(lines)))
        for index, instruction in enumerate(body):
            if instruction.mnemonic == "ret" and not instruction.source.endswith(".S"):
                left = sorted(used - cleared_before(lines[:index]), key=int)
                findings += [f"{at(instruction)}: x{number} is used, and not cleared at the end" for number in left]
    return findings


def check_signing(instructions):
    return [
        f"{at(instruction)}: {instruction.mnemonic} is not for the kernel's return addresses"
        for instruction in instructions
        if SIGNING.match(instruction.mnemonic) and instruction.mnemonic not in OWN_SIGNING
    ]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def check(elf, readelf, objdump):
    if not os.path.exists(elf):
        return [f"{elf} is missing: build the image first"]
    image = ElfFile(Path(elf))
    instructions = parse_disassembly(run(objdump, "-dl", "--no-show-raw-insn", "--mattr=+all", elf))
    if len(instructions) < 1000:
        return [f"only {len(instructions)} instructions found: is this the kernel?"]
    return (
        check_segments(image.segments)
        + check_sections(parse_sections(run(readelf, "-SW", elf)), image.symbols)
        + check_relocated(parse_relocated(run(readelf, "-rW", elf)), image.symbols)
        + check_symbols(image.symbols)
        + check_vectors(image.symbols)
        + check_kinds(instructions)
        + check_fp(instructions)
        + check_indirect_calls(instructions)
        + check_mmio(instructions)
        + check_canaries(instructions, image.symbols)
        + check_return_addresses(instructions)
        + check_scratch(instructions)
        + check_signing(instructions)
        + check_protections(instructions)
    )


if __name__ == "__main__":
    source_tree.finish("image", check(*sys.argv[1:]), sys.argv[1])
