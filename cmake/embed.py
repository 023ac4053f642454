"""Turns a file into a C file: embed.py FILE NAME OUTPUT.

Defines `const uint8_t NAME[]`, aligned to 16 bytes, and `const size_t NAME_size`.
"""

import sys


def main():
    source, name, output = sys.argv[1:]
    with open(source, "rb") as file:
        data = file.read()
    if not data:
        sys.exit(f"{source} is empty")
    rows = (data[start : start + 32] for start in range(0, len(data), 32))
    body = "\n".join("\t" + ",".join(map(str, row)) + "," for row in rows)
    with open(output, "w", encoding="ascii") as file:
        file.write(
            "#include <stddef.h>\n#include <stdint.h>\n\n"
            f"extern const uint8_t {name}[];\nextern const size_t {name}_size;\n\n"
            f"const uint8_t {name}[] __attribute__((aligned(16))) = {{\n{body}\n}};\n"
            f"const size_t {name}_size = sizeof({name});\n"
        )


main()
