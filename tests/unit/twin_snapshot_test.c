/*
 * Copies of a machine: what a snapshot keeps is there again after a restore, and nothing else is.
 */
#include "core/kernel.h"
#include "hal/console.h"
#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/references.h"
#include "hal_host/state.h"
#include "hal_host/tlb.h"
#include "tests/unit/expect_death.h"
#include "tests/unit/snapshot_fixture.h"

static void test_descriptors_come_back(void **state)
{
	(void)state;
	twin_snapshot();
	for (unsigned round = 0; round < 2; round++) {
		break_page(DATA);
		fixture_put_page(DATA, SPARE_FRAME | D_USER_READ);
		fixture_put_page(UNMAPPED, DATA_FRAME | D_USER_WRITE);
		hal_frame_clear((phys_addr){NEW_FRAME});
		twin_restore();
		assert_int_equal(ram_read64(LEVEL3 + 8), DATA_FRAME | D_USER_WRITE);
		assert_int_equal(ram_table_mirror(LEVEL3 + 8), DATA_FRAME | D_USER_WRITE);
		assert_int_equal(ram_read64(LEVEL3 + 24), 0);
		assert_int_equal(ram_table_mirror(LEVEL3 + 24), 0);
	}
	assert_int_equal(access_user(DATA, WALKER_WRITE), OK);
	assert_int_not_equal(access_user(UNMAPPED, WALKER_READ), OK);
}

static void test_cleared_tables_come_back(void **state)
{
	(void)state;
	fixture_put(OTHER_ROOT, 3, NEW_FRAME | D_TABLE);
	twin_snapshot();
	fixture_put(OTHER_ROOT, 3, 0);
	hal_frame_clear((phys_addr){OTHER_ROOT});
	twin_restore();
	assert_int_equal(ram_table_mirror(OTHER_ROOT + 24), NEW_FRAME | D_TABLE);
	assert_int_equal(ram_read64(OTHER_ROOT + 24), NEW_FRAME | D_TABLE);
	/* It is known to be a table, whose mirror the next clearing has to clear as well. */
	hal_frame_clear((phys_addr){OTHER_ROOT});
	assert_int_equal(ram_table_mirror(OTHER_ROOT + 24), 0);
}

static void test_synced_code_comes_back(void **state)
{
	uint32_t word;

	(void)state;
	twin_snapshot();
	bytes_of(CODE_FRAME)[0] = 0x55;
	hal_code_sync((phys_addr){CODE_FRAME}, 64);
	hal_code_sync((phys_addr){SPARE_FRAME}, 64);
	hal_frame_clear((phys_addr){NEW_FRAME});
	twin_restore();
	assert_true(ram_code_word(CODE_FRAME, &word));
	assert_int_equal(word, 0);
	assert_false(ram_code_word(SPARE_FRAME, &word));
	fixture_enter(&fixture_space);
}

static void test_cleared_code_comes_back(void **state)
{
	static const uint32_t nop = 0xd503201f;
	uint32_t word = 0;

	(void)state;
	memcpy(bytes_of(SPARE_FRAME), &nop, 4);
	hal_code_sync((phys_addr){SPARE_FRAME}, 64);
	twin_snapshot();
	hal_frame_clear((phys_addr){SPARE_FRAME});
	assert_false(ram_code_word(SPARE_FRAME, &word));
	twin_restore();
	assert_true(ram_code_word(SPARE_FRAME, &word));
	assert_int_equal(word, nop);
}

/* Cached when the snapshot is taken: served again, though it was invalidated since. */
static void test_what_was_cached_is_cached(void **state)
{
	(void)state;
	assert_int_equal(access_user(DATA, WALKER_WRITE), OK);
	fixture_put_page(DATA, DATA_FRAME | D_USER_READ);
	twin_snapshot();
	for (unsigned round = 0; round < 2; round++) {
		assert_int_equal(access_user(DATA, WALKER_WRITE), OK);
		hal_tlb_invalidate_space(ASID);
		assert_int_not_equal(access_user(DATA, WALKER_WRITE), OK);
		twin_restore();
	}
	expect_abort("stale-translation", enter_fixture, NULL);
}

static void test_what_was_not_cached_is_not(void **state)
{
	(void)state;
	twin_snapshot();
	assert_int_equal(access_user(CONSTANT, WALKER_READ), OK);
	twin_restore();
	/* A descriptor that nobody entered or used can be replaced; but here the space was entered, so invalidate. */
	hal_space_park();
	hal_tlb_invalidate_space(ASID);
	fixture_put_page(CONSTANT, 0);
	fixture_put_page(CONSTANT, SPARE_FRAME | D_USER_READ);
	fixture_enter(&fixture_space);
}

