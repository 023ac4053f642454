"""lint.self-test: every lint finds the violation it is there for, and is content without it.

usage: self_test.py CLANG CLANG_FORMAT CLANG_TIDY NM LINKER ROOT
"""

import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import boundary
import configure
import flags
import format as format_lint
import image
import pointers
import source_tree
import syscall_docs
import tidy
import unsafe_audit
import words

CLANG, CLANG_FORMAT, CLANG_TIDY, NM, LINKER, ROOT = sys.argv[1:]
TARGET = ["--target=aarch64-none-elf", "-ffreestanding", "-nostdlibinc"]


class Tree(unittest.TestCase):
    """A test with a source tree of its own."""

    def setUp(self):
        self.root = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def database(self, *names):
        rows = []
        for name in names:
            path = os.path.join(self.root, name)
            command = " ".join([CLANG, *TARGET, "-I" + self.root, "-o", "x.o", "-c", path])
            rows.append({"directory": self.root, "file": path, "command": command})
        return self.write("compile_commands.json", json.dumps(rows))

    def compile(self, name, text):
        source = self.write(name, text)
        subprocess.run([CLANG, *TARGET, "-O1", "-c", source, "-o", source + ".o"], check=True)
        return source + ".o"

    def assert_finds(self, findings, *expected):
        self.assertEqual(len(findings), len(expected), findings)
        for finding, text in zip(findings, expected):
            self.assertIn(text, finding)


class Format(Tree):
    def setUp(self):
        super().setUp()
        shutil.copy(os.path.join(ROOT, ".clang-format"), self.root)

    def test_c(self):
        self.write("core/good.c", "int good(void)\n{\n\treturn 1;\n}\n")
        self.assert_finds(format_lint.check(self.root, CLANG_FORMAT))
        self.write("core/bad.c", "int bad(void) {\n\treturn 1;\n}\n")
        self.assert_finds(format_lint.check(self.root, CLANG_FORMAT), "core/bad.c:1")

    def test_ends(self):
        self.assert_finds(format_lint.check_ends("a.py", "x = 1\n"))
        self.assert_finds(format_lint.check_ends("a.py", "x = 1 \n"), "a.py:1: white space")
        self.assert_finds(format_lint.check_ends("a.py", "x = 1"), "no newline")
        self.assert_finds(format_lint.check_ends("a.py", "x = 1\n\n"), "empty lines")

    def test_an_empty_tree_is_not_clean(self):
        self.assert_finds(format_lint.check(self.root, CLANG_FORMAT), "no C sources")


class Words(Tree):
    def test_promises(self):
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "Place" + "holder", "for n" + "ow"):
            self.assert_finds(words.check_text("a.c", f"x\n/* {word}: later */\n"), "a.c:2: promises")
        self.assert_finds(words.check_text("a.c", "a method for nowhere, 0xXXXX\n"))

    def test_places(self):
        for place in ("/ho" + "me/someone/src", "/ro" + "ot/x", "/Us" + "ers/me"):
            self.assert_finds(words.check_text("a.c", f"see {place}\n"), "a.c:1: names")
        self.assert_finds(words.check_text("a.c", "cp ../sha" + "red/x\n"), "a.c:1: names")
        self.assert_finds(words.check_text("a.c", "see core/work/x, https://host/home/x and ./root/x\n"))

    def test_all_files_are_read(self):
        self.write("docs/x.md", "TO" + "DO\n")
        self.assert_finds(words.check(self.root), "docs/x.md:1")


