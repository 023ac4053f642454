/* Scripts drawn from bytes, and scripts as text: there and back. */
#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"
#include "cmocka_test.h"
#include "tests/script/script_draw.h"
#include "tests/script/script_text.h"

#define DRAWS 20000
#define BYTES_MAX 1200

/* xorshift64*, so that every run draws the same. */
static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545f4914f6cdd1dUL >> 32;
}

static size_t random_bytes_into(uint8_t bytes[BYTES_MAX], uint64_t *seed)
{
	size_t size = next(seed) % BYTES_MAX;

	for (size_t i = 0; i < size; i++) {
		bytes[i] = (uint8_t)(next(seed) & 0xff);
	}
	return size;
}

static void all_bytes_draw_a_valid_script(void **state)
{
	uint64_t seed = 1;
	uint8_t bytes[BYTES_MAX];
	struct script script, again;

	(void)state;
	for (unsigned i = 0; i < DRAWS; i++) {
		size_t size = random_bytes_into(bytes, &seed);

		if (i % 2 == 1 && size >= 4) {
			memcpy(bytes, "SCRP", 4);
		}
		script_draw(bytes, size, &script);
		assert_true(script_is_valid(&script, script_size(&script)));
		script_draw((const uint8_t *)&script, script_size(&script), &again);
		assert_memory_equal(&script, &again, sizeof(script));
	}
}

static void no_bytes_draw_no_steps(void **state)
{
	struct script script;

	(void)state;
	script_draw((const uint8_t *)"", 0, &script);
	assert_int_equal(script.count, 0);
	script_draw((const uint8_t *)"x", 1, &script);
	assert_int_equal(script.count, 0);
}

static void a_cell_that_finds_no_room_draws_nothing(void **state)
{
	static const uint8_t spawn[SCRIPT_CELL] = {130};
	struct script script = {.magic = SCRIPT_MAGIC, .version = SCRIPT_VERSION, .count = SCRIPT_STEPS_MAX - 1};

	(void)state;
	script_draw_cell(spawn, sizeof(spawn), &script);
	assert_int_equal(script.count, SCRIPT_STEPS_MAX);
	assert_int_equal(script.steps[SCRIPT_STEPS_MAX - 1].kind, SCRIPT_REQUEST);
	script_draw_cell(spawn, sizeof(spawn), &script);
	assert_int_equal(script.count, SCRIPT_STEPS_MAX);
}

static void a_request_is_passed_to_its_spawn(void **state)
{
	static const uint8_t spawn[SCRIPT_CELL] = {130};
	struct script script = {0};

	(void)state;
	script_draw_cell(spawn, sizeof(spawn), &script);
	assert_int_equal(script.count, 2);
	assert_int_equal(script.steps[1].kind, SCRIPT_CALL);
	assert_int_equal(script.steps[1].number, SYS_spawn);
	assert_int_equal(script.steps[1].values[0], script.steps[0].values[0]);
	assert_int_equal(script.steps[1].bases[0], script.steps[0].bases[0]);
	assert_int_equal(script.steps[1].values[1], SCRIPT_REQUEST_SIZE);
}

/* What many draws come to. */
struct census {
	bool kinds[SCRIPT_KINDS_END];
	bool bases[SCRIPT_BASES];
	bool processes[SCRIPT_PROCESSES];
	bool calls[64];
	bool no_call;
	bool full_width;
};

static void count_step(struct census *census, const struct script_step *step)
{
	census->kinds[step->kind] = true;
	census->processes[step->process] = true;
	for (unsigned i = 0; i < SCRIPT_OPERANDS; i++) {
		census->bases[step->bases[i]] = true;
		census->full_width = census->full_width || step->values[i] >> 32 != 0;
	}
	if (step->kind == SCRIPT_CALL && step->number < 64) {
		census->calls[step->number] = true;
	}
	census->no_call = census->no_call || step->number > UINT32_MAX;
}

static void check_census(const struct census *census)
{
	for (unsigned kind = 0; kind < SCRIPT_KINDS_END; kind++) {
		assert_int_equal(census->kinds[kind], kind < SCRIPT_REPLAYABLE_KINDS || kind >= SCRIPT_TWIN_ONLY);
	}
	for (unsigned base = 0; base < SCRIPT_BASES; base++) {
		assert_true(census->bases[base]);
	}
	for (unsigned process = 0; process < SCRIPT_PROCESSES; process++) {
		assert_true(census->processes[process]);
	}
#define SYSCALL(number, name, since, summary, arguments, errors, result) assert_true(census->calls[number]);
#include "abi/syscalls.def"
#undef SYSCALL
	assert_true(census->no_call && census->full_width);
}

