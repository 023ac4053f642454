/*
 * User copies, with the rights of EL0, through the TLB; and the ways in which user memory is hostile.
 */
#include <string.h>

#include "hal/user.h"
#include "hal_host/copy.h"
#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/sanitizer.h"
#include "hal_host/state.h"
#include "hal_host/tlb.h"
#include "hal_host/twin.h"

/* A whole word that is wrong in every bit: what another CPU may have made of memory by the time it is read again. */
#define CHANGE 0xff

static void check_live(const struct hal_space *space)
{
	if (!twin.is_live || space->asid != twin.space.asid || space->root.value != twin.space.root.value) {
		twin_abort("not-live", "a user copy for a space that is not in TTBR0");
	}
}

/* Adds the range to those of this trap. Returns whether a byte of it was there already. */
static bool record(struct copies *copies, uint64_t start, uint64_t size)
{
	for (size_t i = 0; i < copies->count; i++) {
		uint64_t earlier = copies->ranges[i].start;

		if (start < earlier + copies->ranges[i].size && earlier < start + size) {
			return true;
		}
	}
	if (copies->count == TWIN_COPIES_MAX) {
		twin_abort("copies", "more than %d user copies in one trap", TWIN_COPIES_MAX);
	}
	copies->ranges[copies->count].start = start;
	copies->ranges[copies->count++].size = size;
	return false;
}

static void record_fetch(uint64_t start, uint64_t size)
{
	if (record(&twin.fetches, start, size)) {
		twin_abort("double-fetch", "a copy from 0x%llx overlaps an earlier one in this trap",
			   (unsigned long long)start);
	}
}

static void record_store(const struct twin_store *store)
{
	if (store->written == 0) {
		return;
	}
	if (record(&twin.stores, store->address, store->written)) {
		twin_abort("double-store", "a copy to 0x%llx overlaps an earlier one in this trap",
			   (unsigned long long)store->address);
	}
	if (twin.store_watcher != NULL) {
		twin.store_watcher(twin.store_watcher_owner, store);
	}
}

static bool fault(uint64_t address, uint8_t status)
{
	twin.copy_fault = (struct twin_copy_fault){.happened = true, .far = address, .status = status};
	return false;
}

/* The part of a copy that lies on one page of memory. */
struct part {
	uint8_t *bytes;
	size_t size;
};

static size_t on_page(uint64_t address, size_t left)
{
	size_t size = RAM_FRAME_SIZE - address % RAM_FRAME_SIZE;

	return size < left ? size : left;
}

static bool find_part(uint64_t user, size_t left, enum walker_access access, struct part *part)
{
	uint64_t physical;
	uint8_t status;

	if (!mmu_translate_user(user, access, &physical, &status)) {
		return fault(user, status);
	}
	part->size = on_page(user, left);
	part->bytes = ram_bytes(physical, part->size);
	return true;
}

/* What can be executed is never writable (W^X), so that nobody changes it. */
static bool is_code(uint64_t user)
{
	uint64_t physical;
	uint8_t status;

	return mmu_translate_user(user, WALKER_EXECUTE, &physical, &status);
}

static void change(const struct part *part)
{
	for (size_t i = 0; i < part->size; i++) {
		part->bytes[i] ^= CHANGE;
	}
}

bool copy_load(uint8_t *destination, uint64_t user, size_t size)
{
	struct part part;

	for (size_t done = 0; done < size; done += part.size) {
		if (!find_part(user + done, size - done, WALKER_READ, &part)) {
			return false;
		}
		/* The kernel has cleared or filled whatever a program can read. */
		sanitizer_expect_known(part.bytes, part.size);
		memcpy(destination + done, part.bytes, part.size);
		if (twin.changes_after_fetch && !is_code(user + done)) {
			change(&part);
		}
	}
	return true;
}

bool copy_store(uint64_t user, const uint8_t *source, size_t size)
{
	struct part part;

	for (size_t done = 0; done < size; done += part.size) {
		if (!find_part(user + done, size - done, WALKER_WRITE, &part)) {
			return false;
		}
		memcpy(part.bytes, source + done, part.size);
	}
	return true;
}

/* How many bytes of the kernel's next copy are to be copied: all, or those below the one that the test lets fault. */
static size_t reach(size_t size)
{
	if (!twin.copy_will_fault || twin.copy_fault_at >= size) {
		return size;
	}
	twin.copy_will_fault = false;
	return twin.copy_fault_at;
}

bool twin_copy_from_user(const struct hal_space *space, void *destination, user_addr source, size_t size)
{
	size_t reached = reach(size);

	check_live(space);
	if (size == 0) {
		return true;
	}
	record_fetch(source.value, size);
	return copy_load(destination, source.value, reached) &&
	       (reached == size || fault(source.value + reached, WALKER_TRANSLATION_FAULT | 3));
}

bool twin_copy_to_user(const struct hal_space *space, user_addr destination, const void *source, size_t size)
{
	size_t reached = reach(size);
	bool is_whole;

	check_live(space);
	sanitizer_expect_known(source, size);
	is_whole = copy_store(destination.value, source, reached) &&
		   (reached == size || fault(destination.value + reached, WALKER_TRANSLATION_FAULT | 3));
	record_store(&(struct twin_store){
		.space = space,
		.address = destination.value,
		.size = size,
		.written = is_whole ? size : twin.copy_fault.far - destination.value,
	});
	return is_whole;
}

void twin_watch_stores(twin_store_watcher *watcher, void *owner)
{
	twin.store_watcher = watcher;
	twin.store_watcher_owner = owner;
}

void twin_fault_copy(size_t byte)
{
	twin.copy_will_fault = true;
	twin.copy_fault_at = byte;
}

void twin_change_after_fetch(bool enabled)
{
	twin.changes_after_fetch = enabled;
}

struct twin_copy_fault twin_last_copy_fault(void)
{
	return twin.copy_fault;
}

const struct hal_space *twin_live_space(void)
{
	return &twin.space;
}

static uint8_t *find_user(const struct hal_space *space, uint64_t address, size_t size)
{
	struct walker_registers registers = twin.mmu;
	struct walker_translation page;
	uint8_t status;

	registers.ttbr0 = space->root.value;
	if (!walker_walk(&registers, &walker_memory, address, &page, &status)) {
		return NULL;
	}
	return ram_bytes(page.output + (address - page.base), size);
}

bool twin_user_read(const struct hal_space *space, uint64_t address, void *destination, size_t size)
{
	uint8_t *bytes = destination;
	size_t part;

	for (size_t done = 0; done < size; done += part) {
		const uint8_t *source;

		part = on_page(address + done, size - done);
		source = find_user(space, address + done, part);
		if (source == NULL) {
			return false;
		}
		memcpy(bytes + done, source, part);
	}
	return true;
}

bool twin_user_write(const struct hal_space *space, uint64_t address, const void *source, size_t size)
{
	const uint8_t *bytes = source;
	size_t part;

	for (size_t done = 0; done < size; done += part) {
		uint8_t *destination;

		part = on_page(address + done, size - done);
		destination = find_user(space, address + done, part);
		if (destination == NULL) {
			return false;
		}
		memcpy(destination, bytes + done, part);
	}
	return true;
}
