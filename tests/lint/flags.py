"""lint.flags: every C file of the kernel's images is compiled, and every image linked, with all of the hardening; and
every C file of the programs with what EL0 can have of it.

usage: flags.py ROOT DATABASE NINJA IMAGE...

What is required stands here, a second time next to cmake/hardening.cmake and cmake/kernel.cmake: whoever weakens one of
them has to weaken this list too. A flag that is not listed is refused, so nothing can be overridden further on in the
command (-fno-sanitize=..., -fno-stack-protector, -O0, -w, ...), nor by an attribute in the source.
"""

import json
import os
import re
import shlex
import subprocess
import sys

import source_tree

# Each flag and what is lost without it.
COMPILE = {
    "--target=aarch64-none-elf": "the machine",
    "-march=armv8-a": "the image runs on every ARMv8-A CPU",
    "-mgeneral-regs-only": "FP and SIMD registers belong to programs",
    "-mno-outline-atomics": "no calls into a runtime library",
    "-mcmodel=tiny": "no address in data that would have to be relocated",
    "-nostdlibinc": "no header of a C library",
    "-std=gnu17": "the dialect",
    "-ffreestanding": "no assumptions about a C library",
    "-fno-common": "one definition of each object",
    "-fno-strict-aliasing": "an access through the wrong type is no undefined behaviour",
    "-fno-delete-null-pointer-checks": "a check for null stays where it is written",
    "-fstrict-flex-arrays=3": "only `[]` is an array without bounds",
    "-Werror": "a warning stops the build",
    "-Wall": "warnings",
    "-Wextra": "warnings",
    "-Wvla": "no array on the stack whose size is input",
    "-Walloca": "no allocation on the stack whose size is input",
    "-Wconversion": "no silent loss of bits",
    "-Wsign-conversion": "no silent change of sign",
    "-Wframe-larger-than=1024": "the kernel stack has a bound",
    "-O2": "the code that is tested",
    "-fpie": "the image runs at any address",
    "-fvisibility=hidden": "no symbol can be taken by another object",
    "-fdirect-access-external-data": "no table of addresses",
    "-fno-jump-tables": "no indirect branch that kCFI does not check",
    "-fno-optimize-sibling-calls": "backtraces are complete",
    "-fno-omit-frame-pointer": "backtraces follow frame records",
    "-ftrivial-auto-var-init=zero": "no stale data in locals",
    "-fzero-call-used-regs=used-gpr": "no stale data in registers",
    "-mbranch-protection=pac-ret+bti": "signed return addresses, landing pads",
    "-ffixed-x18": "x18 is the shadow call stack's",
    "-fstack-protector-strong": "canaries",
    "-mstack-protector-guard=sysreg": "the canary has no address to write to",
    "-Xclang -mstack-protector-guard-reg=tpidr_el1": "the canary is what TPIDR_EL1 points to",
    "-mstack-protector-guard-offset=0": "the canary is what TPIDR_EL1 points to",
    "-DPANTHER_CHECKS=0": "what ships is what is measured",
    "-fsanitize-trap=all": "undefined behaviour ends in a BRK, not in a call",
}
RELEASE, IS_CHECKED = "-DPANTHER_CHECKS=0", "-DPANTHER_CHECKS=1"
SANITIZERS = {
    "shadow-call-stack": "return addresses are kept twice",
    "kcfi": "indirect calls check the function's type",
    "array-bounds": "no index beyond an array",
    "local-bounds": "no access beyond an object whose size is known",
    "shift": "no shift by too much",
    "signed-integer-overflow": "no signed wrap",
    "integer-divide-by-zero": "AArch64 itself would give 0",
    "unreachable": "code does not run on into the next function",
    "return": "code does not run on into the next function",
    "vla-bound": "no array of negative size",
    "bool": "no bool but 0 and 1",
    "enum": "no enum beyond its values",
    "builtin": "no count of a zero's leading or trailing zeros",
    "returns-nonnull-attribute": "no null where none may be returned",
}
# Files that calculate with what a program, a device tree or a loadable file says.
WRAP = "unsigned-integer-overflow"
WRAP_TRAP = f"-fsanitize-trap={WRAP}"
WRAP_FILES = re.compile(
    r"core/(console/input|memory/\w+|process/(elf\w*|loader|program_arguments)|syscall/\w+|time/clock"
    r"|start/(archive|command_line|device_tree|devices|machine\w*|main))\.c"
)
# Images for tests with all checks (cmake/kernel.cmake), by the folder of their own sources.
CHECKED_IMAGES = ("tests/self_attack/", "tests/stack/", "tests/sweep/")
CHECKED = {
    "null": "no access through a null pointer",
    "alignment": "no misaligned access",
    "pointer-overflow": "no pointer that wraps",
    "object-size": "no access beyond an object",
    "implicit-conversion": "no silent loss of bits, no silent change of sign",
    "nonnull-attribute": "no null where none may be",
}
# What one file alone is compiled with.
OWN = {
    "core/start/main.c": {
        "-DPANTHER_ASID_BITS=16": "as many processes have a tag as the CPU has tags",
        "-DPANTHER_TAKES_SEED=0": "no random number comes from the command line",
    }
}
# Neither needed nor harmful: where files are, debug information, more warnings.
HARMLESS = re.compile(
    r"-c|-g|-I\S+|-ffile-prefix-map=\S+|-fdebug-compilation-dir=\.|-fstack-usage"
    r"|-funwind-tables|-momit-leaf-frame-pointer|-f(no-)?color-diagnostics|-fdiagnostics-color\S*|-M[DP]?|-W(?!no-|error=|[alp],)[a-z-]+|-Wformat=2"
)
WITH_VALUE = ("-Xclang", "-Xlinker", "-o", "-MF", "-MT", "-z", "-T")
PLACES = ("-o", "-MF", "-MT")

