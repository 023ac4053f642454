"""coverage.self-test: a program that is run too little, or not counted at all, is found out.

usage: self_test.py CLANG LINKER LLVM_PROFDATA LLVM_COV
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

import counts
import coverage

CLANG, LINKER, PROFDATA, COV = sys.argv[1:5]
FLAGS = ("-fprofile-instr-generate", "-fcoverage-mapping")

# Two sources that share a header, each of which takes another way through it.
HEADER = "static inline int pick(int x)\n{\n\tif (x > 1) {\n\t\treturn 7;\n\t}\n\treturn 8;\n}\n"
LARGE = '#include "core/pick.h"\n\nint large(int x);\n\nint large(int x)\n{\n\treturn pick(x + 100) + pick(x);\n}\n'
WAYS = """#include "core/pick.h"

int large(int x);

static int sum(int count)
{
	int result = 0;
#if 0
	result = 1;
#endif

	for (int i = 0; i < count;
	     i++) {
		if (i == 100)

			continue;
		else if (i > 200) {
			result += 2;

		} else
			result += i == 3
				? 7
				: 8;
	}
	return result;
#if 0
	return 5;
#endif
}

int large(int x)
{
	switch (pick(x)) {
	case 7:
		return 1;

	case 8:
		x++;
		/* through */
	default:
		break;
	}
	while (x > 100) {

		return sum(x);
	}

	if (sum(5) == 1) return 5; else

		x = 3;
	return x;
}
"""
SMALL = """#include "core/pick.h"

int large(int x);

