/*
 * core/memory/heap.h: a long random sequence of allocations and frees, against a model: the live blocks. From them
 * follows, page by page, what the heap must be able to serve: what waits in quarantine gives way.
 */
#include "tests/unit/heap_fixture.h"

#define LIVE_MAX (HEAP_SIZE / 32)
#define OPERATIONS 200000

struct live_block {
	uint8_t *block;
	size_t size;
	uint8_t content;
};

struct model {
	struct live_block live[LIVE_MAX];
	size_t count;
	size_t used;
	size_t class_of_page[HEAP_PAGES];  /* block size of the slab; 0 for a free page, PAGE for part of a run */
	size_t blocks_in_page[HEAP_PAGES]; /* how many are live */
	uint64_t seed;
	size_t profile;
	size_t refused, reused;
};

static uint64_t next_random(struct model *model)
{
	model->seed ^= model->seed << 13;
	model->seed ^= model->seed >> 7;
	model->seed ^= model->seed << 17;
	return model->seed >> 8;
}

static bool model_has_run(const struct model *model, size_t pages)
{
	size_t length = 0;

	for (size_t page = 0; page < HEAP_PAGES; page++) {
		length = model->class_of_page[page] == 0 ? length + 1 : 0;
		if (length == pages) {
			return true;
		}
	}
	return false;
}

static bool model_has_room(const struct model *model, size_t size)
{
	if (size > 2048) {
		return model_has_run(model, size / PAGE);
	}
	for (size_t page = 0; page < HEAP_PAGES; page++) {
		if (model->class_of_page[page] == 0 ||
		    (model->class_of_page[page] == size && model->blocks_in_page[page] < PAGE / size)) {
			return true;
		}
	}
	return false;
}

static void model_count(struct model *model, const struct live_block *live, bool adds)
{
	size_t size = expected_size(live->size);
	size_t first = (size_t)(live->block - heap.arena) / PAGE;

	for (size_t page = first; page < first + (size + PAGE - 1) / PAGE; page++) {
		model->blocks_in_page[page] += adds ? 1 : (size_t)-1;
		model->class_of_page[page] = model->blocks_in_page[page] == 0 ? 0 : size > 2048 ? PAGE : size;
	}
	model->used = adds ? model->used + size : model->used - size;
}

/* Sizes up to one of three limits: the first often, the last seldom. */
static const uint64_t profiles[][3] = {
	{48, 128, 2048},		       /* full slabs of many blocks */
	{128, 2048, 4 * PAGE},		       /* everything mixed */
	{2048, 4 * PAGE, HEAP_SIZE - REDZONE}, /* whole pages and runs of them */
};

#define PROFILES (sizeof(profiles) / sizeof(profiles[0]))

static size_t random_size(struct model *model)
{
	uint64_t kind = next_random(model) % 100;

	return 1 + next_random(model) % profiles[model->profile][kind < 70 ? 0 : kind < 98 ? 1 : 2];
}

static void model_allocate(struct model *model)
{
	struct live_block fresh = {.size = random_size(model), .content = (uint8_t)next_random(model)};
	size_t size = expected_size(fresh.size);

	fresh.block = heap_allocate(&heap, fresh.size);
	assert_int_equal(fresh.block != NULL, model_has_room(model, size));
	if (fresh.block == NULL) {
		model->refused++;
		return;
	}
	assert_true(is_all(fresh.block, fresh.size, 0));
	memset(fresh.block, fresh.content, fresh.size);
	model_count(model, &fresh, true);
	model->live[model->count] = fresh;
	model->count++;
}

static void model_free(struct model *model)
{
	size_t index = next_random(model) % model->count;
	struct live_block old = model->live[index];

	/* Had two blocks overlapped, one's content would be in the other. */
	assert_true(is_all(old.block, old.size, old.content));
	heap_free(&heap, old.block);
	assert_true(is_all(old.block, expected_size(old.size), 0));
	model_count(model, &old, false);
	model->count--;
	model->live[index] = model->live[model->count];
	model->reused++;
}

/* An overflow: a random byte of a redzone, which both the sweep and the block's end must see. */
static void model_overflow(struct model *model)
{
	const struct live_block *live = &model->live[next_random(model) % model->count];
	size_t redzone = expected_size(live->size) - live->size;
	uint8_t *byte = live->block + live->size + next_random(model) % redzone;

	*byte ^= 0x40;
	expect_panic("heap-redzone", call_heap_check, NULL);
	expect_panic("heap-redzone", call_heap_free, live->block);
	*byte ^= 0x40;
}

/* A wrong free: a random address of the arena, which must be told from the live blocks exactly. */
static void model_free_wrongly(struct model *model)
{
	size_t offset = next_random(model) % HEAP_SIZE;
	uint8_t *address = heap.arena + offset;
	const char *tag = expected_rest(&heap, offset) ? "heap-foreign-free" : "heap-double-free";

	for (size_t index = 0; index < model->count; index++) {
		const struct live_block *live = &model->live[index];

		if (address == live->block) {
			return;
		}
		if (address > live->block && address < live->block + expected_size(live->size)) {
			tag = "heap-interior-free";
		}
	}
	expect_panic(tag, call_heap_free, address);
}

static void random_operations_agree_with_a_model(void **state)
{
	static struct model model;

	(void)state;
	twin_reset(NULL);
	make_heap(0);
	memset(&model, 0, sizeof(model));
	model.seed = 0x68656170;
	for (size_t operation = 0; operation < OPERATIONS; operation++) {
		/* The heap is filled for a while, then emptied for a while; then the sizes change. */
		bool is_filling = operation / 10000 % 2 == 0;

		model.profile = operation / 20000 % PROFILES;
		if (model.count == 0 || next_random(&model) % 100 < (is_filling ? 70 : 30)) {
			model_allocate(&model);
		} else {
			model_free(&model);
		}
		if (operation % 97 == 0) {
			heap_check(&heap);
		}
		if (operation % 997 == 0) {
			model_free_wrongly(&model);
		}
		if (operation % 1009 == 0 && model.count != 0) {
			model_overflow(&model);
		}
		assert_int_equal(heap_used(&heap), model.used);
	}
	while (model.count != 0) {
		model_free(&model);
	}
	assert_int_equal(heap_used(&heap), 0);
	/* Both the full heap and the one in use were seen. */
	assert_true(model.refused > 1000);
	assert_true(model.reused > OPERATIONS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
