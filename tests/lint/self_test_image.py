"""The part of lint.self-test about the image: lint.image and lint.flags."""

import unittest

import flags
import image
import self_attack
from self_test_tree import Tree


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

    def test_self_attack(self):
        text = "x.c.obj:\n0000 t kbug_stack\n0010 {} {}\n0020 r table\n         U memset\n0030 T loop_run\n0000 W __kcfi_typeid_f\n0040 T hal_user_return\n0050 T __wrap_cpu_registers_check\n"
        check = lambda kind, name: self_attack.check_functions(self_attack.parse_functions(text.format(kind, name)))
        self.assert_finds(check("t", "kbug_heap"))
        self.assert_finds(check("t", "helper"), "helper: its name")
        self.assert_finds(check("T", "kernel_bug"), "kernel_bug: its name")
        self.assert_finds(check("r", "helper"))
        self.assert_finds(self_attack.check_functions({"kbug_stack"}), "no loop_run", "no hal_user_return", "no __wrap")

    def test_vectors(self):
        table = {name: 0x800 + 128 * index for index, name in enumerate(image.VECTORS)}
        self.assert_finds(image.check_vectors({"hal_vectors": 0x800, **table}))
        self.assert_finds(image.check_vectors({"hal_vectors": 0x800, **table, "el1h_irq": 0x804}), "el1h_irq")
        self.assert_finds(image.check_vectors(table), "hal_vectors is missing")
        moved = {name: value + 0x80 for name, value in table.items()}
        self.assert_finds(image.check_vectors({"hal_vectors": 0x880, **moved}), "aligned")

    def test_kinds(self):
        kinds = {"el0_64_sync": 0, "el0_64_irq": 1, "el0_64_fiq": 2, "el0_64_serror": 3}
        sound = [
            image.Instruction(0, name, "mov", f"x2, #0x{kinds.get(name, 4):x}", "")
            for name in image.VECTORS
            if name.startswith("el0_")
        ]
        self.assert_finds(image.check_kinds(sound))
        for index, instruction in enumerate(sound):
            others = sound[:index] + sound[index + 1 :]
            wrong = instruction._replace(operands="x2, #0x0" if index else "x2, #0x4")
            self.assert_finds(image.check_kinds(others + [wrong]), instruction.function)
            self.assert_finds(image.check_kinds(others), "says nothing")

    FP = ("fmov\td0, x0", "ldr\tq1, [x0]", "movi\tv0.2d, #0", "str\tb0, [x1]", "ld1b\t{ z0.b }, p0/z, [x0]")
    FP += ("mrs\tx0, FPCR", "msr\tFPSR, x1")

    def fp_movers(self, *names):
        return [row._replace(function=name) for name in names for row in disassembly(*self.FP, "ret")]

    def test_fp(self):
        movers = self.fp_movers("hal_fp_save", "hal_fp_load")
        for row in self.FP:
            self.assert_finds(image.check_fp(movers + disassembly(row)), "FP or SIMD")
        self.assert_finds(image.check_fp(movers + disassembly("<unknown>")), "does not know")
        for row in ("mov\tx0, sp", "b\t0x1000 <q0>", "msr\tS3_0_C2_C1_0, x1", "movk\tw17, #0xd0", "dsb\tsy", "bti\tc"):
            self.assert_finds(image.check_fp(movers + disassembly(row)))

    def test_fp_is_moved(self):
        self.assert_finds(image.check_fp(self.fp_movers("hal_fp_save")), "hal_fp_load")
        self.assert_finds(image.check_fp(disassembly("ret")), "hal_fp_save", "hal_fp_load")
        unknown = [row._replace(function="hal_fp_save") for row in disassembly("<unknown>")]
        self.assert_finds(image.check_fp(self.fp_movers("hal_fp_save", "hal_fp_load") + unknown), "does not know")

    def test_signing(self):
        for line in ("pacia\tx0, x1", "pacib\tx30, sp", "pacibsp", "pacga\tx0, x1, x2", "autda\tx0, x1", "retab", "blraaz\tx1"):
            self.assert_finds(image.check_signing(disassembly(line)), "return addresses")
        for line in ("paciasp", "autiasp", "ret", "blr\tx8", "bti\tc"):
            self.assert_finds(image.check_signing(disassembly(line)))

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

    def test_scratch_registers(self):
        check = lambda *rows, source="core/x.c": image.check_scratch(disassembly(*rows, source=source))
        clears = ["mov\tx8, #0x0", "mov\tx15, #0x0"]
        use = "ldp\tx8, x15, [x0]"
        self.assert_finds(check(use, *clears, "ret"))
        self.assert_finds(check(use, clears[0], "autiasp", clears[1], "ldr\tx30, [x18, #-0x8]!", "ret"))
        self.assert_finds(check(use, clears[0], "ret"), "x15 is used")
        self.assert_finds(check(use, *clears, "ret", "ret"), "x8 is used", "x15 is used")
        self.assert_finds(check(*clears, "bl\t0x1000", "str\tw8, [x15]", "ret"), "x8 is used", "x15 is used")
        self.assert_finds(check("add\tx1, x0, w9, uxtw", "mov\tx9, #0x10", "ret"), "x9 is used")
        self.assert_finds(check("ldr\tx7, [x16]", "mov\tx19, x18", "ret"))
        self.assert_finds(check(use, "ret", source="hal_qemu_virt/x.S"))

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

    def test_images_with_all_checks(self):
        name = flags.CHECKED_IMAGES[0] + "x.c"
        kinds = ",".join([*flags.SANITIZERS, *flags.CHECKED])
        checked = self.COMPILE.replace(flags.RELEASE, flags.IS_CHECKED) + f" -fsanitize={kinds}"
        self.check_command(checked, name=name)
        self.check_command(checked, flags.IS_CHECKED, flags.RELEASE, *sorted(flags.CHECKED))
        self.check_command(self.COMPILE, flags.RELEASE, flags.IS_CHECKED, *flags.CHECKED, name=name)

    def test_wrap(self):
        names = "memory/heap.c syscall/write.c process/elf.c start/device_tree.c start/machine.c start/machine_nodes.c"
        names += " console/input.c time/clock.c start/archive.c"
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
        self.assertTrue(any("user/x.c: compiled without -fpie" in finding for finding in found), found)
        self.assertFalse(any("user/x.c: without -fsanitize" in finding for finding in found), found)

    PROGRAM = " ".join(flags.PROGRAM_COMPILE)

    def check_program(self, command, *expected, name="user/x/x.c"):
        self.assert_finds(flags.check_program(name, f"clang -I/x {command} -o x.o -c {name}"), *expected)

    def test_programs(self):
        self.check_program(self.PROGRAM)
        for flag in flags.PROGRAM_COMPILE:
            rest = " ".join(other for other in flags.PROGRAM_COMPILE if other != flag)
            self.check_program(rest, f"without {flag}:")
        kernel = "-ffixed-x18 -fsanitize=kcfi -mstack-protector-guard=sysreg -mcmodel=tiny -w -Wno-error=vla"
        for flag in kernel.split():
            self.check_program(f"{self.PROGRAM} {flag}", f"with {flag}, which")

    def test_programs_without_fp(self):
        for name in ("user/sdk/start.c", "user/common/text.c", "user/sh/sh.c", "user/hello/hello.c", "user/stress/roles.c"):
            self.check_program(self.PROGRAM, "without -mgeneral-regs-only", name=name)
            self.check_program(self.PROGRAM + " -mgeneral-regs-only", name=name)
        for name in ("user/sdk/picolibc/heap.c", "user/demo/demo.c"):
            self.check_program(self.PROGRAM, name=name)

    def test_own_flags(self):
        main = self.COMPILE + self.WRAP
        unseeded = main + " -DPANTHER_TAKES_SEED=0"
        self.check_command(unseeded + " -DPANTHER_ASID_BITS=16", name="core/start/main.c")
        self.check_command(unseeded, "without -DPANTHER_ASID_BITS=16", name="core/start/main.c")
        self.check_command(unseeded + " -DPANTHER_ASID_BITS=4", "ASID_BITS=4", "ASID_BITS=16", name="core/start/main.c")
        seeded = main + " -DPANTHER_ASID_BITS=16 -DPANTHER_TAKES_SEED=1"
        self.check_command(seeded, "with -DPANTHER_TAKES_SEED=1", "without -DPANTHER_TAKES_SEED=0", name="core/start/main.c")
        self.check_command(self.COMPILE + " -DPANTHER_ASID_BITS=16", "-DPANTHER_ASID_BITS", name="core/loop.c")

    def check_link(self, options, *expected, name="pantheros.elf"):
        command = f": && clang -nostdlib {options} boot/a.obj -o {name} core/b.a && :"
        self.assert_finds(flags.check_link("/src", name, command), *expected)

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
        wrap = f"{good} -Xlinker --wrap=cpu_registers_check"
        self.check_link(wrap, "which this lint does not allow")
        self.check_link(wrap, name="pantheros-self-attack.elf")
        self.check_link(good + " -static", "-static, which")

    def test_exemptions(self):
        self.write("lib/x.h", '__attribute__((no_sanitize("all"))) void f(void); /* no_sanitize */\n')
        self.write("core/x.c", "K_ATTRIBUTE(no_stack_protector) void f(void);\n#pragma clang optimize off\n")
        self.assert_finds(flags.check_sources(self.root), "core/x.c:1", "core/x.c:2", "lib/x.h:1")
