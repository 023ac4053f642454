"""What the parts of lint.self-test share: a source tree of a test's own, and the tools."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

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
