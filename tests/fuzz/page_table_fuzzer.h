/*
 * The two halves of the page table fuzzer. Both start with frames in kernel.frames, of which none is taken, and give
 * all back.
 */
#ifndef TESTS_FUZZ_PAGE_TABLE_FUZZER_H
#define TESTS_FUZZ_PAGE_TABLE_FUZZER_H

#include "tests/fuzz/fuzz_input.h"

/* Operations that one input has at most. */
#define OPERATIONS_MAX 200

void fuzz_spaces(struct input_bytes *input);
void fuzz_tree(struct input_bytes *input);

#endif
