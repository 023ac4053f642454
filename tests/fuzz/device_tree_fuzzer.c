/*
 * An input is a device tree, as a hostile loader may leave it in RAM. Whatever
 * it says, the reader must stay within it, and a machine that is believed must be one that the kernel can use. What
 * libfdt makes of it is compared as well (device_tree_second.c).
 */
#include <stdint.h>
#include <string.h>

#include "core/start/device_tree.h"
#include "tests/fuzz/device_tree_second.h"
#include "tests/support/machine_tree.h"
#include "tests/support/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BLOCK_SIZE 0x200000

static const struct phys_range image = {MACHINE_TREE_IMAGE, MACHINE_TREE_IMAGE_SIZE};
/* The image's blocks of the linear map. */
static const struct phys_range blocks = {MACHINE_TREE_IMAGE, BLOCK_SIZE};

/* The reservations, which say themselves where they end, must do so before whatever comes next. */
static void check_blocks(const struct device_tree *tree)
{
	const uint32_t next[] = {tree->structure, tree->strings, tree->total_size};

	REQUIRE(tree->reservations_end > tree->reservations);
	for (size_t i = 0; i < sizeof(next) / sizeof(next[0]); i++) {
		REQUIRE(next[i] < tree->reservations || tree->reservations_end <= next[i]);
	}
}

static uint64_t read_bytes(const uint8_t *bytes, uint32_t count)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < count; i++) {
		value = value << 8 | bytes[i];
	}
	return value;
}

/* One or two cells are read if all their bytes are the property's. */
static void check_cells_at(const struct device_tree_property *property, uint32_t offset)
{
	uint64_t value;

	for (uint32_t cells = 1; cells <= 2; cells++) {
		if (offset + 4 * cells <= property->size) {
			REQUIRE(device_tree_cells(property, offset, cells, &value) == K_OK);
			REQUIRE(value == read_bytes(property->value + offset, 4 * cells));
		} else {
			REQUIRE(device_tree_cells(property, offset, cells, &value) == K_EINVAL);
		}
	}
}

static void check_cells(const struct device_tree_property *property)
{
	uint64_t value;

	for (uint32_t offset = 0; offset <= property->size + 4; offset++) {
		check_cells_at(property, offset);
	}
	REQUIRE(device_tree_cells(property, 0, 0, &value) == K_EINVAL);
	REQUIRE(device_tree_cells(property, 0, 3, &value) == K_EINVAL);
	REQUIRE(device_tree_cells(property, UINT32_MAX - 3, 1, &value) == K_EINVAL);
}

/* A walk that looks at everything, and one that looks at nothing, end alike. */
static void check_walk(const uint8_t *blob, size_t size)
{
	struct device_tree tree;
	struct device_tree_walk walk;
	struct device_tree_property property;
	const char *reason = NULL;
	size_t bytes = 0;

	if (device_tree_open(&tree, blob, size, &reason) != K_OK) {
		REQUIRE(reason != NULL);
		return;
	}
	check_blocks(&tree);
	device_tree_walk_start(&walk, &tree);
	while (device_tree_next_node(&walk)) {
		bytes += strlen(walk.node_name);
		while (device_tree_next_property(&walk, &property)) {
			REQUIRE(strlen(property.name) < property.name_room);
			REQUIRE(property.value >= blob && property.size <= (size_t)(blob + size - property.value));
			check_cells(&property);
			bytes += property.size;
		}
	}
	REQUIRE(bytes <= tree.structure_size);
	reason = walk.reason;
	device_tree_walk_start(&walk, &tree);
	while (device_tree_next_node(&walk)) {
	}
	REQUIRE(walk.reason == reason);
}

static void check_set(const struct region_set *set)
{
	REQUIRE(set->count <= REGIONS_MAX);
	for (size_t i = 0; i < set->count; i++) {
		REQUIRE(phys_range_is_valid(set->ranges[i]));
		REQUIRE(i == 0 || set->ranges[i].base > set->ranges[i - 1].base + set->ranges[i - 1].size);
	}
}

static void check_apart(const struct region_set *usable, struct phys_range taken)
{
	for (size_t i = 0; i < usable->count; i++) {
		REQUIRE(!phys_range_overlaps(usable->ranges[i], taken));
	}
}

