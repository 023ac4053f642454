/*
 * attacks R13: every call when the k-th frame or heap block that it asks for is refused and all later ones are there
 * (fault_allocation_test.c has the calls for which nothing more is there). tests/unit/CMakeLists.txt compiles the only
 * sources that allocate for a process into this test, with other names for frames_allocate and heap_allocate, which
 * are this test's.
 *
 * Nothing in the kernel asks again after a refusal: that is looked at here, too.
 */
#include "tests/unit/sound_calls.h"

#undef frames_allocate
#undef heap_allocate
K_MUST_USE k_status frames_allocate(struct frames *frames, phys_addr *frame);
K_MUST_USE void *heap_allocate(struct heap *heap, size_t size);

/* From the moment that a test says so. */
static uint64_t asked;
static uint64_t refused; /* that many requests are granted, and then one is not */
static uint64_t asked_after_refusal;

static bool is_refused(void)
{
	asked_after_refusal += asked > refused ? 1 : 0;
	return asked++ == refused;
}

k_status counted_frames_allocate(struct frames *frames, phys_addr *frame)
{
	return is_refused() ? K_ENOMEM : frames_allocate(frames, frame);
}

void *counted_heap_allocate(struct heap *heap, size_t size)
{
	return is_refused() ? NULL : heap_allocate(heap, size);
}

static void refuse(uint64_t number)
{
	asked = 0;
	asked_after_refusal = 0;
	refused = number;
}

static void refuse_none(void)
{
	refuse(UINT64_MAX);
}

/* Each request in turn, until the call makes no more. Returns how many it makes. */
static uint64_t refuse_each(const struct sound_call *call)
{
	for (uint64_t number = 0;; number++) {
		const struct sound_state before = sound_look();
		int64_t result;

		refuse(number);
		result = sound_make(call, call->arguments);
		if (asked <= number) {
			assert_true(sound_is_success(call, result));
			refuse_none();
			return number;
		}
		assert_int_equal(result, -PANTHER_ENOMEM);
		assert_int_equal(asked_after_refusal, 0);
		sound_assert_unchanged(&before);
	}
}

/* Four pages, and for each two a table of level 2 and one of level 3; a process and its frames. */
static void each_request_may_be_refused_once(void **state)
{
	static const uint64_t needs[SOUND_CALLS] = {[SYS_map] = 8, [SYS_spawn] = 1 + WORLD_PROCESS_FRAMES};

	for (size_t i = 0; i < SOUND_CALLS; i++) {
		const struct sound_call *call = &sound_calls[i];

		if (!sound_returns(call)) {
			continue;
		}
		refuse_none();
		sound_setup(state);
		assert_int_equal(refuse_each(call), needs[call->number]);
		sound_teardown(state);
	}
}

/* The largest range there is, below one table of level 2. */
static void each_page_of_the_largest_range_may_be_refused_once(void **state)
{
	static const struct {
		uint64_t start, tables;
	} places[] = {{0x80200000, 2}, {0x801e0000, 3}, {0x801ff000, 3}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct sound_call call = sound_calls[SYS_map];

		refuse_none();
		sound_setup(state);
		call.arguments[0] = places[i].start;
		call.arguments[1] = PANTHER_MAP_MAX;
		call.result = (int64_t)places[i].start;
		assert_int_equal(refuse_each(&call), places[i].tables + PANTHER_MAP_MAX / PANTHER_PAGE_SIZE);
		sound_teardown(state);
	}
}

/* A program of many steps: the request that is refused may be the first of a step or its last. */
static void each_request_of_a_long_load_may_be_refused_once(void **state)
{
	struct sound_call call = sound_calls[SYS_spawn];

	refuse_none();
	world_reset(NULL);
	/* 64 pages of data instead of one. */
	program_put(&world.huge, 64 + 56 * 2 + 40, 64 * PANTHER_PAGE_SIZE, 8); /* p_memsz of the data */
	world_begin();
	world_go_on_as(LIFECYCLE_FIRST_PID);
	sound_begin();
	call.arguments[0] = WORLD_HUGE;
	call.arguments[1] = WORLD_REQUEST_SIZE;
	assert_int_equal(refuse_each(&call), 1 + WORLD_PROCESS_FRAMES + 63);
	sound_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_may_be_refused_once),
		cmocka_unit_test(each_page_of_the_largest_range_may_be_refused_once),
		cmocka_unit_test(each_request_of_a_long_load_may_be_refused_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
