#include "tests/unit/model/gic_model.h"

#include "hal_qemu_virt/backend.h"
#include "hal_qemu_virt/mmio.h"
#include "tests/unit/cmocka_test.h"

/* Registers at the same offsets in both versions: IHI 0048B 4.3, IHI 0069G 12.9 and 12.11. */
#define IGROUPR 0x080
#define ISENABLER 0x100
#define ICENABLER 0x180
#define ICPENDR 0x280
#define ICACTIVER 0x380
#define IPRIORITYR 0x400
#define IPRIORITYR_END 0x800
#define ICFGR 0xc00
#define ICFGR_END 0xd00
#define BITS_END(offset) ((offset) + 0x80)

/* The running priority when nothing is active. */
#define IDLE 0x100

struct gic_model gic_model;

static kernel_addr place(enum gic_model_page page)
{
	return (kernel_addr){GIC_MODEL_BASE + 0x1000 * (uint64_t)page};
}

struct hal_interrupt_controller gic_model_controller(void)
{
	if (gic_model.version == 2) {
		return (struct hal_interrupt_controller){
			.version = 2,
			.distributor = place(GIC_MODEL_DISTRIBUTOR),
			.cpu_interface = place(GIC_MODEL_CPU_INTERFACE),
		};
	}
	return (struct hal_interrupt_controller){
		.version = 3,
		.distributor = place(GIC_MODEL_DISTRIBUTOR),
		.redistributor = place(GIC_MODEL_REDISTRIBUTOR),
		.redistributor_sgi = place(GIC_MODEL_SGI),
		.routing = place(GIC_MODEL_ROUTING),
		.routing_upper = place(GIC_MODEL_ROUTING_UPPER),
		.identification = place(GIC_MODEL_IDENTIFICATION),
	};
}

static void leave_in_disorder(struct gic_model_interrupt *interrupt, uint32_t number)
{
	*interrupt = (struct gic_model_interrupt){
		.is_enabled = true,
		.is_latched = true,
		.is_active = number % 3 == 0,
		.is_edge = true,
		.is_group_1 = number % 2 == 0,
		.priority = (uint8_t)(number * 8),
		.targets = number < 32 ? 0x04 : 0x02,
		.route = 0x0000000100020003,
	};
}

void gic_model_reset(unsigned version)
{
	gic_model = (struct gic_model){
		.version = version,
		.blocks = 9,
		.pidr2 = version == 2 ? 0x2b : 0x3b,
		.interface_iidr = 0x0202043b, /* a GIC-400's */
		.own_target = 0x04,
		.has_registers = version == 3,
		.mpidr = 0x0000000780050602, /* bit 31 is RES1 */
		.redistributor_affinity = 0x07050602,
		.priority_bits = 5,
		.polls_to_wake = 3,
		.polls_to_write = 3,
		.distributor_control = 3,
		.waker = 6,
		.interface_control = 0x2ff,
		.mask = 0x40,
		.active_priorities = {1, 0, 0, 0},
	};
	for (uint32_t i = 0; i < GIC_MODEL_INTERRUPTS; i++) {
		leave_in_disorder(&gic_model.interrupts[i], i);
	}
}

void gic_model_raise(uint32_t number)
{
	struct gic_model_interrupt *interrupt = &gic_model.interrupts[number];

	interrupt->is_latched |= interrupt->is_edge && !interrupt->is_high;
	interrupt->is_high = true;
}

void gic_model_lower(uint32_t number)
{
	gic_model.interrupts[number].is_high = false;
}

static bool is_pending(const struct gic_model_interrupt *interrupt)
{
	return interrupt->is_latched || (interrupt->is_high && !interrupt->is_edge);
}

static unsigned running_priority(void)
{
	unsigned running = IDLE;

	for (size_t i = 0; i < 4; i++) {
		if (gic_model.active_priorities[i] != 0) {
			return 0; /* left by somebody who never completed */
		}
	}
	for (size_t i = 0; i < gic_model.claimed_count; i++) {
		unsigned priority = gic_model.interrupts[gic_model.claimed[i]].priority;

		running = priority < running ? priority : running;
	}
	return running;
}

static bool is_candidate(uint32_t number)
{
	const struct gic_model_interrupt *interrupt = &gic_model.interrupts[number];
	bool reaches = gic_model.version == 2 ? gicv2_model_reaches(interrupt, number)
					      : gicv3_model_reaches(interrupt, number);

	return reaches && interrupt->is_enabled && is_pending(interrupt) && !interrupt->is_active &&
	       interrupt->priority < gic_model.mask && interrupt->priority < running_priority();
}

uint32_t gic_model_highest(void)
{
	uint32_t best = GIC_MODEL_NONE;

	for (uint32_t i = 0; i < 32 * gic_model.blocks && i < HAL_INTERRUPT_LIMIT; i++) {
		if (is_candidate(i) && (best == GIC_MODEL_NONE ||
					gic_model.interrupts[i].priority < gic_model.interrupts[best].priority)) {
			best = i;
		}
	}
	return best;
}

bool gic_model_signals(void)
{
	return gic_model.version == 2 ? gicv2_model_signals() : gicv3_model_signals();
}

uint32_t gic_model_claim(void)
{
	uint32_t number = gic_model_highest();

	if (number != GIC_MODEL_NONE) {
		gic_model.interrupts[number].is_active = true;
		gic_model.interrupts[number].is_latched = false;
		assert_true(gic_model.claimed_count < 8);
		gic_model.claimed[gic_model.claimed_count++] = number;
	}
	return number;
}

