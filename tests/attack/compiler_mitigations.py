"""What the compiler adds (cmake/hardening.cmake, and cmake/kernel.cmake for images for tests)."""

from __future__ import annotations

from typing import Tuple

from edited_tree import Edit
from mitigation import Mitigation, one_edit

FLAGS = "cmake/hardening.cmake"
CHECKS = "cmake/kernel.cmake"
NOT_CHECKED = "=implicit-conversion,nonnull-attribute"

COMPILER: Tuple[Mitigation, ...] = (
    one_edit("canary", "a canary lies before the return address", FLAGS, "-fstack-protector-strong;", "", "K05"),
    one_edit(
        "canary of all arrays",
        "a frame with any array or address has a canary",
        FLAGS,
        "-fstack-protector-strong;",
        "-fstack-protector;",
        "K05",
    ),
    one_edit("kCFI", "indirect calls check the type", FLAGS, "-fsanitize=kcfi", "", "K06"),
    one_edit("shadow call stack", "return addresses have a second copy", FLAGS, "-fsanitize=shadow-call-stack;", "", "K08", "K10"),
    one_edit("signed returns", "return addresses are signed", FLAGS, "=pac-ret+bti;", "=bti;", "K09", "K11"),
    one_edit("zeroed locals", "locals start as zero", FLAGS, "-ftrivial-auto-var-init=zero;", "", "K47", "L13"),
    one_edit(
        "zeroed registers",
        "a function leaves nothing in registers",
        FLAGS,
        ";-fzero-call-used-regs=used-gpr>",
        ">",
        "K47",
        "L21",
    ),
    one_edit("bounds of arrays", "an index beyond an array traps", FLAGS, "array-bounds,local-bounds,", "local-bounds,", "K15", "K16"),
    one_edit("bounds of locals", "a pointer beyond a local traps", FLAGS, "array-bounds,local-bounds,", "array-bounds,", "K15"),
    one_edit("shifts", "a shift by too much traps", FLAGS, "local-bounds,shift,", "local-bounds,", "K17"),
    one_edit("signed sums", "a signed sum that overflows traps", FLAGS, "shift,signed-integer-overflow,", "shift,", "K14"),
    one_edit("division", "a division by zero traps", FLAGS, "overflow,integer-divide-by-zero>", "overflow>", "K17"),
    one_edit("unreachable", "what is never reached traps", FLAGS, "=unreachable,return,", "=return,", "K17"),
    one_edit("builtins", "zeros of a zero are not counted", FLAGS, "enum,builtin,", "enum,", "K17"),
    one_edit("returned null", "nothing is null that may not be", FLAGS, ",returns-nonnull-attribute", "", "ctest:lint.flags"),
    one_edit("bool", "a bool is 0 or 1", FLAGS, "vla-bound,bool,enum", "vla-bound,enum", "K17"),
    one_edit(
        "sizes of objects, checked",
        "an access beyond an object of a known size traps there",
        CHECKS,
        "pointer-overflow,object-size>",
        "pointer-overflow>",
        "K15",
    ),
    one_edit(
        "landing pads of all",
        "nothing is linked that has none",
        FLAGS,
        "\tLINKER:-z,bti-report=error)",
        ")",
        "ctest:lint.flags",
    ),
    one_edit("null, checked", "a null pointer traps, in images for tests", CHECKS, "=null,alignment,", "=alignment,", "K17"),
    one_edit("alignment, checked", "a misaligned access traps there", CHECKS, "=null,alignment,", "=null,", "K17"),
    one_edit(
        "pointer sums, checked",
        "a pointer that wraps traps there",
        CHECKS,
        "alignment,pointer-overflow,",
        "alignment,",
        "K17",
    ),
    one_edit("conversions, checked", "a conversion that loses bits traps there", CHECKS, NOT_CHECKED, "=nonnull-attribute", "K17"),
    one_edit("nonnull, checked", "null where none may be traps there", CHECKS, NOT_CHECKED, "=implicit-conversion", "K17"),
    one_edit(
        "unsigned sums",
        "an unsigned sum that wraps traps where input is calculated with",
        CHECKS,
        "set(flags -fsanitize=unsigned-integer-overflow)",
        'set(flags "")',
        "K14",
        more=(Edit(CHECKS, "list(APPEND flags -fsanitize-trap=unsigned-integer-overflow)", ""),),
    ),
    one_edit(
        "sizes of objects",
        "copies know how large their objects are",
        "lib/fortify.h",
        "!K_LIKELY(size <= room && size <= other_room)",
        "size == ~(size_t)0 && room == 1 && other_room == 1",
        "K18",
    ),
)
