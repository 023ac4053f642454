#ifndef USER_COMMON_ERRORS_H
#define USER_COMMON_ERRORS_H

#include <stdint.h>

/* What the negated error number of a system call says, in words. */
const char *error_text(int64_t result);

#endif
