/* hal/console.h: what is written is what is seen. Who runs the checks compares the lines (CMakeLists.txt, twin_main.c).
 */
#include "hal/console.h"
#include "tests/contract/contract.h"

#define LINE 200 /* many times a PL011's FIFO */

static void write_text(const char *text, size_t size)
{
	hal_console_write((const uint8_t *)text, size);
}

static void write_long_line(void)
{
	uint8_t line[LINE + 1];

	for (size_t i = 0; i < LINE; i++) {
		line[i] = (uint8_t)('0' + i % 10);
	}
	line[LINE] = '\n';
	hal_console_write(line, sizeof(line));
}

void contract_console(void)
{
	write_text("not this", 0);
	write_text("o", 1);
	write_text("ne line, three writes\n", 22);
	/* One byte more than a FIFO of the PL011 holds, and its end. */
	write_text("0123456789abcdef!\n", 18);
	write_long_line();
	CHECK(true);
}
