/*
 * Each input is a script of steps, or draws one: syscall_harness.c plays it. The environment variable PANTHER_FUZZ_CPU
 * says on which CPU of the twin: "cortex-a72", as without it, or "max", which has PAN, PAC and E0PD, too.
 */
#include <stddef.h>
#include <stdint.h>

#include "tests/fuzz/syscall_harness.h"
#include "tests/script/script_draw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script;

	script_draw(data, size, &script);
	harness_play(&script);
	return 0;
}
