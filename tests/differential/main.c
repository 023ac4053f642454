/*
 * differential_twin: the twin's side of the differential tests. Boots an archive as QEMU does, plays its programs, and
 * prints the console.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal_host/twin.h"
#include "tests/differential/twin_driver.h"
#include "tests/support/whole_file.h"

int main(int count, char **arguments)
{
	struct twin_options options = {.echo = true};
	bool types = count == 5 && strcmp(arguments[4], "types") == 0;
	enum twin_end end;
	char *archive;

	if (count != 4 && !types) {
		fprintf(stderr, "usage: %s ARCHIVE a72|max \"KERNEL COMMAND LINE\" [types]\n", arguments[0]);
		return 2;
	}
	archive = whole_file_read(arguments[1], &options.initrd_size);
	options.initrd = (const uint8_t *)archive;
	options.cpu = strcmp(arguments[2], "max") == 0 ? TWIN_CPU_MAX : TWIN_CPU_A72;
	options.command_line = arguments[3];
	twin_reset(&options);
	twin_driver_start(types);
	end = twin_boot();
	free(archive);
	return end == TWIN_POWER_OFF ? 0 : 1;
}
