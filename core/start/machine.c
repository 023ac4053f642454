#include "core/start/machine.h"

#include "abi/limits.h"
#include "core/start/machine_reader.h"
#include "lib/bits.h"

/* The PL011's registers that matter end with UARTDMACR at 0x48 (Arm DDI 0183, table 3-1). */
#define UART_REGISTERS_SIZE 0x4c

static struct phys_range blob_range(const struct machine_reader *reader)
{
	return (struct phys_range){reader->boot->device_tree_address.value, reader->tree.total_size};
}

static bool open_tree(struct machine_reader *reader)
{
	const struct boot_info *boot = reader->boot;
	const char *reason;

	if (boot->device_tree == NULL || !is_aligned(boot->device_tree_address.value, DEVICE_TREE_ALIGNMENT)) {
		return machine_reader_fail(reader, "dtb", "address misaligned or out of reach");
	}
	if (device_tree_open(&reader->tree, boot->device_tree, boot->device_tree_limit, &reason) != K_OK) {
		return machine_reader_fail(reader, "dtb", reason);
	}
	if (phys_range_overlaps(blob_range(reader), boot->image)) {
		return machine_reader_fail(reader, "dtb", "overlaps the image");
	}
	return true;
}

static bool read_reservations(struct machine_reader *reader)
{
	for (uint32_t index = 0;; index++) {
		struct phys_range range;

		if (device_tree_reservation(&reader->tree, index, &range) != K_OK) {
			return machine_reader_fail(reader, "dtb", "memory reservation block without an end");
		}
		if (range.base == 0 && range.size == 0) {
			return true;
		}
		if (!machine_reader_reserve(reader, range)) {
			return false;
		}
	}
}

/* Whoever reserves the tree's own memory, or all memory, does not mean us to run there. */
static bool check_ram(struct machine_reader *reader)
{
	if (reader->machine->ram.count == 0) {
		return machine_reader_fail(reader, "mem", "no RAM");
	}
	if (region_set_overlaps(&reader->machine->reserved, blob_range(reader))) {
		return machine_reader_fail(reader, "mem", "the device tree lies in a reserved range");
	}
	return true;
}

/* Is the path (options after a colon aside) "/" and then the node's name? */
static bool path_names(const struct device_tree_property *path, const char *name)
{
	if (path->size == 0 || path->value[0] != '/') {
		return false;
	}
	for (uint32_t index = 1; index < path->size; index++) {
		char letter = (char)path->value[index];

		if (name[index - 1] == '\0') {
			return letter == '\0' || letter == ':';
		}
		if (letter != name[index - 1]) {
			return false;
		}
	}
	return false;
}

/* The registers that we use are there, aligned, and on one page. */
static bool is_uart_range(struct phys_range range)
{
	return phys_range_is_valid(range) && range.size >= UART_REGISTERS_SIZE && is_aligned(range.base, 4) &&
	       range.base % PANTHER_PAGE_SIZE <= PANTHER_PAGE_SIZE - UART_REGISTERS_SIZE;
}

static bool choose_uart(struct machine_reader *reader)
{
	const struct machine_uart *uart = &reader->uarts[0];
	struct phys_range range;

	for (size_t index = 0; index < reader->uart_count; index++) {
		if (path_names(&reader->stdout_path, reader->uarts[index].name)) {
			uart = &reader->uarts[index];
		}
	}
	if (uart->reg.size == 0) {
		return machine_reader_fail(reader, "uart", "no PL011");
	}
	if (!machine_reader_range(reader, &uart->reg, 0, &range)) {
		return false;
	}
	if (!is_uart_range(range)) {
		return machine_reader_fail(reader, "uart", "the PL011 has no proper registers");
	}
	if (region_set_overlaps(&reader->machine->ram, range)) {
		return machine_reader_fail(reader, "mem", "RAM overlaps the PL011");
	}
	reader->machine->uart = range;
	reader->uart_interrupts = uart->interrupts;
	return true;
}

/* An address of /chosen: one cell or two. */
static bool read_address(struct machine_reader *reader, const struct device_tree_property *property, uint64_t *address)
{
	uint32_t cells = property->size / (uint32_t)sizeof(uint32_t);

	if (!is_aligned(property->size, sizeof(uint32_t)) || device_tree_cells(property, 0, cells, address) != K_OK) {
		machine_reader_fail(reader, "dtb", "linux,initrd-start or -end malformed");
		return false;
	}
	return true;
}

static bool read_initrd(struct machine_reader *reader)
{
	uint64_t start;
	uint64_t end;

	if (reader->initrd_start.value == NULL && reader->initrd_end.value == NULL) {
		return true;
	}
	if (!read_address(reader, &reader->initrd_start, &start) || !read_address(reader, &reader->initrd_end, &end)) {
		return false;
	}
	if (end < start) {
		return machine_reader_fail(reader, "initrd", "ends before it starts");
	}
	reader->machine->initrd = (struct phys_range){start, end - start};
	return true;
}

bool machine_read(struct machine *machine, const struct boot_info *boot, struct machine_error *error)
{
	struct machine_reader reader = {
		.machine = machine,
		.boot = boot,
		.error = error,
		.root_cells = {.address = 2, .size = 1}, /* section 2.3.5: what holds if the root says nothing */
	};

	*machine = (struct machine){.seed_size = 0};
	if (!open_tree(&reader) || !machine_reader_walk(&reader) || !read_reservations(&reader) ||
	    !check_ram(&reader) || !choose_uart(&reader) || !read_initrd(&reader)) {
		return false;
	}
	machine->has_seed = machine->seed_size >= sizeof(uint64_t);
	if (!reader.has_psci) {
		return machine_reader_fail(&reader, "psci", "no PSCI");
	}
	return machine_reader_interrupts(&reader);
}
