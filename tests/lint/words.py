"""lint.words: no line promises instead of doing, and none names a place on somebody's machine.

usage: words.py ROOT
"""

import re
import sys

import source_tree

# Put together here, so that this file does not find itself.
PROMISES = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
SOFT = ("place" + "holder", "not imple" + "mented", "unimple" + "mented", "for n" + "ow")
SOFT_PROMISES = re.compile(rf"\b({'|'.join(SOFT)})\b", re.IGNORECASE)
PLACES = re.compile(r"(?<![\w.$})-])/(home|Users|root|work|mnt|farm|private|media)/\w|\.\./sha" + r"red\b")


def check_text(name, text):
    findings = []
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, what in ((PROMISES, "promises"), (SOFT_PROMISES, "promises"), (PLACES, "names a machine's path")):
            match = pattern.search(line)
            if match:
                findings.append(f"{name}:{number}: {what}: {match.group()}")
    return findings


def check(root):
    findings = []
    for name in source_tree.files(root):
        try:
            text = source_tree.read(root, name)
        except UnicodeDecodeError:
            continue  # not a text: an input of a fuzzer
        findings += check_text(name, text)
    return findings


if __name__ == "__main__":
    source_tree.finish("words", check(sys.argv[1]), "all files")
