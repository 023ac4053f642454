/*
 * The kernel from its first line to its end.
 */
#include "hal_host/state.h"
#include "hal_host/twin.h"

static void enter_kernel(void *boot)
{
	kernel_main(boot);
}

enum twin_end twin_boot(void)
{
	return twin_call(enter_kernel, &twin.boot);
}
