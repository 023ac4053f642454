/*
 * L13: what the kernel had on its stack, which is a pattern wherever it has set nothing (tests/self_attack/poison.S),
 * is nowhere in what calls give back: all registers, records and other memory, and what a child starts with.
 */
#include "tests/attack/programs/hostile.h"
#include "tests/attack/programs/registers.h"

#define ROOM 512 /* more than any record has; poisoned_stack.c knows it */
#define TYPED 5	 /* bytes, by the runner (poisoned_stack.py), which QEMU hands over one by one */
#define PATTERN_SIZE 4
#define ODD 1 /* the buffers lie where no value of the kernel's would */

static uint8_t bytes[ROOM + ODD];
static int64_t in_registers, in_memory;

/* Places where two bytes alternate, from either on: anything from half a word, wherever it starts. */
static int64_t count_pattern(const uint8_t *memory, size_t size)
{
	static const uint8_t pair[] = {0xd5, 0x5a};
	int64_t found = 0;
	size_t length = 0;

	for (size_t at = 0; at < size; at++) {
		bool goes_on = length != 0 && (memory[at] ^ memory[at - 1]) == (pair[0] ^ pair[1]);

		length = memory[at] != pair[0] && memory[at] != pair[1] ? 0 : goes_on ? length + 1 : 1;
		found += length >= PATTERN_SIZE;
	}
	return found;
}

/* Makes a call, and looks at all registers and at the buffer. */
static int64_t ask(uint64_t number, uint64_t first, uint64_t second, uint64_t third, uint64_t fourth)
{
	const uint64_t call[] = {number, first, second, third, fourth};
	uint64_t after[31];

	registers_call(call, after);
	in_registers += count_pattern((const uint8_t *)after, sizeof(after));
	in_memory += count_pattern(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = 0;
	}
	return (int64_t)after[0];
}

static uint64_t room(void)
{
	return ADDRESS(bytes) + ODD;
}

static void ask_records(void)
{
	for (uint64_t topic = 0; topic <= PANTHER_INFO_LIMITS + 1; topic++) {
		for (uint64_t index = 0; index < 8; index++) {
			(void)ask(SYS_info, topic, index, room(), ROOM);
		}
	}
}

/* One that exits, one that is killed. */
static void ask_for_children(void)
{
	int64_t pids[] = {start("quit", 3), start("idle", 0)};

	(void)ask(SYS_wait, (uint64_t)pids[1], room(), PANTHER_WAIT_NO_BLOCK, 0);
	(void)ask(SYS_kill, (uint64_t)pids[1], 0, 0, 0);
	for (size_t i = 0; i < 2; i++) {
		say_number("waited", ask(SYS_wait, (uint64_t)pids[i], room(), 0, 0) == pids[i]);
	}
	say_number("none left", ask(SYS_wait, 0, room(), 0, 0));
}

static void ask_for_pages(void)
{
	int64_t page = ask(SYS_map, 0, PANTHER_PAGE_SIZE, READ_WRITE, 0);

	say_number("page", page > 0);
	in_memory += count_pattern(pointer((uint64_t)page), PANTHER_PAGE_SIZE);
	(void)ask(SYS_protect, (uint64_t)page, PANTHER_PAGE_SIZE, PANTHER_READ, 0);
	(void)ask(SYS_unmap, (uint64_t)page, PANTHER_PAGE_SIZE, 0, 0);
}

static void ask_for_bytes(void)
{
	int64_t total = 0;

	say("type");
	while (total < TYPED) {
		total += ask(SYS_read, 0, room(), ROOM, 0);
	}
	say_number("read", total);
	say_number("random", ask(SYS_random, room(), ROOM, 0, 0));
	say_number("written", ask(SYS_write, 1, ADDRESS("written\n"), 8, 0));
}

static void ask_for_time(void)
{
	uint64_t now = (uint64_t)ask(SYS_clock, 0, 0, 0, 0);

	(void)ask(SYS_sleep, now, 0, 0, 0);
	(void)ask(SYS_sleep, now + 10000000, 0, 0, 0);
	(void)ask(SYS_yield, 0, 0, 0, 0);
	(void)ask(SYS_getpid, 0, 0, 0, 0);
}

/* Every call, with arguments that make it fail in every way. */
static void ask_wrongly(void)
{
	const uint64_t values[] = {0, 1, 3, PANTHER_PAGE_SIZE, room(), PANTHER_USER_TOP - 1, KERNEL_IMAGE, UINT64_MAX};

	for (uint64_t number = SYS_write; number <= SYS_info + 8; number++) {
		for (size_t i = 0; i < 64; i++) {
			bool waits = number == SYS_sleep || number == SYS_read || number == SYS_restrict;
			bool prints = number == SYS_write && values[i % 8] < 3;

			if (!waits && !prints) {
				(void)ask(number, values[i % 8], values[i / 8], values[i % 8], 64);
			}
		}
	}
}

/* What a child finds on its stack. */
static int role_heir(uint64_t argument)
{
	uint64_t top = (ADDRESS(__builtin_frame_address(0)) & ~(uint64_t)(PANTHER_PAGE_SIZE - 1)) + PANTHER_PAGE_SIZE;

	(void)argument;
	return (int)count_pattern(pointer(top - PANTHER_USER_STACK_SIZE), PANTHER_USER_STACK_SIZE);
}

static void run(uint64_t argument)
{
	(void)argument;
	ask_records();
	ask_for_children();
	ask_for_pages();
	ask_for_bytes();
	ask_for_time();
	ask_wrongly();
	(void)ask(SYS_restrict, own_limits().calls, 0, 0, 0);
	(void)say_end(start("heir", 0));
	(void)say_end(start_program("first"));
	say_number("in registers", in_registers);
	say_number("in memory", in_memory);
}

static const struct role roles[] = {{"quit", role_quit}, {"idle", role_idle}, {"heir", role_heir}, NO_ROLE};

const struct subject subjects_poison[] = {{"L13", run, roles}, {NULL, NULL, NULL}};
