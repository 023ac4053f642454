/*
 * What machine.h says that the kernel believes of a tree, looked up by libfdt.
 */
#include <libfdt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/device_tree_second.h"
#include "tests/support/require.h"

#define RANGES_MAX 512
/* UARTs that stdout-path can choose from. */
#define UARTS_MAX 4
/* The third of the timer's interrupts is the virtual one's (Linux's binding arm,arch_timer.yaml). */
#define TIMER_VIRTUAL 2
/* INTIDs of the first PPI and the first SPI (Arm IHI 0069, 2.2.1), and what their specifiers begin with. */
#define PPI_FIRST 16
#define SPI_FIRST 32
#define TYPE_SPI 0
#define TYPE_PPI 1

struct value {
	const char *bytes; /* NULL if there is none */
	int size;
};

struct ranges {
	size_t count;
	struct phys_range list[RANGES_MAX];
};

/* Nodes by their offset, -1 for none, and what else is looked for. */
struct found {
	const void *blob;
	uint32_t address_cells;
	uint32_t size_cells;
	int gic;
	int timer;
	int psci;
	int uarts[UARTS_MAX];
	int uart_count;
	struct value stdout_path;
	struct value initrd_start;
	struct value initrd_end;
	struct ranges ram;
	struct ranges reserved;
};

/* Of several properties with one name, which no tree may have, the last one counts. */
static struct value property_of(const void *blob, int node, const char *name)
{
	struct value last = {NULL, 0};
	int offset;

	fdt_for_each_property_offset(offset, blob, node)
	{
		const char *its_name;
		int size;
		const char *bytes = fdt_getprop_by_offset(blob, offset, &its_name, &size);

		REQUIRE(bytes != NULL);
		if (strcmp(its_name, name) == 0) {
			last = (struct value){bytes, size};
		}
	}
	return last;
}

static bool lists(struct value value, const char *word)
{
	return value.size > 0 && value.bytes[value.size - 1] == '\0' &&
	       fdt_stringlist_contains(value.bytes, value.size, word) != 0;
}

static bool is_compatible(const struct found *found, int node, const char *word)
{
	return lists(property_of(found->blob, node, "compatible"), word);
}

static bool has(const struct found *found, int node, const char *name)
{
	return property_of(found->blob, node, name).bytes != NULL;
}

static uint64_t number_at(struct value value, uint32_t cell, uint32_t cells)
{
	uint64_t number = 0;

	REQUIRE((cell + cells) * 4 <= (uint64_t)value.size);
	for (uint32_t i = cell; i < cell + cells; i++) {
		number = number << 32 | fdt32_ld((const fdt32_t *)(const void *)(value.bytes + i * 4UL));
	}
	return number;
}

static void look_up(uint32_t *number, const void *blob, int node, const char *name)
{
	struct value value = property_of(blob, node, name);

	if (value.bytes != NULL) {
		REQUIRE(value.size == 4);
		*number = (uint32_t)number_at(value, 0, 1);
	}
}

static struct phys_range range_at(const struct found *found, struct value reg, uint32_t index)
{
	uint32_t cell = index * (found->address_cells + found->size_cells);

	return (struct phys_range){number_at(reg, cell, found->address_cells),
				   number_at(reg, cell + found->address_cells, found->size_cells)};
}

static void add_ranges(const struct found *found, int node, struct ranges *ranges)
{
	struct value reg = property_of(found->blob, node, "reg");
	uint32_t size = (found->address_cells + found->size_cells) * 4;

	for (uint32_t i = 0; i < (uint32_t)reg.size / size && ranges->count < RANGES_MAX; i++) {
		ranges->list[ranges->count++] = range_at(found, reg, i);
	}
}

static bool is_enabled(const struct found *found, int node)
{
	struct value status = property_of(found->blob, node, "status");

	return status.bytes == NULL || lists(status, "okay") || lists(status, "ok");
}

static bool is_psci(const struct found *found, int node)
{
	return has(found, node, "method") &&
	       (is_compatible(found, node, "arm,psci") || is_compatible(found, node, "arm,psci-0.2") ||
		is_compatible(found, node, "arm,psci-1.0"));
}

