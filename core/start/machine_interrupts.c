/*
 * The interrupt controller, and which of its interrupts are the timer's and the UART's.
 */
#include "abi/limits.h"
#include "core/start/machine_reader.h"
#include "hal/interrupt.h"
#include "lib/bits.h"
#include "lib/endian.h"

/* GICv2: the distributor is a page, and of the CPU interface all that counts ends with GICC_IIDR, at 0xfc (Arm IHI
 * 0048, tables 4-1 and 4-2). */
#define GICV2_DISTRIBUTOR_SIZE 0x1000
#define GICV2_INTERFACE_SIZE 0x100
/* GICv3: frames of 64 KiB; a redistributor has two, RD_base and SGI_base (Arm IHI 0069, 12.8 and 12.10). */
#define GICV3_DISTRIBUTOR_SIZE 0x10000
#define GICV3_REDISTRIBUTOR_SIZE 0x20000

/* Cells of an interrupt specifier: type, number, flags; for a GICv3 there may be a fourth, of no interest here. Linux's
 * bindings arm,gic.yaml and arm,gic-v3.yaml. */
#define GIC_CELLS 3
#define GICV3_CELLS_MAX 4
#define TYPE_SPI 0
#define TYPE_PPI 1

/* INTIDs 16 to 31 are PPIs, those from 32 on SPIs (Arm IHI 0069, 2.2.1). */
#define PPI_FIRST 16
#define PPI_COUNT 16
#define SPI_FIRST 32
#define SPI_COUNT (HAL_INTERRUPT_LIMIT - SPI_FIRST)

/* Of the timer's interrupts: secure, non-secure, virtual, hypervisor (arm,arch_timer.yaml). */
#define TIMER_VIRTUAL 2

/* 0: it is no GIC that we know. */
static uint32_t gic_version(const struct device_tree_property *compatible)
{
	if (device_tree_has_string(compatible, "arm,cortex-a15-gic") ||
	    device_tree_has_string(compatible, "arm,gic-400")) {
		return 2;
	}
	return device_tree_has_string(compatible, "arm,gic-v3") ? 3 : 0;
}

void machine_reader_note_controller(struct machine_reader *reader, const struct device_tree_property *compatible,
				    const struct device_tree_property *reg,
				    const struct device_tree_property *interrupt_cells)
{
	if (reader->gic.version == 0) {
		reader->gic = (struct machine_gic_node){
			.version = gic_version(compatible), .reg = *reg, .interrupt_cells = *interrupt_cells};
	}
}

void machine_reader_note_timer(struct machine_reader *reader, const struct device_tree_property *compatible,
			       const struct device_tree_property *interrupts)
{
	if (reader->timer_interrupts.value == NULL && (device_tree_has_string(compatible, "arm,armv8-timer") ||
						       device_tree_has_string(compatible, "arm,armv7-timer"))) {
		reader->timer_interrupts = *interrupts;
	}
}

static bool is_frames(struct phys_range range, uint64_t least)
{
	return phys_range_is_valid(range) && range.size >= least && is_aligned(range.base, PANTHER_PAGE_SIZE);
}

static bool is_gic(const struct machine_gic *gic)
{
	bool is_v3 = gic->version == 3;

	return is_frames(gic->distributor, is_v3 ? GICV3_DISTRIBUTOR_SIZE : GICV2_DISTRIBUTOR_SIZE) &&
	       is_frames(gic->interface, is_v3 ? GICV3_REDISTRIBUTOR_SIZE : GICV2_INTERFACE_SIZE) &&
	       !phys_range_overlaps(gic->distributor, gic->interface);
}

static bool take_gic(struct machine_reader *reader)
{
	struct machine_gic *gic = &reader->machine->gic;
	const struct region_set *ram = &reader->machine->ram;
	const struct device_tree_property *reg = &reader->gic.reg;

	gic->version = reader->gic.version;
	if (gic->version == 0) {
		return machine_reader_fail(reader, "gic", "neither a GICv2 nor a GICv3");
	}
	if (!machine_reader_range(reader, reg, 0, &gic->distributor) ||
	    !machine_reader_range(reader, reg, 1, &gic->interface) || !is_gic(gic)) {
		return machine_reader_fail(reader, "gic", "it has no proper registers");
	}
	if (region_set_overlaps(ram, gic->distributor) || region_set_overlaps(ram, gic->interface)) {
		return machine_reader_fail(reader, "gic", "RAM overlaps it");
	}
	return true;
}

static bool read_interrupt_cells(struct machine_reader *reader, uint32_t *cells)
{
	const struct device_tree_property *property = &reader->gic.interrupt_cells;

	if (property->size == sizeof(uint32_t)) {
		*cells = read_be32(property->value);
		if (*cells == GIC_CELLS || (*cells == GICV3_CELLS_MAX && reader->gic.version == 3)) {
			return true;
		}
	}
	machine_reader_fail(reader, "gic", "#interrupt-cells malformed");
	return false;
}

/* The number of the index-th interrupt, if all specifiers are whole, and it is of this type and among the first `count`
 * of it. */
static bool read_interrupt(const struct device_tree_property *interrupts, uint32_t cells, uint32_t index, uint32_t type,
			   uint32_t count, uint32_t *number)
{
	uint32_t size = cells * (uint32_t)sizeof(uint32_t);
	const uint8_t *specifier;

	if (interrupts->size % size != 0 || interrupts->size / size <= index) {
		return false;
	}
	specifier = interrupts->value + index * size;
	*number = read_be32(specifier + sizeof(uint32_t));
	return read_be32(specifier) == type && *number < count;
}

static bool take_timer(struct machine_reader *reader, uint32_t cells)
{
	uint32_t number;

	if (!read_interrupt(&reader->timer_interrupts, cells, TIMER_VIRTUAL, TYPE_PPI, PPI_COUNT, &number)) {
		return machine_reader_fail(reader, "timer", "no virtual timer that has a PPI");
	}
	reader->machine->timer_interrupt = PPI_FIRST + number;
	return true;
}

/* A UART without interrupts brings no input, and is none the worse. */
static bool take_uart_interrupt(struct machine_reader *reader, uint32_t cells)
{
	uint32_t number;

	if (reader->uart_interrupts.value == NULL) {
		return true;
	}
	if (!read_interrupt(&reader->uart_interrupts, cells, 0, TYPE_SPI, SPI_COUNT, &number)) {
		return machine_reader_fail(reader, "uart", "the PL011's interrupt is no SPI");
	}
	reader->machine->uart_interrupt = SPI_FIRST + number;
	return true;
}

bool machine_reader_interrupts(struct machine_reader *reader)
{
	uint32_t cells;

	return take_gic(reader) && read_interrupt_cells(reader, &cells) && take_timer(reader, cells) &&
	       take_uart_interrupt(reader, cells);
}
