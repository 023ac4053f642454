/* What a step of a script means: operands, branches, requests, results. */
#include <string.h>

#include "abi/process.h"
#include "abi/syscalls.h"
#include "cmocka_test.h"
#include "tests/script/script.h"

static const struct script_player player = {
	.script = 12, .process = 1, .stack = 0x7000, .pid = 130, .now = 900, .map = 0x2000, .result = 7, .child = 258};

static uint64_t operand(uint8_t base, uint64_t value)
{
	const struct script_step step = {.bases = {0, 0, base}, .values = {1, 2, value}};

	return script_operand(&player, &step, 2);
}

static void operands_count_from_their_bases(void **state)
{
	(void)state;
	assert_int_equal(operand(SCRIPT_ABSOLUTE, 5), 5);
	assert_int_equal(operand(SCRIPT_CODE, 5), 0x400005);
	assert_int_equal(operand(SCRIPT_CONST, 5), 0x401005);
	assert_int_equal(operand(SCRIPT_DATA, 5), 0x402005);
	assert_int_equal(operand(SCRIPT_STACK, 5), 0x7005);
	assert_int_equal(operand(SCRIPT_MAP, 5), 0x2005);
	assert_int_equal(operand(SCRIPT_RESULT, 5), 12);
	assert_int_equal(operand(SCRIPT_CHILD, 5), 263);
	assert_int_equal(operand(SCRIPT_SELF, 5), 135);
	assert_int_equal(operand(SCRIPT_NOW, 5), 905);
	assert_int_equal(operand(SCRIPT_DATA, (uint64_t)-1), 0x401fff);
}

static void branches_into_the_player_end_in_its_zeros(void **state)
{
	(void)state;
	assert_int_equal(script_branch_target(0x400000), 0x400000);
	assert_int_equal(script_branch_target(0x4000fc), 0x4000fc);
	assert_int_equal(script_branch_target(0x400100), 0x400000);
	assert_int_equal(script_branch_target(0x400ffe), 0x4000fe);
	assert_int_equal(script_branch_target(0x401000), 0x401000);
	assert_int_equal(script_branch_target(0x3ffffc), 0x3ffffc);
	assert_int_equal(script_branch_target(0), 0);
}

static void points_are_a_slot_each(void **state)
{
	struct script_step step = {.kind = SCRIPT_CALL, .immediate = 65535};

	(void)state;
	assert_int_equal(script_point(&step), SCRIPT_POINT_SVC_65535);
	step = (struct script_step){.kind = SCRIPT_LOAD, .size = 1};
	assert_int_equal(script_point(&step), SCRIPT_POINT_LOAD_1);
	step = (struct script_step){.kind = SCRIPT_STORE, .size = 8};
	assert_int_equal(script_point(&step), SCRIPT_POINT_STORE_8);
	step = (struct script_step){.kind = SCRIPT_REQUEST};
	assert_int_equal(script_point(&step), SCRIPT_POINT_STORE_8);
	step = (struct script_step){.kind = SCRIPT_WAIT};
	assert_int_equal(script_point(&step), SCRIPT_POINT_WAIT);
	assert_int_equal(SCRIPT_POINT_ADDRESS(SCRIPT_POINT_LOAD_1), 0x400140);
	assert_true(SCRIPT_POINT_ADDRESS(SCRIPT_POINTS) < SCRIPT_CONST_ADDRESS);
}

/* Operand 5 of the request: program, process, look. */
static const char *request(uint64_t strings, uint8_t bytes[SCRIPT_REQUEST_SIZE])
{
	const struct script_step step = {.kind = SCRIPT_REQUEST,
					 .bases = {SCRIPT_DATA, 0, 0, SCRIPT_RESULT},
					 .values = {0, 0xffff, 100, 3, 1, strings}};
	uint64_t words[SCRIPT_REQUEST_WORDS];

	script_request_words(&player, &step, words);
	memcpy(bytes, words, sizeof(words));
	return (const char *)bytes + sizeof(struct panther_spawn_request);
}

static void requests_have_fields_and_strings(void **state)
{
	uint8_t bytes[SCRIPT_REQUEST_SIZE];
	struct panther_spawn_request fields;
	const char *strings = request(SCRIPT_NAME_BIG | 2 << 8, bytes);

	(void)state;
	memcpy(&fields, bytes, sizeof(fields));
	assert_int_equal(fields.calls, 0xffff);
	assert_int_equal(fields.frames_max, 100);
	assert_int_equal(fields.children_max, 10);
	assert_int_equal(fields.flags, 1);
	assert_memory_equal(strings, "big\0big\00012\0002", 13);
	assert_int_equal(strspn(strings + 13, "x"), 26);
	assert_int_equal(strings[39], 0);
	assert_int_equal(sizeof(fields) + 40, SCRIPT_REQUEST_SIZE);
}

