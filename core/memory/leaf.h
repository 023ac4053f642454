/*
 * The one way by which the descriptor of a page or a block gets into a table:
 * it is judged first, by rules of its own, not by those that it was made by
 * (descriptor.c). One that is wrong is a bug of the kernel: a panic, "wx-policy"
 * if it is writable and executable, else "pt-check" with the reason.
 */
#ifndef CORE_MEMORY_LEAF_H
#define CORE_MEMORY_LEAF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/memory/descriptor.h"
#include "core/memory/frames.h"
#include "hal/mmu.h"
#include "lib/compiler.h"

/*
 * What a page of a program must be (Arm ARM D8.3.1), whatever its access: valid (bit 0), a page (1), attribute 0 (4:2),
 * reachable by EL0 (6), inner shareable (9:8), AF (10), nG (11) and PXN (53); nothing else but its address and the bits
 * that are its access: AP[2], read-only (7), GP (50), UXN (54) and the software bit 55, once writable.
 */
#define LEAF_USER_PAGE ((uint64_t)0x0020000000000f43)
#define LEAF_READ_ONLY K_BIT(7)
#define LEAF_GUARDED K_BIT(50)
#define LEAF_UXN K_BIT(54)
#define LEAF_WAS_WRITABLE K_BIT(55)
#define LEAF_USER_ACCESS (LEAF_READ_ONLY | LEAF_GUARDED | LEAF_UXN | LEAF_WAS_WRITABLE)

/* What is wrong with a leaf at `level` for `address`, in words; NULL if nothing is. Where it leads to is not looked at.
 */
const char *leaf_problem(uint64_t address, unsigned level, uint64_t leaf);

/* Panics: `page` is none for a program. */
K_NORETURN K_COLD void leaf_refuse_user(uint64_t page);

/* Stores the leaf at `level` that maps `address`, of either half. */
void leaf_store(uint64_t *entry, uint64_t address, unsigned level, uint64_t leaf);

/* Executable, it must never have been writable; writable, it is known as once writable. Code alone may be guarded. */
K_ALWAYS_INLINE bool leaf_has_user_access(uint64_t page)
{
	bool is_writable = (page & LEAF_READ_ONLY) == 0;
	bool was_writable = (page & LEAF_WAS_WRITABLE) != 0;
	bool is_guarded = (page & LEAF_GUARDED) != 0;

	if ((page & LEAF_UXN) != 0) {
		return (was_writable || !is_writable) && !is_guarded;
	}
	return !was_writable && !is_writable;
}

K_ALWAYS_INLINE bool leaf_is_user_page(uint64_t page)
{
	return (page & ~(DESCRIPTOR_ADDRESS | LEAF_USER_ACCESS)) == LEAF_USER_PAGE && leaf_has_user_access(page);
}

/* The same for a page of a program, whose frame must be one that `frames` hands out. On the path of each map. */
K_ALWAYS_INLINE void leaf_store_user(uint64_t *entry, uint64_t page, const struct frames *frames)
{
	if (!K_LIKELY(leaf_is_user_page(page) && frames_may_contain(frames, descriptor_address(page)))) {
		leaf_refuse_user(page);
	}
	hal_descriptor_write(entry, page);
}

#endif
