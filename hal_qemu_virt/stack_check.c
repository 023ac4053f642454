#include "core/log/panic.h"

/* The compiler calls this when a function's canary has changed. */
K_NORETURN void __stack_chk_fail(void); // NOLINT(bugprone-reserved-identifier): the compiler's name

void __stack_chk_fail(void) // NOLINT(bugprone-reserved-identifier)
{
	panic("canary", "a stack frame was overwritten");
}
