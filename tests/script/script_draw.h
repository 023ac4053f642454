/*
 * Makes a script of any bytes: what the fuzzer plays is drawn so from its input. Numbers and arguments of calls come
 * from abi/syscalls.def, by the kind of each argument. On a host only.
 */
#ifndef TESTS_SCRIPT_SCRIPT_DRAW_H
#define TESTS_SCRIPT_SCRIPT_DRAW_H

#include <stddef.h>
#include <stdint.h>

#include "tests/script/script.h"

/* Always draws a valid script; the same bytes draw the same one. No bytes draw an empty script. Bytes that start like a
 * script are one, with what is out of its bounds brought into them: a valid script draws itself. */
void script_draw(const uint8_t *data, size_t size, struct script *script);

/* Adds to a script what one cell of bytes draws: a step or two, as far as there is room. */
#define SCRIPT_CELL 15
void script_draw_cell(const uint8_t *data, size_t size, struct script *script);

/* Brings every field of a step into its bounds. */
void script_repair_step(struct script_step *step);

#endif
