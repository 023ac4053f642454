/* The player of the system call fuzzer: each script starts from the same state, and its steps do what they say. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_test.h"
#include "hal_host/twin.h"
#include "tests/fuzz/syscall_harness.h"
#include "tests/script/script_text.h"

/* What its processes and the kernel print, owned by the caller. */
static char *play(const char *text)
{
	struct script script;
	const char *banner = "[BOOT] Exception vectors installed\n\n";
	const char *printed;

	assert_true(script_parse(text, &script));
	harness_play(&script);
	printed = strstr(twin_console(), banner);
	assert_non_null(printed);
	return strdup(printed + strlen(banner));
}

static void check(const char *text, const char *expected)
{
	char *printed = play(text);

	assert_string_equal(printed, expected);
	free(printed);
}

#define SEVERAL                          \
	"pace 3\n"                       \
	"0 request data 0 0 0 1 256\n"   \
	"0 call spawn data 72\n"         \
	"0 call random data+0x100 64\n"  \
	"0 call write 1 data+0x100 64\n" \
	"0 call map 0 0x2000 3\n"        \
	"1 call random data 64\n"        \
	"1 call write 1 data 64\n"       \
	"1 call sleep now+0x10000\n"     \
	"0 call wait 0 data+0x800\n"     \
	"0 call info 2 0 data 64\n"      \
	"0 call write 1 data 64\n"

static void a_script_plays_the_same_whatever_came_before(void **state)
{
	char *first = play(SEVERAL);
	char *again;

	(void)state;
	check("0 call write 1 const 3\n0 scarce-frames 2\n0 call map 0 0x4000 3\n0 thread-set 7\n0 fp-set 9", "ccc");
	again = play(SEVERAL);
	assert_string_equal(first, again);
	free(first);
	free(again);
}

static void what_a_script_leaves_behind_is_ended(void **state)
{
	(void)state;
	check("0 request data 0 0 0 1 256\n0 call spawn data 72\n0 call yield\n"
	      "1 request data 0 0 0 1 512\n1 call spawn data 72\n1 call write 1 const 2\n1 call wait 0 data\n"
	      "2 call sleep 0x7fffffffffffffff",
	      "cc");
}

static void steps_belong_to_processes(void **state)
{
	(void)state;
	check("1 call write 1 const 5", "");
	check("0 request data 0 0 0 1 256\n1 call write 1 const 5\n0 call spawn data 72\n0 call wait child data",
	      "ccccc");
	check("0 request data 0 0 0 1 512\n1 call write 1 const 5\n0 call spawn data 72\n0 call wait child data", "");
}

static void operands_are_resolved_when_they_are_used(void **state)
{
	(void)state;
	check("0 call map 0 0x1000 3\n0 store4 map 0x64636261\n0 call write 1 map 4", "abcd");
	check("0 call write 1 const 4\n0 call write 1 const result", "cccccccc");
	check("0 store1 stack+8 0x41\n0 call write 1 stack+8 1", "A");
	check("0 change-memory data 0x42\n0 call write 1 data 1", "B");
	check("0 type 5\n0 call read 0 data 5\n0 call write 1 data result", "typed");
}

static void faults_and_scarcity_show(void **state)
{
	(void)state;
	/* What is written is how a call went: -EFAULT and -ENOMEM are no lengths, so nothing is. */
	check("0 copy-fault 2\n0 call write 1 const 3\n0 call write 1 const 3", "ccc");
	check("0 scarce-frames 0\n0 call map 0x100000 0x1000 3\n0 call write 1 0x100000 1", "");
	check("0 scarce-heap 0\n0 request data 0 0 0 1 256\n0 call spawn data 72\n1 call write 1 const 1", "c");
	check("0 request data 0 0 0 1 256\n0 scarce-heap 0\n0 call spawn data 72\n1 call write 1 const 1", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_script_plays_the_same_whatever_came_before),
		cmocka_unit_test(what_a_script_leaves_behind_is_ended),
		cmocka_unit_test(steps_belong_to_processes),
		cmocka_unit_test(operands_are_resolved_when_they_are_used),
		cmocka_unit_test(faults_and_scarcity_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
