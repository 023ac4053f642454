/*
 * The kernel from its first line to its last: read the machine, lock it down,
 * build the memory, start the first program, and enter the loop.
 */

#include "abi/limits.h"
#include "core/cpu/features.h"
#include "core/cpu/pstate.h"
#include "core/cpu/registers.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "core/loop.h"
#include "core/process/process.h"
#include "core/start/command_line.h"
#include "core/start/secrets.h"
#include "hal/boot.h"
#include "hal/console.h"
#include "hal/cpu.h"
#include "hal/memory.h"
#include "hal/user.h"
#include "lib/bits.h"
#include "lib/format.h"
#include "lib/memory.h"

#define FIRST_PID 1

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
	command_line_apply(kernel_facts.machine.command_line, &kernel.log);
}

static void decide_protection(struct hal_registers *registers, struct hal_secrets *secrets)
{
	struct hal_id_registers id;

	hal_id_registers_read(&id);
	cpu_features_decode(&kernel_facts.features, &id);
	kernel_facts.pstate_mask = pstate_user_mask(&kernel_facts.features);
	cpu_registers_decide(registers, &kernel_facts.features);
	secrets_draw(secrets, &kernel_facts.machine);
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
	struct hal_registers registers;

	cpu_registers_decide(&registers, &kernel_facts.features);
	cpu_features_log(&kernel_facts.features);
	cpu_registers_log(&registers);
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
}

static void build_memory(const struct region_set *usable)
{
	frames_init(&kernel.frames, usable, &kernel.map);
	log_verbose("Memory: %" K_PRIu64 " KiB free", kernel.frames.total_count * (PANTHER_PAGE_SIZE / 1024));
}

struct program {
	const uint8_t *file;
	size_t size;
};

/* The program that the boot loader brought (QEMU's -initrd), or else the one that is built in. */
static struct program find_program(const struct boot_info *boot)
{
	struct phys_range initrd = kernel_facts.machine.initrd;

	if (initrd.size == 0) {
		return (struct program){boot->program, boot->program_size};
	}
	if (kernel_map_linear(&kernel.map, (phys_addr){initrd.base}, initrd.size) != K_OK) {
		boot_fail("initrd", "the initial program lies outside the memory that can be mapped");
	}
	return (struct program){hal_phys_to_ptr((phys_addr){initrd.base}, initrd.size), initrd.size};
}

static void start_program(const struct boot_info *boot)
{
	struct program program = find_program(boot);
	struct process *process;
	k_status status = process_create(&kernel.heap, &kernel.frames, FIRST_PID, program.file, program.size, &process);

	if (status != K_OK) {
		boot_fail("init", "the first program cannot be loaded: %s",
			  status == K_ENOMEM ? "out of memory" : "not an acceptable program");
	}
	scheduler_add(&kernel.scheduler, process);
}

/* From here on nothing that was needed for boot only is left, and what boot found out is read-only. */
static void close_boot(const struct boot_info *boot)
{
	kernel_map_close_window(&kernel.map);
	kernel_map_seal(&kernel.map, boot->sealed_start, boot->sealed_end);
	if (kernel.log.verbose) {
		kernel_map_check(&kernel.map);
		log_verbose("Kernel mappings checked: none is writable and executable");
	}
}

/* Everything before the first process; returns, so it runs with the CPU's protections already on. */
static void start(const struct boot_info *boot)
{
	phys_addr ram = {kernel_facts.machine.ram.ranges[0].base};
	struct region_set usable;
	bool clipped;

	find_memory(boot, &usable, &clipped);
	kernel_map_init(&kernel.map, boot, ram);
	attach_console();
	print_banner();
	warn(clipped);
	log_protection();
	build_memory(&usable);
	heap_init(&kernel.heap);
	log_boot("Heap initialized (%u KiB)", HEAP_SIZE / 1024);
	log_boot("Exception vectors installed");
	log_line("%s", "");
	start_program(boot);
	close_boot(boot);
}

void kernel_main(const struct boot_info *boot)
{
	struct hal_registers registers;
	struct hal_secrets secrets;

	read_machine(boot);
	decide_protection(&registers, &secrets);
	hal_cpu_protect(&registers, &secrets);
	k_memory_wipe(&secrets, sizeof(secrets));
	start(boot);
	loop_run();
}
