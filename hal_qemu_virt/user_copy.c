#include "hal_qemu_virt/user_copy.h"

/* One row a marked instruction, both fields relative to themselves (user_copy.S). */
struct fixup {
	int32_t instruction;
	int32_t resume;
};

extern const struct fixup hal_fixups_start[];
extern const struct fixup hal_fixups_end[];

/*
 * SAFETY: makes an address of the field itself plus what it holds; compared and jumped to, never dereferenced.
 * Audited: 2026-11-22
 */
static uint64_t relative(const int32_t *field)
{
	return (uint64_t)((int64_t)(uintptr_t)field + *field);
}

bool user_copy_fixup(uint64_t pc, uint64_t *resume)
{
	for (const struct fixup *row = hal_fixups_start; row < hal_fixups_end; row++) {
		if (relative(&row->instruction) == pc) {
			*resume = relative(&row->resume);
			return true;
		}
	}
	return false;
}
