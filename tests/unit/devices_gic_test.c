/*
 * core/start/devices.c: where the registers of an interrupt controller are. tests/unit/CMakeLists.txt compiles it into
 * this test with another name for hal_interrupts_attach, so that the controller, of either version, is this test's.
 */
#include "core/start/devices.h"

#include "hal/interrupt.h"
#include "hal/layout.h"
#include "hal_host/mmu.h"
#include "tests/unit/world.h"

#define DISTRIBUTOR 0x8000000UL
#define REDISTRIBUTOR 0x80a0000UL

static struct hal_interrupt_controller given;
static unsigned attached;

/* It takes none: that ends the start of devices. */
bool hal_interrupts_attach(const struct hal_interrupt_controller *controller)
{
	assert_int_equal(kernel.probe, PROBE_GIC);
	given = *controller;
	attached++;
	return false;
}

static void start(void *argument)
{
	(void)argument;
	devices_start();
}

/* Starts the devices of a machine with that controller, when there is room for so many pages of devices. */
static void start_with(uint32_t version, size_t room)
{
	twin_reset(NULL);
	memset(&world, 0, sizeof(world));
	world_protect();
	kernel_map_init(&kernel.map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	kernel_facts.machine.gic = (struct machine_gic){
		.version = version,
		.distributor = {DISTRIBUTOR, 0x10000},
		.interface = {REDISTRIBUTOR, 0x20000},
	};
	kernel.map.devices_used = KERNEL_DEVICE_SLOTS - room;
	attached = 0;
	assert_int_equal(twin_call(start, NULL), TWIN_STOPPED);
}

static void a_gicv2_has_two_pages(void **state)
{
	(void)state;
	start_with(2, 2);
	assert_string_equal(twin_console(), "BOOTFAIL[gic] what the device tree calls a GICv2 is none\n");
	assert_int_equal(attached, 1);
	assert_int_equal(given.version, 2);
	mmu_check_device(given.distributor.value, DISTRIBUTOR);
	mmu_check_device(given.cpu_interface.value, REDISTRIBUTOR);
	assert_int_equal(kernel.map.devices_used, KERNEL_DEVICE_SLOTS);
}

/* Arm IHI 0069G: SGI_base is the second 64 KiB of a redistributor (12.10.1); GICD_IROUTER<n> at 0x6000 + 8n, n up to
 * 1019, takes two pages, and GICD_PIDR2 is at 0xffe8 (12.9). */
static void a_gicv3_has_six_pages(void **state)
{
	(void)state;
	start_with(3, 6);
	assert_string_equal(twin_console(), "BOOTFAIL[gic] what the device tree calls a GICv3 is none\n");
	assert_int_equal(attached, 1);
	assert_int_equal(given.version, 3);
	mmu_check_device(given.distributor.value, DISTRIBUTOR);
	mmu_check_device(given.redistributor.value, REDISTRIBUTOR);
	mmu_check_device(given.redistributor_sgi.value, REDISTRIBUTOR + 0x10000);
	mmu_check_device(given.routing.value, DISTRIBUTOR + 0x6000);
	mmu_check_device(given.routing_upper.value, DISTRIBUTOR + 0x7000);
	mmu_check_device(given.identification.value, DISTRIBUTOR + 0xf000);
	assert_int_equal(kernel.map.devices_used, KERNEL_DEVICE_SLOTS);
}

/* Whichever of its pages is the first one too many. */
static void a_controller_without_room_fails_the_boot(void **state)
{
	(void)state;
	for (size_t room = 0; room < 6; room++) {
		start_with(3, room);
		assert_string_equal(twin_console(), "BOOTFAIL[gic] no device slot is left\n");
		assert_int_equal(attached, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gicv2_has_two_pages),
		cmocka_unit_test(a_gicv3_has_six_pages),
		cmocka_unit_test(a_controller_without_room_fails_the_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
