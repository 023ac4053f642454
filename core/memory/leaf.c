#include "core/memory/leaf.h"

#include <stddef.h>

#include "core/log/panic.h"
#include "core/memory/page_table.h"
#include "hal/layout.h"
#include "lib/bits.h"
#include "lib/format.h"

#define KERNEL_HALF K_BIT(63)

#define PAGE_NOT_BLOCK K_BIT(1)
#define MEMORY_TYPE ((uint64_t)0x31c) /* attribute index, shareability */
#define EL0 K_BIT(6)
#define ACCESS_FLAG K_BIT(10)
#define NOT_GLOBAL K_BIT(11)
#define PXN K_BIT(53)

/* What a leaf must be: `value` in all bits but its address and `free`. */
struct rule {
	uint64_t value;
	uint64_t free;
};

/* The kernel's own: bits as in LEAF_USER_PAGE, but not for EL0, global, and UXN. Devices are Device-nGnRE, attribute 1,
 * without shareability. The heap may have tags, attribute 2, and text may be guarded (GP, bit 50). */
static const struct rule user_rule = {LEAF_USER_PAGE, LEAF_USER_ACCESS};
static const struct rule kernel_rules[] = {
	[KERNEL_MAIR_NORMAL] = {0x0040000000000703, LEAF_READ_ONLY | PXN | LEAF_GUARDED},
	[KERNEL_MAIR_DEVICE] = {0x0060000000000407, 0},
	[KERNEL_MAIR_TAGGED] = {0x006000000000070b, 0},
};

static const struct {
	uint64_t bits;
	const char *name;
} problems[] = {
	{DESCRIPTOR_VALID, "it is not valid"},
	{PAGE_NOT_BLOCK, "a page among blocks, or a block among pages"},
	{ACCESS_FLAG, "AF is 0"},
	{NOT_GLOBAL, "wrong nG"},
	{PXN, "EL1 may execute it"},
	{LEAF_UXN, "EL0 may execute it"},
	{MEMORY_TYPE, "wrong memory type or shareability"},
};

static const char *name_of(uint64_t wrong)
{
	for (size_t i = 0; i < K_ARRAY_SIZE(problems); i++) {
		if ((wrong & problems[i].bits) != 0) {
			return problems[i].name;
		}
	}
	return "it uses bits that nobody uses";
}

static const struct rule *rule_of(bool is_kernel, uint64_t leaf)
{
	size_t attribute = bits_get(leaf, 4, 2);

	if (!is_kernel) {
		return &user_rule;
	}
	return &kernel_rules[attribute < K_ARRAY_SIZE(kernel_rules) ? attribute : KERNEL_MAIR_NORMAL];
}

static bool is_wx(uint64_t leaf)
{
	return descriptor_is_writable(leaf) && descriptor_is_executable(leaf);
}

const char *leaf_problem(uint64_t address, unsigned level, uint64_t leaf)
{
	bool is_kernel = (address & KERNEL_HALF) != 0;
	const struct rule *rule = rule_of(is_kernel, leaf);
	bool is_page = level == PAGE_TABLE_LEAF_LEVEL;
	uint64_t value = is_page ? rule->value : rule->value & ~PAGE_NOT_BLOCK;
	uint64_t output = DESCRIPTOR_ADDRESS & ~(K_BIT(page_table_shift(level)) - 1);
	uint64_t wrong = (leaf ^ value) & ~(output | rule->free);

	if ((wrong & EL0) != 0) {
		return is_kernel ? "EL0 may reach it" : "a page of the kernel in the space of a program";
	}
	if (wrong != 0) {
		return name_of(wrong);
	}
	if (is_wx(leaf)) {
		return "it is writable and executable";
	}
	if (!is_kernel && (leaf & LEAF_UXN) != 0 && (leaf & LEAF_GUARDED) != 0) {
		return "it is guarded, and no code";
	}
	if (!is_kernel && is_page && !leaf_has_user_access(leaf)) {
		return "whether it was once writable does not fit";
	}
	return NULL;
}

K_NORETURN K_COLD static void refuse(uint64_t address, unsigned level, uint64_t leaf, const char *problem)
{
	panic(is_wx(leaf) ? "wx-policy" : "pt-check", "%s: descriptor 0x%" K_PRIx64 " for 0x%" K_PRIx64 ", level %u",
	      problem, leaf, address, level);
}

void leaf_refuse_user(uint64_t page)
{
	const char *problem = leaf_problem(0, PAGE_TABLE_LEAF_LEVEL, page);

	refuse(0, PAGE_TABLE_LEAF_LEVEL, page, problem == NULL ? "its frame is not for programs" : problem);
}

void leaf_store(uint64_t *entry, uint64_t address, unsigned level, uint64_t leaf)
{
	const char *problem = leaf_problem(address, level, leaf);

	if (problem != NULL) {
		refuse(address, level, leaf, problem);
	}
	hal_descriptor_write(entry, leaf);
}
