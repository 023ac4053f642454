/*
 * A36: arguments of spawn that cannot be, over and over. A44: a wait that fails
 * loses no child.
 */
#include "tests/attack/programs/hostile.h"

#define ROUNDS 2000
#define KINDS 9
#define VECTOR_MAX (PANTHER_ARGUMENTS_MAX + 2)

static char text[PANTHER_PAGE_SIZE + 1];

struct attempt {
	const void *path;
	const void *argv;
	const void *options;
	int64_t result;
};

static int64_t try_spawn(const struct attempt *attempt)
{
	return panther_spawn(attempt->path, attempt->argv, attempt->options);
}

/* A page of addresses of strings, behind which nothing is mapped. */
static const void *endless_vector(void)
{
	uint64_t *page = panther_mapped(panther_map(NULL, PANTHER_PAGE_SIZE, READ_WRITE));

	for (size_t i = 0; i < PANTHER_PAGE_SIZE / sizeof(*page); i++) {
		page[i] = ADDRESS("");
	}
	return page + PANTHER_PAGE_SIZE / sizeof(*page) - 2;
}

static void run_arguments(uint64_t rounds)
{
	const char *sound[] = {"x", NULL};
	const void *kernel[] = {"x", pointer(KERNEL_IMAGE), NULL};
	const char *long_one[] = {"x", text, NULL};
	const char *many[VECTOR_MAX];
	const struct panther_spawn_options flags = {0, 10, 0, 1};
	const struct panther_spawn_options tiny = {0, 3, 0, 0};
	const void *endless = endless_vector();
	const struct attempt attempts[KINDS] = {
		{"exits", NULL, NULL, -PANTHER_EFAULT},	   {"exits", kernel, NULL, -PANTHER_EFAULT},
		{"exits", endless, NULL, -PANTHER_EFAULT}, {"exits", long_one, NULL, -PANTHER_E2BIG},
		{"exits", many, NULL, -PANTHER_E2BIG},	   {"exits", sound, &flags, -PANTHER_EINVAL},
		{"exits", sound, &tiny, -PANTHER_ENOMEM},  {"junk", sound, NULL, -PANTHER_ENOEXEC},
		{"nothing", sound, NULL, -PANTHER_ENOENT},
	};
	uint64_t wrong[KINDS] = {0};

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		text[i] = 'a';
	}
	for (size_t i = 0; i < VECTOR_MAX; i++) {
		many[i] = i + 1 < VECTOR_MAX ? "y" : NULL;
	}
	rounds = rounds == 0 ? ROUNDS : rounds;
	for (uint64_t i = 0; i < rounds; i++) {
		wrong[i % KINDS] += try_spawn(&attempts[i % KINDS]) != attempts[i % KINDS].result;
	}
	for (size_t i = 0; i < KINDS; i++) {
		say_number("wrong", (int64_t)wrong[i]);
	}
	(void)panther_unmap(pointer(ADDRESS(endless) & ~(uint64_t)(PANTHER_PAGE_SIZE - 1)), PANTHER_PAGE_SIZE);
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
