/* User copies (hal/user.h): every size and alignment, and every kind of address that must not work. */
#include "abi/limits.h"
#include "core/kernel.h"
#include "hal/layout.h"
#include "hal/memory.h"
#include "hal/user.h"
#include "lib/memory.h"
#include "tests/contract/a64.h"
#include "tests/contract/contract.h"
#include "tests/contract/space.h"

#define ASID 2
#define MARK 0xee
#define SIZE_MAX_CHECKED 70

static const uint32_t call[] = {A64_SVC(0), A64_B(-1)};

static struct address_space space;

/* What is around a copy in the kernel, so that a byte too many shows. */
static struct {
	uint8_t before[16];
	uint8_t bytes[PANTHER_PAGE_SIZE];
	uint8_t after[16];
} buffer;

static uint8_t pattern(size_t index)
{
	return (uint8_t)(index * 7 + index / 256);
}

static bool copy_in(uint64_t address, void *destination, size_t size)
{
	return hal_copy_from_user(&space.space, destination, (user_addr){address}, size);
}

static bool copy_out(uint64_t address, const void *source, size_t size)
{
	return hal_copy_to_user(&space.space, (user_addr){address}, source, size);
}

static bool is_marked(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != MARK) {
			return false;
		}
	}
	return true;
}

static bool is_pattern(const uint8_t *bytes, size_t first, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != pattern(first + i)) {
			return false;
		}
	}
	return true;
}

/* A new call: what was read before may be read again. */
static void next_call(void)
{
	CHECK_EQUAL(space_start(&space).esr, 0x56000000);
	k_memset(&buffer, MARK, sizeof(buffer));
}

static void check_in(size_t user_offset, size_t kernel_offset, size_t size)
{
	uint8_t *destination = buffer.bytes + kernel_offset;

	next_call();
	CHECK(copy_in(DATA_PAGE + user_offset, destination, size));
	CHECK(is_pattern(destination, user_offset, size));
	CHECK(is_marked(buffer.before, sizeof(buffer.before) + kernel_offset));
	CHECK(is_marked(destination + size, 16));
}

static void check_out(size_t user_offset, size_t kernel_offset, size_t size)
{
	uint8_t *page = space_page(&space, DATA_PAGE_2);
	uint8_t *source = buffer.bytes + kernel_offset;

	next_call();
	k_memset(page, MARK, 256);
	for (size_t i = 0; i < size; i++) {
		source[i] = pattern(i);
	}
	CHECK(copy_out(DATA_PAGE_2 + 16 + user_offset, source, size));
	CHECK(is_marked(page, 16 + user_offset));
	CHECK(is_pattern(page + 16 + user_offset, 0, size));
	CHECK(is_marked(page + 16 + user_offset + size, 16));
}

static void check_sizes(void)
{
	uint8_t *page = space_page(&space, DATA_PAGE);

	for (size_t i = 0; i < PANTHER_PAGE_SIZE; i++) {
		page[i] = pattern(i);
	}
	for (size_t size = 0; size <= SIZE_MAX_CHECKED; size++) {
		check_in(size % 16, 0, size);
		check_in(0, size % 16, size);
		check_out(size % 16, 0, size);
		check_out(0, size % 16, size);
	}
	next_call();
	CHECK(copy_in(DATA_PAGE, buffer.bytes, PANTHER_PAGE_SIZE));
	CHECK(is_pattern(buffer.bytes, 0, PANTHER_PAGE_SIZE));
	CHECK(is_marked(buffer.after, sizeof(buffer.after)));
}

static void check_across_pages(void)
{
	next_call();
	CHECK(copy_out(DATA_PAGE + 4090, buffer.bytes, 12));
	CHECK(is_marked(space_page(&space, DATA_PAGE) + 4090, 6));
	CHECK(is_marked(space_page(&space, DATA_PAGE_2), 6));
	CHECK(copy_in(DATA_PAGE + 4090, buffer.bytes, 12));
	CHECK(is_marked(buffer.bytes, 12));
}

