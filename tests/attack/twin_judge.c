#include "tests/attack/twin_judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"

void twin_judge_call(struct twin_step *out, uint64_t number, const uint64_t *arguments, uint64_t immediate)
{
	out->kind = TWIN_SVC;
	out->number = number;
	out->immediate = (uint16_t)immediate;
	memcpy(out->arguments, arguments, sizeof(out->arguments));
}

/* The first program, by the calls that it makes. */
struct judge {
	uint64_t turn;
	uint64_t page; /* of its stack, which it does not use otherwise */
	struct panther_memory_info before;
};

/* Where in its page things lie, each in a line of 64 bytes. */
#define JUDGE_REQUEST 0x000
#define JUDGE_END 0x0c0
#define JUDGE_MEMORY 0x100

static void judge_write(const struct judge *judge, uint64_t at, const void *bytes, size_t size)
{
	if (!twin_user_write(twin_live_space(), judge->page + at, bytes, size)) {
		twin_abort("script", "the first program has no page for what it says");
	}
}

static void judge_read(const struct judge *judge, uint64_t at, void *bytes, size_t size)
{
	if (!twin_user_read(twin_live_space(), judge->page + at, bytes, size)) {
		twin_abort("script", "the first program has no page for what it is told");
	}
}

static void ask_memory(const struct judge *judge, struct twin_step *out)
{
	twin_judge_call(out, SYS_info,
			(uint64_t[6]){PANTHER_INFO_MEMORY, 0, judge->page + JUDGE_MEMORY, sizeof(judge->before)}, 0);
}

static void start_player(const struct judge *judge, struct twin_step *out)
{
	static const char strings[] = "player\0player";
	static const struct panther_spawn_request inherit = {.flags = PANTHER_SPAWN_INHERIT};

	judge_write(judge, JUDGE_REQUEST, &inherit, sizeof(inherit));
	judge_write(judge, JUDGE_REQUEST + sizeof(inherit), strings, sizeof(strings));
	twin_judge_call(out, SYS_spawn, (uint64_t[6]){judge->page + JUDGE_REQUEST, sizeof(inherit) + sizeof(strings)},
			0);
}

static void say_end(const struct judge *judge)
{
	static const char *const reasons[] = {"exit", "fault", "kill"};
	struct panther_exit end;

	judge_read(judge, JUDGE_END, &end, sizeof(end));
	printf("ended by %s 0x%x\n", end.reason < 3 ? reasons[end.reason] : "?", end.code);
}

static void say_counts(const struct judge *judge)
{
	struct panther_memory_info now;

	judge_read(judge, JUDGE_MEMORY, &now, sizeof(now));
	if (now.frames_free == judge->before.frames_free && now.heap_used == judge->before.heap_used &&
	    now.processes == judge->before.processes) {
		printf("counts back\n");
	} else {
		printf("free frames %" PRIu64 " before, %" PRIu64 " after; heap %" PRIu64 ", %" PRIu64
		       "; processes %" PRIu64 ", %" PRIu64 "\n",
		       judge->before.frames_free, now.frames_free, judge->before.heap_used, now.heap_used,
		       judge->before.processes, now.processes);
	}
}

bool twin_judge(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *out)
{
	static struct judge the_judge;
	struct judge *judge = &the_judge;

	(void)owner;
	(void)word;
	fflush(stdout);
	switch (judge->turn++) {
	case 0:
		judge->page = (context->sp & ~(uint64_t)(PANTHER_PAGE_SIZE - 1)) - PANTHER_PAGE_SIZE;
		ask_memory(judge, out);
		return true;
	case 1:
		judge_read(judge, JUDGE_MEMORY, &judge->before, sizeof(judge->before));
		start_player(judge, out);
		return true;
	case 2:
		twin_judge_call(out, SYS_wait, (uint64_t[6]){context->x[0], judge->page + JUDGE_END, 0}, 0);
		return true;
	case 3:
		say_end(judge);
		ask_memory(judge, out);
		return true;
	default:
		say_counts(judge);
		twin_judge_call(out, SYS_exit, (uint64_t[6]){0}, 0);
		return true;
	}
}