static void requests_may_look_wrong(void **state)
{
	uint8_t bytes[SCRIPT_REQUEST_SIZE];

	(void)state;
	assert_int_equal(request(SCRIPT_STRINGS_UNENDED << 16, bytes)[39], 'x');
	assert_memory_equal(request(SCRIPT_STRINGS_UNENDED << 16, bytes), "player\0player\0", 14);
	assert_memory_equal(request(SCRIPT_STRINGS_MANY << 16 | SCRIPT_NAME_BAD, bytes), "bad\0\0\0\0\0", 8);
	assert_int_equal(request(SCRIPT_STRINGS_MANY << 16, bytes)[39], 0);
	assert_memory_equal(request(SCRIPT_STRINGS_LETTERS << 16, bytes), "xxxxxxxx", 8);
	assert_int_equal(request(SCRIPT_STRINGS_LETTERS << 16, bytes)[39], 'x');
	assert_int_equal(request(SCRIPT_NAME_EMPTY, bytes)[0], 0);
}

/* Or there would be always one more. */
static void no_process_starts_itself_or_one_before_it(void **state)
{
	uint8_t bytes[SCRIPT_REQUEST_SIZE];

	(void)state;
	assert_int_equal(request(0 << 8, bytes)[17], '9');
	assert_int_equal(request(1 << 8, bytes)[17], '9');
	assert_int_equal(request(2 << 8, bytes)[17], '2');
	assert_int_equal(request(3 << 8, bytes)[17], '3');
}

static void results_are_remembered(void **state)
{
	struct script_step step = {.kind = SCRIPT_CALL, .number = SYS_map};
	struct script_player learner;

	(void)state;
	script_player_begin(&learner, 0, 2, 0x7000, 5);
	script_record(&learner, &step, 0x5000);
	assert_int_equal(learner.map, 0x5000);
	script_record(&learner, &step, (uint64_t)-22);
	assert_int_equal(learner.map, 0x5000);
	assert_int_equal(learner.result, (uint64_t)-22);
	step.number = SYS_spawn;
	script_record(&learner, &step, 77);
	assert_int_equal(learner.child, 77);
	step = (struct script_step){.kind = SCRIPT_LOAD, .size = 8};
	script_record(&learner, &step, 99);
	assert_int_equal(learner.result, 77);
	assert_int_equal(learner.map, 0x5000);
}

/* FNV-1a of eight bytes each, little-endian: the test vector of the draft's appendix for "foobar" is for bytes. */
static void the_hash_is_fnv_1a(void **state)
{
	uint64_t hash = SCRIPT_HASH_BASIS;

	(void)state;
	for (const char *at = "foobar"; *at != '\0'; at++) {
		hash = script_hash_byte(hash, (uint8_t)*at);
	}
	assert_int_equal(hash, 0x85944171f73967e8);
	assert_int_equal(script_hash_length(5), 5);
	assert_int_equal(script_hash_length(UINT64_MAX), 0x4000);
}

static uint64_t status_after(uint64_t number, uint64_t result)
{
	const struct script_step step = {.kind = SCRIPT_CALL, .number = number};
	struct script_player learner;

	script_player_begin(&learner, 0, 0, 0, 1);
	script_record(&learner, &step, result);
	return script_exit_status(&learner);
}

static void time_does_not_count(void **state)
{
	(void)state;
	assert_int_equal(status_after(SYS_clock, 5), status_after(SYS_clock, 123456));
	assert_int_not_equal(status_after(SYS_getpid, 5), status_after(SYS_getpid, 6));
	assert_int_not_equal(status_after(SYS_clock, (uint64_t)-1), status_after(SYS_clock, 5));
	assert_true(status_after(SYS_getpid, UINT64_MAX) <= 255);
	assert_int_equal(script_info_hidden(PANTHER_INFO_PROCESS), 1 << 3);
	assert_int_equal(script_info_hidden(PANTHER_INFO_PROGRAM), 0);
	assert_int_equal(script_info_hidden(PANTHER_INFO_MEMORY), 1 << 6);
	assert_int_equal(script_info_hidden(PANTHER_INFO_LIMITS), 0);
	assert_int_equal(script_info_relative(PANTHER_INFO_PROCESS), 0);
	assert_int_equal(script_info_relative(PANTHER_INFO_PROGRAM), 0);
	assert_int_equal(script_info_relative(PANTHER_INFO_MEMORY), 1 << 0 | 1 << 1 | 1 << 3 | 1 << 7);
	assert_int_equal(script_info_relative(PANTHER_INFO_LIMITS), 0);
}

