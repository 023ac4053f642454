/*
 * L11, L15, L17: what the kernel writes into a program's memory: all of it
 * defined, none of it another's, none of it an address of the kernel.
 */
#include "tests/attack/programs/hostile.h"

#define ROOM 256
#define SECRET_SIZE 1900
#define PHYSICAL_FIRST 0x40000000 /* RAM of QEMU's virt machine, 128 MiB of it */
#define PHYSICAL_LAST 0x47ffffff
#define LAST_ERROR 0xfffffffffffff001 /* negated error numbers lie above */

static void set(uint8_t *bytes, uint8_t value)
{
	for (size_t i = 0; i < ROOM; i++) {
		bytes[i] = value;
	}
}

static int64_t ask(uint64_t topic, uint64_t index, uint8_t *bytes)
{
	return panther_info(topic, index, bytes, ROOM);
}

/* With a little more room than the record takes. */
static int64_t ask_closely(uint64_t topic, uint64_t index, uint8_t *bytes)
{
	uint8_t scratch[ROOM];
	int64_t size = ask(topic, index, scratch);

	return size < 0 ? size : panther_info(topic, index, bytes, (size_t)size + 8);
}

/* Asked twice, over different bytes: what the kernel did not write differs, and what is behind the record stays. */
static void compare(const char *what, uint64_t topic, uint64_t index, size_t varies_at, size_t varies_size)
{
	uint8_t one[ROOM], other[ROOM];
	int64_t size, beyond = 0, different = 0;

	set(one, 0xaa);
	set(other, 0x55);
	size = ask_closely(topic, index, one);
	if (ask_closely(topic, index, other) != size || size <= 0) {
		say_number("no record", size);
		return;
	}
	for (size_t i = 0; i < (size_t)size; i++) {
		different += one[i] != other[i] && (i < varies_at || i >= varies_at + varies_size);
	}
	for (size_t i = (size_t)size; i < ROOM; i++) {
		beyond += one[i] != 0xaa || other[i] != 0x55;
	}
	say(what);
	say_number("different", different);
	say_number("beyond", beyond);
}

static void compare_exit(void)
{
	struct {
		struct panther_exit ended;
		uint64_t behind;
	} room[2] = {{{0xaaaaaaaa, 0xaaaaaaaa}, 0xaaaaaaaaaaaaaaaa}, {{0x55555555, 0x55555555}, 0x5555555555555555}};

	for (int i = 0; i < 2; i++) {
		(void)panther_wait((uint64_t)start("quit", 3), &room[i].ended, 0);
	}
	say("exit");
	say_number("different",
		   room[0].ended.reason != room[1].ended.reason || room[0].ended.code != 3 || room[1].ended.code != 3);
	say_number("beyond", room[0].behind != 0xaaaaaaaaaaaaaaaa || room[1].behind != 0x5555555555555555);
}

static void run_defined(uint64_t argument)
{
	(void)argument;
	/* The caller's CPU time goes on meanwhile. */
	compare("process", PANTHER_INFO_PROCESS, 1, offsetof(struct panther_process_info, cpu_time), sizeof(uint64_t));
	compare("program", PANTHER_INFO_PROGRAM, 0, 0, 0);
	compare("memory", PANTHER_INFO_MEMORY, 0, 0, 0);
	compare("limits", PANTHER_INFO_LIMITS, 0, 0, 0);
	compare_exit();
}

static int64_t spawn_secret(void)
{
	static char secret[SECRET_SIZE];
	static const char name[] = "with-a-name-that-is-rather-long";
	const char *const argv[] = {name, secret, NULL};

	for (size_t i = 0; i + 1 < sizeof(secret); i++) {
		secret[i] = 's';
	}
	return panther_spawn_program(name, argv, NULL);
}

/* How many words of the stack are the secret's. */
static int role_heir(uint64_t argument)
{
	uint64_t top = (ADDRESS(__builtin_frame_address(0)) & ~(uint64_t)(PANTHER_PAGE_SIZE - 1)) + PANTHER_PAGE_SIZE;
	const uint64_t *words = pointer(top - PANTHER_PAGE_SIZE);
	int64_t found = 0;

	(void)argument;
	for (size_t i = 0; i < PANTHER_PAGE_SIZE / sizeof(*words); i++) {
		found += words[i] == 0x7373737373737373;
	}
	say_number("secret words", found);
	return role_idle(0);
}

