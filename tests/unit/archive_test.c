/*
 * core/start/archive.h against each way in which an archive can be malformed. The archives have exactly their size, so
 * ASan sees any byte too many.
 */
#include "core/start/archive.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/archive_builder.h"
#include "tests/unit/cmocka_test.h"

#define CUT_HEADER "the archive ends within a header"
#define WRONG_MAGIC "a header without the magic 070701"
#define WRONG_DIGIT "a header with a digit that is none"
#define LONG_NAME "a name longer than the archive"
#define ENDLESS_NAME "a name without its end"
#define EMPTY_NAME "an empty name"
#define LONG_FILE "a file longer than the archive"

static struct archive archive;
static const char *reason;
static const char NO_REASON[] = "none";

/* The good archive, and where its parts are. */
static uint8_t *good;
static size_t good_size;
static size_t first;
static size_t second;
static size_t trailer;

static int setup(void **state)
{
	struct archive_builder builder = {0};

	(void)state;
	first = archive_builder_add(&builder, "one", ARCHIVE_REGULAR, "first", 5);
	second = archive_builder_add(&builder, "other", ARCHIVE_REGULAR, "second", 6);
	trailer = builder.size;
	good = archive_builder_end(&builder, &good_size);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(good);
	return 0;
}

/* Reads a copy of the good archive's first `size` bytes, which is gone afterwards. */
static bool read_cut(size_t size)
{
	uint8_t *copy = malloc(size == 0 ? 1 : size);
	bool is_sound;

	memcpy(copy, good, size);
	reason = NO_REASON;
	is_sound = archive_read(&archive, copy, size, &reason);
	assert_true(is_sound == (reason == NO_REASON));
	free(copy);
	return is_sound;
}

static void assert_sound(void)
{
	assert_true(read_cut(good_size));
	assert_int_equal(archive.count, 2);
}

static void assert_refused(size_t size, const char *why)
{
	assert_false(read_cut(size));
	assert_string_equal(reason, why);
}

static void the_good_archive(void **state)
{
	(void)state;
	assert_sound();
	assert_true(archive_read(&archive, good, good_size, &reason));
	assert_string_equal(archive.programs[0].name, "one");
	assert_ptr_equal(archive.programs[0].name, good + first + ARCHIVE_HEADER_SIZE);
	assert_ptr_equal(archive.programs[0].file, good + second - 8);
	assert_int_equal(archive.programs[0].size, 5);
	assert_string_equal(archive.programs[1].name, "other");
	assert_memory_equal(archive.programs[1].file, "second", 6);
	assert_int_equal(archive.programs[1].size, 6);
}

/* What remains of the previous archive is not part of the next. */
static void an_index_can_be_used_again(void **state)
{
	(void)state;
	memset(&archive, 0xa7, sizeof(archive));
	assert_sound();
	assert_sound();
}

/* All but the padding behind the trailer's name, its last bytes, is needed. */
static void truncated_at_every_byte(void **state)
{
	size_t needed = trailer + ARCHIVE_HEADER_SIZE + sizeof("TRAILER!!!");

	(void)state;
	assert_true(needed < good_size);
	for (size_t size = 0; size <= good_size; size++) {
		assert_true(read_cut(size) == (size >= needed));
	}
	assert_refused(0, CUT_HEADER);
	assert_refused(ARCHIVE_HEADER_SIZE - 1, CUT_HEADER);
	assert_refused(ARCHIVE_HEADER_SIZE, LONG_NAME);
	assert_refused(ARCHIVE_HEADER_SIZE + 3, LONG_NAME);
	assert_refused(ARCHIVE_HEADER_SIZE + 4, LONG_FILE);
	assert_refused(second - 4, LONG_FILE);
	/* The padding is cut off: the trailer is what is missing. */
	assert_refused(second - 3, CUT_HEADER);
	assert_refused(second, CUT_HEADER);
	assert_refused(trailer, CUT_HEADER);
}

/* Every other format of cpio has another magic: 070702 has checksums, 070707 is octal, the oldest is binary. */
static void other_magics(void **state)
{
	static const char *const magics[] = {"070702", "070707", "070700", "170701", "0707O1", "\xc7\x71zzzz"};

	(void)state;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		memcpy(good, magics[i], 6);
		assert_refused(good_size, WRONG_MAGIC);
		memcpy(good, "070701", 6);
		memcpy(good + second, magics[i], 6);
		assert_refused(good_size, WRONG_MAGIC);
		memcpy(good + second, "070701", 6);
		memcpy(good + trailer, magics[i], 6);
		assert_refused(good_size, WRONG_MAGIC);
		memcpy(good + trailer, "070701", 6);
	}
	assert_sound();
}

/* In every field of every header, also in those that are not looked at any further. */
static void digits_that_are_none(void **state)
{
	static const size_t *const headers[] = {&first, &second, &trailer};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t offset = *headers[i] + 6; offset < *headers[i] + ARCHIVE_HEADER_SIZE; offset++) {
			uint8_t digit = good[offset];

			for (const char *wrong = "/:@G`g xX+-\x80\xb0\xff"; *wrong != '\0'; wrong++) {
				good[offset] = (uint8_t)(*wrong & 0xff);
				assert_refused(good_size, WRONG_DIGIT);
			}
			good[offset] = 0;
			assert_refused(good_size, WRONG_DIGIT);
			good[offset] = digit;
		}
	}
	assert_sound();
}

