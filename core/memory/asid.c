#include "core/memory/asid.h"

#include "hal/mmu.h"

#define FIRST_GENERATION 1
#define FIRST_ASID (ASID_PARKED + 1)

void asids_init(struct asids *asids, unsigned bits)
{
	*asids = (struct asids){.generation = FIRST_GENERATION, .next = FIRST_ASID, .count = 1U << bits};
}

/* The tags of the generation before are given out again, so nothing may be left of what they stood for: the live space
 * is left first, lest the MMU caches more of it. */
static void begin_generation(struct asids *asids)
{
	hal_space_park();
	hal_tlb_invalidate_all();
	asids->generation++;
	asids->next = FIRST_ASID;
}

void asids_assign(struct asids *asids, struct address_space *space)
{
	if (asids->next == asids->count) {
		begin_generation(asids);
	}
	space->space.asid = asids->next;
	space->generation = asids->generation;
	asids->next++;
}
