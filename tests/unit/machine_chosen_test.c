/*
 * What the kernel makes of trees: /chosen, and where the tree itself may lie.
 */
#include "tests/unit/judge_machine.h"

#define RNG_SEED "0123456789abcdefghijklmnopqrstuv"
#define KASLR_SEED "KASLR123"

static void start_chosen(void)
{
	start_whole();
	tree_begin(&builder, "chosen");
}

static void accept_chosen(void)
{
	tree_end(&builder);
	accept();
}

static void refuse_chosen(const char *tag)
{
	tree_end(&builder);
	refuse(tag);
}

/* B11. */
static void nothing_need_be_chosen(void **state)
{
	(void)state;
	start_chosen();
	accept_chosen();
	assert_string_equal(outcome.machine.command_line, "");
	assert_int_equal(outcome.machine.seed_size, 0);
	assert_int_equal(outcome.machine.initrd.size, 0);
}

static void the_command_line_ends_at_its_nul(void **state)
{
	(void)state;
	start_chosen();
	tree_text(&builder, "bootargs", "verbose nonce=1");
	accept_chosen();
	assert_string_equal(outcome.machine.command_line, "verbose nonce=1");
	start_chosen();
	tree_bytes(&builder, "bootargs", "ab\0cd", 6);
	accept_chosen();
	assert_string_equal(outcome.machine.command_line, "ab");
	start_chosen();
	tree_bytes(&builder, "bootargs", "no end", 6);
	accept_chosen();
	assert_string_equal(outcome.machine.command_line, "no end");
	start_chosen();
	tree_bytes(&builder, "bootargs", "", 0);
	accept_chosen();
	assert_string_equal(outcome.machine.command_line, "");
}

/* Between words: half a nonce is another nonce. */
static void a_long_command_line_is_cut(void **state)
{
	char text[MACHINE_COMMAND_LINE_MAX + 10];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "verbose ", 8);
	for (size_t length = MACHINE_COMMAND_LINE_MAX - 2; length < sizeof(text); length++) {
		size_t expected = length < MACHINE_COMMAND_LINE_MAX ? length : 8;

		start_chosen();
		tree_bytes(&builder, "bootargs", text, length);
		accept_chosen();
		assert_int_equal(strlen(outcome.machine.command_line), expected);
	}
}

/* Is the text anywhere in the tree, as it is now? */
static bool holds(const char *text)
{
	size_t length = strlen(text);

	for (size_t offset = 0; offset + length <= outcome.size; offset++) {
		if (memcmp(outcome.blob + offset, text, length) == 0) {
			return true;
		}
	}
	return false;
}

static void seeds_are_taken_and_wiped(void **state)
{
	(void)state;
	start_chosen();
	tree_text(&builder, "bootargs", "stays");
	tree_bytes(&builder, "rng-seed", RNG_SEED, 32);
	tree_bytes(&builder, "kaslr-seed", KASLR_SEED, 8);
	tree_end(&builder);
	machine_tree_read(&builder, &outcome);
	assert_true(outcome.is_read);
	assert_int_equal(outcome.machine.seed_size, 40);
	assert_memory_equal(outcome.machine.seed, RNG_SEED KASLR_SEED, 40);
	assert_false(holds("0123"));
	assert_false(holds("stuv"));
	assert_false(holds("KASL"));
	assert_false(holds("R123"));
	assert_true(holds("stays"));
	assert_true(outcome.machine.seed_is_whole);
	/* The tree is sound as before; only the seeds are zeros now, which are none. */
	machine_blob_read(outcome.blob, outcome.size, &outcome);
	assert_true(outcome.is_read);
	assert_int_equal(outcome.machine.seed_size, 0);
	assert_false(outcome.machine.has_seed || outcome.machine.seed_is_whole);
	assert_string_equal(outcome.machine.command_line, "stays");
	free(outcome.blob);
}

/* Several that are too short may be one and the same; zeros are what is left of a seed. */
static void parts_are_no_whole_seed(void **state)
{
	static const char zeros[32] = "";

	(void)state;
	start_chosen();
	tree_bytes(&builder, "rng-seed", RNG_SEED, 24);
	tree_bytes(&builder, "kaslr-seed", KASLR_SEED, 8);
	accept_chosen();
	assert_int_equal(outcome.machine.seed_size, 32);
	assert_false(outcome.machine.seed_is_whole);
	start_chosen();
	tree_bytes(&builder, "rng-seed", zeros, 32);
	tree_bytes(&builder, "kaslr-seed", KASLR_SEED, 8);
	accept_chosen();
	assert_int_equal(outcome.machine.seed_size, 8);
	assert_memory_equal(outcome.machine.seed, KASLR_SEED, 8);
	assert_false(outcome.machine.seed_is_whole);
	start_chosen();
	tree_bytes(&builder, "rng-seed", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 32);
	accept_chosen();
	assert_int_equal(outcome.machine.seed_size, 32);
	assert_true(outcome.machine.seed_is_whole);
}