/* Of a process in whose place, in the kernel's memory too, there was another. */
static void run_heir(uint64_t argument)
{
	struct panther_process_info record = {0};
	int64_t old = spawn_secret();
	int64_t new, behind = 0;
	size_t length = 0;

	(void)argument;
	say_number("secret", status_of(old));
	new = start("heir", 0);
	await_state(new, PANTHER_STATE_SLEEPING);
	say_number("same slot", (old & 127) == (new & 127));
	(void)find_process((uint64_t)new, &record);
	while (record.program[length] != '\0') {
		length++;
	}
	for (size_t i = length; i < sizeof(record.program); i++) {
		behind += record.program[i] != '\0';
	}
	say_number("behind the name", behind);
	say_number("parent", (int64_t)record.parent);
	say_number("heir", end(new));
}

static bool is_kernel_value(uint64_t value)
{
	return (value >= KERNEL_TOP_HALF && value < LAST_ERROR) || (value >= PHYSICAL_FIRST && value <= PHYSICAL_LAST);
}

/* Whole words, as the kernel would store them: what begins within one is no value, such as the second half of a return
 * address that the program's own code has signed. */
static int64_t scan(const uint8_t *bytes, size_t size)
{
	int64_t found = 0;

	for (size_t at = 0; at + sizeof(uint64_t) <= size; at += sizeof(uint64_t)) {
		uint64_t value = 0;

		for (size_t i = 0; i < sizeof(value); i++) {
			value |= (uint64_t)bytes[at + i] << (8 * i);
		}
		found += is_kernel_value(value);
	}
	return found;
}

static int64_t scan_records(void)
{
	uint8_t bytes[ROOM];
	int64_t found = 0;

	for (uint64_t topic = 0; topic < 4; topic++) {
		for (uint64_t index = 0; index < 8; index++) {
			int64_t size = ask(topic, index, bytes);

			found += size > 0 ? scan(bytes, (size_t)size) : is_kernel_value((uint64_t)size);
		}
	}
	return found;
}

/* Every call, with every argument small, at the end of the user half, or in the kernel's: x0 is all that comes back. */
static int64_t scan_results(void)
{
	static const uint64_t values[] = {0, 1, 3, PANTHER_PAGE_SIZE, PANTHER_USER_TOP - 1, KERNEL_IMAGE, UINT64_MAX};
	int64_t found = 0;

	for (uint64_t number = SYS_getpid; number <= SYS_info + 8; number++) {
		if (number == SYS_sleep || number == SYS_restrict || number == SYS_wait) {
			continue;
		}
		for (size_t i = 0; i < 49; i++) {
			uint64_t result = (uint64_t)panther_syscall(number, values[i % 7], values[i / 7], values[i % 7],
								    64, 0, 0);

			found += is_kernel_value(result);
		}
	}
	return found;
}

static void run_scan(uint64_t argument)
{
	uint64_t top = (ADDRESS(__builtin_frame_address(0)) & ~(uint64_t)(PANTHER_PAGE_SIZE - 1)) + PANTHER_PAGE_SIZE;
	int64_t stack = scan(pointer(top - PANTHER_USER_STACK_SIZE), PANTHER_USER_STACK_SIZE);
	struct panther_exit ended = {0};
	int64_t pid = start("fault", KERNEL_IMAGE);

	(void)argument;
	(void)panther_wait((uint64_t)pid, &ended, 0);
	say_number("pid", is_kernel_value((uint64_t)pid));
	say_number("exit", ended.reason == PANTHER_ENDED_FAULT && ended.code == 0x24);
	say_number("records", scan_records());
	say_number("results", scan_results());
	say_number("clock", is_kernel_value((uint64_t)panther_clock()));
	say_number("stack", stack);
}

/*
 * SAFETY: faults on purpose: the kernel's memory is not a program's.
 * Audited: 2026-11-22
 */
static int role_fault(uint64_t argument)
{
	return (int)*(volatile uint64_t *)pointer(argument);
}

static const struct role roles[] = {{"quit", role_quit}, {"heir", role_heir}, {"fault", role_fault}, NO_ROLE};

const struct subject subjects_outputs[] = {
	{"L11", run_defined, roles}, {"L15", run_heir, roles}, {"L17", run_scan, roles}, {NULL, NULL, NULL}};
