/*
 * The kernel from its first line to its last: read the machine, move to a place
 * of its own, lock the CPU down, build the memory, start the first program, and
 * enter the loop.
 */

#include "abi/limits.h"
#include "core/cpu/features.h"
#include "core/cpu/pstate.h"
#include "core/cpu/registers.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "core/loop.h"
#include "core/process/lifecycle.h"
#include "core/start/command_line.h"
#include "core/start/devices.h"
#include "core/start/place.h"
#include "core/start/secrets.h"
#include "core/syscall/dispatch.h"
#include "hal/boot.h"
#include "hal/console.h"
#include "hal/cpu.h"
#include "hal/layout.h"
#include "hal/memory.h"
#include "hal/tags.h"
#include "hal/user.h"
#include "lib/bits.h"
#include "lib/format.h"
#include "lib/memory.h"
#include "lib/string.h"

/* The width of ASIDs, but no more than the build says: one for tests can make them run out soon. */
static unsigned asid_bits(void)
{
	unsigned bits = kernel_facts.features.asid16 ? 16 : 8;

	return bits < PANTHER_ASID_BITS ? bits : PANTHER_ASID_BITS;
}

static void read_machine(const struct boot_info *boot)
{
	struct machine_error error;
	bool usable;

	kernel.probe = PROBE_TREE;
	usable = machine_read(&kernel_facts.machine, boot, &error);
	kernel.probe = PROBE_NONE;
	if (!usable) {
		boot_fail(error.tag, "%s", error.reason);
	}
	command_line_apply(kernel_facts.machine.command_line, &kernel.log, kernel_facts.init);
}

static void decide_protection(struct hal_secrets *secrets)
{
	struct hal_id_registers id;

	hal_id_registers_read(&id);
	cpu_features_decode(&kernel_facts.features, &id);
	kernel_facts.pstate_mask = pstate_user_mask(&kernel_facts.features);
	cpu_registers_decide(&kernel_facts.registers, &kernel_facts.features);
	secrets_draw(secrets, &kernel_facts.machine, &kernel.random);
}

static void attach_console(void)
{
	kernel_addr uart;
	phys_addr base = {kernel_facts.machine.uart.base};

	if (kernel_map_device(&kernel.map, base, &uart) != K_OK) {
		boot_fail("uart", "no device slot is left for the UART");
	}
	kernel.probe = PROBE_UART;
	if (!hal_console_attach(uart)) {
		boot_fail("uart", "what the device tree calls a PL011 is none");
	}
	kernel.probe = PROBE_NONE;
}

static void print_banner(void)
{
	log_line("PantherOS v0.1.0 - Security-Focused ARM64 Kernel");
	log_line("================================================");
	log_line("%s", "");
	log_boot("Initializing kernel...");
	log_boot("UART initialized");
}

static void log_protection(void)
{
	cpu_features_log(&kernel_facts.features);
	cpu_registers_log(&kernel_facts.registers);
}

/* The RAM to use. Before the UART is mapped: a machine that cannot be is said to be so on the console that is always
 * there. */
static void find_memory(const struct boot_info *boot, struct region_set *usable, bool *clipped)
{
	uint64_t reach = K_BIT(kernel_facts.features.physical_bits);
	struct machine_error error;

	if (!machine_memory(&kernel_facts.machine, boot->image, reach, usable, clipped, &error)) {
		boot_fail(error.tag, "%s", error.reason);
	}
}

static void warn(bool clipped)
{
	if (clipped) {
		log_boot("Some RAM is out of reach and stays unused");
	}
	if (!kernel_facts.machine.has_seed) {
		log_boot("The boot loader brought no seed for secrets");
	}
	if (!kernel_facts.is_placed) {
		log_boot("No seed to place the kernel by: it stays at the address it is linked for");
	}
}

static void build_memory(const struct region_set *usable)
{
	frames_init(&kernel.frames, usable, &kernel.map);
	log_verbose("Memory: %" K_PRIu64 " KiB free", kernel.frames.total_count * (PANTHER_PAGE_SIZE / 1024));
}

/* The boot archive that the boot loader brought (QEMU's -initrd), or else the one that is built in. */
static void read_archive(const struct boot_info *boot)
{
	struct phys_range initrd = kernel_facts.machine.initrd;
	const uint8_t *bytes = boot->archive;
	size_t size = boot->archive_size;
	const char *reason;

	if (initrd.size != 0) {
		if (kernel_map_linear(&kernel.map, (phys_addr){initrd.base}, initrd.size) != K_OK) {
			boot_fail("initrd", "the boot archive lies outside the memory that can be mapped");
		}
		bytes = hal_phys_to_ptr((phys_addr){initrd.base}, initrd.size);
		size = initrd.size;
	}
	if (!archive_read(&kernel_facts.archive, bytes, size, &reason)) {
		boot_fail("initrd", "%s", reason);
	}
}