static void test_a_space_that_was_not_entered(void **state)
{
	static const struct hal_space same_tag = {{FRAME(16)}, ASID + 1};

	(void)state;
	fixture_put(OTHER_ROOT, 0, LEVEL2 | D_TABLE);
	hal_frame_clear((phys_addr){FRAME(16)});
	fixture_put(FRAME(16), 0, LEVEL2 | D_TABLE);
	twin_snapshot();
	fixture_enter(&other_space);
	twin_restore();
	assert_int_equal(twin_live_space()->root.value, ROOT);
	fixture_enter(&same_tag);
	twin_restore();
	fixture_enter(&other_space);
}

static void test_a_space_that_was_entered(void **state)
{
	static struct hal_space same_tag = {{OTHER_ROOT}, ASID};

	(void)state;
	fixture_put(OTHER_ROOT, 0, LEVEL2 | D_TABLE);
	twin_snapshot();
	hal_space_park();
	hal_tlb_invalidate_space(ASID);
	fixture_enter(&same_tag);
	twin_restore();
	expect_abort("asid-reuse", enter, &same_tag);
}

static bool leads_from(uint64_t frame, uint64_t root)
{
	struct references_path path = references_to(frame);

	return path.is_known && references_may_come_from(&path, root);
}

static void test_references_come_back(void **state)
{
	(void)state;
	fixture_put(OTHER_ROOT, 1, SPARE_FRAME | D_TABLE);
	twin_snapshot();
	for (unsigned round = 0; round < 2; round++) {
		assert_true(leads_from(SPARE_FRAME, OTHER_ROOT));
		assert_true(leads_from(DATA_FRAME, ROOT));
		fixture_put(OTHER_ROOT, 1, 0);
		fixture_put_page(UNMAPPED, SPARE_FRAME | D_USER_READ);
		fixture_put_page(UNMAPPED + 0x1000, DATA_FRAME | D_USER_READ);
		assert_false(leads_from(SPARE_FRAME, OTHER_ROOT));
		assert_false(leads_from(DATA_FRAME, ROOT));
		/* A block makes all unknown. */
		fixture_put(OTHER_ROOT, 2, FRAMES | D_BLOCK);
		assert_false(references_to(CODE_FRAME).is_known);
		twin_restore();
	}
}

static uint64_t call_of(const struct hal_space *space)
{
	struct hal_context context = fixture_context();
	struct hal_trap trap;

	hal_user_run(&context, space, &trap);
	return context.x[8];
}

static bool number_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	(void)context;
	(void)word;
	step->kind = TWIN_SVC;
	step->number = *(const uint64_t *)owner;
	return true;
}

static void test_programs_keep_their_drivers(void **state)
{
	static uint64_t numbers[] = {31, 32, 33};
	static const struct hal_space third = {{SPARE_FRAME}, ASID + 2};

	fixture_setup(state);
	fixture_put(OTHER_ROOT, 0, LEVEL2 | D_TABLE);
	fixture_put(SPARE_FRAME, 0, LEVEL2 | D_TABLE);
	for (size_t i = 0; i < 3; i++) {
		twin_program(number_driver, &numbers[i]);
	}
	assert_int_equal(call_of(&fixture_space), 31);
	twin_snapshot();
	for (unsigned round = 0; round < 2; round++) {
		assert_int_equal(call_of(&third), 32);
		assert_int_equal(call_of(&other_space), 33);
		/* The first one ends, and another one lies there. */
		hal_tlb_invalidate_space(ASID);
		hal_frame_clear((phys_addr){ROOT});
		twin_every_program(number_driver, &numbers[2]);
		twin_program(number_driver, &numbers[2]);
		twin_restore();
	}
	assert_int_equal(call_of(&other_space), 32);
	assert_int_equal(call_of(&fixture_space), 31);
}

static void test_the_console_comes_back(void **state)
{
	(void)state;
	hal_console_write((const uint8_t *)"before", 6);
	twin_snapshot();
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 2000; i++) {
			hal_console_write((const uint8_t *)" after", 6);
		}
		assert_int_equal(twin_console_size(), 6 + 12000);
		twin_restore();
		assert_string_equal(twin_console(), "before");
		assert_int_equal(twin_console_size(), 6);
	}
}

