/*
 * One tree of tables in the kernel's half, pages and blocks of 2 MiB: core/memory/page_table.h against a list of
 * mappings.
 */
#include <string.h>

#include "core/kernel.h"
#include "core/memory/page_table.h"
#include "hal_host/state.h"
#include "hal_host/walker.h"
#include "tests/fuzz/page_table_fuzzer.h"
#include "tests/support/require.h"

#define PAGE 0x1000UL
#define BLOCK 0x200000UL
#define GIB 0x40000000UL
#define HALF 0xffffff8000000000
#define MAPPINGS_MAX OPERATIONS_MAX
#define TABLES_MAX 8
#define NORMAL 0xff
#define DEVICE 0x04 /* nGnRE (Arm ARM D17.2.97) */

struct mapping {
	uint64_t address; /* below 2^39 */
	uint64_t size;
	uint64_t output;
	enum page_access access;
};

/* A table serves a GiB or, if its entries are pages, 2 MiB. */
struct table {
	uint64_t address;
	uint64_t span;
	bool allows_execution; /* of what lies below it */
};

static struct {
	struct mapping mappings[MAPPINGS_MAX];
	size_t count;
	phys_addr root;
	struct table tables[TABLES_MAX]; /* the root not counted */
	size_t table_count;
	size_t table_limit;
	size_t frames; /* that were handed out for them */
} tree;

static k_status take_table(void *owner, phys_addr *table)
{
	k_status status = K_ENOMEM;

	REQUIRE(owner == &tree);
	if (tree.frames < tree.table_limit) {
		status = frames_allocate(&kernel.frames, table);
	}
	tree.frames += status == K_OK;
	return status;
}

static const struct table_source source = {.take = take_table, .owner = &tree};

static struct mapping *find(uint64_t address, uint64_t size)
{
	for (size_t i = 0; i < tree.count; i++) {
		struct mapping *mapping = &tree.mappings[i];

		if (mapping->address < address + size && address < mapping->address + mapping->size) {
			return mapping;
		}
	}
	return NULL;
}

static struct table *find_table(uint64_t address, uint64_t span)
{
	for (size_t i = 0; i < tree.table_count; i++) {
		if (tree.tables[i].span == span && tree.tables[i].address == address / span * span) {
			return &tree.tables[i];
		}
	}
	return NULL;
}

/* What a table took away when it was made is gone. */
static bool is_executable(const struct mapping *mapping)
{
	return mapping->access == PAGE_KERNEL_EXECUTE && find_table(mapping->address, GIB)->allows_execution &&
	       (mapping->size == BLOCK || find_table(mapping->address, BLOCK)->allows_execution);
}

/* What the walker finds is what the model has: rights, memory type, frame. */
static void check_mapping(const struct mapping *mapping, const struct walker_translation *found)
{
	bool is_device = mapping->access == PAGE_DEVICE;

	REQUIRE(found->base == (HALF | mapping->address) && found->size == mapping->size);
	REQUIRE(found->output == mapping->output && found->memory == (is_device ? DEVICE : NORMAL));
	REQUIRE(found->el1_write == (mapping->access == PAGE_KERNEL_READ_WRITE || is_device));
	REQUIRE(found->el1_execute == is_executable(mapping));
	REQUIRE(found->is_global && !found->el0_read && !found->el0_write && !found->el0_execute);
}

struct count {
	size_t leaves;
	size_t tables;
};

static void check_leaf(void *owner, const struct walker_translation *found)
{
	struct count *count = owner;
	const struct mapping *mapping = find(found->base & ~HALF, 1);

	REQUIRE(mapping != NULL);
	check_mapping(mapping, found);
	count->leaves++;
}

static void count_table(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	struct count *count = owner;

	(void)table;
	(void)level;
	(void)address;
	count->tables++;
}

static void check_visited(void *owner, uint64_t address, unsigned level, uint64_t descriptor)
{
	size_t *visited = owner;
	const struct mapping *mapping = find(address, 1);

	REQUIRE(mapping != NULL && mapping->address == address);
	REQUIRE(level == (mapping->size == PAGE ? 3 : 2));
	REQUIRE((descriptor & 0xfffffffff000) == mapping->output);
	(*visited)++;
}

static void check_tree(void)
{
	struct walker_registers registers = twin.mmu;
	struct count count = {0, 0};
	size_t visited = 0;

	registers.ttbr1 = tree.root.value;
	walker_visit(&registers, true, check_leaf, &count);
	walker_visit_tables(&registers, true, count_table, &count);
	REQUIRE(count.leaves == tree.count && count.tables == tree.table_count + 1 && tree.frames == tree.table_count);
	page_table_visit(tree.root, check_visited, &visited);
	REQUIRE(visited == tree.count);
}

/* Makes a table if it is missing and there is one. */
static bool make_table(uint64_t address, uint64_t span, enum page_access access)
{
	if (find_table(address, span) != NULL) {
		return true;
	}
	if (tree.table_count >= tree.table_limit) {
		return false;
	}
	tree.tables[tree.table_count++] = (struct table){
		.address = address / span * span,
		.span = span,
		.allows_execution = access == PAGE_KERNEL_EXECUTE,
	};
	return true;
}

