/*
 * R20: more input than anybody reads. L23: input goes to who reads it, and no
 * more of the kernel's buffer than was typed. A20: a buffer that ends too soon
 * loses none.
 */
#include "tests/attack/programs/hostile.h"

#define FLOOD 65536	/* the runner types so many bytes (program_rows.py), after one break */
#define INPUT_SIZE 1024 /* core/console/input.h */
#define FILL 0xaa

static uint64_t lost(void)
{
	struct panther_memory_info memory = {0};

	(void)panther_info(PANTHER_INFO_MEMORY, 0, &memory, sizeof(memory));
	return memory.input_lost;
}

/* QEMU hands over what is typed byte by byte. */
static void echo_line(void)
{
	char byte = 0;

	while (byte != '\n' && panther_read(0, &byte, 1) == 1) {
		(void)panther_write_all(1, &byte, 1);
	}
}

/* Until a line has been typed, of which none is taken: into a constant nothing can be read. The first byte ends the
 * wait; the others have long come after a tenth of a second. */
static void await_line(void)
{
	static const char constant[1] = "";

	(void)panther_read(0, (void *)(uintptr_t)constant, sizeof(constant));
	sleep_us(100000);
}

static void run_flood(uint64_t argument)
{
	char bytes[PANTHER_READ_CHUNK];
	int64_t total = 0;

	(void)argument;
	/* Apart from the flood: QEMU's UART has a break take the place of a byte if it is full. */
	say("break");
	while (lost() == 0) {
		sleep_us(1000);
	}
	say("flood me");
	while (lost() < FLOOD + 1 - INPUT_SIZE) {
		sleep_us(1000);
	}
	while (total < INPUT_SIZE) {
		total += panther_read(0, bytes, sizeof(bytes));
	}
	say_number("read", total);
	say_number("lost", (int64_t)lost());
	say("more");
	echo_line();
	say("responsive");
}

static int role_secret(uint64_t argument)
{
	static char secret[PANTHER_WRITE_CHUNK];
	char byte;

	(void)argument;
	for (size_t i = 0; i < sizeof(secret); i++) {
		secret[i] = 's';
	}
	secret[sizeof(secret) - 1] = '\n';
	(void)panther_write_all(1, secret + sizeof(secret) - 8, 8);
	(void)panther_write(3, secret, sizeof(secret));
	(void)panther_read(0, &byte, 1);
	return 0;
}

static void read_some(uint64_t size)
{
	uint8_t bytes[32];
	int64_t count;
	int64_t beyond = 0;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = FILL;
	}
	count = panther_read(0, bytes, size);
	for (size_t i = count < 0 ? 0 : (size_t)count; i < sizeof(bytes); i++) {
		beyond += bytes[i] != FILL;
	}
	(void)panther_write_all(1, bytes, count < 0 ? 0 : (size_t)count);
	say_number("", count);
	say_number("beyond", beyond);
}

static void run_reader(uint64_t argument)
{
	int64_t reader = start("secret", 0);

	(void)argument;
	await_state(reader, PANTHER_STATE_READING);
	say_number("reader ended", end(reader));
	say("type");
	await_line();
	read_some(4);
	read_some(32);
}

/*
 * Five bytes, for which there is room for two: then for all of them.
 *
 * SAFETY: the page is this program's own, mapped just now; nothing is mapped behind it.
 * Audited: 2026-11-23
 */
static void run_straddle(uint64_t argument)
{
	char *page = panther_mapped(panther_map(NULL, PANTHER_PAGE_SIZE, READ_WRITE));
	char *end = page + PANTHER_PAGE_SIZE;
	int64_t count;

	(void)argument;
	say("type");
	await_line();
	say_number("too far", panther_read(0, end - 2, 8));
	count = panther_read(0, page, 8);
	(void)panther_write_all(1, page, count < 0 ? 0 : (size_t)count);
	say_number("then", count);
	(void)panther_unmap(page, PANTHER_PAGE_SIZE);
}

static const struct role roles[] = {{"secret", role_secret}, NO_ROLE};

const struct subject subjects_input[] = {
	{"R20", run_flood, roles}, {"L23", run_reader, roles}, {"A20", run_straddle, roles}, {NULL, NULL, NULL}};