/* Copies end at the byte that faults, wherever it lies in a word. */
static void check_ends(void)
{
	uint8_t *page = space_page(&space, DATA_PAGE_2);

	for (size_t reachable = 0; reachable < 40; reachable++) {
		uint64_t address = CONSTANT_PAGE - reachable;

		next_call();
		k_memset(page, 0, PANTHER_PAGE_SIZE);
		/* The page behind is read-only. */
		CHECK(!copy_out(address, buffer.bytes, reachable + 1));
		CHECK(is_marked(page + PANTHER_PAGE_SIZE - reachable, reachable));
		CHECK(!copy_in(UNMAPPED_PAGE - reachable, buffer.bytes, reachable + 1));
		CHECK(is_marked(buffer.bytes + reachable + 1, 40));
		CHECK(copy_in(address, buffer.bytes, reachable));
	}
}

/* Bytes, words and blocks of words go by different instructions. */
static void check_bad_address(uint64_t address, size_t size)
{
	next_call();
	CHECK(!copy_in(address, buffer.bytes, size));
	CHECK(is_marked(buffer.bytes, sizeof(buffer.bytes)));
	CHECK(!copy_out(address, buffer.bytes, size));
	CHECK(copy_in(address, buffer.bytes, 0));
	CHECK(copy_out(address, buffer.bytes, 0));
}

static void check_bad_addresses(void)
{
	uint64_t image = kernel.map.image_address.value;
	const uint64_t addresses[] = {
		0,
		8,
		UNMAPPED_PAGE,
		PANTHER_USER_TOP,
		PANTHER_USER_TOP - 1,
		0x0100000000000000 | DATA_PAGE,
		image,
		KERNEL_LINEAR_BASE,
		image + KERNEL_DEVICE_OFFSET,
		UINT64_MAX - 15,
	};

	for (size_t i = 0; i < K_ARRAY_SIZE(addresses); i++) {
		check_bad_address(addresses[i], 1);
		check_bad_address(addresses[i], 8);
		check_bad_address(addresses[i], 100);
	}
}

static void check_kernel_memory(void)
{
	/* A table of the kernel, by its addresses in the image and nowhere else: unchanged and unread. */
	uint64_t table = kernel.map.image_address.value + (kernel.map.root.value - kernel.map.image.base);
	uint64_t slot = (kernel.map.image_address.value >> 30 & 511) * 8;
	uint64_t before = *(uint64_t *)hal_phys_to_ptr((phys_addr){kernel.map.root.value + slot}, 8);
	uint64_t value = 0;

	next_call();
	CHECK(!copy_in(table + slot, &value, 8));
	CHECK_EQUAL(value, 0);
	CHECK(!copy_out(table + slot, &value, 8));
	CHECK_EQUAL(*(uint64_t *)hal_phys_to_ptr((phys_addr){kernel.map.root.value + slot}, 8), before);
}

static void check_read_only_pages(void)
{
	next_call();
	space_page(&space, CONSTANT_PAGE)[0] = 0x11;
	CHECK(!copy_out(CONSTANT_PAGE, buffer.bytes, 1));
	CHECK(!copy_out(CODE_PAGE, buffer.bytes, 4));
	CHECK_EQUAL(space_page(&space, CONSTANT_PAGE)[0], 0x11);
	CHECK(copy_in(CONSTANT_PAGE, buffer.bytes, 1));
	CHECK_EQUAL(buffer.bytes[0], 0x11);
	CHECK(copy_in(CODE_PAGE, buffer.bytes, 4));
}

void contract_copy(void)
{
	space_make(&space, ASID, call, 2);
	check_sizes();
	check_across_pages();
	check_ends();
	check_bad_addresses();
	check_kernel_memory();
	check_read_only_pages();
	space_end(&space);
}
