#include "hal_host/unicorn/input.h"

#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "hal_host/state.h"
#include "hal_host/twin.h"
#include "hal_host/unicorn/emulator.h"

/* How often it is looked for: once in a millisecond of the machine's time. */
#define LOOKS_PER_SECOND 1000
#define MILLISECOND 1

#define ESCAPE 1 /* Ctrl+A */

static struct {
	bool is_terminal;
	bool is_escaped;
	struct termios before;
	uint64_t instructions; /* at the last look */
} input;

/* While no program runs, a millisecond of the machine takes a real one: somebody may be typing. */
static int patience(void)
{
	uint64_t instructions = emulator_instructions();
	bool is_idle = instructions == input.instructions;

	input.instructions = instructions;
	return is_idle ? MILLISECOND : 0;
}

/* On a terminal: is the byte part of an escape, rather than input? */
static bool is_escape(uint8_t byte)
{
	bool was_escaped = input.is_escaped;

	input.is_escaped = input.is_terminal && byte == ESCAPE && !was_escaped;
	if (was_escaped && (byte == 'x' || byte == 'X')) {
		exit(1);
	}
	return input.is_escaped;
}

/* As much as the UART has room for. False at the end of the input. */
static bool read_some(void)
{
	uint8_t bytes[TWIN_UART_ROOM];
	ssize_t count = read(STDIN_FILENO, bytes, TWIN_UART_ROOM - twin.uart.count);

	for (ssize_t i = 0; i < count; i++) {
		if (!is_escape(bytes[i])) {
			twin_console_type(&bytes[i], 1);
		}
	}
	return count > 0;
}

static void look(void *owner)
{
	struct pollfd standard = {.fd = STDIN_FILENO, .events = POLLIN};
	bool has_room = twin.uart.is_listening && twin.uart.count < TWIN_UART_ROOM;

	if (has_room && poll(&standard, 1, patience()) == 1 && !read_some()) {
		return;
	}
	twin_at(twin.options.frequency / LOOKS_PER_SECOND, look, owner);
}

static void restore_terminal(void)
{
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &input.before);
}

static void take_terminal(void)
{
	struct termios raw = input.before;

	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON);
	raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	(void)atexit(restore_terminal);
}

void input_start(void)
{
	input.is_terminal = tcgetattr(STDIN_FILENO, &input.before) == 0;
	if (input.is_terminal) {
		take_terminal();
	}
	look(NULL);
}
