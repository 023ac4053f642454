#include "tests/unit/model/pl011_model.h"

#include <string.h>

#include "hal_qemu_virt/mmio.h"
#include "tests/unit/cmocka_test.h"

/* Arm DDI 0183G, section 3.3. */
#define DR 0x000
#define FR 0x018
#define LCR_H 0x02c
#define CR 0x030
#define IFLS 0x034
#define IMSC 0x038
#define ICR 0x044
#define FR_BUSY 0x08
#define FR_RXFE 0x10
#define FR_TXFF 0x20
#define FR_TXFE 0x80
#define LCR_H_FEN 0x10
#define CR_UARTEN 0x001
#define CR_TXE 0x100
#define INTERRUPT_RX 0x10
#define INTERRUPT_RT 0x40
#define DR_OE 0x800

struct pl011_model pl011_models[PL011_MODEL_DEVICES];

void pl011_model_reset(void)
{
	static const kernel_addr places[PL011_MODEL_DEVICES] = {{0xffffffc000180000}, {0xffffffc000181000}};

	for (size_t i = 0; i < PL011_MODEL_DEVICES; i++) {
		pl011_models[i] = (struct pl011_model){
			.registers = places[i],
			.stuck_after = UINT64_MAX,
			.control = CR_UARTEN | CR_TXE,
			.line_control = LCR_H_FEN,
			.levels = 0x12, /* both FIFOs half full */
			/* r1p5 of the part, and what every PrimeCell says (DDI 0183G 3.3.20, 3.3.21). */
			.identity = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1},
		};
	}
}

static struct pl011_model *model_of(kernel_addr address, uint64_t *offset)
{
	for (size_t i = 0; i < PL011_MODEL_DEVICES; i++) {
		struct pl011_model *model = &pl011_models[i];

		*offset = address.value - model->registers.value;
		if (address.value >= model->registers.value && *offset < 0x1000) {
			return model;
		}
	}
	fail_msg("no device at 0x%lx", (unsigned long)address.value);
	return NULL;
}

static size_t depth(const struct pl011_model *model)
{
	return (model->line_control & LCR_H_FEN) != 0 ? sizeof(model->fifo) : 1;
}

static void send_one(struct pl011_model *model)
{
	assert_true(model->sent < PL011_MODEL_LINE_MAX);
	model->line[model->sent++] = model->fifo[0];
	model->fill--;
	memmove(model->fifo, model->fifo + 1, model->fill);
}

void pl011_model_drain(struct pl011_model *model)
{
	while (model->fill != 0) {
		send_one(model);
	}
}

static bool line_is_ready(const struct pl011_model *model)
{
	return model->fill != 0 && model->polls > model->stuck_polls && model->sent < model->stuck_after;
}

static void pass_time(struct pl011_model *model)
{
	model->polls++;
	if (model->polls_per_byte == 0) {
		while (line_is_ready(model)) {
			send_one(model);
		}
	} else if (model->polls % model->polls_per_byte == 0 && line_is_ready(model)) {
		send_one(model);
	}
}

/* Characters at which the receive interrupt comes (DDI 0183G 3.3.9: eighths 1, 2, 4, 6, 7 of the FIFO). */
static size_t trigger(const struct pl011_model *model)
{
	static const size_t eighths[] = {1, 2, 4, 6, 7};
	size_t choice = model->levels >> 3 & 7;

	if (model->triggers_at_one || depth(model) == 1) {
		return 1;
	}
	assert_in_range(choice, 0, 4);
	return eighths[choice] * depth(model) / 8;
}

/* The interrupt is raised as the level is passed, and at no other time (2.8.2). */
void pl011_model_receive(struct pl011_model *model, uint16_t character)
{
	if (model->received_count == depth(model)) {
		model->has_overrun = true;
		return;
	}
	model->received[model->received_count++] = model->has_overrun ? character | DR_OE : character;
	model->has_overrun = false;
	if (model->received_count == trigger(model)) {
		model->pending |= INTERRUPT_RX;
	}
}

void pl011_model_quiet(struct pl011_model *model)
{
	model->pending |= model->received_count != 0 ? INTERRUPT_RT : 0;
}

bool pl011_model_interrupts(const struct pl011_model *model)
{
	return (model->pending & model->mask) != 0;
}

static void type_on(struct pl011_model *model)
{
	while (model->typed_count != 0 && model->received_count < depth(model)) {
		pl011_model_receive(model, *model->typed++);
		model->typed_count--;
	}
}