static uint32_t gic_version(const struct found *found, int node)
{
	if (is_compatible(found, node, "arm,cortex-a15-gic") || is_compatible(found, node, "arm,gic-400")) {
		return 2;
	}
	return is_compatible(found, node, "arm,gic-v3") ? 3 : 0;
}

static void note_first(int *first, int node)
{
	*first = *first < 0 ? node : *first;
}

static void note_device(struct found *found, int node)
{
	if (lists(property_of(found->blob, node, "device_type"), "memory")) {
		add_ranges(found, node, &found->ram);
	} else if (is_psci(found, node)) {
		note_first(&found->psci, node);
	} else if (has(found, node, "#interrupt-cells")) {
		if (gic_version(found, node) != 0) {
			note_first(&found->gic, node);
		}
	} else if (has(found, node, "reg")) {
		if (is_compatible(found, node, "arm,pl011") && found->uart_count < UARTS_MAX) {
			found->uarts[found->uart_count++] = node;
		}
	} else if (has(found, node, "interrupts") &&
		   (is_compatible(found, node, "arm,armv8-timer") || is_compatible(found, node, "arm,armv7-timer"))) {
		note_first(&found->timer, node);
	}
}

static void note_chosen(struct found *found, int node)
{
	static const char *const names[] = {"stdout-path", "linux,initrd-start", "linux,initrd-end"};
	struct value *const values[] = {&found->stdout_path, &found->initrd_start, &found->initrd_end};

	for (size_t i = 0; i < 3; i++) {
		struct value value = property_of(found->blob, node, names[i]);

		*values[i] = value.bytes != NULL ? value : *values[i];
	}
}

static void note_reserved(struct found *found, int parent)
{
	int node;

	fdt_for_each_subnode(node, found->blob, parent)
	{
		if (is_enabled(found, node)) {
			add_ranges(found, node, &found->reserved);
		}
	}
}

/* To its end, which is a range of base 0 and size 0; fdt_num_mem_rsv takes any size of 0 for it. */
static void note_reservation_block(struct found *found)
{
	struct ranges *ranges = &found->reserved;

	for (int i = 0; ranges->count < RANGES_MAX; i++) {
		struct phys_range range;

		REQUIRE(fdt_get_mem_rsv(found->blob, i, &range.base, &range.size) == 0);
		if (range.base == 0 && range.size == 0) {
			return;
		}
		ranges->list[ranges->count++] = range;
	}
}

static void note_child(struct found *found, int node)
{
	const char *name = fdt_get_name(found->blob, node, NULL);

	if (strcmp(name, "chosen") == 0) {
		note_chosen(found, node);
	} else if (strcmp(name, "reserved-memory") == 0) {
		note_reserved(found, node);
	} else if (is_enabled(found, node)) {
		note_device(found, node);
	}
}

static void find(struct found *found, const void *blob)
{
	int depth = -1;
	int root = fdt_next_node(blob, -1, &depth);
	int node;

	*found = (struct found){.blob = blob, .address_cells = 2, .size_cells = 1, .gic = -1, .timer = -1, .psci = -1};
	look_up(&found->address_cells, blob, root, "#address-cells");
	look_up(&found->size_cells, blob, root, "#size-cells");
	fdt_for_each_subnode(node, blob, root)
	{
		note_child(found, node);
	}
	note_reservation_block(found);
}

static int by_base(const void *left, const void *right)
{
	uint64_t a = ((const struct phys_range *)left)->base;
	uint64_t b = ((const struct phys_range *)right)->base;

	return a < b ? -1 : a > b;
}