static void check_memory(const struct machine *machine, uint64_t address_limit)
{
	struct region_set usable;
	struct machine_error error;
	bool clipped;

	if (!machine_memory(machine, image, address_limit, &usable, &clipped, &error)) {
		REQUIRE(error.tag != NULL && error.reason != NULL);
		return;
	}
	check_set(&usable);
	REQUIRE(region_set_total(&usable) >= MACHINE_RAM_MIN);
	for (size_t i = 0; i < usable.count; i++) {
		REQUIRE(region_set_contains(&machine->ram, usable.ranges[i]));
		REQUIRE(usable.ranges[i].base % 4096 == 0 && usable.ranges[i].size % 4096 == 0);
		REQUIRE(usable.ranges[i].base + usable.ranges[i].size <= address_limit);
	}
	REQUIRE(usable.ranges[usable.count - 1].base - usable.ranges[0].base < MACHINE_RAM_SPAN_MAX);
	check_apart(&usable, blocks);
	check_apart(&usable, machine->initrd);
	check_apart(&usable, machine->uart);
	check_apart(&usable, machine->gic.distributor);
	check_apart(&usable, machine->gic.interface);
	REQUIRE(machine->gic.distributor.base + machine->gic.distributor.size <= address_limit);
	REQUIRE(machine->gic.interface.base + machine->gic.interface.size <= address_limit);
	for (size_t i = 0; i < machine->reserved.count; i++) {
		check_apart(&usable, machine->reserved.ranges[i]);
	}
}

/* What is mapped and used: a page of each for a GICv2; for a GICv3 a frame of 64 KiB, and two. */
static void check_gic(const struct machine *machine)
{
	const struct machine_gic *gic = &machine->gic;

	REQUIRE(gic->version == 2 || gic->version == 3);
	REQUIRE(phys_range_is_valid(gic->distributor) && phys_range_is_valid(gic->interface));
	REQUIRE(gic->distributor.base % 4096 == 0 && gic->interface.base % 4096 == 0);
	REQUIRE(gic->distributor.size >= (gic->version == 2 ? 0x1000 : 0x10000));
	REQUIRE(gic->interface.size >= (gic->version == 2 ? 0x100 : 0x20000));
	check_apart(&machine->ram, gic->distributor);
	check_apart(&machine->ram, gic->interface);
	REQUIRE(machine->timer_interrupt >= 16 && machine->timer_interrupt < 32);
	REQUIRE(machine->uart_interrupt == 0 || (machine->uart_interrupt >= 32 && machine->uart_interrupt < 1020));
}

static void check_machine(const struct machine *machine)
{
	check_set(&machine->ram);
	check_set(&machine->reserved);
	REQUIRE(machine->ram.count > 0);
	REQUIRE(phys_range_is_valid(machine->uart));
	REQUIRE(machine->psci == HAL_PSCI_HVC || machine->psci == HAL_PSCI_SMC);
	check_gic(machine);
	REQUIRE(memchr(machine->command_line, 0, MACHINE_COMMAND_LINE_MAX) != NULL);
	REQUIRE(machine->seed_size <= MACHINE_SEED_SIZE);
	REQUIRE(!machine->seed_is_whole || machine->seed_size >= 32);
	REQUIRE(machine->initrd.size <= UINT64_MAX - machine->initrd.base);
	check_memory(machine, 1UL << 32);
	check_memory(machine, 1UL << 44);
}

/* Nothing was written but zeros, and those only over seeds: read again, all else is as before. */
static void check_again(const struct machine *machine, uint8_t *blob, size_t size, const uint8_t *before)
{
	struct machine_outcome again;

	for (size_t i = 0; i < size; i++) {
		REQUIRE(blob[i] == before[i] || blob[i] == 0);
	}
	machine_blob_read(blob, size, &again);
	REQUIRE(again.is_read);
	REQUIRE(again.machine.seed_size == 0 && !again.machine.seed_is_whole);
	REQUIRE(strcmp(again.machine.command_line, machine->command_line) == 0);
	REQUIRE(memcmp(&again.machine.ram, &machine->ram, sizeof(machine->ram)) == 0);
	REQUIRE(memcmp(&again.machine.uart, &machine->uart, sizeof(machine->uart)) == 0);
	REQUIRE(again.machine.gic.distributor.base == machine->gic.distributor.base);
	REQUIRE(again.machine.gic.interface.base == machine->gic.interface.base);
	REQUIRE(again.machine.timer_interrupt == machine->timer_interrupt);
	REQUIRE(again.machine.uart_interrupt == machine->uart_interrupt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *blob = malloc(size == 0 ? 1 : size);
	struct machine_outcome outcome;

	REQUIRE(blob != NULL);
	memcpy(blob, data, size);
	check_walk(blob, size);
	second_tree_compare(blob, size);
	machine_blob_read(blob, size, &outcome);
	if (outcome.is_read) {
		check_machine(&outcome.machine);
		second_machine_compare(&outcome.machine, blob);
		check_again(&outcome.machine, blob, size, data);
	} else {
		REQUIRE(outcome.error.tag != NULL && outcome.error.reason != NULL);
	}
	free(blob);
	return 0;
}
