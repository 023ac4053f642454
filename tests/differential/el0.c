/*
 * The programs at EL0, as they begin: their state is where the linker script says.
 */
#include "tests/differential/director.h"
#include "tests/differential/player.h"

/* Bytes, at the end of the state page. */
#define STACK_SIZE 0x400

_Static_assert(sizeof(struct player) + STACK_SIZE <= PLAYER_STATE_SIZE, "a page has the player and its stack");
_Static_assert(sizeof(struct director) + STACK_SIZE <= PLAYER_STATE_SIZE, "or the director and its");

void program_begin(uint64_t count, const uint8_t *const *arguments, uint64_t stack);

#ifdef DIRECTOR
extern struct director program_state;

void program_begin(uint64_t count, const uint8_t *const *arguments, uint64_t stack)
{
	(void)count;
	(void)arguments;
	(void)stack;
	program_state.play.script = PLAYER_SCRIPTS;
}
#else
extern struct player program_state;

static void take(uint8_t *to, uint64_t size, const uint8_t *from)
{
	for (uint64_t i = 0; i < size && from[i] != '\0'; i++) {
		to[i] = from[i];
	}
}

void program_begin(uint64_t count, const uint8_t *const *arguments, uint64_t stack)
{
	struct player_arguments taken = {.count = count, .stack = stack};

	if (count >= PLAYER_ARGUMENTS) {
		take(taken.file, sizeof(taken.file), arguments[0]);
		take(taken.script, sizeof(taken.script), arguments[1]);
		take(taken.process, sizeof(taken.process), arguments[2]);
	}
	player_begin(&program_state, &taken);
}
#endif