static const struct archive_program *find_first_program(void)
{
	const struct archive *archive = &kernel_facts.archive;
	const char *name = kernel_facts.init;
	const struct archive_program *program = archive->count == 0 ? NULL : &archive->programs[0];

	if (name[0] != '\0') {
		program = archive_find(archive, name);
	}
	if (program == NULL) {
		boot_fail("init", "the boot archive has no program%s%s", name[0] == '\0' ? "" : " ", name);
	}
	return program;
}

/* Its one argument is its name. It may use all memory, and make every call. */
static void start_first_program(void)
{
	const struct archive_program *program = find_first_program();
	const struct program_arguments arguments = {
		.strings = program->name,
		.size = (uint32_t)program->name_length + 1,
		.count = 1,
	};
	const struct process_order order = {
		.program = program,
		.arguments = &arguments,
		.calls = SYSCALLS_ALL,
		.frames_max = (uint32_t)kernel.frames.total_count,
		.children_max = PANTHER_PROCESSES_MAX,
	};

	if (lifecycle_begin(&order) != K_OK) {
		boot_fail("init", "%s is not an acceptable program, or does not fit into memory", program->name);
	}
}

/* For images that tests are made with, on whose command line `seed=N` is what all random numbers come from: the kernel
 * and programs lie at the same places at each boot then, and on both backends. The release image does not know the
 * word.
 */
static bool takes_seed(uint64_t *seed)
{
	return PANTHER_TAKES_SEED && command_line_number(kernel_facts.machine.command_line, "seed", seed);
}

static void take_seed(void)
{
	uint64_t seed;

	if (takes_seed(&seed)) {
		kernel.random = (struct random){.is_seeded = true};
		random_stir(&kernel.random, &seed, sizeof(seed));
	}
}

static void start_processes(const struct boot_info *boot)
{
	process_table_init(&kernel.processes);
	scheduler_init(&kernel.scheduler, asid_bits(), kernel_facts.clock.frequency);
	read_archive(boot);
	start_first_program();
}

/* From here on nothing that was needed for boot only is left, and what boot found out is read-only. */
static void close_boot(const struct boot_info *boot)
{
	if (PANTHER_CHECKS) {
		cpu_registers_note(&kernel_facts.registers);
	}
	kernel_map_seal(&kernel.map, boot->sealed_start, boot->sealed_end);
	kernel_map_check(&kernel.map);
	log_verbose("Kernel mappings checked: none is writable and executable");
}

/* The heap's memory gets tags before anybody uses it, if it can have them. */
static const char *tag_heap(uint8_t *arena)
{
	kernel_addr start = hal_tags_page(arena);
	kernel_addr end = {start.value + HEAP_SIZE};

	if (!kernel_facts.features.mte) {
		return "off, the CPU has none";
	}
	kernel_map_change(&kernel.map, start, end, PAGE_KERNEL_TAGGED);
	if (hal_tags_start(arena)) {
		return "on";
	}
	kernel_map_change(&kernel.map, start, end, PAGE_KERNEL_READ_WRITE);
	return "off, granules have none of their own";
}

/* Everything before the first process; returns, so it runs with the CPU's protections already on. */
static void start(const struct boot_info *boot)
{
	phys_addr ram = {kernel_facts.machine.ram.ranges[0].base};
	struct region_set usable;
	const char *tags;
	bool clipped;

	find_memory(boot, &usable, &clipped);
	kernel_map_init(&kernel.map, boot, ram);
	attach_console();
	print_banner();
	warn(clipped);
	log_protection();
	build_memory(&usable);
	tags = tag_heap(kernel.heap.arena);
	log_verbose("Heap tags: %s", tags);
	take_seed();
	heap_init(&kernel.heap, &kernel.random);
	devices_start();
	log_boot("Heap initialized (%u KiB)", HEAP_SIZE / 1024);
	log_boot("Exception vectors installed");
	log_line("%s", "");
	start_processes(boot);
	close_boot(boot);
}

/* How far the image moves. */
static uint64_t choose_place(void)
{
	uint64_t distance = 0;
	uint64_t seed;

	kernel_facts.is_placed = takes_seed(&seed) || place_draw(&kernel_facts.machine, &distance);
	return distance;
}

void kernel_main(const struct boot_info *boot)
{
	uint64_t distance;

	read_machine(boot);
	kernel_map_close_window(boot->kernel_root);
	distance = choose_place();
	if (distance != 0) {
		kernel_map_open_place(boot, distance);
	}
	hal_image_move(distance);
}

void kernel_moved(const struct boot_info *boot)
{
	struct hal_secrets secrets;

	if (boot->image_address.value != KERNEL_IMAGE_BASE) {
		kernel_map_close_place(boot);
	}
	decide_protection(&secrets);
	hal_cpu_protect(&kernel_facts.registers, &secrets);
	k_memory_wipe(&secrets, sizeof(secrets));
	start(boot);
	loop_run(&kernel.scheduler);
}
