"""lint.clusterfuzzlite: .clusterfuzzlite/ would build every fuzzer, with its dictionary and its corpus.

The image that it is meant for is not here. So build.sh runs with a compiler and a cmake that only pretend, and what it
does with what these leave behind is looked at.

usage: clusterfuzzlite.py ROOT
"""

import os
import re
import subprocess
import sys
import tempfile
import zipfile

import source_tree

FOLDER = ".clusterfuzzlite"

CC = """#!/bin/sh
for last; do :; done
echo "/libraries/${last#-print-file-name=}"
"""

# Notes what it is asked for. A build leaves fuzzers behind: those of the sources.
CMAKE = """#!/bin/sh
echo "$*" >>"$OUT/../asked"
if [ "$1" = --build ]; then
	mkdir -p "$2/fuzzers"
	for source in tests/fuzz/*_fuzzer.c; do basename "$source" .c >"$2/fuzzers/$(basename "$source" .c)"; done
fi
"""


PYTHON = f"""#!/bin/sh
exec "{sys.executable}" "$@"
"""


def write_tool(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)


def fuzzers(root):
    """The names of all fuzzers, without "_fuzzer", from their sources."""
    names = os.listdir(os.path.join(root, "tests", "fuzz"))
    return sorted(name[: -len("_fuzzer.c")] for name in names if name.endswith("_fuzzer.c"))


def check_sources(root, names):
    lists = source_tree.read(root, "tests/fuzz/CMakeLists.txt")
    built = sorted(re.findall(r"^panther_fuzzer\((\w+)", lists, re.MULTILINE))
    findings = [] if built == names else [f"tests/fuzz/CMakeLists.txt builds {built}, the sources are {names}"]
    for name in os.listdir(os.path.join(root, "tests", "fuzz")):
        if name.endswith(".dict") and name[: -len("_fuzzer.dict")] not in names:
            findings.append(f"tests/fuzz/{name}: no fuzzer is called that")
    return findings + [f"{name}: no word is in its dictionary" for name in names if not words_of(root, name)]


def words_of(root, name):
    """The words of the fuzzer's dictionary, as the sources have them."""
    path = f"tests/fuzz/{name}_fuzzer.dict"
    if not os.path.exists(os.path.join(root, path)):
        return []
    return re.findall(r'^"(.+)"$', source_tree.read(root, path), re.MULTILINE)


def run_build(root, sanitizer, scratch):
    """Runs build.sh. Returns what it says, and what cmake was asked for."""
    out = os.path.join(scratch, "out")
    environment = dict(os.environ, PATH=scratch + os.pathsep + os.environ["PATH"], CC="fake-cc", CXX="fake-cc")
    environment.update(OUT=out, WORK=os.path.join(scratch, "work"), SRC=scratch, SANITIZER=sanitizer)
    environment.update(CFLAGS="", CXXFLAGS="", LIB_FUZZING_ENGINE="-fsanitize=fuzzer")
    os.mkdir(out)
    write_tool(scratch, "fake-cc", CC)
    write_tool(scratch, "cmake", CMAKE)
    write_tool(scratch, "python3", PYTHON)
    command = ["bash", "-eu", os.path.join(root, FOLDER, "build.sh")]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return [f"build.sh fails for {sanitizer}: {done.stderr}"], ""
    return [], source_tree.read(scratch, "asked")


def check_asked(asked, sanitizer):
    wanted = ["-DPANTHER_FUZZ=ON", "-DPANTHER_FUZZ_ONLY=ON", "-DPANTHER_SANITIZE=environment", "--target fuzzers"]
    wanted += ["-DPANTHER_FUZZ_SECOND=OFF"] if sanitizer == "memory" else ["/libfdt.a", "/libelf.a"]
    return [f"{sanitizer}: cmake is not asked for {option}" for option in wanted if option not in asked]


def check_out(root, names, out):
    expected = set()
    findings = []
    for name in names:
        corpus = os.listdir(os.path.join(root, "tests", "fuzz", "corpus", name))
        dictionary = os.path.join(root, "tests", "fuzz", f"{name}_fuzzer.dict")
        expected |= {f"{name}_fuzzer", f"{name}_fuzzer_seed_corpus.zip"}
        expected |= {f"{name}_fuzzer.dict"} if os.path.exists(dictionary) else set()
        archive = os.path.join(out, f"{name}_fuzzer_seed_corpus.zip")
        packed = zipfile.ZipFile(archive).namelist() if os.path.exists(archive) else []
        if not corpus or sorted(packed) != sorted(corpus):
            findings.append(f"{name}: {len(packed)} of {len(corpus)} inputs are packed")
    found = set(os.listdir(out))
    return findings + [f"missing or too much: {name}" for name in sorted(expected ^ found)]


def check_build(root, names, sanitizer):
    with tempfile.TemporaryDirectory() as scratch:
        findings, asked = run_build(root, sanitizer, scratch)
        if findings:
            return findings
        return check_asked(asked, sanitizer) + check_out(root, names, os.path.join(scratch, "out"))


def check_image(root):
    findings = []
    if not re.search(r"^language: c$", source_tree.read(root, f"{FOLDER}/project.yaml"), re.MULTILINE):
        findings.append("project.yaml: the language is c")
    dockerfile = source_tree.read(root, f"{FOLDER}/Dockerfile")
    for line in (r"FROM \S+/base-builder(:\w+)?", r"COPY \. \$SRC/(\w+)\nWORKDIR \$SRC/\1", r"COPY \S*build\.sh \$SRC/"):
        if not re.search(f"^{line}$", dockerfile, re.MULTILINE):
            findings.append(f"Dockerfile: nothing matches {line!r}")
    return findings


def check(root):
    names = fuzzers(root)
    findings = check_sources(root, names) + check_image(root)
    for sanitizer in ("address", "memory"):
        findings += check_build(root, names, sanitizer)
    return findings


if __name__ == "__main__":
    source_tree.finish("clusterfuzzlite", check(os.path.abspath(sys.argv[1])), FOLDER)