static void everything_is_drawn_at_some_time(void **state)
{
	struct census census = {0};
	uint64_t seed = 3;
	uint8_t bytes[BYTES_MAX];
	struct script script;

	(void)state;
	for (unsigned i = 0; i < DRAWS / 10; i++) {
		script_draw(bytes, random_bytes_into(bytes, &seed), &script);
		for (size_t j = 0; j < script.count; j++) {
			count_step(&census, &script.steps[j]);
		}
	}
	check_census(&census);
}

static void text_and_back_is_the_same_script(void **state)
{
	uint64_t seed = 2;
	uint8_t bytes[BYTES_MAX];
	struct script script, again;

	(void)state;
	for (unsigned i = 0; i < DRAWS / 20; i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *file = open_memstream(&text, &size);

		assert_non_null(file);
		script_draw(bytes, random_bytes_into(bytes, &seed), &script);
		script_print(file, &script);
		assert_int_equal(fclose(file), 0);
		assert_true(script_parse(text, &again));
		assert_memory_equal(&script, &again, sizeof(script));
		free(text);
	}
}

static void text_is_read_as_it_says(void **state)
{
	struct script script;

	(void)state;
	assert_true(script_parse("# nothing\n\npace 3\n0 call write 1 const+0x10 12 # so\n2 call#65535 99\n"
				 "\t1  store4 data-1 0xffffffffffffffff\n3 wfi",
				 &script));
	assert_int_equal(script.pace, 3);
	assert_int_equal(script.count, 4);
	assert_int_equal(script.steps[0].number, SYS_write);
	assert_int_equal(script.steps[0].values[0], 1);
	assert_int_equal(script.steps[0].bases[1], SCRIPT_CONST);
	assert_int_equal(script.steps[0].values[1], 16);
	assert_int_equal(script.steps[0].values[2], 12);
	assert_int_equal(script.steps[1].process, 2);
	assert_int_equal(script.steps[1].immediate, 65535);
	assert_int_equal(script.steps[1].number, 99);
	assert_int_equal(script.steps[2].kind, SCRIPT_STORE);
	assert_int_equal(script.steps[2].size, 4);
	assert_int_equal(script.steps[2].bases[0], SCRIPT_DATA);
	assert_int_equal(script.steps[2].values[0], UINT64_MAX);
	assert_int_equal(script.steps[2].values[1], UINT64_MAX);
	assert_int_equal(script.steps[3].kind, SCRIPT_WAIT);
}

static void wrong_text_is_no_script(void **state)
{
	static const char *const texts[] = {
		"4 wfi",
		"wfi",
		"0 dance",
		"0",
		"0 call",
		"0 call nothing",
		"0 call write 1 nowhere 2",
		"0 call write 1 const+ 2",
		"0 call write 1 const+x 2",
		"0 call write 0x10000000000000000",
		"0 call write 18446744073709551616",
		"0 call write 12a",
		"0 call 0 1 2 3 4 5 6 7",
		"0 call#3 write",
		"0 call# write",
		"0 load",
		"0 load3 data",
		"0 load16 data",
		"0 wfi8",
		"0 wfi#1",
		"pace 8",
		"pace",
	};
	struct script script;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_false(script_parse(texts[i], &script));
	}
}

static void a_script_has_no_more_steps_than_fit(void **state)
{
	char text[(SCRIPT_STEPS_MAX + 1) * 6 + 1] = "";
	struct script script;

	(void)state;
	for (unsigned i = 0; i < SCRIPT_STEPS_MAX; i++) {
		strcat(text, "0 wfi\n");
	}
	assert_true(script_parse(text, &script));
	assert_int_equal(script.count, SCRIPT_STEPS_MAX);
	strcat(text, "0 wfi\n");
	assert_false(script_parse(text, &script));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_bytes_draw_a_valid_script),
		cmocka_unit_test(no_bytes_draw_no_steps),
		cmocka_unit_test(a_cell_that_finds_no_room_draws_nothing),
		cmocka_unit_test(a_request_is_passed_to_its_spawn),
		cmocka_unit_test(everything_is_drawn_at_some_time),
		cmocka_unit_test(text_and_back_is_the_same_script),
		cmocka_unit_test(text_is_read_as_it_says),
		cmocka_unit_test(wrong_text_is_no_script),
		cmocka_unit_test(a_script_has_no_more_steps_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