static unsigned happened;

static void happen(void *unused)
{
	(void)unused;
	happened++;
}

static void change_much(void)
{
	uint64_t value;

	twin_advance(1000);
	twin_at(1, happen, NULL);
	twin_step_ticks(7);
	twin_interrupt_raise(40);
	twin_interrupt_spurious();
	twin_console_type("x", 1);
	twin_fault_copy(3);
	twin_change_after_fetch(true);
	hal_timer_set(5);
	hal_thread_pointer_set(9);
	(void)hal_random(&value);
	hal_space_park();
	kernel.spurious_interrupts++;
	memset(kernel.heap.arena, 0, HEAP_SIZE);
	kernel.heap.arena[HEAP_SIZE - 1] = 1;
	kernel.bounce[0] = 1;
	kernel_facts.pstate_mask ^= 1;
}

/* Byte by byte: padding too, which is copied like all else. */
static void test_all_registers_and_the_kernel_come_back(void **state)
{
	static struct twin machine;
	static struct kernel kernel_before;
	static struct kernel_facts facts;

	(void)state;
	fixture_reset(&(struct twin_options){.cpu = TWIN_CPU_MAX});
	twin_at(500, happen, NULL);
	kernel.heap.arena[0] = 1;
	twin_snapshot();
	memcpy(&machine, &twin, sizeof(twin));
	memcpy(&kernel_before, &kernel, sizeof(kernel));
	memcpy(&facts, &kernel_facts, sizeof(facts));
	for (happened = 0; happened < 3;) {
		change_much();
		twin_restore();
		assert_memory_equal(&twin, &machine, sizeof(twin));
		assert_memory_equal(&kernel, &kernel_before, sizeof(kernel));
		assert_memory_equal(&kernel_facts, &facts, sizeof(facts));
	}
}

static void restore(void *unused)
{
	(void)unused;
	twin_restore();
}

static void test_a_reset_forgets_the_snapshot(void **state)
{
	twin_snapshot();
	fixture_setup(state);
	twin_expect_abort("script");
	expect_death(restore, NULL);
}

static void test_restoring_under_the_kernel_aborts(void **state)
{
	(void)state;
	twin_snapshot();
	expect_abort("nested-call", restore, NULL);
}

static void snapshot(void *unused)
{
	(void)unused;
	twin_snapshot();
}

static void test_an_initrd_aborts(void **state)
{
	static const uint8_t initrd[64];

	(void)state;
	twin_reset(&(struct twin_options){.initrd = initrd, .initrd_size = sizeof(initrd)});
	expect_abort("script", snapshot, NULL);
}

/* Beyond the snapshot nothing is kept, and the next machine starts from nothing. */
static void test_a_reset_after_a_restore(void **state)
{
	memset(bytes_of(DATA_FRAME), 0x11, 4096);
	twin_snapshot();
	(void)bytes_of(NEW_FRAME);
	twin_restore();
	fixture_setup(state);
	assert_true(is_filled_with(DATA_FRAME, 0));
	assert_true(is_filled_with(NEW_FRAME, TWIN_FILL));
	assert_true(is_filled_with(FRAME(8), TWIN_FILL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_descriptors_come_back, setup),
		cmocka_unit_test_setup(test_cleared_tables_come_back, setup),
		cmocka_unit_test_setup(test_synced_code_comes_back, setup),
		cmocka_unit_test_setup(test_cleared_code_comes_back, setup),
		cmocka_unit_test_setup(test_what_was_cached_is_cached, setup),
		cmocka_unit_test_setup(test_what_was_not_cached_is_not, setup),
		cmocka_unit_test_setup(test_a_space_that_was_not_entered, setup),
		cmocka_unit_test_setup(test_a_space_that_was_entered, setup),
		cmocka_unit_test_setup(test_references_come_back, setup),
		cmocka_unit_test(test_programs_keep_their_drivers),
		cmocka_unit_test_setup(test_the_console_comes_back, setup),
		cmocka_unit_test(test_all_registers_and_the_kernel_come_back),
		cmocka_unit_test_setup(test_a_reset_forgets_the_snapshot, setup),
		cmocka_unit_test_setup(test_restoring_under_the_kernel_aborts, setup),
		cmocka_unit_test(test_an_initrd_aborts),
		cmocka_unit_test_setup(test_a_reset_after_a_restore, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
