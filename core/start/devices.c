#include "core/start/devices.h"

#include "core/kernel.h"
#include "core/log/panic.h"
#include "hal/console.h"
#include "hal/cpu.h"
#include "hal/interrupt.h"
#include "hal/layout.h"
#include "lib/format.h"

/* Offsets of further pages: from GICR's RD_base to SGI_base; from the distributor to GICD_IROUTER and to the
 * identification registers (Arm IHI 0069, sections 12.8 and 12.10). */
#define GICV3_SGI_FRAME 0x10000
#define GICV3_ROUTING 0x6000
#define GICV3_ROUTING_UPPER 0x7000
#define GICV3_IDENTIFICATION 0xf000

static void start_clock(void)
{
	uint64_t frequency = hal_time_frequency();

	if (frequency < CLOCK_FREQUENCY_MIN || frequency > CLOCK_FREQUENCY_MAX) {
		boot_fail("timer", "a counter of %" K_PRIu64 " Hz", frequency);
	}
	kernel_facts.clock = (struct clock){.start = hal_time_ticks(), .frequency = frequency};
}

static kernel_addr map_registers(uint64_t base, uint64_t offset)
{
	kernel_addr registers;

	if (kernel_map_device(&kernel.map, (phys_addr){base + offset}, &registers) != K_OK) {
		boot_fail("gic", "no device slot is left");
	}
	return registers;
}

static void start_controller(void)
{
	const struct machine_gic *gic = &kernel_facts.machine.gic;
	struct hal_interrupt_controller controller = {
		.version = gic->version,
		.distributor = map_registers(gic->distributor.base, 0),
	};

	if (gic->version == 2) {
		controller.cpu_interface = map_registers(gic->interface.base, 0);
	} else {
		controller.redistributor = map_registers(gic->interface.base, 0);
		controller.redistributor_sgi = map_registers(gic->interface.base, GICV3_SGI_FRAME);
		controller.routing = map_registers(gic->distributor.base, GICV3_ROUTING);
		controller.routing_upper = map_registers(gic->distributor.base, GICV3_ROUTING_UPPER);
		controller.identification = map_registers(gic->distributor.base, GICV3_IDENTIFICATION);
	}
	kernel.probe = PROBE_GIC;
	if (!hal_interrupts_attach(&controller)) {
		boot_fail("gic", "what the device tree calls a GICv%u is none", gic->version);
	}
	kernel.probe = PROBE_NONE;
}

/* Far longer than an interrupt takes from the timer through a controller. */
#define TIMER_POLLS 10000

/* Its interrupt's number comes from the device tree: with a wrong one programs would keep the CPU for ever. So it has
 * to come once, now. */
static void start_timer(void)
{
	uint32_t interrupt = kernel_facts.machine.timer_interrupt;
	uint32_t claimed = HAL_INTERRUPT_LIMIT;

	hal_timer_set(0);
	hal_interrupt_enable(interrupt);
	for (unsigned polls = 0; claimed >= HAL_INTERRUPT_LIMIT && polls < TIMER_POLLS; polls++) {
		claimed = hal_interrupt_claim();
	}
	hal_timer_set(CLOCK_NEVER);
	if (claimed != interrupt) {
		boot_fail("timer", "its interrupt, %u by the device tree, does not come", interrupt);
	}
	hal_interrupt_complete(claimed);
}

static void start_input(void)
{
	uint32_t interrupt = kernel_facts.machine.uart_interrupt;

	if (interrupt == 0) {
		return;
	}
	hal_console_listen();
	hal_interrupt_enable(interrupt);
	kernel.input.is_listening = true;
	/* What was typed before: no interrupt will tell of it. */
	(void)input_receive(&kernel.input);
	kernel.input.fruitless = 0;
}

void devices_start(void)
{
	start_clock();
	start_controller();
	start_timer();
	start_input();
}
