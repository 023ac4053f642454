/*
 * A kind of argument that nobody draws here does not compile.
 */
#include "tests/script/script_operands.h"

#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"
#include "hal/layout.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a table of the last level serves (Arm ARM D8.3). */
#define TABLE_SPAN 0x200000UL

/* Where a process that asks properly has its request for spawn and its room for what wait tells, from its data on. */
#define REQUEST_OFFSET 0x400
#define EXIT_OFFSET 0xc00

/* One of the places, or what lies close before or behind it. */
static struct operand near_one(struct source source, const struct operand *places, size_t count)
{
	static const int8_t distances[] = {0, 0, 0, 0, 1, 1, -1, -1, 2, -2, 4, -4, 8, -8, 16, -16};
	struct operand operand = places[source.detail % count];
	int8_t distance = (int8_t)(source.detail >> 8);

	if (distance >= 0) {
		distance = distances[(size_t)distance % COUNT(distances)];
	}
	operand.value += (uint64_t)(int64_t)distance;
	return operand;
}

static const struct operand addresses[] = {
	{SCRIPT_DATA, 0},
	{SCRIPT_DATA, PANTHER_PAGE_SIZE},
	{SCRIPT_DATA, SCRIPT_DATA_SIZE},
	{SCRIPT_CONST, 0},
	{SCRIPT_CODE, 0},
	{SCRIPT_STACK, 0},
	{SCRIPT_STACK, PANTHER_USER_STACK_SIZE},
	{SCRIPT_MAP, 0},
	{SCRIPT_MAP, PANTHER_PAGE_SIZE},
	{SCRIPT_MAP, PANTHER_MAP_MAX},
	{SCRIPT_RESULT, 0},
	{SCRIPT_ABSOLUTE, 0},
	{SCRIPT_ABSOLUTE, PANTHER_USER_BOTTOM},
	{SCRIPT_ABSOLUTE, PANTHER_USER_IMAGE_RANDOM_BASE},
	{SCRIPT_ABSOLUTE, PANTHER_USER_MAP_BASE},
	{SCRIPT_ABSOLUTE, PANTHER_USER_MAP_TOP},
	{SCRIPT_ABSOLUTE, PANTHER_USER_TOP},
	{SCRIPT_ABSOLUTE, SCRIPT_STATE_ADDRESS},
	{SCRIPT_ABSOLUTE, SCRIPT_SCRIPTS_ADDRESS},
	{SCRIPT_ABSOLUTE, KERNEL_LINEAR_BASE},
	{SCRIPT_ABSOLUTE, KERNEL_IMAGE_BASE},
	{SCRIPT_ABSOLUTE, KERNEL_DEVICE_BASE},
	{SCRIPT_ABSOLUTE, 1UL << 56 | SCRIPT_DATA_ADDRESS},
	{SCRIPT_ABSOLUTE, 1UL << 48},
	{SCRIPT_ABSOLUTE, 1UL << 63},
	{SCRIPT_ABSOLUTE, UINT64_MAX},
};

struct operand draw_address(struct source source)
{
	if (source.choice < 96) {
		return (struct operand){SCRIPT_DATA, source.detail % SCRIPT_DATA_SIZE};
	}
	if (source.choice < 128) {
		return (struct operand){source.choice % 2 == 0 ? SCRIPT_MAP : SCRIPT_STACK, source.detail};
	}
	return source.choice < 240 ? near_one(source, addresses, COUNT(addresses)) : any(source);
}

struct operand draw_length(struct source source)
{
	static const struct operand places[] = {
		{0, 0},
		{0, 64},
		{0, sizeof(struct panther_process_info)},
		{0, SCRIPT_REQUEST_SIZE},
		{0, PANTHER_READ_CHUNK},
		{0, 2048}, /* the largest request of spawn */
		{0, PANTHER_WRITE_CHUNK},
		{0, SCRIPT_DATA_SIZE},
		{0, PANTHER_USER_STACK_SIZE},
		{0, PANTHER_MAP_MAX},
		{0, PANTHER_IO_MAX},
		{0, 1UL << 32},
		{0, PANTHER_USER_TOP},
		{0, 1UL << 63},
	};
	/* Short ones, and the records that the kernel reads and writes. */
	static const struct operand sizes[] = {
		{0, 1},
		{0, 8},
		{0, 16},
		{0, 32},
		{0, 128},
		{0, PANTHER_RANDOM_CHUNK},
		{0, sizeof(struct panther_exit)},
		{0, sizeof(struct panther_program_info)},
		{0, sizeof(struct panther_memory_info)},
		{0, sizeof(struct panther_limits_info)},
		{0, sizeof(struct panther_spawn_request)},
	};

	if (source.choice < 64) {
		return absolute(source.detail % 512);
	}
	if (source.choice < 144) {
		return absolute(source.choice % 8UL * PANTHER_PAGE_SIZE);
	}
	if (source.choice < 240) {
		return near_one(source, places, COUNT(places));
	}
	return source.choice < 250 ? near_one(source, sizes, COUNT(sizes)) : any(source);
}

struct operand draw_small(struct source source, unsigned count)
{
	if (source.choice < 224) {
		return absolute(source.detail % count);
	}
	/* The same, where only 32 bits are looked at. */
	return source.choice < 232 ? absolute(1UL << 32 | source.detail % count) : any(source);
}

static struct operand draw_fd(struct source source)
{
	return draw_small(source, 4);
}

