/*
 * No bug: a panic that tells where the image lies, once nothing of the place is left that it is linked for.
 *
 * SAFETY: reads the image, and asks the MMU for the kernel's half of the address space.
 * Audited: 2026-11-22
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "hal/layout.h"
#include "hal_qemu_virt/image.h"
#include "lib/endian.h"
#include "lib/format.h"
#include "tests/self_attack/bugs.h"

extern const uint8_t image_data_start[];

/* Would EL1 read there? AT S1E1R, and PAR_EL1.F (Arm ARM C5.3.10, D17.2.101). */
static bool kbug_is_mapped(uint64_t address)
{
	uint64_t par;

	__asm__ volatile("at s1e1r, %1\n\tisb\n\tmrs %0, par_el1" : "=r"(par) : "r"(address) : "memory");
	return (par & 1) == 0;
}

/* Constants that were relocated are constants again: EL1 may not write there (AT S1E1W). */
static void kbug_expect_constants(const uint8_t *start, const uint8_t *end)
{
	for (const uint8_t *page = start; page < end; page += PANTHER_PAGE_SIZE) {
		uint64_t par;

		__asm__ volatile("at s1e1w, %1\n\tisb\n\tmrs %0, par_el1" : "=r"(par) : "r"(page) : "memory");
		if ((par & 1) == 0) {
			kbug_missed("the constants at offset 0x%" K_PRIx64 " are writable",
				    (uint64_t)(page - image_start));
		}
	}
}

/* Of all places the image's only. */
static void kbug_expect_one_place(uint64_t image)
{
	for (uint64_t place = 0; place < KERNEL_PLACES; place++) {
		uint64_t address = KERNEL_IMAGE_BASE + place * KERNEL_PLACE_SIZE;

		if (kbug_is_mapped(address) != (address == image)) {
			kbug_missed("place 0x%" K_PRIx64 ": another than the image's is mapped, or that is not",
				    address);
		}
	}
}

/* Neither constants nor variables hold an address of the old place. */
static void kbug_expect_no_old_pointer(const uint8_t *start, const uint8_t *end)
{
	for (const uint8_t *bytes = start; bytes < end; bytes += sizeof(uint64_t)) {
		uint64_t word = read_le64(bytes);

		if (word >= KERNEL_IMAGE_BASE && word - KERNEL_IMAGE_BASE < KERNEL_PLACE_SIZE) {
			kbug_missed("the word at offset 0x%" K_PRIx64 " is 0x%" K_PRIx64 ", of the old place",
				    (uint64_t)(bytes - image_start), word);
		}
	}
}

/* place_test.py knows where it should be, and compares the canaries of several boots. */
static void kbug_place(bool wrong)
{
	uint64_t image = kbug_hidden((uintptr_t)image_start);

	if (!wrong) {
		return;
	}
	kbug_expect_one_place(image);
	kbug_expect_constants(image_relocated_start, image_rodata_end);
	if (image != KERNEL_IMAGE_BASE) {
		kbug_expect_no_old_pointer(image_relocated_start, image_rodata_end);
		kbug_expect_no_old_pointer(image_data_start, image_data_end);
	}
	panic("place", "image=0x%" K_PRIx64 " canary=0x%" K_PRIx64, image, hal_boot_cpu.canary);
}

static const struct bug list[] = {{"place", kbug_place, NULL}};

const struct bugs kbug_places = {list, K_ARRAY_SIZE(list)};