void gic_model_complete(uint32_t number, bool deactivates)
{
	gic_model.completions++;
	if (gic_model.claimed_count == 0 || gic_model.claimed[gic_model.claimed_count - 1] != number) {
		fail_msg("interrupt %u is completed, but was not claimed last", (unsigned)number);
	}
	gic_model.claimed_count--;
	if (deactivates) {
		gic_model.interrupts[number].is_active = false;
	}
}

/* The Non-secure state has the lower half of the priorities, and sees it as all there are (IHI 0048B 3.8.1). */
static uint8_t seen_priority(uint32_t value)
{
	return (uint8_t)(gic_model.has_two_states ? (value & 0xff) >> 1 | 0x80 : value & 0xff);
}

static void write_bits(uint64_t offset, uint32_t value, uint32_t number)
{
	struct gic_model_interrupt *interrupt = &gic_model.interrupts[number];
	bool bit = (value >> number % 32 & 1) != 0;

	switch (offset & ~(uint64_t)0x7f) {
	case IGROUPR:
		interrupt->is_group_1 = bit;
		break;
	case ISENABLER:
		interrupt->is_enabled |= bit;
		break;
	case ICENABLER:
		interrupt->is_enabled &= !bit;
		break;
	case ICPENDR:
		interrupt->is_latched &= !bit;
		break;
	case ICACTIVER:
		interrupt->is_active &= !bit;
		break;
	default:
		fail_msg("a write to register 0x%03lx", (unsigned long)offset);
	}
}

static void check_disabled(uint32_t number)
{
	if (gic_model.interrupts[number].is_enabled) {
		fail_msg("interrupt %u is configured while it is enabled", (unsigned)number);
	}
}

static void write_one(uint64_t offset, uint32_t value, uint32_t number)
{
	struct gic_model_interrupt *interrupt = &gic_model.interrupts[number];

	if (offset >= IPRIORITYR && offset < IPRIORITYR_END) {
		interrupt->priority = seen_priority(value >> 8 * (number % 4));
	} else if (offset >= ICFGR && offset < ICFGR_END) {
		check_disabled(number);
		interrupt->is_edge = (value >> (2 * (number % 16) + 1) & 1) != 0;
	} else {
		write_bits(offset, value, number);
	}
}

/* The interrupts that one register is about: their first, and how many. */
static uint32_t first_of(uint64_t offset, uint32_t *count)
{
	if (offset >= IPRIORITYR && offset < IPRIORITYR_END) {
		*count = 4;
		return (uint32_t)(offset - IPRIORITYR);
	}
	if (offset >= ICFGR && offset < ICFGR_END) {
		*count = 16;
		return (uint32_t)(offset - ICFGR) * 4;
	}
	*count = 32;
	return (uint32_t)(offset & 0x7f) * 8;
}

void gic_model_block_write(uint64_t offset, uint32_t value, uint32_t first, uint32_t limit)
{
	uint32_t count;
	uint32_t start = first_of(offset, &count);

	if (start < first || start >= limit || offset % 4 != 0) {
		fail_msg("a write to register 0x%03lx, which is about no interrupt here", (unsigned long)offset);
	}
	if (offset == ICFGR) {
		fail_msg("the configuration of SGIs is read-only");
	}
	/* Groups belong to the Secure state. */
	if (offset >= IGROUPR && offset < BITS_END(IGROUPR) && gic_model.has_two_states) {
		return;
	}
	for (uint32_t i = start; i < start + count && i < HAL_INTERRUPT_LIMIT; i++) {
		write_one(offset, value, i);
	}
}

static enum gic_model_page page_of(kernel_addr address, uint64_t *offset)
{
	uint64_t page = (address.value - GIC_MODEL_BASE) / 0x1000;

	*offset = address.value % 0x1000;
	if (address.value < GIC_MODEL_BASE || page > GIC_MODEL_IDENTIFICATION) {
		fail_msg("no device at 0x%lx", (unsigned long)address.value);
	}
	return (enum gic_model_page)page;
}

/* The other part of what attaching does; cpu.c's, in the image. */
void timer_start(void)
{
	gic_model.timer_starts++;
}

uint32_t mmio_read32(kernel_addr address)
{
	uint64_t offset;
	enum gic_model_page page = page_of(address, &offset);

	return gic_model.version == 2 ? gicv2_model_read(page, offset) : gicv3_model_read(page, offset);
}

void mmio_write32(kernel_addr address, uint32_t value)
{
	uint64_t offset;
	enum gic_model_page page = page_of(address, &offset);

	gic_model.writes++;
	if (gic_model.version == 2) {
		gicv2_model_write(page, offset, value);
	} else {
		gicv3_model_write(page, offset, value);
	}
}

uint64_t mmio_read64(kernel_addr address)
{
	uint64_t offset;
	enum gic_model_page page = page_of(address, &offset);

	assert_int_equal(gic_model.version, 3);
	return gicv3_model_read64(page, offset);
}

void mmio_write64(kernel_addr address, uint64_t value)
{
	uint64_t offset;
	enum gic_model_page page = page_of(address, &offset);

	gic_model.writes++;
	assert_int_equal(gic_model.version, 3);
	gicv3_model_write64(page, offset, value);
}
