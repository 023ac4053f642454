/*
 * An input is a list of operations on translation tables. Half of the inputs work on address spaces as processes have
 * them (page_table_spaces.c), the others on a tree of tables alone, with blocks (page_table_tree.c). After every
 * operation the twin's own walker must find what a model says.
 */
#include "tests/fuzz/page_table_fuzzer.h"
#include "core/kernel.h"
#include "core/memory/regions.h"
#include "hal_host/twin.h"
#include "tests/support/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RAM for frames: one block of 2 MiB. Tags enough for few spaces only, so that they run out. */
#define RAM 0x41000000
#define RAM_SIZE 0x200000
#define ASID_BITS 2

static void make_machine(enum twin_cpu cpu)
{
	struct twin_options options = {.cpu = cpu, .ram_size = TWIN_RAM_SIZE_MIN};
	struct region_set ram = {0};

	twin_reset(&options);
	kernel_map_init(&kernel.map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	REQUIRE(region_set_add(&ram, (struct phys_range){RAM, RAM_SIZE}) == K_OK);
	frames_init(&kernel.frames, &ram, &kernel.map);
	asids_init(&kernel.scheduler.asids, ASID_BITS);
	twin_snapshot();
}

static void start(enum twin_cpu cpu)
{
	static bool is_ready;
	static enum twin_cpu ready_cpu;

	if (!is_ready || ready_cpu != cpu) {
		make_machine(cpu);
	}
	is_ready = true;
	ready_cpu = cpu;
	twin_restore();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input_bytes input = {data, size};
	uint8_t choice = take(&input);

	start(choice < 16 ? TWIN_CPU_A72 : TWIN_CPU_MAX);
	if (choice % 2 == 0) {
		fuzz_spaces(&input);
	} else {
		fuzz_tree(&input);
	}
	REQUIRE(kernel.frames.free_count == kernel.frames.total_count);
	frames_check(&kernel.frames);
	twin_check_kernel_half();
	return 0;
}
