/*
 * A translation table walk as the hardware makes it: VMSAv8-64, stage 1, EL1&0,
 * 4 KiB granule, 39-bit addresses (Arm ARM D8.2, D8.3). Written from the
 * architecture: it shares no code and no constant with the kernel's own tables.
 */
#ifndef HAL_HOST_WALKER_H
#define HAL_HOST_WALKER_H

#include <stdbool.h>
#include <stdint.h>

/* The registers that control a walk, as they stand. */
struct walker_registers {
	uint64_t sctlr;
	uint64_t tcr;
	uint64_t mair;
	uint64_t ttbr0;
	uint64_t ttbr1;
};

enum walker_access { WALKER_READ, WALKER_WRITE, WALKER_EXECUTE };

/* What a successful walk yields: everything that a TLB keeps. */
struct walker_translation {
	uint64_t base; /* virtual address of the page or block */
	uint64_t size; /* of the page or block, in bytes */
	uint64_t output;
	uint64_t descriptor;	     /* the leaf as it stood */
	uint64_t descriptor_address; /* where it stood */
	unsigned level;
	uint8_t memory; /* the byte of MAIR */
	bool is_global;
	bool is_guarded; /* at EL0, an indirect branch must land on a landing pad (FEAT_BTI) */
	bool el0_read, el0_write, el0_execute;
	bool el1_write, el1_execute;
};

/* Fault status codes, levels to be added (Arm ARM D17.2.37, table of DFSC). */
#define WALKER_ADDRESS_SIZE_FAULT 0x00
#define WALKER_TRANSLATION_FAULT 0x04
#define WALKER_ACCESS_FLAG_FAULT 0x08
#define WALKER_PERMISSION_FAULT 0x0c
#define WALKER_EXTERNAL_ABORT 0x10
#define WALKER_EXTERNAL_ABORT_ON_WALK 0x14

/*
 * Where a walk finds a table descriptor: in memory, or in a TLB that still holds an older one. `address` is the virtual
 * address being walked for, `where` the descriptor's physical address.
 */
struct walker_source {
	uint64_t (*read)(void *owner, uint64_t address, unsigned level, uint64_t where);
	void *owner;
};

/* Reads descriptors from RAM, and only those that hal_descriptor_write stored. */
extern const struct walker_source walker_memory;

/* Walks for `address`. False with the fault status code if there is no translation. Permissions are not looked at. */
bool walker_walk(const struct walker_registers *registers, const struct walker_source *source, uint64_t address,
		 struct walker_translation *translation, uint8_t *status);

/* Does the translation allow the access? False with the fault status code if not. */
bool walker_allows(const struct walker_translation *translation, enum walker_access access, bool privileged,
		   uint8_t *status);

/* How many bytes of address space a descriptor of this level serves. */
uint64_t walker_level_size(unsigned level);

/* Does the translation lead to the frame? */
bool walker_leads_to(const struct walker_translation *translation, uint64_t frame);

/* Visits all translations that the tables of one half hold in memory. */
typedef void walker_visitor(void *owner, const struct walker_translation *translation);
void walker_visit(const struct walker_registers *registers, bool kernel_half, walker_visitor *visit, void *owner);

/* The same, of the addresses [address, address + size) only. */
void walker_visit_range(const struct walker_registers *registers, uint64_t address, uint64_t size,
			walker_visitor *visit, void *owner);

/* Visits all tables of one half, the root (level 1) first; `address` is the first virtual address that a table serves.
 */
typedef void walker_table_visitor(void *owner, uint64_t table, unsigned level, uint64_t address);
void walker_visit_tables(const struct walker_registers *registers, bool kernel_half, walker_table_visitor *visit,
			 void *owner);

#endif
