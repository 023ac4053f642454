"""unit.pantheros-twin: the native kernel prints the transcript that the image is held to, and ends well.

usage: twin_transcript.py PANTHEROS_TWIN HELLO_ELF TRANSCRIPT
"""

import subprocess
import sys


def compare(command, expected):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    if result.returncode != 0:
        sys.exit(f"{command}: status {result.returncode}")
    if result.stdout != expected:
        sys.exit(f"{command}: expected {expected!r}, got {result.stdout!r}")


def main(twin, hello, transcript):
    with open(transcript, "rb") as file:
        text = file.read()
    compare([twin], text)
    compare([twin, "--memory", "1G"], text)
    compare([twin, hello], text)
    compare([twin, "--append", "nonce=815"], text[:-1] + b" #815\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
