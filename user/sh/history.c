#include "user/sh/history.h"

#include "user/common/text.h"
#include "user/sh/line.h"

#define HISTORY_MAX 16

static char lines[HISTORY_MAX][LINE_SIZE];
static size_t count; /* of all lines ever kept */

const char *history_line(size_t age)
{
	if (age == 0 || age > count || age > HISTORY_MAX) {
		return NULL;
	}
	return lines[(count - age) % HISTORY_MAX];
}

void history_add(const char *line)
{
	const char *last = history_line(1);

	if (line[0] == '\0' || (last != NULL && text_equal(last, line))) {
		return;
	}
	text_copy(lines[count % HISTORY_MAX], line);
	count++;
}
