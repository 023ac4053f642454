"""lint.self-test: every lint finds the violation it is there for, and is content without it.

usage: self_test.py CLANG CLANG_FORMAT CLANG_TIDY NM LINKER ROOT
"""

import datetime
import os
import shutil
import sys
import unittest

import boundary
import clusterfuzzlite
import configure
import format as format_lint
import pointers
import source_tree
import syscall_docs
import tidy
import unsafe_audit
import words
from self_test_image import Flags, Image  # noqa: F401 (their tests run with these)
from self_test_stack import Stack  # noqa: F401
from self_test_tree import CLANG_FORMAT, CLANG_TIDY, LINKER, NM, ROOT, Tree


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


class ClusterFuzzLite(Tree):
    def setUp(self):
        super().setUp()
        shutil.copytree(os.path.join(ROOT, ".clusterfuzzlite"), os.path.join(self.root, ".clusterfuzzlite"))
        self.write("tests/fuzz/elf_fuzzer.c", "")
        self.write("tests/fuzz/elf_fuzzer.dict", '# Words\n"ELF"\n')
        self.write("tests/fuzz/corpus/elf/one", "1")
        self.write("tests/fuzz/CMakeLists.txt", "panther_fuzzer(elf)\n")

    def test_a_fuzzer_without_a_corpus(self):
        self.assert_finds(clusterfuzzlite.check(self.root))
        os.remove(os.path.join(self.root, "tests/fuzz/corpus/elf/one"))
        self.assert_finds(clusterfuzzlite.check_build(self.root, ["elf"], "memory"), "elf: 0 of 0 inputs")

    def test_sources_that_nobody_builds(self):
        self.write("tests/fuzz/heap_fuzzer.dict", "")
        self.assert_finds(clusterfuzzlite.check_sources(self.root, ["elf"]), "heap_fuzzer.dict: no fuzzer")
        os.remove(os.path.join(self.root, "tests/fuzz/heap_fuzzer.dict"))
        self.write("tests/fuzz/CMakeLists.txt", "panther_fuzzer(elf)\npanther_fuzzer(trap)\n")
        self.assert_finds(clusterfuzzlite.check_sources(self.root, ["elf"]), "the sources are")

    def test_a_fuzzer_without_words(self):
        dictionary = "tests/fuzz/elf_fuzzer.dict"
        self.assert_finds(clusterfuzzlite.check_sources(self.root, ["elf"]))
        self.write(dictionary, "# ELF\n")
        self.assert_finds(clusterfuzzlite.check_sources(self.root, ["elf"]), "elf: no word")
        os.remove(os.path.join(self.root, dictionary))
        self.assert_finds(clusterfuzzlite.check_sources(self.root, ["elf"]), "elf: no word")

    def change_build(self, old, new):
        text = source_tree.read(ROOT, ".clusterfuzzlite/build.sh")
        self.assertIn(old, text)
        self.write(".clusterfuzzlite/build.sh", text.replace(old, new))
        return clusterfuzzlite.check_build(self.root, ["elf"], "memory")

    def test_a_script_that_leaves_something_out(self):
        self.assert_finds(self.change_build("fuzzer.dict", "fuzzer.txt"), "missing or too much: elf_fuzzer.dict")
        self.assert_finds(self.change_build("_SECOND=OFF", ""), "cmake is not asked for -DPANTHER_FUZZ_SECOND=OFF")
        self.assert_finds(self.change_build("done", ""), "build.sh fails")


class Words(Tree):
    def test_promises(self):
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "Place" + "holder", "for n" + "ow"):
            self.assert_finds(words.check_text("a.c", f"x\n/* {word}: later */\n"), "a.c:2: promises")
        self.assert_finds(words.check_text("a.c", "a method for nowhere, 0xXXXX\n"))

    def test_places(self):
        for place in ("/ho" + "me/someone/src", "/ro" + "ot/x", "/Us" + "ers/me"):
            self.assert_finds(words.check_text("a.c", f"see {place}\n"), "a.c:1: names")
        self.assert_finds(words.check_text("a.c", "cp ../sha" + "red/x\n"), "a.c:1: names")
        self.assert_finds(words.check_text("a.c", "see core/ho" "me/x, https://host/ho" "me/x and ./ro" "ot/x\n"))

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
        for name in boundary.INCLUDES_INLINE:
            self.assert_finds(boundary.check_includes(name, '#include "hal_inline.h"\n'))
        self.assert_finds(boundary.check_includes("hal/mmu.h", '#include "hal_inline.h"\n'), "hal/mmu.h:1")

    def test_words(self):
        for code in ("__asm__(\"\");", "asm volatile(\"\");", "volatile int x;", "__attribute__((weak)) int x;"):
            self.assertTrue(boundary.check_words("core/a.c", code + "\n"), code)
        self.assert_finds(boundary.check_words("core/a.c", '/* volatile */ char *s = "asm"; // weak\nint weaker;\n'))

    def test_memory(self):
        direct = "/* hal_phys_to_ptr */\nx = *(char *)hal_phys_to_ptr(frame, 1);\n"
        for name in ("core/syscall/write.c", "core/memory/user_copy.c", "core/memory/address_space.c", "lib/a.c"):
            self.assert_finds(boundary.check_memory(name, direct), name + ":2")
        self.assert_finds(boundary.check_memory("core/memory/page_table.c", direct))
        self.assert_finds(boundary.check_memory("hal/memory.h", direct))
        for code in ("phys_addr frame;\n", "bits = *page_table_entry(table, address, 3);\n"):
            self.assert_finds(boundary.check_memory("core/syscall/map.c", code), "core/syscall/map.c:1")
            self.assert_finds(boundary.check_memory("core/trap/trap.c", code), "core/trap/trap.c:1")
            self.assert_finds(boundary.check_memory("core/memory/address_space.c", code))

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


class Rest(unittest.TestCase):
    assert_finds = Tree.assert_finds

    def test_syscall_docs(self):
        self.assertEqual(syscall_docs.compare("a\nb\n", "a\nb\n"), [])
        self.assertIn("+b", syscall_docs.compare("a\nb\n", "a\nc\n"))

    def test_constants_in_syscall_docs(self):
        header = "#define PANTHER_READ 1\n#define PANTHER_CALL_BIT(number) (number)\n#define ABI_X_H\n"
        check = lambda document: syscall_docs.check_constants(document, "abi/x.h", header)
        self.assert_finds(check("`PANTHER_READ` is 1, `PANTHER_CALL_BIT(number)`"))
        self.assert_finds(check("`PANTHER_READ_CHUNK`, `PANTHER_CALL_BIT(n)`"), "PANTHER_READ")
        self.assert_finds(check("`PANTHER_READ`"), "PANTHER_CALL_BIT")

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
