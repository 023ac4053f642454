#include "tests/differential/director.h"

#include <stdbool.h>

#include "abi/syscalls.h"

#define FIRST_PID 1
#define AT(field) (PLAYER_STATE + offsetof(struct director, field))

/* What is done with the result of the last instruction. */
enum phase { MEASURE, NEXT, ANNOUNCE, FILL, FILLED, SPAWN, SPAWNED, SETTLE, SWEEP, LOOKED, KILLED, WAITED, LOOK, LEFT };

static uint64_t all_calls(void)
{
	uint64_t calls = 0;

#define SYSCALL(number, ...) calls |= PANTHER_CALL_BIT(number);
#include "abi/syscalls.def"
#undef SYSCALL
	return calls;
}

/* "play07": the file that has the script. */
static uint64_t file_name(uint64_t script)
{
	uint64_t file = script / SCRIPT_SCRIPTS_MAX;

	return 'p' | 'l' << 8 | 'a' << 16 | (uint64_t)'y' << 24 | ('0' + file / 10) << 32 | ('0' + file % 10) << 40;
}

/* Which of the file's scripts it is, in two digits. */
static uint64_t place_in_file(uint64_t script)
{
	uint64_t place = script % SCRIPT_SCRIPTS_MAX;

	return ('0' + place / 10) | ('0' + place % 10) << 8;
}

static void announce(struct director *director)
{
	play_line_text(&director->line, '\n' | '=' << 8 | '=' << 16 | ' ' << 24);
	play_line_text(&director->line, file_name(director->script));
	play_line_text(&director->line, ' ');
	play_line_text(&director->line, place_in_file(director->script));
	play_write(&director->play, &director->line, AT(line.text));
}

static void spawn(struct director *director)
{
	struct director_request *request = &director->request;
	uint64_t name = file_name(director->script);

	request->request.calls = all_calls();
	request->request.frames_max = DIRECTOR_FRAMES_MAX;
	request->request.children_max = DIRECTOR_CHILDREN_MAX;
	request->request.flags = 0;
	request->strings[0] = name | name << 56;
	request->strings[1] = name >> 8 | place_in_file(director->script) << 48;
	request->strings[2] = '0' << 8;
	play_call(&director->play, SYS_spawn, AT(request), sizeof(request->request) + DIRECTOR_STRINGS_SIZE, 0);
}

static void look(struct director *director)
{
	play_call(&director->play, SYS_info, PANTHER_INFO_PROCESS, director->index, AT(process));
	director->play.operands[3] = sizeof(director->process);
	director->phase = LOOKED;
}

static void say_end(struct director *director)
{
	play_line_text(&director->line, 'e' | 'n' << 8 | 'd' << 16 | ' ' << 24);
	play_line_hex(&director->line, director->process.pid);
	play_line_text(&director->line, ' ');
	play_line_hex(&director->line, director->exit.reason);
	play_line_text(&director->line, ' ');
	play_line_hex(&director->line, director->exit.code);
	play_write(&director->play, &director->line, AT(line.text));
	director->phase = LOOK;
}

/* Ends the process that was found, whoever's child it is: the others cannot be until their parent has gone. */
static void end_found(struct director *director)
{
	director->index = director->process.index + 1;
	if (director->process.pid == FIRST_PID) {
		look(director);
	} else {
		director->found++;
		play_call(&director->play, SYS_kill, director->process.pid, 0, 0);
		director->phase = KILLED;
	}
}

/* From the first process on, again and again until none is left but this one. */
static void sweep(struct director *director)
{
	director->index = 0;
	director->found = 0;
	look(director);
}

static void sleep_until(struct director *director, uint64_t halves, enum phase next)
{
	play_call(&director->play, SYS_sleep, halves * (DIRECTOR_TURN / 2), 0, 0);
	director->phase = next;
}

static void begin(struct director *director, const struct director_plan *plan)
{
	if (director->script == plan->count) {
		play_call(&director->play, SYS_exit, 0, 0, 0);
	} else {
		sleep_until(director, 2 * director->script + 2, ANNOUNCE);
	}
}

static void ask_memory(struct director *director, uint64_t record, enum phase next)
{
	play_call(&director->play, SYS_info, PANTHER_INFO_MEMORY, 0, record);
	director->play.operands[3] = sizeof(director->memory);
	director->phase = next;
}

static void looked(struct director *director)
{
	if ((int64_t)director->play.result >= 0) {
		end_found(director);
	} else if (director->found != 0) {
		sweep(director);
	} else {
		ask_memory(director, AT(memory), LEFT);
	}
}

static void say_left(struct director *director)
{
	play_line_text(&director->line, 'l' | 'e' << 8 | 'f' << 16 | (uint64_t)'t' << 24 | (uint64_t)' ' << 32);
	play_line_hex(&director->line, director->memory.frames_free - director->first.frames_free);
	play_line_text(&director->line, ' ');
	play_line_hex(&director->line, director->memory.heap_used - director->first.heap_used);
	play_write(&director->play, &director->line, AT(line.text));
	director->script++;
	director->phase = NEXT;
}

/* As soon as a byte finds no room the buffer is full. */
static void filled(struct director *director)
{
	if (director->memory.input_lost == director->lost) {
		play_call(&director->play, SYS_yield, 0, 0, 0);
		director->phase = FILL;
	} else {
		director->lost = director->memory.input_lost;
		spawn(director);
		director->phase = SPAWNED;
	}
}

static void spawned(struct director *director)
{
	play_line_text(&director->line,
		       's' | 'p' << 8 | 'a' << 16 | 'w' << 24 | (uint64_t)'n' << 32 | (uint64_t)' ' << 40);
	play_line_hex(&director->line, director->play.result);
	play_write(&director->play, &director->line, AT(line.text));
	director->phase = SETTLE;
}

/* The script's own time has begun. */
static void open_script(struct director *director, const struct director_plan *plan)
{
	announce(director);
	director->phase = plan->types != 0 ? FILL : SPAWN;
}

static void after_end(struct director *director)
{
	if (director->play.result == director->process.pid) {
		say_end(director);
	} else {
		look(director);
	}
}

static void next(struct director *director, const struct director_plan *plan)
{
	switch ((enum phase)director->phase) {
	case MEASURE:
		ask_memory(director, AT(first), NEXT);
		return;
	case NEXT:
		begin(director, plan);
		return;
	case ANNOUNCE:
		open_script(director, plan);
		return;
	case FILL:
		ask_memory(director, AT(memory), FILLED);
		return;
	case FILLED:
		filled(director);
		return;
	case SPAWN:
		spawn(director);
		director->phase = SPAWNED;
		return;
	case SPAWNED:
		spawned(director);
		return;
	case SETTLE:
		sleep_until(director, 2 * director->script + 3, SWEEP);
		return;
	case SWEEP:
		sweep(director);
		return;
	case LOOKED:
		looked(director);
		return;
	case KILLED:
		play_call(&director->play, SYS_wait, director->process.pid, AT(exit), 0);
		director->phase = WAITED;
		return;
	case WAITED:
		after_end(director);
		return;
	case LOOK:
		look(director);
		return;
	case LEFT:
		say_left(director);
		return;
	}
}

void director_next(struct director *director, const struct director_plan *plan)
{
	play_take(&director->play);
	next(director, plan);
	play_give(&director->play);
}