class Boundary(Tree):
    def test_includes(self):
        for header in ("<stdio.h>", "<string.h>", '"hal_host/ram.h"', '"hal_inline.h"', '"heap.h"', '"user/sdk/x.h"'):
            self.assert_finds(boundary.check_includes("core/a.c", f"#include {header}\n"), "core/a.c:1")
        for header in ("<stdint.h>", '"core/memory/heap.h"', '"hal/mmu.h"', '"lib/bits.h"', '"abi/limits.h"'):
            self.assert_finds(boundary.check_includes("core/a.c", f"#include {header}\n"))
        self.assert_finds(boundary.check_includes("lib/a.c", '#include "core/kernel.h"\n'), "lib/a.c:1")
        self.assert_finds(boundary.check_includes("lib/a.c", '#include "hal/mmu.h"\n'), "lib/a.c:1")
        self.assert_finds(boundary.check_includes("hal/mmu.h", '#include "core/kernel.h"\n'), "hal/mmu.h:1")
        self.assert_finds(boundary.check_includes("hal/user.h", '#include "hal_inline.h"\n'))

    def test_words(self):
        for code in ("__asm__(\"\");", "asm volatile(\"\");", "volatile int x;", "__attribute__((weak)) int x;"):
            self.assertTrue(boundary.check_words("core/a.c", code + "\n"), code)
        self.assert_finds(boundary.check_words("core/a.c", '/* volatile */ char *s = "asm"; // weak\nint weaker;\n'))

    def test_kinds(self):
        self.assert_finds(boundary.check_kinds(["core/a.c", "core/CMakeLists.txt", "core/b.S"]), "core/b.S")

    def test_conditions(self):
        guard = "#ifndef CORE_A_H\n#define CORE_A_H\n#endif\n"
        self.assert_finds(boundary.check_conditions("core/a.h", guard))
        for condition in ("#ifdef __aarch64__", "#if PANTHER_HOST", "# ifndef OTHER", "#elif 1"):
            self.assert_finds(boundary.check_conditions("core/a.h", guard + condition + "\n"), "core/a.h:4")
        self.assert_finds(boundary.check_conditions("hal/a.h", "#ifdef __ASSEMBLER__\n"))
        self.assert_finds(boundary.check_conditions("core/b.h", "#ifdef __ASSEMBLER__\n"), "core/b.h:1")

    def test_pointers(self):
        self.write("lib/cast.h", "static inline void *cast(unsigned long x) { return (void *)x; }\n")
        self.write("core/a.c", '#include "lib/cast.h"\nvoid *a(void);\nvoid *a(void)\n{\n\treturn cast(1);\n}\n')
        self.write("core/b.c", "int b(void);\nint b(void)\n{\n\treturn *(int *)0x9000000;\n}\n")
        self.write("core/c.c", "int *const c = (int *)0x9000000;\n")
        self.write("core/d.c", "int *d(char *x);\nint *d(char *x)\n{\n\treturn x ? (int *)(void *)x : (int *)0;\n}\n")
        database = self.database("core/a.c", "core/b.c", "core/c.c", "core/d.c")
        self.assert_finds(boundary.check_pointers(self.root, database), "core/b.c:4", "core/c.c:1", "lib/cast.h:1")

    def objects(self, extra=""):
        core = self.compile(
            "core.c",
            "void hal_x(void); int lib_y(void); extern struct kernel { int x; } kernel; struct kernel kernel;\n"
            "int core(void); int core(void) { hal_x(); kernel.x = lib_y(); return kernel.x; }\n" + extra,
        )
        return [core, self.compile("lib.c", "int lib_y(void); int lib_y(void) { return 1; }\n")]

    def check_objects(self, symbols, extra, *expected):
        findings = boundary.check_objects(NM, LINKER, self.objects(extra), symbols)
        self.assert_finds(findings, *expected)

    def test_symbols(self):
        self.check_objects("# what crosses\nhal_x\ncompiler: memcpy\n", "")
        self.check_objects("hal_x\nhal_gone\n", "", "hal_gone is listed")
        self.check_objects("compiler: memcpy\n", "", "hal_x is not listed")

    def test_declared(self):
        self.write("hal/x.h", "/* hal_old() */\nvoid *hal_x(int a,\n\tint b);\nK_MUST_USE bool hal_y(void);\n")
        declared = boundary.declared_functions(self.root)
        self.assertEqual(declared, {"hal_x", "hal_y"})
        self.assert_finds(boundary.check_declared("hal_x\nhal_y\n", declared))
        self.assert_finds(boundary.check_declared("hal_x\n", declared), "hal_y is declared")

    def test_state(self):
        counter = "static int count; int f(void); int f(void) { return count++; }\n"
        self.check_objects("hal_x\n", counter, "count: a mutable")
        self.check_objects("hal_x\n", "int initialised = 4;\n", "initialised: a mutable")
        table = 'static const char *const names[] = {"a", "b"};\n'
        self.check_objects("hal_x\n", table + "const char *n(int i); const char *n(int i) { return names[i]; }\n")

    def test_weak(self):
        self.check_objects("hal_x\n", "void w(void); __attribute__((weak)) void w(void) {}\n", "w: a weak")


AUDIT = "/*\n * SAFETY: because.\n * Audited: 2026-11-22\n */\n"
UNSAFE = "static void f(void)\n{\n\t__asm__ volatile(\"nop\");\n}\n"


