#include "hal_host/tree.h"

#include <string.h>

#define FDT_MAGIC 0xd00dfeed
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE 2
#define FDT_PROP 3
#define FDT_END 9
#define FDT_VERSION 17
#define FDT_LAST_COMPATIBLE 16
#define HEADER_SIZE 40
#define RESERVATIONS_SIZE 16 /* no entry but the last, which is zero */

/* The strings block: every property name, once. */
static const char strings[] =
	"#address-cells\0#size-cells\0compatible\0bootargs\0rng-seed\0kaslr-seed\0linux,initrd-start\0"
	"linux,initrd-end\0stdout-path\0method\0device_type\0reg\0interrupts\0interrupt-controller\0#interrupt-cells";

/* The first cell of an interrupt specifier (Linux's binding arm,gic.yaml), and the INTID that has number 0 there. */
enum { SPI = 0, PPI = 1 };
enum { FIRST_PPI = 16, FIRST_SPI = 32 };
#define LEVEL_HIGH 4

struct writer {
	uint8_t *bytes;
	size_t size;
};

static void put_bytes(struct writer *writer, const void *bytes, size_t size)
{
	if (size > TREE_SIZE_MAX - writer->size) {
		twin_abort("tree", "the twin's device tree is too large");
	}
	memcpy(writer->bytes + writer->size, bytes, size);
	writer->size += size;
}

static void put_u32(struct writer *writer, uint32_t value)
{
	uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};

	put_bytes(writer, bytes, sizeof(bytes));
}

/* Values and names are padded to four bytes. */
static void put_padded(struct writer *writer, const void *bytes, size_t size)
{
	static const uint8_t zeros[4];

	put_bytes(writer, bytes, size);
	put_bytes(writer, zeros, (4 - size % 4) % 4);
}

static uint32_t string_offset(const char *name)
{
	size_t offset = 0;

	while (strcmp(strings + offset, name) != 0) {
		offset += strlen(strings + offset) + 1;
		if (offset >= sizeof(strings)) {
			twin_abort("tree", "property %s is missing in the strings block", name);
		}
	}
	return (uint32_t)offset;
}

static void begin_node(struct writer *writer, const char *name)
{
	put_u32(writer, FDT_BEGIN_NODE);
	put_padded(writer, name, strlen(name) + 1);
}

static void end_node(struct writer *writer)
{
	put_u32(writer, FDT_END_NODE);
}

static void put_property(struct writer *writer, const char *name, const void *value, size_t size)
{
	put_u32(writer, FDT_PROP);
	put_u32(writer, (uint32_t)size);
	put_u32(writer, string_offset(name));
	put_padded(writer, value, size);
}

static void put_text(struct writer *writer, const char *name, const char *text)
{
	put_property(writer, name, text, strlen(text) + 1);
}

/* A property of one 64-bit value, or of several in a row. */
static void put_u64s(struct writer *writer, const char *name, const uint64_t *values, size_t count)
{
	put_u32(writer, FDT_PROP);
	put_u32(writer, (uint32_t)(count * sizeof(*values)));
	put_u32(writer, string_offset(name));
	for (size_t i = 0; i < count; i++) {
		put_u32(writer, (uint32_t)(values[i] >> 32));
		put_u32(writer, (uint32_t)(values[i] & UINT32_MAX));
	}
}

/* A property of 32-bit values. */
static void put_u32s(struct writer *writer, const char *name, const uint32_t *values, size_t count)
{
	put_u32(writer, FDT_PROP);
	put_u32(writer, (uint32_t)(count * sizeof(*values)));
	put_u32(writer, string_offset(name));
	for (size_t i = 0; i < count; i++) {
		put_u32(writer, values[i]);
	}
}

static void put_cells(struct writer *writer)
{
	static const uint32_t two = 2;

	put_u32s(writer, "#address-cells", &two, 1);
	put_u32s(writer, "#size-cells", &two, 1);
}

static void put_chosen(struct writer *writer, const struct twin_options *options, struct phys_range initrd)
{
	uint64_t end = initrd.base + initrd.size;
	uint8_t seed[32];

	for (size_t i = 0; i < sizeof(seed); i++) {
		seed[i] = (uint8_t)(0x51 + 7 * i);
	}
	begin_node(writer, "chosen");
	put_text(writer, "stdout-path", "/pl011@9000000");
	if (options->command_line != NULL) {
		put_text(writer, "bootargs", options->command_line);
	}
	put_property(writer, "rng-seed", seed, sizeof(seed));
	put_property(writer, "kaslr-seed", seed + 9, 8);
	if (initrd.size != 0) {
		put_u64s(writer, "linux,initrd-start", &initrd.base, 1);
		put_u64s(writer, "linux,initrd-end", &end, 1);
	}
	end_node(writer);
}