int main(int count, char **words)
{
	(void)words;
	if (count > 2) {
		return 1;
	}
	return pick(count > 1 ? -1 : 0) + large(0) - 15;
}
"""


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.realpath(folder.name)
        self.folder = os.path.join(self.root, "coverage")
        self.program = os.path.join(self.root, "program")
        self.write("coverage/programs.txt", self.program + "\n")
        self.write("core/pick.h", HEADER)
        self.write("core/large.c", LARGE)
        self.write("lib/small.c", SMALL)

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def build(self, *names):
        subprocess.run((CLANG, *FLAGS, f"--ld-path={LINKER}", f"-fcoverage-compilation-dir={self.root}",
                        f"-ffile-prefix-map={self.root}=.", f"-I{self.root}", "-o", self.program,
                        *(os.path.join(self.root, name) for name in names)), check=True)

    def run_program(self, *words):
        profile = os.path.join(self.folder, "profiles", "%p.profraw")
        subprocess.run((self.program, *words), check=False, env={"LLVM_PROFILE_FILE": profile})

    def report(self):
        return coverage.Report(self.root, self.folder, PROFDATA, COV)

    def judge(self, lines, branches):
        part = coverage.Part("all", ("core/", "lib/"), lines, branches)
        return coverage.judge([part], self.report().counts(), coverage.with_functions(self.root))


class Counted(Tree):
    def setUp(self):
        super().setUp()
        self.build("core/large.c", "lib/small.c")

    def test_what_was_not_run_is_told(self):
        self.run_program()
        self.assertEqual(self.judge(100, 0), ["all: too few lines", "lib/small.c:9: never run",
                                              "lib/small.c:10: never run", "lib/small.c:8:6: never true",
                                              "lib/small.c:11:14: never true"])
        self.assertEqual(self.judge(0, 100)[0], "all: too few branches")

    def test_runs_add_up(self):
        self.run_program()
        self.run_program("x")
        self.assertEqual(self.judge(0, 100), ["all: too few branches", "lib/small.c:9: never run",
                                              "lib/small.c:10: never run", "lib/small.c:8:6: never true"])
        self.run_program("x", "y")
        self.assertEqual(self.judge(100, 100), [])

    def test_the_bar_itself_is_enough(self):
        self.run_program()
        files = self.report().counts()
        together = coverage.total(files, ("core/", "lib/"))
        missing = sum(1 for count in together.lines.values() if not count)
        self.assertEqual((len(together.lines), missing), (16, 2))
        self.assertEqual(self.judge(87, 0), [])
        self.assertEqual(self.judge(88, 0)[0], "all: too few lines")
        self.assertEqual(len(together.branches), 6)

    def test_a_function_in_a_header_is_one(self):
        self.run_program()
        header = self.report().counts()["core/pick.h"]
        self.assertEqual(header.lines, {2: 3, 3: 3, 4: 1, 5: 1, 6: 2, 7: 3})
        self.assertEqual(header.branches, {(3, 6, 3, 11, True): 1, (3, 6, 3, 11, False): 2})

    def test_a_part_with_nothing_in_it_fails(self):
        self.run_program()
        part = coverage.Part("moved", ("core/moved/",), 0, 0)
        self.assertEqual(coverage.judge([part], self.report().counts(), []), ["moved: too few lines and branches"])

    def test_without_counts_there_is_no_report(self):
        with self.assertRaisesRegex(SystemExit, "run the other tests first"):
            self.report()

    def test_the_html_shows_the_sources(self):
        self.run_program()
        self.report().write_html()
        pages = {name: os.path.join(folder, name)
                 for folder, _, names in os.walk(os.path.join(self.folder, "html")) for name in names}
        for name in ("index.html", "pick.h.html", "large.c.html", "small.c.html"):
            self.assertIn(name, pages)
        with open(pages["small.c.html"], encoding="utf-8") as file:
            self.assertIn("Branch (", file.read())

    def test_the_exit_status(self):
        self.run_program()
        for bar, status in ((50, 0), (100, 1)):
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                parts, coverage.PARTS = coverage.PARTS, (coverage.Part("all", ("core/", "lib/"), bar, bar),)
                self.addCleanup(setattr, coverage, "PARTS", parts)
                self.assertEqual(coverage.main(self.root, self.folder, PROFDATA, COV), status)
            self.assertTrue(os.path.exists(os.path.join(self.folder, "html", "index.html")))
            self.assertIn("coverage all: lines 87.5 % (14/16), branches 66.7 % (4/6), MC/DC none\n", output.getvalue())


class NotCounted(Tree):
    def test_a_source_that_no_program_has(self):
        self.write("core/deep/forgotten.c", "int forgotten(void)\n{\n\treturn 1;\n}\n")
        self.write("core/constants.h", "struct x {\n\tint y;\n};\n")
        self.build("core/large.c", "lib/small.c")
        self.run_program()
        self.assertEqual(self.judge(0, 0), ["core/deep/forgotten.c: not counted at all"])


class Lines(Tree):
    """Which lines count, and which were run, is what llvm-cov says in its summary."""

    def test_they_are_those_of_llvm_cov(self):
        self.write("core/large.c", WAYS)
        self.build("core/large.c", "lib/small.c")
        for words in ((), ("x",), ("x", "y")):
            self.run_program(*words)
            report = self.report()
            files = report.counts()
            for file in json.loads(report.tell("export", "-format=text"))["data"][0]["files"]:
                told = file["summary"]["lines"]
                lines = files[os.path.relpath(file["filename"], self.root)].lines
                self.assertEqual((len(lines), sum(map(bool, lines.values()))), (told["count"], told["covered"]))

    def test_files_are_told_apart(self):
        one, other, together = counts.Counts(), counts.Counts(), counts.Counts()
        one.branches[1, 2, 1, 3, True] = one.conditions[1, 2, 1, 9, 0] = one.lines[1] = 1
        other.branches[1, 2, 1, 3, True] = other.conditions[1, 2, 1, 9, 0] = other.lines[1] = 0
        together.add("a", one)
        together.add("b", other)
        for table in (together.lines, together.branches, together.conditions):
            self.assertEqual(sorted(table.values()), [0, 1])

    def test_a_macro_counts_where_it_is_used(self):
        self.write("core/pick.h", "#define ONE(x) ((x) > 1 ? \\\n\t1 : \\\n\t2)\n" + HEADER)
        self.write("core/large.c", LARGE.replace("pick(x + 100)", "ONE(x)"))
        self.build("core/large.c", "lib/small.c")
        self.run_program()
        self.assertEqual(sorted(self.report().counts()["core/pick.h"].lines), [5, 6, 7, 8, 9, 10])


class Conditions(unittest.TestCase):
    def test_each_is_one_wherever_it_was_shown(self):
        def function(name, shown):
            return {"name": name, "filenames": ["a.h"], "regions": [[1, 1, 9, 2]], "branches": [],
                    "mcdc_records": [[3, 1, 3, 9, 0, 5, shown]]}

        export = {"data": [{"files": [{"filename": "a.h", "segments": []}],
                            "functions": [function("x", [True, False, False]), function("y", [False, True, False])]}]}
        conditions = counts.read(export)["a.h"].conditions
        self.assertEqual(sorted(conditions.values()), [0, 1, 1])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