class UnsafeAudit(Tree):
    def check_text(self, name, text, *expected):
        self.assert_finds(unsafe_audit.check_text(name, text), *expected)

    def test_assembly_in_c(self):
        self.check_text("boot/a.c", AUDIT + UNSAFE)
        self.check_text("boot/a.c", UNSAFE, "boot/a.c:3")
        self.check_text("boot/a.c", AUDIT.replace("SAFETY", "NOTE") + UNSAFE, "boot/a.c:7")
        self.check_text("boot/a.c", AUDIT.replace("2026-11-22", "2026-13-22") + UNSAFE, "boot/a.c:7")
        self.check_text("boot/a.c", AUDIT.replace("Audited: 2026-11-22", "") + UNSAFE, "boot/a.c:7")
        self.check_text("boot/a.c", '/* asm */ const char *x = "volatile";\n')

    def test_an_audit_counts_for_one_definition(self):
        self.check_text("boot/a.c", AUDIT + UNSAFE + "\n" + UNSAFE.replace("f(", "g("), "boot/a.c:12")
        self.check_text("boot/a.h", AUDIT + "struct x {\n\tint a;\n};\n" + UNSAFE, "boot/a.h:10")

    def test_macros(self):
        macro = "#define ISB() \\\n\t__asm__ volatile(\"isb\")\n"
        self.check_text("boot/a.h", AUDIT + macro)
        self.check_text("boot/a.h", macro, "boot/a.h:2")

    def test_volatile_access(self):
        access = AUDIT + "static volatile int *x;\n"
        self.check_text("hal_qemu_virt/a.c", access, "a volatile access")
        self.check_text("hal_host/a.c", access)

    def test_a_day_to_come_is_no_audit(self):
        last = unsafe_audit.last_day()
        for day, expected in ((last, ()), (last + datetime.timedelta(days=1), ("boot/a.c:7",))):
            self.check_text("boot/a.c", AUDIT.replace("2026-11-22", day.isoformat()) + UNSAFE, *expected)

    def test_assembly_files(self):
        function = "\tfunction f\n\tret\n"
        self.check_text("boot/a.S", function, "boot/a.S:1: f ")
        self.check_text("boot/a.S", AUDIT + function)
        self.check_text("boot/a.S", "/* A file. */\n" + AUDIT + function + function.replace(" f", " g"), ": g ")
        self.check_text("boot/a.S", "\tnop\n", "first comment")

    def test_pointers(self):
        text = "int *f(unsigned long x);\nint *f(unsigned long x)\n{\n\treturn (int *)x;\n}\n"
        self.write("hal_host/bad.c", text)
        self.write("hal_host/good.c", text.replace("int *f(unsigned long x)\n", AUDIT + "int *f(unsigned long x)\n"))
        database = self.database("hal_host/bad.c", "hal_host/good.c")
        self.assert_finds(unsafe_audit.check_pointers(self.root, database, ("hal_host/",)), "hal_host/bad.c:4")

    def test_all_files_are_read(self):
        self.write("hal_host/a.c", UNSAFE)
        self.assert_finds(unsafe_audit.check(self.root, self.database()), "hal_host/a.c:3")


class Tidy(Tree):
    def check_code(self, text):
        shutil.copy(os.path.join(ROOT, ".clang-tidy"), self.root)
        self.write("core/a.c", text)
        return tidy.check(self.root, self.database("core/a.c"), CLANG_TIDY, "core/")

    def test_without_the_analyzer(self):
        for name in (".clang-tidy", "hal_host/.clang-tidy"):
            self.write(name, source_tree.read(ROOT, name))
        self.write("hal_host/a.c", "int f(int x);\nint f(int x)\n{\n\treturn x == x;\n}\n")
        found = tidy.check(self.root, self.database("hal_host/a.c"), CLANG_TIDY, "hal_host/")
        self.assert_finds(found, "hal_host/a.c:4")

    def test_findings(self):
        self.assert_finds(self.check_code("int f(int x);\nint f(int x)\n{\n\treturn x == x;\n}\n"), "core/a.c:4")
        null = "int f(void);\nint f(void)\n{\n\tconst int *x = 0;\n\treturn *x;\n}\n"
        self.assert_finds(self.check_code(null), "core/a.c:5")
        self.assert_finds(self.check_code("int f(int x);\nint f(int x)\n{\n\treturn x;\n}\n"))

    def test_an_empty_folder_is_not_clean(self):
        self.assert_finds(tidy.check(self.root, self.database(), CLANG_TIDY, "core/"), "no C sources")