LINK = {
    "--fatal-warnings": "a warning stops the build",
    "--orphan-handling=error": "every section has its place and its rights",
    "--no-dynamic-linker": "nothing else relocates the image",
    "--pack-dyn-relocs=relr": "the one kind of relocation that boot knows",
    "--build-id=none": "the same bytes from the same source",
    "--icf=none": "no two functions share an address",
    "-pie": "the image runs at any address",
    "-z noexecstack": "no executable stack",
    "-z text": "no relocation in code",
    "-z max-page-size=4096": "sections end with their pages",
    "-z bti-report=error": "no object without landing pads",
    "-T boot/kernel.ld": "the sections' rights",
}
# What one image for tests has besides.
LINK_OF = {"pantheros-self-attack.elf": ("--wrap=cpu_registers_check",)}
LINK_DRIVER = re.compile(r"--target=aarch64-none-elf|-nostdlib|--ld-path=\S+|[^-]\S*\.(obj|a)|-o \S+")

# What the images' tree compiles for EL0, with the flags of a program.
PROGRAMS = ("user/", "tests/bench/programs/", "tests/attack/", "tests/soak/", "tests/sweep/programs/")
PROGRAM_COMPILE = {
    flag: COMPILE[flag]
    for flag in ("--target=aarch64-none-elf", "-nostdlibinc", "-mno-outline-atomics", "-std=gnu17")
    + ("-Werror", "-Wall", "-Wextra")
}
PROGRAM_COMPILE["-march=armv8-a"] = "programs run on every ARMv8-A CPU"
PROGRAM_COMPILE["-O2"] = "the code that is tested"
PROGRAM_COMPILE["-fpie"] = "a program runs where the kernel puts it"
PROGRAM_COMPILE["-mbranch-protection=standard"] = "signed return addresses, landing pads"
# Those whose every process would cost the kernel FP registers to keep.
PROGRAMS_WITHOUT_FP = re.compile(r"user/(sdk/\w+\.c|(common|hello|sh|stress)/.*)")
# What needs the kernel's registers or its stacks, or gives protection up.
NOT_FOR_PROGRAMS = re.compile(
    r"-ffixed-x18|-f(no-)?sanitize\S*|-(Xclang )?-?mstack-protector-guard\S*|-mcmodel=\S+|-fno-stack-protector|-w|-Wno-error\S*"
)
KERNEL = ("core/", "lib/", "hal_qemu_virt/")
# Attributes and pragmas that take a protection from one function.
EXEMPTION = re.compile(
    r"\bno_sanitize\w*|\bdisable_sanitizer_instrumentation\b|\b(no_)?stack_protect\w*\b|\bnocf_check\b"
    r"|\bzero_call_used_regs\b|\buninitialized\b|\bbranch-protection\b|#\s*pragma\b|\b_Pragma\b"
)


def options(words):
    """The options of a command, those with a value of their own joined to it: `-z text`."""
    words = iter(words)
    return [f"{word} {next(words, '')}" if word in WITH_VALUE else word for word in words]


def required(name):
    """The flags and the kinds of traps that a file of the kernel is compiled with, each with what is lost without it."""
    flags, kinds = {**COMPILE, **OWN.get(name, {})}, dict(SANITIZERS)
    if name.startswith(CHECKED_IMAGES):
        del flags[RELEASE]
        flags[IS_CHECKED] = "an image for tests has all checks"
        kinds.update(CHECKED)
    if WRAP_FILES.fullmatch(name):
        flags[WRAP_TRAP] = "a wrap ends in a BRK, not in a call"
        kinds[WRAP] = "no unsigned wrap in what input says"
    return flags, kinds


