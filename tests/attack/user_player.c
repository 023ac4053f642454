/*
 * A program that does what a row of the table says (script.h). The row's steps
 * are put into `script` in a copy of the program's file (run_row.py).
 */
#include <stdbool.h>

#include <panther.h>

#include "tests/attack/script.h"

/* player.S knows the offsets. */
struct player_registers {
	uint64_t x[31];
	uint64_t flags;
	uint64_t sp[2]; /* before the call, and after */
};

extern const struct step script[SCRIPT_STEPS_MAX];
extern uint8_t buffer[PANTHER_PAGE_SIZE];
extern uint8_t last_page[PANTHER_PAGE_SIZE];

void player_sve(void);
void player_sme(void);
void player_svc_0(struct player_registers *registers);
void player_svc_1(struct player_registers *registers);
void player_svc_2(struct player_registers *registers);
void player_svc_3(struct player_registers *registers);
void player_svc_66(struct player_registers *registers);
void player_svc_65535(struct player_registers *registers);
uint64_t player_load(uint64_t address);
uint64_t player_load_byte(uint64_t address);
void player_store(uint64_t address, uint64_t value);
uint64_t player_ldxr(uint64_t address);
uint64_t player_ldar(uint64_t address);
void player_stlr(uint64_t address, uint64_t value);
void player_prefetch(uint64_t address);
uint64_t player_call_sp(uint64_t sp);
void player_load_null_sp(uint64_t sp);
void player_undefined_sp(uint64_t sp);
void player_branch(uint64_t address);
void player_branch_link(uint64_t address);
void player_return(uint64_t address);
_Noreturn void player_recurse(uint64_t stack);

/*
 * The program's data, last page and all. No state is kept here, so that steps may do with it what they like: the
 * buffer is theirs, and behind the last page nothing is mapped.
 */
uint8_t buffer[PANTHER_PAGE_SIZE] __attribute__((aligned(PANTHER_PAGE_SIZE))) = {[0 ... PANTHER_PAGE_SIZE - 1] = 'd'};
uint8_t last_page[PANTHER_PAGE_SIZE]
	__attribute__((aligned(PANTHER_PAGE_SIZE))) = {[0 ... PANTHER_PAGE_SIZE - 1] = 'd'};

static size_t append(char *line, size_t at, const char *text)
{
	while (*text != '\0') {
		line[at++] = *text++;
	}
	return at;
}

static size_t append_hex(char *line, size_t at, uint64_t value)
{
	int shift = 60;

	at = append(line, at, " 0x");
	while (shift > 0 && value >> shift == 0) {
		shift -= 4;
	}
	for (; shift >= 0; shift -= 4) {
		line[at++] = "0123456789abcdef"[value >> shift & 15];
	}
	return at;
}

static void say(const char *line, size_t size)
{
	(void)panther_write_all(1, line, size);
}

static void report(const char *text)
{
	char line[32];
	size_t at = append(line, 0, text);

	line[at++] = '\n';
	say(line, at);
}

static void report_value(const char *text, uint64_t value)
{
	char line[64];
	size_t at = append_hex(line, append(line, 0, text), value);

	line[at++] = '\n';
	say(line, at);
}

static void call(const struct step *step, struct player_registers *registers)
{
	switch (step->immediate) {
	case 0:
		player_svc_0(registers);
		break;
	case 1:
		player_svc_1(registers);
		break;
	case 2:
		player_svc_2(registers);
		break;
	case 3:
		player_svc_3(registers);
		break;
	case 66:
		player_svc_66(registers);
		break;
	case 65535:
		player_svc_65535(registers);
		break;
	default:
		report("no such immediate in player.S");
		panther_exit(1);
	}
}

static void prepare(struct player_registers *registers, const struct step *step)
{
	uint64_t state = step->seed;

	for (size_t i = 0; i < 31; i++) {
		registers->x[i] = step->seed == 0 ? 0 : script_random(&state);
	}
	registers->flags = step->seed == 0 ? 0 : script_random(&state) & 0xf0000000;
	for (size_t i = 0; i < 6; i++) {
		registers->x[i] = step->arguments[i];
	}
	registers->x[8] = step->number;
}

static uint64_t lost(const struct player_registers *before, const struct player_registers *after)
{
	uint64_t mask = 0;

	for (size_t i = 1; i < 31; i++) {
		mask |= (uint64_t)(before->x[i] != after->x[i]) << i;
	}
	mask |= (uint64_t)(after->sp[0] != after->sp[1]) << LOST_SP;
	mask |= (uint64_t)(before->flags != after->flags) << LOST_FLAGS;
	return mask;
}