def disassembly(*rows, source="x.c"):
    lines = ["0000000000001000 <f>:", f"; /src/{source}:7"]
    lines += [f"    {0x1000 + 4 * index:x}:      \t{row}" for index, row in enumerate(rows)]
    return image.parse_disassembly("\n".join(lines))


class Image(unittest.TestCase):
    assert_finds = Tree.assert_finds

    def test_segments(self):
        segment = lambda flags: image.Segment(flags, 0, 0x1000, 1, 1)
        self.assert_finds(image.check_segments([segment(5), segment(6), segment(4)]))
        self.assert_finds(image.check_segments([segment(7)]), "writable and executable")
        self.assert_finds(image.check_segments([segment(6)]), "no segment is executable")

    def test_sections(self):
        symbols = {"image_rodata_start": 0x1000, "image_rodata_end": 0x2000}
        row = "  [ 2] {} PROGBITS        000000000000{} 000040 000100 00  {}  0   0  4\n"
        parse = lambda *values: image.parse_sections(row.format(*values))
        self.assert_finds(image.check_sections(parse(".text", "8000", "AX"), symbols))
        self.assert_finds(image.check_sections(parse(".text", "8000", "WAX"), symbols), "writable and executable")
        self.assert_finds(image.check_sections(parse(".data.rel.ro", "1000", "WA"), symbols))
        self.assert_finds(image.check_sections(parse(".data.rel.ro", "2000", "WA"), symbols), "read-only pages")
        self.assert_finds(image.check_sections(parse(".rela.dyn", "1000", "A"), symbols), "relocations")

    def test_symbols(self):
        self.assert_finds(image.check_symbols({"kernel_main": 1}))
        self.assert_finds(image.check_symbols({"kbug_stack": 1}), "kbug_stack")

    def test_vectors(self):
        table = {name: 0x800 + 128 * index for index, name in enumerate(image.VECTORS)}
        self.assert_finds(image.check_vectors({"hal_vectors": 0x800, **table}))
        self.assert_finds(image.check_vectors({"hal_vectors": 0x800, **table, "el1h_irq": 0x804}), "el1h_irq")
        self.assert_finds(image.check_vectors(table), "hal_vectors is missing")
        moved = {name: value + 0x80 for name, value in table.items()}
        self.assert_finds(image.check_vectors({"hal_vectors": 0x880, **moved}), "aligned")

    def test_fp(self):
        for row in ("fmov\td0, x0", "ldr\tq1, [x0]", "movi\tv0.2d, #0", "str\tb0, [x1]", "ld1b\t{ z0.b }, p0/z, [x0]"):
            self.assert_finds(image.check_fp(disassembly(row)), "FP or SIMD")
        self.assert_finds(image.check_fp(disassembly("<unknown>")), "does not know")
        for row in ("mov\tx0, sp", "b\t0x1000 <q0>", "msr\tS3_0_C2_C1_0, x1", "movk\tw17, #0xd0", "dsb\tsy", "bti\tc"):
            self.assert_finds(image.check_fp(disassembly(row)))

    def test_indirect_calls(self):
        call = ["cmp\tw16, w17", "b.eq\t0x100c <f+0xc>", "brk\t#0x8228", "blr\tx8"]
        self.assert_finds(image.check_indirect_calls(disassembly(*call)))
        self.assert_finds(image.check_indirect_calls(disassembly("nop", "nop", "nop", "blr\tx8")), "without a kCFI")
        self.assert_finds(image.check_indirect_calls(disassembly(*call[:3], "blr\tx9")), "x9")
        self.assert_finds(image.check_indirect_calls(disassembly(*call[:3], "br\tx9")), "br x9")

    def test_mmio(self):
        rows = ["ldr\tw0, [x1]", "str\tw0, [x1, #0x18]", "strb\tw0, [x1]", "mov\tx0, x1"]
        source = image.MMIO_SOURCE
        self.assert_finds(image.check_mmio(disassembly(*rows, source=source)))
        moving = ("str\tw0, [x1], #0x4", "str\tw0, [x1, #0x4]!")
        for row in (*moving, "stp\tw0, w1, [x2]", "str\tx0, [x1, x2]", "stlr\tw0, [x1]"):
            self.assert_finds(image.check_mmio(disassembly(*rows, row, source=source)), row.replace("\t", " "))
        self.assert_finds(image.check_mmio(disassembly(*rows)), "no ldr", "no str")

    def test_relocated(self):
        symbols = {"image_rodata_start": 0x1000, "image_rodata_end": 0x2000}
        text = (
            "Index: Entry            Address           Symbolic Address\n"
            "0000:  0000000000001570 0000000000001570  ubsan_tags + 0x8\n"
            "                        0000000000001590  ubsan_tags + 0x28\n"
        )
        self.assertEqual(image.parse_relocated(text), [(0x1570, "ubsan_tags"), (0x1590, "ubsan_tags")])
        self.assert_finds(image.check_relocated([(0x1570, "table")], symbols))
        self.assert_finds(image.check_relocated([(0x2000, "table")], symbols), "table: a pointer")
        self.assert_finds(image.check_relocated([], symbols), "saw nothing")

    def test_canaries(self):
        check = lambda *rows: image.check_canaries(disassembly(*rows), {"__stack_chk_fail": 0x2000})
        self.assert_finds(check("mrs\tx8, TPIDR_EL1", "bl\t0x2000 <__stack_chk_fail>"))
        self.assert_finds(check("mrs\tx8, TPIDR_EL1", "bl\t0x3000 <x>"), "no trace")
        self.assert_finds(check("mrs\tx8, SP_EL0", "bl\t0x2000"), "f: its canary")
        self.assert_finds(image.check_canaries(disassembly("nop"), {}), "no trace")

    def test_protections(self):
        rows = ["paciasp", "str\tx30, [x18], #0x8", "bti\tc", "brk\t#0x5512", "brk\t#0x8228"]
        self.assert_finds(image.check_protections(disassembly(*rows)))
        for index in range(len(rows)):
            self.assert_finds(image.check_protections(disassembly(*rows[:index], *rows[index + 1 :])), "no trace")


    def test_return_addresses(self):
        check = lambda *rows, function="f": image.check_return_addresses(
            [row._replace(function=function) for row in disassembly(*rows)]
        )
        for store in ("stp\tx29, x30, [sp, #-0x20]!", "str\tx30, [sp, #0x8]", "stp\tx30, x19, [sp]", "stur\tx30, [x0]"):
            rows = ["paciasp", "str\tx30, [x18], #0x8", store]
            self.assert_finds(check(*rows))
            self.assert_finds(check(rows[1], store), "not signed")
            self.assert_finds(check(rows[0], store), "not on the shadow")
            self.assert_finds(check(store, *rows[:2]), "not signed", "not on the shadow")
            self.assert_finds(check(store, function="save_fault"))
        self.assert_finds(check("str\tx29, [sp]", "str\tx0, [x30]"))

    def test_one_function_does_not_speak_for_another(self):
        rows = disassembly("paciasp", "str\tx30, [x18], #0x8", "stp\tx29, x30, [sp]")
        other = [row._replace(function="g") for row in disassembly("stp\tx29, x30, [sp]")]
        self.assert_finds(image.check_return_addresses(rows + other), "in g: x30", "in g: x30")


