/*
 * The nodes of the tree that say something of interest, each told by its place,
 * its name or its properties.
 */
#include "core/start/machine_reader.h"
#include "lib/endian.h"
#include "lib/memory.h"
#include "lib/string.h"

#define RNG_SEED_SIZE 32
#define KASLR_SEED_SIZE 8
#define CELL_SIZE ((uint32_t)sizeof(uint32_t))

/* What a node's properties say. A property without a value is absent. */
struct node {
	bool is_memory;
	bool is_disabled;
	struct device_tree_property compatible;
	struct device_tree_property method;
	struct device_tree_property reg;
	struct device_tree_property interrupts;
	struct device_tree_property interrupt_cells;
};

bool machine_reader_fail(struct machine_reader *reader, const char *tag, const char *reason)
{
	*reader->error = (struct machine_error){.tag = tag, .reason = reason};
	return false;
}

static bool read_count(struct machine_reader *reader, const struct device_tree_property *property, uint32_t *cells)
{
	if (property->size != CELL_SIZE) {
		return machine_reader_fail(reader, "dtb", "#address-cells or #size-cells malformed");
	}
	*cells = read_be32(property->value);
	return true;
}

static bool read_cells(struct machine_reader *reader, struct machine_cells *cells)
{
	struct device_tree_property property;
	bool is_well = true;

	while (is_well && device_tree_next_property(&reader->walk, &property)) {
		if (DEVICE_TREE_IS_NAMED(&property, "#address-cells")) {
			is_well = read_count(reader, &property, &cells->address);
		} else if (DEVICE_TREE_IS_NAMED(&property, "#size-cells")) {
			is_well = read_count(reader, &property, &cells->size);
		}
	}
	return is_well;
}

/* A seed may be shorter than what k_memory_is_zero takes. */
static bool is_all_zero(const uint8_t *bytes, size_t size)
{
	size_t index = 0;

	while (index < size && bytes[index] == 0) {
		index++;
	}
	return index == size;
}

/* Takes at most `most` bytes of a seed, and leaves zeros in the tree: so zeros are no seed, but what is left of one.
 * Returns how many bytes it took. */
static size_t take_seed(struct machine_reader *reader, const struct device_tree_property *property, size_t most)
{
	struct machine *machine = reader->machine;
	uint8_t *seed = reader->boot->device_tree + (property->value - reader->tree.blob);
	size_t room = sizeof(machine->seed) - machine->seed_size;
	size_t size = property->size < most ? property->size : most;

	size = size < room ? size : room;
	if (is_all_zero(seed, size)) {
		size = 0;
	}
	k_memcpy(machine->seed + machine->seed_size, seed, size);
	machine->seed_size += size;
	k_memory_wipe(seed, property->size);
	return size;
}

/* Half a word may be another word, or a nonce that is none: what was cut loses its last word. */
static void drop_last_word(char *text)
{
	size_t length = k_strnlen(text, MACHINE_COMMAND_LINE_MAX);

	while (length > 0 && text[length - 1] != ' ') {
		length--;
	}
	text[length] = '\0';
}

/* Two cells. It is one of the seeds for secrets, too: whoever finds the image knows 17 bits of it. */
static void take_place_seed(struct machine_reader *reader, const struct device_tree_property *property)
{
	if (property->size >= KASLR_SEED_SIZE) {
		reader->machine->place_seed = read_be64(property->value);
	}
	(void)take_seed(reader, property, KASLR_SEED_SIZE);
}

static void take_command_line(struct machine *machine, const struct device_tree_property *property)
{
	const char *text = (const char *)property->value;
	size_t length = k_strnlen(text, property->size);

	if (!k_str_copy(machine->command_line, sizeof(machine->command_line), text, length)) {
		drop_last_word(machine->command_line);
	}
}

static bool read_chosen(struct machine_reader *reader)
{
	struct device_tree_property property;

	while (device_tree_next_property(&reader->walk, &property)) {
		if (DEVICE_TREE_IS_NAMED(&property, "bootargs")) {
			take_command_line(reader->machine, &property);
		} else if (DEVICE_TREE_IS_NAMED(&property, "rng-seed")) {
			reader->machine->seed_is_whole |= take_seed(reader, &property, RNG_SEED_SIZE) == RNG_SEED_SIZE;
		} else if (DEVICE_TREE_IS_NAMED(&property, "kaslr-seed")) {
			take_place_seed(reader, &property);
		} else if (DEVICE_TREE_IS_NAMED(&property, "stdout-path")) {
			reader->stdout_path = property;
		} else if (DEVICE_TREE_IS_NAMED(&property, "linux,initrd-start")) {
			reader->initrd_start = property;
		} else if (DEVICE_TREE_IS_NAMED(&property, "linux,initrd-end")) {
			reader->initrd_end = property;
		}
	}
	return true;
}