/* With its NUL the property is one byte longer than the text, which fits. */
static void a_command_line_that_just_fits_is_whole(void **state)
{
	char text[MACHINE_COMMAND_LINE_MAX + 20] = "";

	(void)state;
	memset(text, 'x', MACHINE_COMMAND_LINE_MAX - 1);
	memcpy(text, "verbose ", 8);
	for (size_t size = MACHINE_COMMAND_LINE_MAX; size < sizeof(text); size++) {
		start_chosen();
		tree_bytes(&builder, "bootargs", text, size);
		accept_chosen();
		assert_string_equal(outcome.machine.command_line, text);
	}
}

static void seeds_of_other_sizes(void **state)
{
	(void)state;
	start_chosen();
	tree_bytes(&builder, "kaslr-seed", KASLR_SEED, 8);
	accept_chosen();
	assert_int_equal(outcome.machine.seed_size, 8);
	assert_true(outcome.machine.has_seed);
	assert_memory_equal(outcome.machine.seed, KASLR_SEED, 8);
	start_chosen();
	tree_bytes(&builder, "kaslr-seed", KASLR_SEED, 3);
	tree_bytes(&builder, "rng-seed", "", 0);
	accept_chosen();
	assert_int_equal(outcome.machine.seed_size, 3);
	assert_false(outcome.machine.has_seed);
	assert_memory_equal(outcome.machine.seed, KASLR_SEED, 3);
	start_chosen();
	tree_bytes(&builder, "rng-seed", RNG_SEED "more", 36);
	tree_bytes(&builder, "kaslr-seed", KASLR_SEED "more", 12);
	tree_end(&builder);
	machine_tree_read(&builder, &outcome);
	assert_true(outcome.is_read);
	assert_int_equal(outcome.machine.seed_size, 40);
	assert_memory_equal(outcome.machine.seed, RNG_SEED KASLR_SEED, 40);
	assert_false(holds("more"));
	free(outcome.blob);
}