class Flags(Tree):
    COMPILE = " ".join([*flags.COMPILE, "-fsanitize=" + ",".join(flags.SANITIZERS)])
    WRAP = f" -fsanitize={flags.WRAP} {flags.WRAP_TRAP}"
    LINK = " ".join("-Xlinker " + word for flag in flags.LINK for word in flag.split())

    def check_command(self, command, *expected, name="core/loop.c"):
        self.assert_finds(flags.check_command(name, f"clang -I/x {command} -o x.o -c {name}"), *expected)

    def test_each_flag_is_missed(self):
        self.check_command(self.COMPILE)
        for flag in flags.COMPILE:
            rest = " ".join(other for other in flags.COMPILE if other != flag)
            self.check_command(f"{rest} -fsanitize={','.join(flags.SANITIZERS)}", f"without {flag}:")

    def test_each_sanitizer_is_missed(self):
        for kind in flags.SANITIZERS:
            rest = ",".join(other for other in flags.SANITIZERS if other != kind)
            self.check_command(f"{' '.join(flags.COMPILE)} -fsanitize={rest}", f"without -fsanitize={kind}:")

    def test_nothing_is_overridden(self):
        codegen = "-fno-sanitize=all -fno-stack-protector -fstack-protector -O0 -fno-sanitize-trap=all -fstrict-aliasing"
        others = "-w -Wno-vla -Wno-error -Wframe-larger-than=9999 -fsanitize-recover=all -fsanitize=address @file -mllvm"
        for flag in [*codegen.split(), *others.split(), "-Xclang -fno-bounds-check"]:
            self.check_command(f"{self.COMPILE} {flag}", flag)

    def test_wrap(self):
        names = "memory/heap.c syscall/write.c process/elf.c start/device_tree.c start/machine.c start/machine_nodes.c"
        for name in ("core/" + name for name in names.split()):
            self.check_command(self.COMPILE + self.WRAP, name=name)
            self.check_command(self.COMPILE, flags.WRAP_TRAP, f"without -fsanitize={flags.WRAP}:", name=name)
            self.check_command(f"{self.COMPILE} -fsanitize={flags.WRAP}", flags.WRAP_TRAP, name=name)

    def test_all_files_are_checked(self):
        self.write("core/a.c", "")
        self.write("lib/b.c", "")
        self.assert_finds(flags.check_database(self.root, self.database()), "core/a.c", "lib/b.c", "no C sources")
        database = self.database("core/a.c", "user/x.c")
        found = flags.check_database(self.root, database)
        self.assertTrue(any("core/a.c: compiled without -O2" in finding for finding in found), found)
        self.assertTrue(any("lib/b.c: the database does not say" in finding for finding in found), found)
        self.assertFalse(any("user/x.c" in finding for finding in found), found)

    def check_link(self, options, *expected):
        command = f": && clang -nostdlib {options} boot/a.obj -o pantheros.elf core/b.a && :"
        self.assert_finds(flags.check_link("/src", "pantheros.elf", command), *expected)

    def test_link(self):
        place = "-T -Xlinker /src/boot/kernel.ld"
        good = self.LINK.replace("-T -Xlinker boot/kernel.ld", place)
        self.check_link(good)
        self.check_link(good.replace(place, "-T -Xlinker /src/x.ld"), "x.ld, which", "without -T")
        for flag in flags.LINK:
            option = " ".join("-Xlinker " + word for word in flag.split())
            self.check_link(good.replace(option.replace("boot/", "/src/boot/"), ""), f"without {flag}:")
        for option in ("-Xlinker -z -Xlinker notext", "-Wl,-z,execstack", "-Xlinker --no-fatal-warnings"):
            self.check_link(f"{good} {option}", "which this lint does not allow")
        self.check_link(good + " -static", "-static, which")

    def test_exemptions(self):
        self.write("lib/x.h", '__attribute__((no_sanitize("all"))) void f(void); /* no_sanitize */\n')
        self.write("core/x.c", "K_ATTRIBUTE(no_stack_protector) void f(void);\n#pragma clang optimize off\n")
        self.assert_finds(flags.check_sources(self.root), "core/x.c:1", "core/x.c:2", "lib/x.h:1")


