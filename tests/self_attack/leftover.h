/* The two forms of leftover.c. */
#ifndef TESTS_SELF_ATTACK_LEFTOVER_H
#define TESTS_SELF_ATTACK_LEFTOVER_H

#include <stdint.h>

/* Returns 0 or 1, which is neither of the words. */
typedef uint64_t kbug_folder(const uint64_t words[4]);

kbug_folder kbug_fold_cleared;
kbug_folder kbug_fold_kept;

#endif