static void each_process_plays_its_own_steps(void **state)
{
	static const struct script script = {.count = 3, .steps = {{.process = 1}, {.process = 0}, {.process = 1}}};
	struct script_player learner;

	(void)state;
	script_player_begin(&learner, 0, 1, 0, 1);
	assert_ptr_equal(script_next_step(&learner, &script), &script.steps[0]);
	assert_ptr_equal(script_next_step(&learner, &script), &script.steps[2]);
	assert_null(script_next_step(&learner, &script));
	script_player_begin(&learner, 0, SCRIPT_NO_PROCESS, 0, 1);
	assert_null(script_next_step(&learner, &script));
}

static struct script a_script(void)
{
	return (struct script){.magic = SCRIPT_MAGIC, .version = SCRIPT_VERSION, .count = 1};
}

static bool is_valid_with(struct script_step step)
{
	struct script script = a_script();

	script.steps[0] = step;
	return script_is_valid(&script, script_size(&script));
}

static void a_field_out_of_bounds_is_no_script(void **state)
{
	(void)state;
	assert_true(is_valid_with((struct script_step){.immediate = 2, .number = UINT64_MAX}));
	assert_false(is_valid_with((struct script_step){.immediate = 3}));
	assert_false(is_valid_with((struct script_step){.process = SCRIPT_PROCESSES}));
	assert_false(is_valid_with((struct script_step){.kind = SCRIPT_REPLAYABLE_KINDS}));
	assert_false(is_valid_with((struct script_step){.kind = SCRIPT_KINDS_END}));
	assert_true(is_valid_with((struct script_step){.kind = SCRIPT_ADVANCE}));
	assert_false(is_valid_with((struct script_step){.bases = {0, 0, 0, 0, 0, SCRIPT_BASES}}));
	assert_false(is_valid_with((struct script_step){.reserved = 1}));
	assert_false(is_valid_with((struct script_step){.reserved2 = 1}));
	assert_false(is_valid_with((struct script_step){.size = 1}));
	assert_false(is_valid_with((struct script_step){.kind = SCRIPT_LOAD, .size = 3}));
	assert_false(is_valid_with((struct script_step){.kind = SCRIPT_LOAD}));
	assert_true(is_valid_with((struct script_step){.kind = SCRIPT_STORE, .size = 4}));
	assert_false(is_valid_with((struct script_step){.kind = SCRIPT_WAIT, .number = 1}));
	assert_false(is_valid_with((struct script_step){.kind = SCRIPT_WAIT, .immediate = 1}));
}

static void a_header_out_of_bounds_is_no_script(void **state)
{
	struct script script = a_script();

	(void)state;
	assert_true(script_is_valid(&script, script_size(&script)));
	assert_false(script_is_valid(&script, script_size(&script) - 1));
	assert_false(script_is_valid(&script, script_size(&script) + 1));
	assert_false(script_is_valid(&script, 15));
	script.magic++;
	assert_false(script_is_valid(&script, script_size(&script)));
	script = a_script();
	script.version++;
	assert_false(script_is_valid(&script, script_size(&script)));
	script = a_script();
	script.pace = SCRIPT_PACES;
	assert_false(script_is_valid(&script, script_size(&script)));
	script = a_script();
	script.reserved[6] = 1;
	assert_false(script_is_valid(&script, script_size(&script)));
	script = a_script();
	script.count = SCRIPT_STEPS_MAX + 1;
	assert_false(script_is_valid(&script, script_size(&script)));
}

static void what_a_machine_cannot_do_is_not_replayable(void **state)
{
	(void)state;
	assert_true(script_is_replayable(&(struct script_step){.kind = SCRIPT_WAIT}));
	assert_false(script_is_replayable(&(struct script_step){.kind = SCRIPT_PASS}));
	assert_false(script_is_replayable(&(struct script_step){.kind = SCRIPT_TYPE}));
	assert_false(script_is_replayable(&(struct script_step){.bases = {0, SCRIPT_NOW}}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operands_count_from_their_bases),
		cmocka_unit_test(branches_into_the_player_end_in_its_zeros),
		cmocka_unit_test(points_are_a_slot_each),
		cmocka_unit_test(requests_have_fields_and_strings),
		cmocka_unit_test(requests_may_look_wrong),
		cmocka_unit_test(no_process_starts_itself_or_one_before_it),
		cmocka_unit_test(results_are_remembered),
		cmocka_unit_test(the_hash_is_fnv_1a),
		cmocka_unit_test(time_does_not_count),
		cmocka_unit_test(each_process_plays_its_own_steps),
		cmocka_unit_test(a_field_out_of_bounds_is_no_script),
		cmocka_unit_test(a_header_out_of_bounds_is_no_script),
		cmocka_unit_test(what_a_machine_cannot_do_is_not_replayable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