class Rest(unittest.TestCase):
    assert_finds = Tree.assert_finds

    def test_syscall_docs(self):
        self.assertEqual(syscall_docs.compare("a\nb\n", "a\nb\n"), [])
        self.assertIn("+b", syscall_docs.compare("a\nb\n", "a\nc\n"))

    def test_configure(self):
        message = "CMake Error at x:1 (message):\n  ninja is missing: run ./bootstrap\n\n"
        self.assertIsNone(configure.judge(1, message, "ninja is missing"))
        self.assertEqual(configure.judge(0, "", "ninja is missing"), "was accepted")
        self.assertIn("not one message", configure.judge(1, message + message, "ninja is missing"))
        self.assertIn("not clear", configure.judge(1, message, "clang is missing"))
        self.assertIn("failed", configure.judge(1, message, None))

    def test_place_of_a_conversion_is_its_line(self):
        code = (
            "x = inttoptr i64 %0 to ptr, !dbg !5\n"
            "!5 = !DILocation(line: 9, column: 1, scope: !6)\n"
            '!6 = distinct !DISubprogram(name: "f", file: !7, line: 1)\n'
            '!7 = !DIFile(filename: "a.c", directory: "/x")\n'
        )
        self.assertEqual(pointers.in_code(code), {("/x/a.c", 9)})
        self.assertEqual(pointers.in_code("x = icmp eq ptr %0, inttoptr (i64 -1 to ptr), !dbg !5\n"), set())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