/* Section 2.3.4: absent means "okay", which "ok" is an old spelling of; anything else is off limits. */
static bool is_okay(const struct device_tree_property *status)
{
	return device_tree_has_string(status, "okay") || device_tree_has_string(status, "ok");
}

/* Most properties of a tree come by here: the first letter tells nearly all of them off. */
static void gather(struct machine_reader *reader, struct node *node)
{
	struct device_tree_property property;

	while (device_tree_next_property(&reader->walk, &property)) {
		switch (property.name[0]) {
		case 'r':
			if (DEVICE_TREE_IS_NAMED(&property, "reg")) {
				node->reg = property;
			}
			break;
		case 'c':
			if (DEVICE_TREE_IS_NAMED(&property, "compatible")) {
				node->compatible = property;
			}
			break;
		case 'i':
			if (DEVICE_TREE_IS_NAMED(&property, "interrupts")) {
				node->interrupts = property;
			}
			break;
		case '#':
			if (DEVICE_TREE_IS_NAMED(&property, "#interrupt-cells")) {
				node->interrupt_cells = property;
			}
			break;
		case 'd':
			if (DEVICE_TREE_IS_NAMED(&property, "device_type")) {
				node->is_memory = device_tree_has_string(&property, "memory");
			}
			break;
		case 'm':
			if (DEVICE_TREE_IS_NAMED(&property, "method")) {
				node->method = property;
			}
			break;
		case 's':
			if (DEVICE_TREE_IS_NAMED(&property, "status")) {
				node->is_disabled = !is_okay(&property);
			}
			break;
		default:
			break;
		}
	}
}

static bool is_width(uint32_t cells)
{
	return cells == 1 || cells == 2;
}

/* Is `reg` a list of whole address-and-size pairs? Then each pair has `pair_size` bytes. */
static bool check_reg(struct machine_reader *reader, const struct device_tree_property *reg, uint32_t *pair_size)
{
	struct machine_cells cells = reader->root_cells;

	if (!is_width(cells.address) || !is_width(cells.size)) {
		return machine_reader_fail(reader, "dtb", "#address-cells or #size-cells is neither 1 nor 2");
	}
	*pair_size = (cells.address + cells.size) * CELL_SIZE;
	if (reg->size % *pair_size != 0) {
		return machine_reader_fail(reader, "dtb", "reg has a wrong length");
	}
	return true;
}

static bool read_pair(struct machine_reader *reader, const struct device_tree_property *reg, uint32_t offset,
		      struct phys_range *range)
{
	struct machine_cells cells = reader->root_cells;

	if (device_tree_cells(reg, offset, cells.address, &range->base) != K_OK ||
	    device_tree_cells(reg, offset + cells.address * CELL_SIZE, cells.size, &range->size) != K_OK) {
		return machine_reader_fail(reader, "dtb", "reg has a wrong length");
	}
	return true;
}

bool machine_reader_range(struct machine_reader *reader, const struct device_tree_property *reg, uint32_t index,
			  struct phys_range *range)
{
	uint32_t pair_size;

	return check_reg(reader, reg, &pair_size) && read_pair(reader, reg, index * pair_size, range);
}

bool machine_reader_reserve(struct machine_reader *reader, struct phys_range range)
{
	if (range.size == 0) {
		return true;
	}
	switch (region_set_add(&reader->machine->reserved, range)) {
	case K_OK:
		return true;
	case K_ENOMEM:
		return machine_reader_fail(reader, "mem", "too many reserved ranges");
	default:
		return machine_reader_fail(reader, "mem", "a reserved range wraps");
	}
}

/* Of too many ranges some are left out, but never the one that holds the image. */
static bool add_ram(struct machine_reader *reader, struct phys_range range)
{
	struct region_set *ram = &reader->machine->ram;

	if (!phys_range_is_valid(range)) {
		return machine_reader_fail(reader, "mem", "RAM is empty or wraps");
	}
	if (region_set_add(ram, range) == K_OK) {
		return true;
	}
	reader->machine->clipped++;
	if (phys_range_contains(range, reader->boot->image)) {
		ram->count--;
		return region_set_add(ram, range) == K_OK;
	}
	return true;
}