static struct operand draw_status(struct source source)
{
	return draw_small(source, 512);
}

struct operand draw_request(struct source source)
{
	return source.choice < 160 ? (struct operand){SCRIPT_DATA, REQUEST_OFFSET} : draw_address(source);
}

static struct operand draw_exit(struct source source)
{
	return source.choice < 160 ? (struct operand){SCRIPT_DATA, EXIT_OFFSET} : draw_address(source);
}

static struct operand draw_pid(struct source source)
{
	static const struct operand places[] = {{SCRIPT_CHILD, 0}, {SCRIPT_CHILD, 0},	     {SCRIPT_SELF, 0},
						{SCRIPT_SELF, 1},  {SCRIPT_RESULT, 0},	     {SCRIPT_ABSOLUTE, 1},
						{SCRIPT_CHILD, 1}, {SCRIPT_CHILD, 1UL << 32}};

	if (source.choice < 64) {
		return absolute(0);
	}
	return source.choice < 224 ? places[source.detail % COUNT(places)] : draw_small(source, 16);
}

static struct operand draw_time(struct source source)
{
	static const struct operand places[] = {
		{SCRIPT_ABSOLUTE, 0},
		{SCRIPT_ABSOLUTE, 1UL << 40},
		{SCRIPT_ABSOLUTE, INT64_MAX},
		{SCRIPT_ABSOLUTE, 1UL << 63},
		{SCRIPT_NOW, 0},
		{SCRIPT_RESULT, 0},
	};

	if (source.choice < 160) {
		return (struct operand){SCRIPT_NOW, (uint64_t)source.choice * source.detail};
	}
	return source.choice < 248 ? near_one(source, places, COUNT(places)) : any(source);
}

/* Mostly whole pages. */
static struct operand draw_pages(struct source source)
{
	static const uint8_t bases[] = {SCRIPT_MAP,   SCRIPT_MAP,  SCRIPT_DATA,	 SCRIPT_STACK,
					SCRIPT_CONST, SCRIPT_CODE, SCRIPT_RESULT};
	struct operand operand;

	if (source.choice < 64) {
		return absolute(0);
	}
	if (source.choice < 160) {
		return (struct operand){bases[source.choice % COUNT(bases)], source.detail % 8UL * PANTHER_PAGE_SIZE};
	}
	if (source.choice < 168) {
		return absolute(PANTHER_USER_BOTTOM + (uint64_t)source.detail * PANTHER_PAGE_SIZE);
	}
	if (source.choice < 184) {
		/* A few pages below the border of two tables. */
		return absolute((1UL + source.detail % 4) * TABLE_SPAN -
				(source.detail >> 8) % 4UL * PANTHER_PAGE_SIZE);
	}
	operand = draw_address(source);
	if (source.choice < 240) {
		operand.value = operand.value / PANTHER_PAGE_SIZE * PANTHER_PAGE_SIZE;
	}
	return operand;
}

static struct operand draw_access(struct source source)
{
	static const uint8_t right[] = {PANTHER_READ, PANTHER_READ | PANTHER_WRITE, PANTHER_READ | PANTHER_EXECUTE};

	return source.choice < 192 ? absolute(right[source.detail % COUNT(right)]) : draw_small(source, 9);
}

static uint64_t all_calls(void)
{
	uint64_t all = 0;

#define SYSCALL(number, name, since, summary, arguments, errors, result) all |= PANTHER_CALL_BIT(number);
#include "abi/syscalls.def"
#undef SYSCALL
	return all;
}

/* All calls but one or two, or what cannot be. */
struct operand draw_calls(struct source source)
{
	uint64_t less = PANTHER_CALL_BIT(source.detail % 64) | PANTHER_CALL_BIT((source.detail >> 8) % 64);

	if (source.choice < 64) {
		return absolute(all_calls());
	}
	return source.choice < 232 ? absolute(all_calls() & ~less) : any(source);
}

static struct operand draw_flags(struct source source)
{
	return draw_small(source, 3);
}

static struct operand draw_topic(struct source source)
{
	return draw_small(source, 5);
}

static struct operand draw_index(struct source source)
{
	return source.choice < 96 ? absolute(0) : draw_small(source, 130);
}

/* By kind of argument, as abi/syscalls.def names them. */
#define draw_STATUS draw_status
#define draw_FD draw_fd
#define draw_IN draw_address
#define draw_OUT draw_address
#define draw_LENGTH draw_length
#define draw_REQUEST draw_request
#define draw_EXIT draw_exit
#define draw_PID draw_pid
#define draw_TIME draw_time
#define draw_PAGES draw_pages
#define draw_ACCESS draw_access
#define draw_CALLS draw_calls
#define draw_FLAGS draw_flags
#define draw_TOPIC draw_topic
#define draw_INDEX draw_index

static const struct drawn_call calls[] = {
#define ARGUMENTS(...) __VA_ARGS__
#define NO_ARGUMENTS NULL
#define ARGUMENT(register_number, kind, name, text) [register_number] = draw_##kind
#define SYSCALL(number, name, since, summary, arguments, errors, result) {number, {arguments}},
#include "abi/syscalls.def"
#undef SYSCALL
#undef ARGUMENT
#undef NO_ARGUMENTS
#undef ARGUMENTS
};

size_t drawn_call_count(void)
{
	return COUNT(calls);
}

const struct drawn_call *drawn_call(size_t index)
{
	return &calls[index];
}