def check_command(name, command):
    """The findings about one compilation."""
    findings, given, sanitizers = [], set(), set()
    flags, kinds = required(name)
    for option in options(shlex.split(command)[1:]):
        if option.startswith("-fsanitize="):
            sanitizers |= set(option.partition("=")[2].split(","))
        elif option in flags or option == WRAP_TRAP:
            given.add(option)
        elif option.startswith(("-", "@")) and not HARMLESS.fullmatch(option) and option.split()[0] not in PLACES:
            findings.append(f"{name}: compiled with {option}, which this lint does not allow")
    findings += [f"{name}: compiled without {flag}: {why}" for flag, why in flags.items() if flag not in given]
    findings += [f"{name}: without -fsanitize={kind}: {why}" for kind, why in kinds.items() if kind not in sanitizers]
    for kind in sorted(sanitizers - set(kinds) - {WRAP}):
        findings.append(f"{name}: compiled with -fsanitize={kind}, which this lint does not allow")
    return findings


def check_program(name, command):
    """The findings about one compilation for EL0."""
    given = options(shlex.split(command)[1:])
    needed = dict(PROGRAM_COMPILE)
    if PROGRAMS_WITHOUT_FP.fullmatch(name):
        needed["-mgeneral-regs-only"] = "its processes have no FP registers to keep"
    findings = [f"{name}: compiled without {flag}: {why}" for flag, why in needed.items() if flag not in given]
    refused = [option for option in given if NOT_FOR_PROGRAMS.fullmatch(option)]
    return findings + [f"{name}: compiled with {option}, which is not for programs" for option in refused]


def check_database(root, database):
    with open(database, encoding="utf-8") as file:
        rows = json.load(file)
    build = os.path.dirname(os.path.realpath(database))
    findings, seen = [], set()
    for row in rows:
        path = os.path.realpath(os.path.join(row["directory"], row["file"]))
        # A file that the build wrote has its name in the build folder, which may lie below the root.
        name = os.path.relpath(path, build if path.startswith(build + "/") else root)
        if name.endswith(".c"):
            seen.add(name)
            check_one = check_program if name.startswith(PROGRAMS) else check_command
            findings += check_one(name, row["command"])
    for name in source_tree.with_suffix(root, (".c",), KERNEL):
        if name not in seen:
            findings.append(f"{name}: the database does not say how it is compiled")
    return findings + ([] if seen else ["no C sources found"])


def check_link(root, image, command):
    """The findings about the line that links one image."""
    given, findings = set(), []
    words = shlex.split(command.replace("&& :", "").replace(": &&", ""))[1:]
    driver, linker = [], []
    for option in options(words):
        if option.startswith("-Xlinker "):
            linker.append(option.partition(" ")[2])
        elif option.startswith("-Wl,"):
            linker += option.split(",")[1:]
        else:
            driver.append(option)
    for option in options(linker):
        option = "-T boot/kernel.ld" if option == f"-T {root}/boot/kernel.ld" else option
        given.add(option)
        if option not in LINK and option not in LINK_OF.get(image, ()):
            findings.append(f"{image}: linked with {option}, which this lint does not allow")
    for option in driver:
        if not LINK_DRIVER.fullmatch(option):
            findings.append(f"{image}: linked with {option}, which this lint does not allow")
    return findings + [f"{image}: linked without {flag}: {why}" for flag, why in LINK.items() if flag not in given]


def link_command(ninja, database, image):
    command = [ninja, "-C", os.path.dirname(database), "-t", "commands", image]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return lines[-1]


def check_sources(root):
    findings = []
    for name in source_tree.with_suffix(root, source_tree.C_SUFFIXES, KERNEL + ("hal/", "abi/", "boot/")):
        code = source_tree.without_comments(source_tree.read(root, name))
        for match in EXEMPTION.finditer(code):
            line = source_tree.line_of(code, match.start())
            findings.append(f"{name}:{line}: takes protection away: {match.group()}")
    return findings


def check(root, database, ninja, *images):
    root = os.path.realpath(root)
    findings = check_database(root, database) + check_sources(root)
    for image in images:
        findings += check_link(root, image, link_command(ninja, database, image))
    return findings


if __name__ == "__main__":
    source_tree.finish("flags", check(*sys.argv[1:]), "all C files and " + ", ".join(sys.argv[4:]))
