#include "tests/attack/programs/hostile.h"

static const struct subject *const all[] = {
	subjects_blocked,   subjects_fair,	 subjects_hogs,	   subjects_ids,    subjects_input,  subjects_large,
	subjects_lifecycle, subjects_loading,	 subjects_outputs, subjects_pages,  subjects_poison, subjects_random,
	subjects_registers, subjects_signatures, subjects_spawns,  subjects_storms, subjects_tight,  subjects_waits,
};

static const char *own_name;

static uint64_t number_in(const char *text)
{
	uint64_t number = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		number = 10 * number + (uint64_t)(*text - '0');
	}
	return number;
}

/* Is `text` the name, up to its end or a dot? Then that is where. */
static const char *behind(const char *text, const char *name)
{
	for (; *name != '\0'; name++, text++) {
		if (*text != *name) {
			return NULL;
		}
	}
	return *text == '\0' || *text == '.' ? text : NULL;
}

static const struct subject *find_subject(const char **rest)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		for (const struct subject *subject = all[i]; subject->row != NULL; subject++) {
			*rest = behind(own_name, subject->row);
			if (*rest != NULL) {
				return subject;
			}
		}
	}
	return NULL;
}

static const struct role *find_role(const struct subject *subject, const char *name)
{
	for (const struct role *role = subject->roles; role->name != NULL; role++) {
		const char *rest = behind(name, role->name);

		if (rest != NULL && *rest == '\0') {
			return role;
		}
	}
	return NULL;
}

static int64_t start_with(const char *role, uint64_t argument, const struct panther_spawn_request *options)
{
	const char *argv[4] = {own_name, role, NULL, NULL};
	char digits[21];
	char *next = digits + sizeof(digits);

	*--next = '\0';
	do {
		*--next = (char)('0' + argument % 10);
		argument /= 10;
	} while (argument != 0);
	argv[2] = next;
	return panther_spawn_program(own_name, argv, options);
}

int64_t start(const char *role, uint64_t argument)
{
	return start_with(role, argument, NULL);
}

int64_t start_limited(const char *role, uint64_t argument, uint64_t frames, uint64_t children)
{
	const struct panther_spawn_request options = {own_limits().calls, frames, children, 0};

	return start_with(role, argument, &options);
}

int64_t start_program(const char *name)
{
	const char *const argv[] = {name, NULL};

	return panther_spawn_program(name, argv, NULL);
}

int64_t end(int64_t pid)
{
	struct panther_exit ended;
	int64_t result = panther_kill((uint64_t)pid);

	if (result == 0) {
		result = panther_wait((uint64_t)pid, &ended, 0);
	}
	return result < 0 ? result : (int64_t)ended.reason;
}

void await_state(int64_t pid, uint64_t state)
{
	struct panther_process_info record = {0};

	while (find_process((uint64_t)pid, &record) && record.state != state) {
		(void)panther_yield();
	}
}

int role_quit(uint64_t status)
{
	return (int)status;
}

int role_idle(uint64_t argument)
{
	(void)argument;
	(void)panther_sleep(INT64_MAX);
	return 1;
}

/*
 * SAFETY: keeps the loop, and touches nothing.
 * Audited: 2026-11-22
 */
int role_spin(uint64_t argument)
{
	(void)argument;
	for (;;) {
		__asm__ volatile("");
	}
}

/* What no row may break: a page is mapped, used, and unmapped. */
static int64_t harmless(void)
{
	static const uint64_t value = 0x5ec0de;
	int64_t page = panther_map(NULL, PANTHER_PAGE_SIZE, READ_WRITE);
	uint64_t *word;

	if (page < 0) {
		return page;
	}
	word = panther_mapped(page);
	*word = value;
	return *word == value ? panther_unmap(word, PANTHER_PAGE_SIZE) : -1;
}

static int play_row(const struct subject *subject, const char *rest)
{
	struct counts before = counts_now();

	say_number("harmless", harmless());
	subject->run(*rest == '.' ? number_in(rest + 1) : 0);
	counts_judge(&before);
	return 0;
}

static int play_role(const struct subject *subject, char **arguments)
{
	const struct role *role = find_role(subject, arguments[1]);

	if (role == NULL) {
		say("no such role");
		return 1;
	}
	return role->run(number_in(arguments[2]));
}

int main(int count, char **arguments)
{
	const char *rest = NULL;
	const struct subject *subject;

	own_name = arguments[0];
	subject = find_subject(&rest);
	if (subject == NULL) {
		say("no such row");
		return 1;
	}
	return count == 3 ? play_role(subject, arguments) : play_row(subject, rest);
}
