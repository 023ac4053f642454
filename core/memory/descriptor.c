#include "core/memory/descriptor.h"

#include "hal/layout.h"
#include "lib/bits.h"

/* Fields of stage 1 descriptors, Arm ARM D8.3.1 and D8.3.2. */
#define VALID DESCRIPTOR_VALID
#define TABLE_OR_PAGE DESCRIPTOR_TABLE_OR_PAGE
#define ATTRIBUTE(index) ((uint64_t)(index) << 2)
#define AP_EL0 K_BIT(6)
#define AP_READ_ONLY K_BIT(7)
#define SH_INNER ((uint64_t)3 << 8)
#define AF K_BIT(10)
#define NOT_GLOBAL K_BIT(11)
#define GUARDED K_BIT(50) /* GP; RES0 without FEAT_BTI */
#define PXN K_BIT(53)
#define UXN K_BIT(54)
#define WAS_WRITABLE K_BIT(55) /* bits [58:55] are for software: the MMU ignores them */
#define TABLE_PXN K_BIT(59)
#define TABLE_UXN K_BIT(60)
#define TABLE_NO_EL0 K_BIT(61) /* APTable[0] */

#define NORMAL (ATTRIBUTE(KERNEL_MAIR_NORMAL) | SH_INNER | AF)
#define TAGGED (ATTRIBUTE(KERNEL_MAIR_TAGGED) | SH_INNER | AF)
#define DEVICE (ATTRIBUTE(KERNEL_MAIR_DEVICE) | AF)

/* No row is both writable and executable; user pages are never executable at EL1, nor kernel pages at EL0. */
const uint64_t descriptor_access_bits[] = {
	[PAGE_KERNEL_READ] = NORMAL | AP_READ_ONLY | PXN | UXN,
	[PAGE_KERNEL_READ_WRITE] = NORMAL | PXN | UXN,
	[PAGE_KERNEL_EXECUTE] = NORMAL | AP_READ_ONLY | UXN,
	[PAGE_DEVICE] = DEVICE | PXN | UXN,
	[PAGE_USER_READ] = NORMAL | AP_EL0 | AP_READ_ONLY | NOT_GLOBAL | PXN | UXN,
	[PAGE_USER_READ_WRITE] = NORMAL | AP_EL0 | NOT_GLOBAL | PXN | UXN | WAS_WRITABLE,
	[PAGE_USER_EXECUTE] = NORMAL | AP_EL0 | AP_READ_ONLY | NOT_GLOBAL | PXN,
	[PAGE_USER_EXECUTE_GUARDED] = NORMAL | AP_EL0 | AP_READ_ONLY | NOT_GLOBAL | PXN | GUARDED,
	[PAGE_KERNEL_TAGGED] = TAGGED | PXN | UXN,
};

/* What the tables above such pages take away (D8.4.1, hierarchical control). */
static const uint64_t table_bits[] = {
	[PAGE_KERNEL_READ] = TABLE_NO_EL0 | TABLE_UXN | TABLE_PXN,
	[PAGE_KERNEL_READ_WRITE] = TABLE_NO_EL0 | TABLE_UXN | TABLE_PXN,
	[PAGE_KERNEL_EXECUTE] = TABLE_NO_EL0 | TABLE_UXN,
	[PAGE_DEVICE] = TABLE_NO_EL0 | TABLE_UXN | TABLE_PXN,
	[PAGE_USER_READ] = TABLE_PXN,
	[PAGE_USER_READ_WRITE] = TABLE_PXN,
	[PAGE_USER_EXECUTE] = TABLE_PXN,
	[PAGE_USER_EXECUTE_GUARDED] = TABLE_PXN,
	[PAGE_KERNEL_TAGGED] = TABLE_NO_EL0 | TABLE_UXN | TABLE_PXN,
};

uint64_t descriptor_block(phys_addr address, enum page_access access)
{
	/* Only pages change their access (descriptor_with_access): a block has nothing to remember. */
	return (address.value & DESCRIPTOR_ADDRESS) | (descriptor_access_bits[access] & ~WAS_WRITABLE) | VALID;
}

uint64_t descriptor_table(phys_addr address, enum page_access access)
{
	return (address.value & DESCRIPTOR_ADDRESS) | table_bits[access] | TABLE_OR_PAGE | VALID;
}

uint64_t descriptor_with_access(uint64_t page, enum page_access access)
{
	return descriptor_page(descriptor_address(page), access) | (page & WAS_WRITABLE);
}

bool descriptor_is_writable(uint64_t descriptor)
{
	return (descriptor & AP_READ_ONLY) == 0;
}

bool descriptor_is_executable(uint64_t descriptor)
{
	return (descriptor & (PXN | UXN)) != (PXN | UXN);
}

bool descriptor_is_user(uint64_t descriptor)
{
	return (descriptor & AP_EL0) != 0;
}

bool descriptor_is_guarded(uint64_t descriptor)
{
	return (descriptor & GUARDED) != 0;
}

bool descriptor_was_writable(uint64_t descriptor)
{
	return (descriptor & WAS_WRITABLE) != 0;
}
