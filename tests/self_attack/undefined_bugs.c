/*
 * Undefined behaviour that the compiler makes a trap of: BRK with 0x5500 and the check's number (clang's
 * -fsanitize-trap). Those of pointers and of conversions are checked in test images and the twin only. The twin, where
 * each is a report that ends it, commits them too (tests/unit/undefined_test.c).
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "core/kernel.h"
#include "core/memory/regions.h"
#include "tests/self_attack/bugs.h"

/* Of two values the one that is asked for. */
static int kbug_int(bool wrong, int bug, int sound)
{
	return (int)kbug_hidden((uint64_t)(wrong ? bug : sound));
}

static void kbug_keep(int value)
{
	(void)kbug_hidden((uint64_t)value);
}

static void kbug_add(bool wrong)
{
	kbug_keep((int)kbug_hidden(INT32_MAX) + kbug_int(wrong, 1, 0));
}

static void kbug_subtract(bool wrong)
{
	kbug_keep(kbug_int(wrong, INT32_MIN, 0) - (int)kbug_hidden(1));
}

static void kbug_multiply(bool wrong)
{
	kbug_keep((int)kbug_hidden(INT32_MAX) * kbug_int(wrong, 2, 1));
}

static void kbug_negate(bool wrong)
{
	kbug_keep(-kbug_int(wrong, INT32_MIN, INT32_MAX));
}

static void kbug_divide(bool wrong)
{
	kbug_keep(100 / kbug_int(wrong, 0, 7));
}

/* The quotient of INT32_MIN and -1 is no int. */
static void kbug_divide_overflow(bool wrong)
{
	kbug_keep((int)kbug_hidden((uint64_t)INT32_MIN) / kbug_int(wrong, -1, 1));
}

/* core/memory/regions.c is one of the files in which no unsigned value may wrap. */
static void kbug_wrap(bool wrong)
{
	struct region_set set = {.count = 1, .ranges = {{kbug_hidden(wrong ? UINT64_MAX : 0), kbug_hidden(2)}}};

	(void)!region_set_add(&set, (struct phys_range){PANTHER_PAGE_SIZE, PANTHER_PAGE_SIZE});
}

static void kbug_shift(bool wrong)
{
	(void)kbug_hidden((uint64_t)1 << kbug_hidden(wrong ? 64 : 63));
}

static void kbug_unreachable(bool wrong)
{
	if (kbug_hidden(wrong) != 0) {
		__builtin_unreachable();
	}
}

static void kbug_bool(bool wrong)
{
	uint8_t byte = wrong ? 2 : 1;

	(void)kbug_hidden(*(const bool *)kbug_pointer((uintptr_t)&byte));
}

/* How many zeros a zero ends in is not defined. */
static void kbug_builtin(bool wrong)
{
	(void)kbug_hidden((uint64_t)__builtin_ctzll(kbug_hidden(wrong ? 0 : 1)));
}

/* The sum of a narrow type is an int, which then does not fit. */
static void kbug_conversion(bool wrong)
{
	uint8_t narrow = (uint8_t)kbug_hidden(wrong ? UINT8_MAX : 0);

	narrow++;
	(void)kbug_hidden(narrow);
}

static void kbug_null_pointer(bool wrong)
{
	*(uint32_t *)kbug_pointer(wrong ? 0 : (uintptr_t)kernel.bounce) = 1;
}

static void kbug_alignment(bool wrong)
{
	*(uint32_t *)kbug_pointer((uintptr_t)kernel.bounce + (wrong ? 2 : 4)) = 1;
}

static void kbug_pointer_overflow(bool wrong)
{
	uint8_t *start = kernel.bounce;

	(void)kbug_hidden((uintptr_t)(start + kbug_hidden(wrong ? UINT64_MAX : 1)));
}

K_NOINLINE K_ATTRIBUTE(nonnull) static void kbug_take(const void *pointer)
{
	(void)kbug_hidden((uintptr_t)pointer);
}

static void kbug_nonnull(bool wrong)
{
	kbug_take(kbug_pointer(wrong ? 0 : (uintptr_t)kernel.bounce));
}

static void kbug_bounds(bool wrong)
{
	static uint8_t table[4];

	table[kbug_hidden(wrong ? 4 : 3)] = 1;
}

/* Through a pointer, so that only the size of the local itself is known: no check of an index, but of the object. */
static void kbug_local_bounds(bool wrong)
{
	uint8_t local[4] = {0};
	uint8_t *bytes = local;

	bytes[kbug_hidden(wrong ? 4 : 3)] = 1;
	(void)kbug_hidden(bytes[kbug_hidden(0)]);
}

/* An array that knows its own length. */
struct counted {
	size_t count;
	uint8_t bytes[] K_ATTRIBUTE(counted_by(count));
};

static void kbug_counted(bool wrong)
{
	static struct counted counted = {4, {0, 0, 0, 0}};

	counted.bytes[kbug_hidden(wrong ? 4 : 3)] = 1;
}

/* A word where nothing of an object is left. The bounds of locals are the second check that would see it. */
static void kbug_object_size(bool wrong)
{
	uint64_t words[2] = {0};
	uint8_t *bytes = (uint8_t *)words;

	if (wrong) {
		*(uint64_t *)(void *)(bytes + sizeof(words)) = kbug_hidden(1);
	} else {
		*(uint64_t *)(void *)(bytes + sizeof(words[0])) = kbug_hidden(1);
	}
	(void)kbug_hidden(words[kbug_hidden(0)]);
}

static const struct bug list[] = {
	{"bounds", kbug_bounds, NULL},
	{"local-bounds", kbug_local_bounds, NULL},
	{"counted", kbug_counted, NULL},
	{"object-size", kbug_object_size, NULL},
	{"add", kbug_add, NULL},
	{"subtract", kbug_subtract, NULL},
	{"multiply", kbug_multiply, NULL},
	{"negate", kbug_negate, NULL},
	{"divide", kbug_divide, NULL},
	{"divide-overflow", kbug_divide_overflow, NULL},
	{"wrap", kbug_wrap, NULL},
	{"shift", kbug_shift, NULL},
	{"unreachable", kbug_unreachable, NULL},
	{"bool", kbug_bool, NULL},
	{"builtin", kbug_builtin, NULL},
	{"conversion", kbug_conversion, NULL},
	{"null-pointer", kbug_null_pointer, NULL},
	{"alignment", kbug_alignment, NULL},
	{"pointer-overflow", kbug_pointer_overflow, NULL},
	{"nonnull", kbug_nonnull, NULL},
};

const struct bugs kbug_undefined = {list, K_ARRAY_SIZE(list)};
