"""The part of lint.self-test about lint.stack: too deep a path, recursion, unknown calls, frames without a size."""

import re
import unittest

import image
import stack
from call_graph import CallGraph, Function, Usage, parse_functions, parse_usage
from self_test_tree import Tree

BASE = 0x1000
TOPS = {"image_stack_top": 0x104000, "image_fault_stack_top": 0x202000, "image_shadow_stack_top": 0x301000}
BOTTOMS = {"image_stack_bottom": 0x100000, "image_fault_stack_bottom": 0x200000, "image_shadow_stack_bottom": 0x300000}
SYMBOLS = {**TOPS, **BOTTOMS}
KIND = 0x12345678
CHECKED_CALL = ("movk\tw17, #0x5678", "movk\tw17, #0x1234, lsl #16", "cmp\tw16, w17", "blr\tx8")


def frame(size):
    return f"sub\tsp, sp, #0x{size:x}"


# A kernel: each function with its rows; a name in <> is an address of it, or the top of a stack.
KERNEL = {
    "boot_high": ("adr\tx2, <image_stack_top>", "mov\tsp, x2", "bl\t<kernel_main>"),
    "kernel_main": ("stp\tx29, x30, [sp, #-0x20]!", "mov\tx29, sp", "bl\t<loop_run>", "add\tsp, sp, #0x20"),
    "loop_run": (frame(0x100), "mov\tsp, x0", "bl\t<handler>", "bl\t<make_path>"),
    "handler": (frame(0x400), "bl\t<panic>"),
    "panic": ("bl\t<give_up>",),
    "give_up": ("str\tx30, [x18], #0x8", frame(0x100), "bl\t<print>"),
    "print": (frame(0x40), "bl\t<panic>"),
    "make_path": (frame(0x10),) + CHECKED_CALL,
    "take": ("bl\t<kernel_map_linear>",),
    "kernel_map_linear": (frame(0x30), "bl\t<make_path>"),
    "sources": ("adr\tx8, <take>",),
    "el1h_sync": ("b\t<save_fault>",),
    "save_fault": ("adr\tx1, <image_fault_stack_top>", "mov\tsp, x1", "bl\t<kernel_fault>", "mov\tsp, x20"),
    "kernel_fault": (frame(0x50), "bl\t<panic>"),
}


def build(changes=None, usages=()):
    """The graph of KERNEL with some functions changed; take is the one function of KIND."""
    kernel = {**KERNEL, **(changes or {})}
    places, at = dict(TOPS), BASE
    for name, rows in kernel.items():
        places[name] = at
        at += 4 * len(rows) + 4
    functions = [Function(name, places[name], 4 * len(rows)) for name, rows in kernel.items()]
    instructions = []
    for name, rows in kernel.items():
        for index, row in enumerate(rows):
            mnemonic, operands = re.sub(r"<(\w+)>", lambda m: f"0x{places[m.group(1)]:x}", row).split("\t")
            instructions.append(image.Instruction(places[name] + 4 * index, name, mnemonic, operands, ""))
    said = {usage.name: usage for usage in usages}
    for name, rows in kernel.items():
        pattern = r"sub\tsp, sp, #0x([0-9a-f]+)$|, \[sp, #-0x([0-9a-f]+)\]!$"
        sizes = re.findall(pattern, "\n".join(rows), re.MULTILINE)
        said.setdefault(name, Usage("x.c", name, sum(int(a or b, 16) for a, b in sizes), "static"))
    word = lambda address: KIND if address == places["take"] - 4 else 0
    return CallGraph(functions, instructions, said.values(), word, stack.MOVES)