/* The set is what the ranges cover: no more, no less, and nothing twice. */
static void compare_set(const struct region_set *set, struct ranges *ranges)
{
	struct phys_range joined[REGIONS_MAX];
	size_t count = 0;

	if (ranges->count == RANGES_MAX) {
		return;
	}
	qsort(ranges->list, ranges->count, sizeof(ranges->list[0]), by_base);
	for (size_t i = 0; i < ranges->count; i++) {
		struct phys_range range = ranges->list[i];
		struct phys_range *last = count == 0 ? NULL : &joined[count - 1];

		if (last != NULL && range.base <= last->base + last->size) {
			uint64_t end = range.base + range.size;

			last->size = end > last->base + last->size ? end - last->base : last->size;
		} else if (range.size != 0) {
			REQUIRE(count < REGIONS_MAX);
			joined[count++] = range;
		}
	}
	REQUIRE(set->count == count);
	REQUIRE(count == 0 || memcmp(set->ranges, joined, count * sizeof(joined[0])) == 0);
}

static bool path_names(struct value path, const char *name)
{
	size_t length = strlen(name);

	return path.bytes != NULL && (size_t)path.size >= length + 2 && path.bytes[0] == '/' &&
	       memcmp(path.bytes + 1, name, length) == 0 &&
	       (path.bytes[length + 1] == '\0' || path.bytes[length + 1] == ':');
}

static bool is_range(struct phys_range left, struct phys_range right)
{
	return left.base == right.base && left.size == right.size;
}

/* The index-th interrupt of a device. */
static uint32_t interrupt_of(const struct found *found, int node, uint32_t index, uint32_t type, uint32_t first)
{
	struct value interrupts = property_of(found->blob, node, "interrupts");
	uint32_t cells = 0;

	look_up(&cells, found->blob, found->gic, "#interrupt-cells");
	REQUIRE(number_at(interrupts, index * cells, 1) == type);
	return first + (uint32_t)number_at(interrupts, index * cells + 1, 1);
}

static void compare_uart(const struct found *found, const struct machine *machine)
{
	int uart = found->uarts[0];

	REQUIRE(found->uart_count > 0);
	for (int i = 0; i < found->uart_count; i++) {
		if (path_names(found->stdout_path, fdt_get_name(found->blob, found->uarts[i], NULL))) {
			uart = found->uarts[i];
		}
	}
	REQUIRE(is_range(machine->uart, range_at(found, property_of(found->blob, uart, "reg"), 0)));
	REQUIRE(machine->uart_interrupt ==
		(has(found, uart, "interrupts") ? interrupt_of(found, uart, 0, TYPE_SPI, SPI_FIRST) : 0));
}

static void compare_devices(const struct found *found, const struct machine *machine)
{
	struct value method = property_of(found->blob, found->psci, "method");
	struct value reg = property_of(found->blob, found->gic, "reg");

	REQUIRE(found->gic >= 0 && found->timer >= 0 && found->psci >= 0);
	REQUIRE(machine->gic.version == gic_version(found, found->gic));
	REQUIRE(is_range(machine->gic.distributor, range_at(found, reg, 0)));
	REQUIRE(is_range(machine->gic.interface, range_at(found, reg, 1)));
	REQUIRE(machine->timer_interrupt == interrupt_of(found, found->timer, TIMER_VIRTUAL, TYPE_PPI, PPI_FIRST));
	REQUIRE(machine->psci == (lists(method, "hvc") ? HAL_PSCI_HVC : HAL_PSCI_SMC));
	compare_uart(found, machine);
}

static void compare_initrd(const struct found *found, const struct machine *machine)
{
	uint64_t start;
	uint64_t end;

	if (found->initrd_start.bytes == NULL && found->initrd_end.bytes == NULL) {
		REQUIRE(machine->initrd.base == 0 && machine->initrd.size == 0);
		return;
	}
	start = number_at(found->initrd_start, 0, (uint32_t)found->initrd_start.size / 4);
	end = number_at(found->initrd_end, 0, (uint32_t)found->initrd_end.size / 4);
	REQUIRE(machine->initrd.base == start && machine->initrd.base + machine->initrd.size == end);
}

/* RAM of which some found no place is not compared. */
void second_machine_compare(const struct machine *machine, const uint8_t *blob)
{
	static struct found found;

	find(&found, blob);
	if (machine->clipped == 0) {
		compare_set(&machine->ram, &found.ram);
	}
	compare_set(&machine->reserved, &found.reserved);
	compare_devices(&found, machine);
	compare_initrd(&found, machine);
}
