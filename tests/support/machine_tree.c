#include "tests/support/machine_tree.h"

#include <stdlib.h>
#include <string.h>

void machine_tree_root(struct tree_builder *builder)
{
	tree_start(builder);
	tree_begin(builder, "");
	tree_u32(builder, "#address-cells", 2);
	tree_u32(builder, "#size-cells", 2);
}

void machine_tree_cells(struct tree_builder *builder, const char *name, size_t count, const uint32_t *cells)
{
	uint8_t bytes[256];

	if (count > sizeof(bytes) / sizeof(*cells)) {
		abort();
	}
	for (size_t i = 0; i < count; i++) {
		tree_poke(bytes, i * sizeof(*cells), cells[i]);
	}
	tree_bytes(builder, name, bytes, count * sizeof(*cells));
}

void machine_tree_memory(struct tree_builder *builder, uint64_t base, uint64_t size)
{
	tree_begin(builder, "memory@40000000");
	tree_u64s(builder, "reg", 2, (const uint64_t[]){base, size});
	tree_text(builder, "device_type", "memory");
	tree_end(builder);
}

void machine_tree_uart(struct tree_builder *builder, const char *name, uint64_t base)
{
	tree_begin(builder, name);
	tree_bytes(builder, "compatible", "arm,pl011\0arm,primecell", sizeof("arm,pl011\0arm,primecell"));
	machine_tree_cells(builder, "interrupts", 3, (const uint32_t[]){0, 1, 4});
	tree_u64s(builder, "reg", 2, (const uint64_t[]){base, 0x1000});
	tree_end(builder);
}

void machine_tree_psci(struct tree_builder *builder, const char *compatible, const char *method)
{
	tree_begin(builder, "psci");
	tree_text(builder, "method", method);
	tree_text(builder, "compatible", compatible);
	tree_end(builder);
}

void machine_tree_gic(struct tree_builder *builder, const char *compatible, const uint64_t registers[4])
{
	tree_begin(builder, "intc@8000000");
	tree_u64s(builder, "reg", 4, registers);
	tree_text(builder, "compatible", compatible);
	tree_bytes(builder, "interrupt-controller", "", 0);
	tree_u32(builder, "#interrupt-cells", 3);
	tree_end(builder);
}

void machine_tree_timer(struct tree_builder *builder)
{
	static const uint32_t interrupts[] = {1, 13, 0x104, 1, 14, 0x104, 1, 11, 0x104, 1, 10, 0x104};

	tree_begin(builder, "timer");
	machine_tree_cells(builder, "interrupts", sizeof(interrupts) / sizeof(interrupts[0]), interrupts);
	tree_bytes(builder, "compatible", "arm,armv8-timer\0arm,armv7-timer",
		   sizeof("arm,armv8-timer\0arm,armv7-timer"));
	tree_end(builder);
}

void machine_tree_interrupts(struct tree_builder *builder)
{
	machine_tree_gic(builder, "arm,cortex-a15-gic",
			 (const uint64_t[]){MACHINE_TREE_DISTRIBUTOR, 0x10000, MACHINE_TREE_CPU_INTERFACE, 0x10000});
	machine_tree_timer(builder);
}

void machine_tree_devices(struct tree_builder *builder)
{
	machine_tree_memory(builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_uart(builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_psci(builder, "arm,psci-1.0", "hvc");
	machine_tree_interrupts(builder);
}

void machine_blob_read(uint8_t *blob, size_t size, struct machine_outcome *outcome)
{
	struct boot_info boot = {
		.device_tree_address = {MACHINE_TREE_ADDRESS},
		.device_tree = blob,
		.device_tree_limit = size,
		.image = {MACHINE_TREE_IMAGE, MACHINE_TREE_IMAGE_SIZE},
	};

	memset(outcome, 0xa7, sizeof(*outcome));
	outcome->blob = blob;
	outcome->size = size;
	outcome->error = (struct machine_error){.tag = NULL, .reason = NULL};
	outcome->is_read = machine_read(&outcome->machine, &boot, &outcome->error);
}

void machine_tree_read(struct tree_builder *builder, struct machine_outcome *outcome)
{
	size_t size;
	uint8_t *blob;

	tree_end(builder);
	blob = tree_finish(builder, &size);
	machine_blob_read(blob, size, outcome);
}
