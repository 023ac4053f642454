"""Words that turn a mitigation off: there are none, so what a removal takes away here is their absence."""

from __future__ import annotations

from typing import Tuple

from edited_tree import Edit
from mitigation import Mitigation

MAIN = "core/start/main.c"
LOOK = (
    "static bool has_word(const char *word)\n"
    "{\n"
    "\tconst char *text = kernel_facts.machine.command_line;\n"
    "\n"
    "\twhile (*text != '\\0' && !k_str_starts_with(text, word)) {\n"
    "\t\ttext++;\n"
    "\t}\n"
    "\treturn *text != '\\0';\n"
    "}\n"
    "\n"
)
LOOKED_FROM = "static void read_machine("
REGISTERS = "kernel_facts.registers."
DECIDED = "\tcpu_registers_decide(&kernel_facts.registers, &kernel_facts.features);\n"


def word(name: str, claim: str, old: str, new: str) -> Mitigation:
    """A kernel that obeys the word: `old`, which occurs once, becomes `new`."""
    return Mitigation(name, claim, (Edit(MAIN, LOOKED_FROM, LOOK + LOOKED_FROM), Edit(MAIN, old, new)), ("B13",))


def register_word(name: str, text: str, claim: str, *changes: str) -> Mitigation:
    """Changes what core has decided, so that a comparison with that shows nothing."""
    changed = "".join(f"\t\t{change};\n" for change in changes)
    return word(name, claim, DECIDED, f'{DECIDED}\tif (has_word("{text}")) {{\n{changed}\t}}\n')


WORDS: Tuple[Mitigation, ...] = (
    register_word("no mitigations=off", "mitigations=off", "no word turns WXN off", f"{REGISTERS}sctlr &= ~K_BIT(19)"),
    register_word("no arm64.nopauth", "arm64.nopauth", "no word turns PAC off", f"{REGISTERS}sctlr &= ~K_BIT(31)"),
    register_word(
        "no nopan",
        "nopan",
        "no word turns PAN off",
        # SPAN, PSTATE.PAN as it is compared, and as boot has set it (MSR PAN, #0).
        f"{REGISTERS}sctlr |= K_BIT(23)",
        f"{REGISTERS}pstate &= ~K_BIT(22)",
        'if (kernel_facts.features.pan) {\n\t\t\t__asm__ volatile(".inst 0xd500409f");\n\t\t}',
    ),
    register_word("no kpti=off", "kpti=off", "no word turns E0PD off", f"{REGISTERS}tcr &= ~K_BIT(56)"),
    word(
        "no nokaslr",
        "no word leaves the kernel where it is linked",
        "\treturn distance;\n",
        '\treturn has_word("nokaslr") ? 0 : distance;\n',
    ),
    word(
        "no rodata=off",
        "no word leaves writable what boot seals",
        "\tkernel_map_seal(&kernel.map, boot->sealed_start, boot->sealed_end);\n",
        '\tif (!has_word("rodata=off")) {\n'
        "\t\tkernel_map_seal(&kernel.map, boot->sealed_start, boot->sealed_end);\n"
        "\t}\n",
    ),
)