static uint16_t first_received(struct pl011_model *model)
{
	if (model->received_count == 0 && !model->has_bottom_word && (model->flags_clear & FR_RXFE) == 0) {
		fail_msg("a character is taken, and there is none");
	}
	model->has_bottom_word = false;
	return model->received[0];
}

/* Below its level the receive interrupt goes away, and the timeout with the last character (2.8.2, 2.8.3). */
static uint32_t take(struct pl011_model *model)
{
	uint32_t data = first_received(model);

	model->taken++;
	if (model->received_count != 0) {
		model->received_count--;
		memmove(model->received, model->received + 1, 2 * model->received_count);
	}
	if (model->received_count < trigger(model)) {
		model->pending &= ~(uint32_t)INTERRUPT_RX;
	}
	if (model->received_count == 0) {
		model->pending &= ~(uint32_t)INTERRUPT_RT;
	}
	type_on(model);
	/* Reserved bits read as anything. */
	return data | 0xfffff000;
}

uint32_t mmio_read32(kernel_addr address)
{
	uint64_t offset;
	struct pl011_model *model = model_of(address, &offset);
	uint32_t flags;

	if (offset >= 0xfe0 && offset < 0x1000 && offset % 4 == 0) {
		return model->identity[(offset - 0xfe0) / 4];
	}
	if (offset == DR) {
		return take(model);
	}
	if (offset != FR) {
		fail_msg("a read of register 0x%03lx", (unsigned long)offset);
	}
	pass_time(model);
	flags = model->fill == 0 ? FR_TXFE : FR_BUSY;
	flags |= model->fill == depth(model) ? FR_TXFF : 0;
	flags |= model->received_count == 0 ? FR_RXFE : 0;
	/* Reserved bits read as anything. */
	return ((flags | model->flags_set) & ~model->flags_clear) | 0xfffffe00;
}

/* FIFOs that go on or off are empty, but a character that waited still lies where the first one does (3.3.1). */
static void set_line_control(struct pl011_model *model, uint32_t value)
{
	if (((model->line_control ^ value) & LCR_H_FEN) != 0) {
		model->has_bottom_word = model->received_count != 0;
		model->received_count = 0;
	}
	model->line_control = value;
}

static void clear_interrupts(struct pl011_model *model, uint32_t which)
{
	if (model->late != 0) {
		pl011_model_receive(model, model->late);
		model->late = 0;
	}
	model->pending &= ~which;
}

/* Only interrupts may be masked and cleared while the UART works. */
static void check_enabled(const struct pl011_model *model, uint64_t offset)
{
	if ((model->control & CR_UARTEN) != 0 && (offset == LCR_H || offset == IFLS)) {
		fail_msg("register 0x%03lx is written while the UART is enabled", (unsigned long)offset);
	}
}

static void set_register(struct pl011_model *model, uint64_t offset, uint32_t value)
{
	switch (offset) {
	case CR:
		model->control = value;
		break;
	case LCR_H:
		set_line_control(model, value);
		break;
	case IFLS:
		model->levels = value;
		break;
	case IMSC:
		model->mask = value;
		break;
	case ICR:
		clear_interrupts(model, value);
		break;
	default:
		fail_msg("a 32-bit write to register 0x%03lx", (unsigned long)offset);
	}
}

void mmio_write32(kernel_addr address, uint32_t value)
{
	uint64_t offset;
	struct pl011_model *model = model_of(address, &offset);

	check_enabled(model, offset);
	set_register(model, offset, value);
	assert_true(model->write_count < PL011_MODEL_WRITES_MAX);
	model->writes[model->write_count++] = (struct pl011_model_write){offset, value};
}

void mmio_write8(kernel_addr address, uint8_t value)
{
	uint64_t offset;
	struct pl011_model *model = model_of(address, &offset);

	if (offset != DR) {
		fail_msg("an 8-bit write to register 0x%03lx", (unsigned long)offset);
	}
	if ((model->control & (CR_UARTEN | CR_TXE)) != (CR_UARTEN | CR_TXE)) {
		fail_msg("a byte is sent while the transmitter is off");
	}
	if (model->fill == depth(model)) {
		fail_msg("a byte is written to a full FIFO, and lost");
	}
	model->fifo[model->fill++] = value;
}

void mmio_write8_eight(kernel_addr address, uint64_t bytes)
{
	for (unsigned i = 0; i < 8; i++) {
		mmio_write8(address, (uint8_t)(bytes >> (8 * i) & 0xff));
	}
}