static void put_uart(struct writer *writer, const struct twin_options *options)
{
	static const uint64_t registers[] = {TWIN_UART_BASE, 0x1000};
	static const uint32_t interrupt[] = {SPI, TWIN_UART_INTERRUPT - FIRST_SPI, LEVEL_HIGH};

	begin_node(writer, "pl011@9000000");
	put_property(writer, "compatible", "arm,pl011\0arm,primecell", 24);
	put_u64s(writer, "reg", registers, 2);
	if (!options->no_input) {
		put_u32s(writer, "interrupts", interrupt, 3);
	}
	end_node(writer);
}

static void put_controller(struct writer *writer)
{
	static const uint64_t registers[] = {TWIN_DISTRIBUTOR_BASE, 0x10000, TWIN_CPU_INTERFACE_BASE, 0x10000};
	static const uint32_t cells = 3;

	begin_node(writer, "intc@8000000");
	put_text(writer, "compatible", "arm,cortex-a15-gic");
	put_u64s(writer, "reg", registers, 4);
	put_property(writer, "interrupt-controller", "", 0);
	put_u32s(writer, "#interrupt-cells", &cells, 1);
	end_node(writer);
}

/* The secure, non-secure, virtual and hypervisor's timer. With a GICv2 bits [15:8] of the flags say which CPUs have the
 * PPI. */
static void put_timer(struct writer *writer)
{
	static const uint32_t flags = (1 << 8) | LEVEL_HIGH;
	static const uint32_t third = TWIN_TIMER_INTERRUPT - FIRST_PPI;
	const uint32_t interrupts[] = {PPI, 13, flags, PPI, 14, flags, PPI, third, flags, PPI, 10, flags};

	begin_node(writer, "timer");
	put_property(writer, "compatible", "arm,armv8-timer\0arm,armv7-timer", 32);
	put_u32s(writer, "interrupts", interrupts, sizeof(interrupts) / sizeof(interrupts[0]));
	end_node(writer);
}

static void put_machine(struct writer *writer, const struct twin_options *options)
{
	uint64_t memory[] = {TWIN_RAM_BASE, options->ram_size};

	begin_node(writer, "memory@40000000");
	put_text(writer, "device_type", "memory");
	put_u64s(writer, "reg", memory, 2);
	end_node(writer);
	put_uart(writer, options);
	put_controller(writer);
	put_timer(writer);
	begin_node(writer, "psci");
	put_property(writer, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci", 35);
	put_text(writer, "method", options->conduit == HAL_PSCI_HVC ? "hvc" : "smc");
	end_node(writer);
}

static void put_header(struct writer *writer, size_t structure_end)
{
	uint32_t structure = HEADER_SIZE + RESERVATIONS_SIZE;

	put_u32(writer, FDT_MAGIC);
	put_u32(writer, (uint32_t)(structure_end + sizeof(strings)));
	put_u32(writer, structure);
	put_u32(writer, (uint32_t)structure_end);
	put_u32(writer, HEADER_SIZE);
	put_u32(writer, FDT_VERSION);
	put_u32(writer, FDT_LAST_COMPATIBLE);
	put_u32(writer, 0);
	put_u32(writer, sizeof(strings));
	put_u32(writer, (uint32_t)structure_end - structure);
}

size_t tree_build(uint8_t *blob, const struct twin_options *options, struct phys_range initrd)
{
	struct writer header = {.bytes = blob};
	struct writer writer = {.bytes = blob, .size = HEADER_SIZE + RESERVATIONS_SIZE};

	memset(blob, 0, writer.size);
	begin_node(&writer, "");
	put_cells(&writer);
	put_text(&writer, "compatible", "linux,dummy-virt");
	put_chosen(&writer, options, initrd);
	put_machine(&writer, options);
	end_node(&writer);
	put_u32(&writer, FDT_END);
	put_header(&header, writer.size);
	put_bytes(&writer, strings, sizeof(strings));
	return writer.size;
}