/* A block is in the way of any page, and a table of pages in the way of a block, even an empty one. */
static k_status expect_map(const struct mapping *mapping)
{
	const struct mapping *other = find(mapping->address, mapping->size);

	if (other != NULL && other->size == BLOCK) {
		return K_EINVAL;
	}
	if (!make_table(mapping->address, GIB, mapping->access)) {
		return K_ENOMEM;
	}
	if (mapping->size == BLOCK) {
		return find_table(mapping->address, BLOCK) != NULL ? K_EINVAL : K_OK;
	}
	if (!make_table(mapping->address, BLOCK, mapping->access)) {
		return K_ENOMEM;
	}
	return other != NULL ? K_EINVAL : K_OK;
}

static void map(const struct mapping *mapping)
{
	k_status expected = expect_map(mapping);
	uint64_t address = HALF | mapping->address;
	phys_addr output = {mapping->output};
	k_status status = mapping->size == PAGE
				  ? page_table_map(tree.root, address, output, mapping->access, &source)
				  : page_table_map_block(tree.root, address, output, mapping->access, &source);

	REQUIRE(status == expected);
	if (status == K_OK) {
		tree.mappings[tree.count++] = *mapping;
	}
}

static void unmap(uint64_t address)
{
	struct mapping *mapping = find(address, 1);
	uint64_t descriptor = page_table_lookup(tree.root, HALF | address);

	REQUIRE((descriptor != DESCRIPTOR_INVALID) == (mapping != NULL));
	REQUIRE(page_table_unmap(tree.root, HALF | address) == descriptor);
	if (mapping != NULL) {
		REQUIRE(descriptor_address(descriptor).value == mapping->output);
		*mapping = tree.mappings[--tree.count];
	}
}

/* Only pages change their access; device memory becomes nothing else without a break (Arm ARM D8.13.1). */
static void protect(uint64_t address, enum page_access access)
{
	struct mapping *mapping = find(address, 1);
	k_status status;

	if (mapping != NULL && mapping->access == PAGE_DEVICE) {
		return;
	}
	status = page_table_protect(tree.root, HALF | address, access);
	REQUIRE(status == (mapping != NULL && mapping->size == PAGE ? K_OK : K_EINVAL));
	if (status == K_OK) {
		mapping->access = access;
	}
}

static bool is_empty(const struct table *table)
{
	for (size_t i = 0; i < tree.table_count; i++) {
		const struct table *other = &tree.tables[i];

		if (other->span < table->span && other->address / table->span * table->span == table->address) {
			return false;
		}
	}
	return find(table->address, table->span) == NULL;
}

/* The lowest table on the way goes, if nothing is below it. Only for places without a block. */
static void unlink_empty(uint64_t address)
{
	const struct mapping *mapping = find(address, 1);
	struct table *lowest = find_table(address, BLOCK);
	bool goes;
	phys_addr table;

	if (mapping != NULL && mapping->size == BLOCK) {
		return;
	}
	lowest = lowest == NULL ? find_table(address, GIB) : lowest;
	goes = lowest != NULL && is_empty(lowest);
	REQUIRE(page_table_unlink_empty(tree.root, HALF | address, &table) == goes);
	if (goes) {
		*lowest = tree.tables[--tree.table_count];
		tree.frames--;
		frames_free(&kernel.frames, table);
	}
}

/* Few places, close together or far apart, so that things meet. */
static uint64_t take_address(struct input_bytes *input)
{
	static const uint64_t places[] = {0, BLOCK, 511 * BLOCK, 5 * GIB, 511 * GIB, 511 * GIB + 510 * BLOCK};
	uint8_t place = take(input);
	uint64_t base = places[place % (sizeof(places) / sizeof(places[0]))];

	return base + (uint64_t)(place / 128) * BLOCK + take(input) % 8 * (place % 16 < 8 ? PAGE : 73 * PAGE);
}

static void take_mapping(struct input_bytes *input, uint64_t size)
{
	struct mapping mapping = {.address = take_address(input) / size * size, .size = size};

	mapping.access = (enum page_access)(take(input) % (PAGE_DEVICE + 1));
	mapping.output = take_bytes(input, 3) * PAGE / size * size;
	map(&mapping);
}

static void operate(struct input_bytes *input)
{
	uint64_t address;

	switch (take(input) % 8) {
	case 0:
	case 1:
		take_mapping(input, PAGE);
		break;
	case 2:
		take_mapping(input, BLOCK);
		break;
	case 3:
		unmap(take_address(input));
		break;
	case 4:
		address = take_address(input);
		protect(address, (enum page_access)(take(input) % (PAGE_KERNEL_EXECUTE + 1)));
		break;
	case 5:
		unlink_empty(take_address(input));
		break;
	default:
		tree.table_limit = take(input) % (TABLES_MAX + 1);
		break;
	}
}

/* Gives back all pages, then all tables, the lowest first. */
static void clear(void)
{
	while (tree.count != 0) {
		unmap(tree.mappings[0].address);
	}
	while (tree.table_count != 0) {
		const struct table *table = tree.tables;

		while (!is_empty(table)) {
			table++;
		}
		unlink_empty(table->address);
	}
	frames_free(&kernel.frames, tree.root);
}

void fuzz_tree(struct input_bytes *input)
{
	memset(&tree, 0, sizeof(tree));
	tree.table_limit = TABLES_MAX;
	REQUIRE(frames_allocate(&kernel.frames, &tree.root) == K_OK);
	for (unsigned i = 0; i < OPERATIONS_MAX && input->size != 0; i++) {
		operate(input);
		check_tree();
	}
	clear();
}