class Stack(unittest.TestCase):
    assert_finds = Tree.assert_finds

    def check(self, changes=None, *expected, usages=(), pointers=frozenset()):
        found, lines = stack.check_graph(build(changes, usages), SYMBOLS, pointers)
        self.assert_finds(found, *expected)
        return lines

    def test_depth(self):
        lines = self.check()
        # kernel_main, loop_run, handler, and three panics with what they print.
        depth = 0x20 + 0x100 + 0x400 + 3 * 0x140
        self.assertIn(f"image_stack: {depth} bytes and 0 of an exception, of 16384", lines[0])
        self.assertIn("; 24 of the shadow call stack's 2048", lines[0])
        self.assertIn(f"image_fault_stack: {0x50 + 3 * 0x140} bytes", lines[1])

    def test_the_reserve(self):
        most = 0x4000 - stack.RESERVE - 0x20 - 0x100 - 3 * 0x140
        handler = lambda size: {"handler": (frame(size), "bl\t<panic>")}
        self.check(handler(most))
        self.check(handler(most + 16), "too deep: image_stack")
        self.check({"kernel_fault": (frame(0x2000), "bl\t<panic>")}, "too deep: image_fault_stack")

    def test_a_frame_in_two_parts(self):
        handler = lambda size: {"handler": (f"stp\tx29, x30, [sp, #-0x{size:x}]!", frame(0x3400), "bl\t<panic>")}
        self.check(handler(0x60))
        self.check(handler(0x360), "too deep: image_stack")

    def test_a_call_by_address_counts(self):
        self.check({"take": (frame(0x4000),)}, "too deep: image_stack")

    def test_an_exception_counts(self):
        rows = (frame(0x3800), "b\t<save_fault>")
        self.check({"el1h_sync": rows}, "too deep: image_stack", "too deep: image_fault_stack")

    def test_the_shadow_call_stack_counts(self):
        pushes = ("str\tx30, [x18], #0x8",) * 300
        self.check({"handler": pushes}, "too deep: image_stack")

    def test_recursion(self):
        self.check({"handler": (frame(16), "bl\t<handler>")}, "a recursion: handler -> handler")
        self.check({"handler": (frame(16), "bl\t<loop_run>")}, "a recursion: loop_run -> handler -> loop_run")
        self.check({"handler": (frame(16), "cbnz\tx0, <loop_run>")}, "a recursion: loop_run -> handler -> loop_run")

    def test_a_loop_is_no_recursion(self):
        self.check({"handler": (frame(16), "b\t<handler>")})

    def test_recursion_of_tables(self):
        rows = (frame(0x30), "adr\tx8, <take>", "bl\t<make_path>")
        self.check({"kernel_map_linear": rows}, "kernel_map_linear: below kernel_map_linear, takes the address")
        rows = (frame(0x10), "bl\t<make_path>") + CHECKED_CALL
        self.check({"make_path": rows}, "a recursion of make_path that is not of tables")

    def test_an_unknown_call(self):
        self.check({"handler": (frame(16), "blr\tx8")}, "an indirect call, and nobody knows of what: blr x8")
        self.check({"handler": (frame(16), "br\tx8")}, "an indirect call")
        wrong = ("movk\tw17, #0x5679",) + CHECKED_CALL[1:]
        self.check({"handler": wrong}, "an indirect call")

    def test_dynamic_frames(self):
        self.check({"handler": (frame(16), "sub\tsp, sp, x8")}, "a stack pointer that nobody knows: sub sp, sp, x8")
        self.check({"handler": (frame(16), "mov\tsp, x8")}, "a stack pointer that nobody knows: mov sp, x8")
        self.check({"handler": (frame(16), "and\tsp, x8, #0xfffffffffffffff0")}, "a stack pointer that nobody knows")
        self.check({"handler": (frame(16), "ldr\tx8, [sp, #-0x10]")}, "uses what lies below the stack pointer")
        self.check(None, "its frame is dynamic", usages=[Usage("x.c", "handler", 0x400, "dynamic")])

    def test_clang_says_another_size(self):
        usages = [Usage("x.c", "handler", 512, "static")]
        self.check(None, "takes 1024 bytes of the stack, clang says 512", usages=usages)

    def test_clang_says_nothing(self):
        graph = build()
        graph.usages.clear()
        handler = graph.named("handler")[0]
        handler.frame = 0
        graph._measure(handler)
        self.assertEqual(graph.findings, ["handler: a frame of 1024 bytes of which clang says nothing"])

    def test_who_must_run(self):
        rows = ("adr\tx1, <image_fault_stack_top>", "mov\tsp, x1")
        self.check({"save_fault": rows}, "kernel_fault does not run on it")
        self.check({"kernel_main": ("ret\t",)}, "loop_run does not run on it")

    def test_a_function_that_is_missing(self):
        kernel = build()
        found, _ = stack.check_graph(kernel, SYMBOLS, frozenset())
        self.assertEqual(found, [])
        for function in kernel.named("give_up"):
            function.name = "other"
        found, _ = stack.check_graph(kernel, SYMBOLS, frozenset())
        self.assertIn("there are 0 functions give_up, not 1", found)

    def test_a_call_that_nobody_sees(self):
        rows = {"lost": (frame(16),)}
        self.check(rows)
        place = build(rows).named("lost")[0].address
        self.check(rows, "lost: no path leads there, but its address is taken", pointers={place})
        self.check({**rows, "handler": ("adr\tx0, <lost>",)}, "lost: no path leads there")

    def test_usage(self):
        text = "./core/x.c:12:f\t96\tstatic\n./lib/y.c:3:g\t0\tdynamic,bounded\n"
        wanted = [Usage("x.c", "f", 96, "static"), Usage("y.c", "g", 0, "dynamic,bounded")]
        self.assertEqual(list(parse_usage(text)), wanted)

    def test_symbols(self):
        text = """
     1: 0000000000001000     0 NOTYPE  LOCAL  DEFAULT     1 label
     2: 0000000000001000     0 NOTYPE  LOCAL  DEFAULT     1 $x
     3: 0000000000000000     0 FILE    LOCAL  DEFAULT   ABS a.c
     4: 0000000000001010    32 FUNC    LOCAL  DEFAULT     1 f
     5: 0000000000001018     0 NOTYPE  GLOBAL DEFAULT     1 inside
     6: 0000000000001030     8 FUNC    GLOBAL DEFAULT     1 g
     7: 0000000000001030     8 FUNC    GLOBAL DEFAULT     1 alias
     8: 0000000000003000     8 FUNC    GLOBAL DEFAULT     2 elsewhere
     9: 0000000000001004     0 NOTYPE  GLOBAL DEFAULT   ABS constant
"""
        found = [(function.name, function.file) for function in parse_functions(text, 0x1000, 0x2000)]
        self.assertEqual(found, [("label", ""), ("f", "a.c"), ("g", "")])