static void digits_of_both_cases(void **state)
{
	static const struct {
		const char *digits;
		size_t size;
	} sizes[] = {{"00000009", 9},  {"0000000A", 10},   {"0000000a", 10},   {"0000000F", 15},
		     {"0000000f", 15}, {"000000bB", 0xbb}, {"00000fDe", 0xfde}};
	static const uint8_t file[0xfde] = {0x5a};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct archive_builder builder = {0};
		size_t size;
		uint8_t *bytes;

		(void)archive_builder_add(&builder, "a", ARCHIVE_REGULAR, file, sizes[i].size);
		bytes = archive_builder_end(&builder, &size);
		memcpy(bytes + ARCHIVE_FILE_SIZE, sizes[i].digits, 8);
		assert_true(archive_read(&archive, bytes, size, &reason));
		assert_int_equal(archive.programs[0].size, sizes[i].size);
		free(bytes);
	}
}

static void names_that_do_not_end(void **state)
{
	(void)state;
	archive_poke(good, second, ARCHIVE_NAME_SIZE, 5);
	assert_refused(good_size, ENDLESS_NAME);
	archive_poke(good, second, ARCHIVE_NAME_SIZE, 0);
	assert_refused(good_size, ENDLESS_NAME);
	archive_poke(good, second, ARCHIVE_NAME_SIZE, 6);
	good[second + ARCHIVE_HEADER_SIZE + 5] = '!';
	assert_refused(good_size, ENDLESS_NAME);
	good[second + ARCHIVE_HEADER_SIZE + 5] = '\0';
	assert_sound();
}

static void empty_names(void **state)
{
	(void)state;
	good[first + ARCHIVE_HEADER_SIZE] = '\0';
	assert_refused(good_size, EMPTY_NAME);
	good[first + ARCHIVE_HEADER_SIZE] = 'o';
	assert_sound();
	archive_poke(good, trailer, ARCHIVE_NAME_SIZE, 1);
	good[trailer + ARCHIVE_HEADER_SIZE] = '\0';
	assert_refused(good_size, EMPTY_NAME);
}

static void names_and_files_beyond_the_end(void **state)
{
	static const uint32_t sizes[] = {0x7fffffff, 0x80000000, 0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff};
	uint32_t rest = (uint32_t)(good_size - (second - 8));

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		archive_poke(good, first, ARCHIVE_FILE_SIZE, sizes[i]);
		assert_refused(good_size, LONG_FILE);
		archive_poke(good, first, ARCHIVE_FILE_SIZE, 5);
		archive_poke(good, first, ARCHIVE_NAME_SIZE, sizes[i]);
		assert_refused(good_size, LONG_NAME);
		archive_poke(good, first, ARCHIVE_NAME_SIZE, 4);
	}
	archive_poke(good, first, ARCHIVE_FILE_SIZE, rest + 1);
	assert_refused(good_size, LONG_FILE);
	/* A file up to the very end is one, but then no trailer follows. */
	archive_poke(good, first, ARCHIVE_FILE_SIZE, rest);
	assert_refused(good_size, CUT_HEADER);
	archive_poke(good, first, ARCHIVE_FILE_SIZE, 5);
	assert_sound();
}

/* Also what is no program must fit. */
static void a_directory_is_checked_as_well(void **state)
{
	(void)state;
	archive_poke(good, first, ARCHIVE_MODE, ARCHIVE_DIRECTORY);
	archive_poke(good, first, ARCHIVE_FILE_SIZE, 0xffffff);
	assert_refused(good_size, LONG_FILE);
}

/* Nobody reads what the trailer says of itself, nor what follows it. */
static void nothing_behind_the_trailer_counts(void **state)
{
	size_t longer = good_size + 512;
	uint8_t *bytes = malloc(longer);

	(void)state;
	archive_poke(good, trailer, ARCHIVE_FILE_SIZE, 0xffffffff);
	archive_poke(good, trailer, ARCHIVE_MODE, ARCHIVE_REGULAR);
	assert_sound();
	memcpy(bytes, good, good_size);
	memset(bytes + good_size, 0xa7, 512);
	memcpy(bytes + good_size, good, good_size < 512 ? good_size : 512);
	assert_true(archive_read(&archive, bytes, longer, &reason));
	assert_int_equal(archive.count, 2);
	free(bytes);
}

/* Whatever byte is wrong: no byte too many is read, and what is accepted lies in the archive. */
static void every_byte_may_be_wrong(void **state)
{
	static const uint8_t values[] = {0x00, 0x2e, 0x2f, 0x30, 0x31, 0x38, 0x46, 0x66, 0x80, 0xff};

	(void)state;
	for (size_t offset = 0; offset < good_size; offset++) {
		uint8_t byte = good[offset];

		for (size_t i = 0; i < sizeof(values); i++) {
			good[offset] = values[i];
			if (archive_read(&archive, good, good_size, &reason)) {
				assert_in_range(archive.count, 0, 2);
			}
			for (size_t j = 0; j < archive.count; j++) {
				size_t place = (size_t)(archive.programs[j].file - good);

				assert_in_range(place, ARCHIVE_HEADER_SIZE, good_size);
				assert_in_range(archive.programs[j].size, 0, good_size - place);
			}
		}
		good[offset] = byte;
	}
	assert_sound();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_good_archive, setup, teardown),
		cmocka_unit_test_setup_teardown(an_index_can_be_used_again, setup, teardown),
		cmocka_unit_test_setup_teardown(truncated_at_every_byte, setup, teardown),
		cmocka_unit_test_setup_teardown(other_magics, setup, teardown),
		cmocka_unit_test_setup_teardown(digits_that_are_none, setup, teardown),
		cmocka_unit_test(digits_of_both_cases),
		cmocka_unit_test_setup_teardown(names_that_do_not_end, setup, teardown),
		cmocka_unit_test_setup_teardown(empty_names, setup, teardown),
		cmocka_unit_test_setup_teardown(names_and_files_beyond_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(a_directory_is_checked_as_well, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_behind_the_trailer_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(every_byte_may_be_wrong, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