static void play_call(const struct step *step)
{
	struct player_registers before, after;
	char line[64];
	size_t at;

	prepare(&before, step);
	prepare(&after, step);
	call(step, &after);
	at = append_hex(line, append(line, 0, "call"), after.x[0]);
	at = append_hex(line, append(line, at, " lost"), lost(&before, &after));
	line[at++] = '\n';
	say(line, at);
}

static void play_good(const struct step *step)
{
	struct player_registers before, after;

	prepare(&before, step);
	prepare(&after, step);
	call(step, &after);
	if ((int64_t)after.x[0] < 0) {
		report_value("call", after.x[0]);
	} else {
		report_value("good lost", lost(&before, &after));
	}
}

static void play_bits(const struct step *step)
{
	uint64_t wrong = 0;

	for (unsigned bit = 0; bit < 64; bit++) {
		struct player_registers registers;

		if ((step->value >> bit & 1) == 0) {
			continue;
		}
		prepare(&registers, step);
		registers.x[step->address] |= (uint64_t)1 << bit;
		player_svc_0(&registers);
		wrong += registers.x[0] != step->size;
	}
	report_value("bits", wrong);
}

static bool is_refused(uint64_t number)
{
	return panther_syscall(number, 1, (uint64_t)script, 1, 0, 0, 0) == -PANTHER_ENOSYS;
}

static void play_sweep(const struct step *step)
{
	uint64_t wrong = 0;

	for (uint64_t number = step->address; number <= step->value; number++) {
		wrong += !is_refused(number);
	}
	report_value("sweep", wrong);
}

static void play_random(const struct step *step)
{
	uint64_t state = step->seed;
	uint64_t wrong = 0;

	for (uint64_t i = 0; i < step->value; i++) {
		uint64_t number = script_random_number(&state);

		/* `address` is the first number that no call has. */
		wrong += number >= step->address && !is_refused(number);
	}
	report_value("random", wrong);
}

static void play_fill(const struct step *step)
{
	for (uint64_t at = 0; at < step->size; at += 8) {
		player_store(step->address + at, (step->value & 0xff) * 0x0101010101010101);
	}
}

static void play(const struct step *step, uint64_t stack)
{
	switch (step->kind) {
	case STEP_CALL:
		play_call(step);
		break;
	case STEP_CALL_GOOD:
		play_good(step);
		break;
	case STEP_BITS:
		play_bits(step);
		break;
	case STEP_SWEEP:
		play_sweep(step);
		break;
	case STEP_RANDOM:
		play_random(step);
		break;
	case STEP_FILL:
		play_fill(step);
		break;
	case STEP_LOAD:
		report_value("load", step->size == 1 ? player_load_byte(step->address) : player_load(step->address));
		break;
	case STEP_STACK:
		report_value("stack", stack);
		break;
	case STEP_POKE:
		player_store(step->address, step->value);
		break;
	case STEP_SVE:
		player_sve();
		report("back");
		break;
	case STEP_SME:
		player_sme();
		report("back");
		break;
	case STEP_STORE:
		player_store(step->address, step->value);
		report("store");
		break;
	case STEP_BRANCH:
		player_branch(step->address);
		report("back");
		break;
	case STEP_BRANCH_LINK:
		player_branch_link(step->address);
		report("back");
		break;
	case STEP_RETURN:
		player_return(step->address);
		report("back");
		break;
	case STEP_RECURSE:
		player_recurse(step->address);
	case STEP_LDXR:
		report_value("ldxr", player_ldxr(step->address));
		break;
	case STEP_LDAR:
		report_value("ldar", player_ldar(step->address));
		break;
	case STEP_STLR:
		player_stlr(step->address, step->value);
		report("stlr");
		break;
	case STEP_PREFETCH:
		player_prefetch(step->address);
		report("prefetch");
		break;
	case STEP_CALL_SP:
		report(player_call_sp(step->address) == step->address ? "sp kept" : "sp lost");
		break;
	case STEP_LOAD_NULL_SP:
		player_load_null_sp(step->address);
		report("back");
		break;
	case STEP_UNDEFINED_SP:
		player_undefined_sp(step->address);
		report("back");
		break;
	default:
		report("no such step");
		panther_exit(1);
	}
}

/* The arguments are in the top page of the stack (README.md). */
static uint64_t stack_bottom(char **arguments)
{
	uint64_t page = (uint64_t)arguments & ~(uint64_t)(PANTHER_PAGE_SIZE - 1);

	return page + PANTHER_PAGE_SIZE - PANTHER_USER_STACK_SIZE;
}

int main(int count, char **arguments)
{
	uint64_t stack = stack_bottom(arguments);

	(void)count;
	for (const struct step *step = script; step < script + SCRIPT_STEPS_MAX && step->kind != STEP_END; step++) {
		struct step placed = script_step(step, stack);

		play(&placed, stack);
	}
	return 0;
}
