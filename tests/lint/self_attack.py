"""lint.self-attack: every function of the image of deliberate bugs starts with kbug_, which lint.image looks for in the
image that is released. It brings a loop of its own, which takes the place of the kernel's.

usage: self_attack.py NM OBJECT...
"""

import re
import subprocess
import sys

import source_tree

PREFIX = "kbug_"
# The kernel's loop, the label in it to which the vectors come back (hal_user_run), and what the linker's --wrap calls
# in place of one of the kernel's functions.
OTHERS = ("loop_run", "hal_user_return", "__wrap_cpu_registers_check")


def check_functions(names):
    """The findings about the names of functions that the objects define."""
    findings = [f"{name}: its name does not start with {PREFIX}" for name in sorted(names) if not is_allowed(name)]
    return findings + [f"no {wanted}: the lint saw nothing" for wanted in OTHERS if wanted not in names]


def is_allowed(name):
    return name in OTHERS or name.startswith(PREFIX)


def parse_functions(text):
    """The functions of `nm --defined-only`, with the compiler's own __kcfi_typeid_ values left out."""
    return set(re.findall(r"^[0-9a-f]+ [Tt] (\S+)$", text, re.MULTILINE))


def check(nm, *objects):
    command = [nm, "--defined-only", *objects]
    return check_functions(parse_functions(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


if __name__ == "__main__":
    source_tree.finish("self-attack", check(*sys.argv[1:]), f"{len(sys.argv) - 2} objects")
