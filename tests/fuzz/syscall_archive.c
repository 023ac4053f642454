#include "tests/fuzz/syscall_archive.h"

#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"
#include "tests/script/script.h"
#include "tests/support/archive_builder.h"
#include "tests/support/elf_builder.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE ((uint64_t)PANTHER_PAGE_SIZE)

/* What of the player the twin needs: its pages. All instructions are zeros, for drivers say what they are. One page of
 * scripts is enough, for nobody reads them there. */
static const struct elf_program player[] = {
	{ELF_LOAD, ELF_RX, SCRIPT_CODE_ADDRESS, PAGE, PAGE},
	{ELF_LOAD, ELF_R, SCRIPT_CONST_ADDRESS, PAGE, PAGE},
	{ELF_LOAD, ELF_RW, SCRIPT_DATA_ADDRESS, 0, SCRIPT_DATA_SIZE},
	{ELF_LOAD, ELF_RW, SCRIPT_STATE_ADDRESS, 0, PAGE},
	{ELF_LOAD, ELF_R, SCRIPT_SCRIPTS_ADDRESS, PAGE, PAGE},
};

static const struct elf_program big[] = {
	{ELF_LOAD, ELF_RX, SCRIPT_CODE_ADDRESS, PAGE, PAGE},
	{ELF_LOAD, ELF_RW, SCRIPT_DATA_ADDRESS, 0, SCRIPT_BIG_PAGES *PAGE},
};

static void add(struct archive_builder *builder, const char *name, const struct elf_program *programs, size_t count)
{
	size_t size;
	uint8_t *file = elf_build(programs, count, &size);

	for (size_t i = 0; i < count; i++) {
		size_t offset = (size_t)elf_peek(file, elf_header_of(i) + ELF_P_OFFSET, 8);

		memset(file + offset, programs[i].address == SCRIPT_CONST_ADDRESS ? SCRIPT_CONST_BYTE : 0,
		       programs[i].file_size);
	}
	(void)archive_builder_add(builder, name, ARCHIVE_REGULAR, file, size);
	free(file);
}

uint8_t *syscall_archive(size_t *size)
{
	static const char bad[] = "#!/bin/sh";
	struct archive_builder builder = {0};

	add(&builder, "director", player, COUNT(player));
	add(&builder, "player", player, COUNT(player));
	add(&builder, "big", big, COUNT(big));
	(void)archive_builder_add(&builder, "bad", ARCHIVE_REGULAR, bad, sizeof(bad));
	return archive_builder_end(&builder, size);
}