/* Every range of `reg`: RAM, or reserved. */
static bool take_ranges(struct machine_reader *reader, const struct device_tree_property *reg, bool is_ram)
{
	uint32_t pair_size;

	if (!check_reg(reader, reg, &pair_size)) {
		return false;
	}
	for (uint32_t offset = 0; offset < reg->size; offset += pair_size) {
		struct phys_range range;

		if (!read_pair(reader, reg, offset, &range) ||
		    !(is_ram ? add_ram(reader, range) : machine_reader_reserve(reader, range))) {
			return false;
		}
	}
	return true;
}

static bool is_psci(const struct device_tree_property *compatible)
{
	return device_tree_has_string(compatible, "arm,psci-1.0") ||
	       device_tree_has_string(compatible, "arm,psci-0.2") || device_tree_has_string(compatible, "arm,psci");
}

/* The first PSCI node counts. The one function we call, SYSTEM_OFF, has had the same number since version 0.2. */
static bool take_psci(struct machine_reader *reader, const struct device_tree_property *method)
{
	if (reader->has_psci) {
		return true;
	}
	if (device_tree_has_string(method, "hvc")) {
		reader->machine->psci = HAL_PSCI_HVC;
	} else if (device_tree_has_string(method, "smc")) {
		reader->machine->psci = HAL_PSCI_SMC;
	} else {
		return machine_reader_fail(reader, "psci", "method is neither hvc nor smc");
	}
	reader->has_psci = true;
	return true;
}

static void note_uart(struct machine_reader *reader, const char *name, const struct node *node)
{
	if (reader->uart_count < MACHINE_UARTS_MAX) {
		reader->uarts[reader->uart_count] =
			(struct machine_uart){.name = name, .reg = node->reg, .interrupts = node->interrupts};
		reader->uart_count++;
	}
}

/* A child of the root that has no special name. Only a PSCI node has a method, only interrupt controllers have cells
 * for interrupts, a PL011 has registers, and the timer has interrupts but no registers: few nodes have their
 * `compatible` searched for more than one name. */
static bool take_device(struct machine_reader *reader, const char *name, const struct node *node)
{
	if (node->is_memory) {
		return take_ranges(reader, &node->reg, true);
	}
	if (node->method.value != NULL && is_psci(&node->compatible)) {
		return take_psci(reader, &node->method);
	}
	if (node->interrupt_cells.value != NULL) {
		machine_reader_note_controller(reader, &node->compatible, &node->reg, &node->interrupt_cells);
	} else if (node->reg.value != NULL) {
		if (device_tree_has_string(&node->compatible, "arm,pl011")) {
			note_uart(reader, name, node);
		}
	} else if (node->interrupts.value != NULL) {
		machine_reader_note_timer(reader, &node->compatible, &node->interrupts);
	}
	return true;
}

/* A child of /reserved-memory. Section 3.5.1: that has the same cells as the root. What is misread here would be
 * used as RAM, so there is no guessing. */
static bool take_reservation(struct machine_reader *reader, const struct node *node)
{
	if (reader->reserved_cells.address != reader->root_cells.address ||
	    reader->reserved_cells.size != reader->root_cells.size) {
		return machine_reader_fail(reader, "dtb", "/reserved-memory has other cells than the root");
	}
	return take_ranges(reader, &node->reg, false);
}

static bool read_node(struct machine_reader *reader)
{
	const char *name = reader->walk.node_name;
	struct node node = {.is_memory = false};

	gather(reader, &node);
	if (node.is_disabled || reader->walk.reason != NULL) {
		return true;
	}
	return reader->in_reserved_memory ? take_reservation(reader, &node) : take_device(reader, name, &node);
}

static bool read_child_of_root(struct machine_reader *reader)
{
	const char *name = reader->walk.node_name;

	reader->in_reserved_memory = false;
	if (name[0] == 'c' && k_str_equal(name, "chosen")) {
		return read_chosen(reader);
	}
	if (name[0] == 'r' && k_str_equal(name, "reserved-memory")) {
		reader->in_reserved_memory = true;
		return read_cells(reader, &reader->reserved_cells);
	}
	return read_node(reader);
}

bool machine_reader_walk(struct machine_reader *reader)
{
	bool is_well = true;

	device_tree_walk_start(&reader->walk, &reader->tree);
	while (is_well && device_tree_next_node(&reader->walk)) {
		if (reader->walk.depth == 1) {
			is_well = read_cells(reader, &reader->root_cells);
		} else if (reader->walk.depth == 2) {
			is_well = read_child_of_root(reader);
		} else if (reader->walk.depth == 3 && reader->in_reserved_memory) {
			is_well = read_node(reader);
		}
	}
	if (is_well && reader->walk.reason != NULL) {
		return machine_reader_fail(reader, "dtb", reader->walk.reason);
	}
	return is_well;
}