/* As two cells, the first the upper half. Zeros are what is left of one. */
static void kaslr_seed_places_the_image(void **state)
{
	(void)state;
	start_chosen();
	tree_bytes(&builder, "rng-seed", RNG_SEED, 32);
	accept_chosen();
	assert_int_equal(outcome.machine.place_seed, 0);
	start_chosen();
	tree_bytes(&builder, "kaslr-seed", "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	accept_chosen();
	assert_int_equal(outcome.machine.place_seed, 0x0123456789abcdef);
	start_chosen();
	tree_bytes(&builder, "kaslr-seed",
		   "\x01\x23\x45\x67\x89\xab\xcd\xef"
		   "more",
		   12);
	accept_chosen();
	assert_int_equal(outcome.machine.place_seed, 0x0123456789abcdef);
	start_chosen();
	tree_bytes(&builder, "kaslr-seed", "\x01\x23\x45\x67\x89\xab\xcd", 7);
	accept_chosen();
	assert_int_equal(outcome.machine.place_seed, 0);
	start_chosen();
	tree_bytes(&builder, "kaslr-seed", "\0\0\0\0\0\0\0", 8);
	accept_chosen();
	assert_int_equal(outcome.machine.place_seed, 0);
}

static void seeds_in_excess(void **state)
{
	(void)state;
	for (int node = 0; node < 3; node++) {
		if (node == 0) {
			start_chosen();
		} else {
			tree_begin(&builder, "chosen");
		}
		tree_bytes(&builder, "rng-seed", RNG_SEED, 32);
		tree_bytes(&builder, "rng-seed", RNG_SEED, 32);
		tree_end(&builder);
	}
	machine_tree_read(&builder, &outcome);
	assert_true(outcome.is_read);
	assert_int_equal(outcome.machine.seed_size, 40);
	assert_memory_equal(outcome.machine.seed, RNG_SEED "01234567", 40);
	assert_false(holds("0123"));
	free(outcome.blob);
}

/* Only the root's child of that name: others are somebody else's. */
static void chosen_is_the_roots_child(void **state)
{
	static const char *const names[] = {"chose", "chosen2", "chosen@0", "Chosen"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		start_whole();
		tree_begin(&builder, names[i]);
		tree_text(&builder, "bootargs", "wrong");
		tree_begin(&builder, "chosen");
		tree_text(&builder, "bootargs", "wrong");
		tree_end(&builder);
		tree_end(&builder);
		accept();
		assert_string_equal(outcome.machine.command_line, "");
	}
}

static void an_initrd_has_two_ends(void **state)
{
	(void)state;
	start_chosen();
	tree_u64(&builder, "linux,initrd-start", 0x144000000);
	tree_u64(&builder, "linux,initrd-end", 0x144001234);
	accept_chosen();
	assert_int_equal(outcome.machine.initrd.base, 0x144000000);
	assert_int_equal(outcome.machine.initrd.size, 0x1234);
	start_chosen();
	tree_u32(&builder, "linux,initrd-end", 0x84001234);
	tree_u32(&builder, "linux,initrd-start", 0x84000000);
	accept_chosen();
	assert_int_equal(outcome.machine.initrd.base, 0x84000000);
	assert_int_equal(outcome.machine.initrd.size, 0x1234);
	start_chosen();
	tree_u32(&builder, "linux,initrd-start", 0x84000000);
	tree_u64(&builder, "linux,initrd-end", 0x84000000);
	accept_chosen();
	assert_int_equal(outcome.machine.initrd.size, 0);
	start_chosen();
	tree_u64(&builder, "linux,initrd-start", 0x44001000);
	tree_u64(&builder, "linux,initrd-end", 0x44000fff);
	refuse_chosen("initrd");
}

static void an_initrd_with_one_end(void **state)
{
	static const char *const names[] = {"linux,initrd-start", "linux,initrd-end"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		start_chosen();
		tree_u64(&builder, names[i], 0x44000000);
		refuse_chosen("dtb");
		for (size_t size = 0; size <= 16; size++) {
			start_chosen();
			tree_u64(&builder, names[1 - i], 0);
			tree_bytes(&builder, names[i], "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", size);
			if (size == 4 || size == 8) {
				accept_chosen();
			} else {
				refuse_chosen("dtb");
			}
		}
	}
}

/* A tree that is sound, at this place. */
static bool read_at(uint64_t address, bool is_mapped)
{
	struct machine_error error = {.tag = NULL};
	struct boot_info boot = {
		.device_tree_address = {address},
		.image = {MACHINE_TREE_IMAGE, MACHINE_TREE_IMAGE_SIZE},
	};
	bool is_read;

	start_whole();
	tree_end(&builder);
	outcome.blob = tree_finish(&builder, &outcome.size);
	boot.device_tree = is_mapped ? outcome.blob : NULL;
	boot.device_tree_limit = outcome.size;
	is_read = machine_read(&outcome.machine, &boot, &error);
	free(outcome.blob);
	if (!is_read) {
		assert_string_equal(error.tag, "dtb");
	}
	return is_read;
}

/* B01. */
static void places_of_the_tree(void **state)
{
	size_t size;

	(void)state;
	assert_true(read_at(MACHINE_TREE_ADDRESS, true));
	size = outcome.size;
	assert_true(read_at(0, true));
	assert_false(read_at(MACHINE_TREE_ADDRESS, false));
	for (uint64_t offset = 1; offset < 8; offset++) {
		assert_false(read_at(MACHINE_TREE_ADDRESS + offset, true));
	}
	assert_true(read_at(MACHINE_TREE_ADDRESS + 8, true));
	/* Not in the image: wiping the seeds would write there. */
	assert_false(read_at(MACHINE_TREE_IMAGE, true));
	assert_false(read_at(MACHINE_TREE_IMAGE + MACHINE_TREE_IMAGE_SIZE - 8, true));
	assert_true(read_at(MACHINE_TREE_IMAGE + MACHINE_TREE_IMAGE_SIZE, true));
	assert_false(read_at((MACHINE_TREE_IMAGE - size + 8) & ~7UL, true));
	assert_true(read_at((MACHINE_TREE_IMAGE - size) & ~7UL, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_need_be_chosen),      cmocka_unit_test(the_command_line_ends_at_its_nul),
		cmocka_unit_test(a_long_command_line_is_cut),  cmocka_unit_test(seeds_are_taken_and_wiped),
		cmocka_unit_test(parts_are_no_whole_seed),     cmocka_unit_test(a_command_line_that_just_fits_is_whole),
		cmocka_unit_test(seeds_of_other_sizes),	       cmocka_unit_test(seeds_in_excess),
		cmocka_unit_test(kaslr_seed_places_the_image), cmocka_unit_test(chosen_is_the_roots_child),
		cmocka_unit_test(an_initrd_has_two_ends),      cmocka_unit_test(an_initrd_with_one_end),
		cmocka_unit_test(places_of_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
