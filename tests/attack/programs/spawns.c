/*
 * A36: arguments of spawn that cannot be, over and over. A44: a wait that fails
 * loses no child.
 */
#include "tests/attack/programs/hostile.h"

#define ROUNDS 2000
#define KINDS 12

/* Room for more than a request may have. */
struct request {
	struct panther_spawn_request options;
	char strings[PANTHER_SPAWN_MAX];
};

struct attempt {
	const void *request;
	size_t size;
	int64_t result;
};

#define STRUCT sizeof(struct panther_spawn_request)
#define SIZE_OF(strings) (STRUCT + sizeof(strings))
#define INHERIT {.flags = PANTHER_SPAWN_INHERIT}

static struct request many = {INHERIT, "exits"}, endless = {INHERIT, "exits"};

/* A request at the end of a page, behind which nothing is mapped. */
static const void *at_the_end(const struct request *request, size_t size)
{
	uint8_t *page = panther_mapped(panther_map(NULL, PANTHER_PAGE_SIZE, READ_WRITE));
	uint8_t *place = page + PANTHER_PAGE_SIZE - size;

	for (size_t i = 0; i < size; i++) {
		place[i] = ((const uint8_t *)request)[i];
	}
	return place;
}

static void run_arguments(uint64_t rounds)
{
	static const struct request sound = {INHERIT, "exits\0x"};
	static const struct request nothing = {INHERIT, "nothing"};
	static const struct request junk = {INHERIT, "junk"};
	static const struct request flags = {{.frames_max = 10, .flags = 2}, "exits"};
	static const struct request wishes = {{.frames_max = 10, .flags = PANTHER_SPAWN_INHERIT}, "exits"};
	static const struct request tiny = {{.frames_max = 3}, "exits"};
	const void *cut = at_the_end(&sound, SIZE_OF("exits\0x") - 1);
	const struct attempt attempts[KINDS] = {
		{NULL, SIZE_OF("exits"), -PANTHER_EFAULT},
		{pointer(KERNEL_IMAGE), SIZE_OF("exits"), -PANTHER_EFAULT},
		{cut, SIZE_OF("exits\0x"), -PANTHER_EFAULT},
		{&sound, STRUCT, -PANTHER_EINVAL},
		{&endless, PANTHER_SPAWN_MAX + 1, -PANTHER_E2BIG},
		{&endless, PANTHER_SPAWN_MAX, -PANTHER_EINVAL},
		{&many, SIZE_OF("exits") + PANTHER_ARGUMENTS_MAX + 1, -PANTHER_E2BIG},
		{&flags, SIZE_OF("exits"), -PANTHER_EINVAL},
		{&wishes, SIZE_OF("exits"), -PANTHER_EINVAL},
		{&tiny, SIZE_OF("exits"), -PANTHER_ENOMEM},
		{&junk, SIZE_OF("junk"), -PANTHER_ENOEXEC},
		{&nothing, SIZE_OF("nothing"), -PANTHER_ENOENT},
	};
	uint64_t wrong[KINDS] = {0};

	for (size_t i = sizeof("exits"); i < sizeof(endless.strings); i++) {
		endless.strings[i] = 'a';
	}
	rounds = rounds == 0 ? ROUNDS : rounds;
	for (uint64_t i = 0; i < rounds; i++) {
		const struct attempt *attempt = &attempts[i % KINDS];

		wrong[i % KINDS] += panther_spawn(attempt->request, attempt->size) != attempt->result;
	}
	for (size_t i = 0; i < KINDS; i++) {
		say_number("wrong", (int64_t)wrong[i]);
	}
	(void)panther_unmap(pointer(ADDRESS(cut) & ~(uint64_t)(PANTHER_PAGE_SIZE - 1)), PANTHER_PAGE_SIZE);
}

static int64_t wait_at(int64_t pid, uint64_t address)
{
	return panther_wait((uint64_t)pid, pointer(address), 0);
}

static void run_wait(uint64_t argument)
{
	static const struct panther_exit constant = {7, 7};
	int64_t pid = start("quit", 77);

	(void)argument;
	say_number("null", wait_at(pid, 0));
	say_number("kernel", wait_at(pid, KERNEL_IMAGE));
	say_number("any child, kernel", wait_at(0, KERNEL_IMAGE));
	say_number("constant", wait_at(pid, ADDRESS(&constant)));
	say_number("top", wait_at(pid, PANTHER_USER_TOP - 4));
	(void)say_end(pid);
}

static const struct role roles[] = {{"quit", role_quit}, NO_ROLE};

const struct subject subjects_spawns[] = {{"A36", run_arguments, roles}, {"A44", run_wait, roles}, {NULL, NULL, NULL}};
