/*
 * Prints docs/SYSCALLS.md: from the table of system calls, abi/syscalls.def, and (syscall_records.c) from abi/process.h
 * and abi/limits.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "abi/errno.h"
#include "docs/syscall_reference.h"

#define TEXTS_MAX 16

struct argument {
	unsigned register_number;
	const char *kind;
	const char *name;
	const char *meaning;
};

struct error {
	int number;
	const char *name;
	const char *when;
};

/* Lists end with an entry whose name is NULL. */
struct syscall {
	unsigned number;
	const char *name;
	unsigned since;
	const char *summary;
	struct argument arguments[TEXTS_MAX];
	struct error errors[TEXTS_MAX];
	const char *result;
};

#define ARGUMENT(register_number, kind, name, meaning) {register_number, #kind, #name, meaning}
#define ARGUMENTS(...) {__VA_ARGS__}
#define NO_ARGUMENTS {0}
#define ERROR(name, when) {PANTHER_##name, #name, when}
#define ERRORS(...) {__VA_ARGS__}
#define NO_ERRORS {0}
#define SYSCALL(number, name, since, summary, arguments, errors, result) \
	{number, #name, since, summary, arguments, errors, result},

static const struct syscall syscalls[] = {
#include "abi/syscalls.def"
};

static void print_signature(const struct syscall *syscall)
{
	printf("`%s(", syscall->name);
	for (const struct argument *argument = syscall->arguments; argument->name; argument++) {
		printf("%s%s", argument == syscall->arguments ? "" : ", ", argument->name);
	}
	printf(")`");
}

static void print_overview(void)
{
	printf("| x8 | call | since | |\n|---|---|---|---|\n");
	for (size_t i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++) {
		printf("| %u | ", syscalls[i].number);
		print_signature(&syscalls[i]);
		printf(" | ABI %u | %s |\n", syscalls[i].since, syscalls[i].summary);
	}
}

static void print_arguments(const struct syscall *syscall)
{
	printf("| register | argument | kind | |\n|---|---|---|---|\n");
	for (const struct argument *argument = syscall->arguments; argument->name; argument++) {
		printf("| x%u | `%s` | %s | %s |\n", argument->register_number, argument->name, argument->kind,
		       argument->meaning);
	}
	printf("\n");
}

static void print_errors(const struct syscall *syscall)
{
	if (!syscall->errors[0].name) {
		printf("It has no errors.\n");
		return;
	}
	printf("| x0 | error, in the order of the checks | when |\n|---|---|---|\n");
	for (const struct error *error = syscall->errors; error->name; error++) {
		printf("| -%d | %s | %s |\n", error->number, error->name, error->when);
	}
}

static void print_syscall(const struct syscall *syscall)
{
	printf("\n## %u: %s\n\n%s\n\n", syscall->number, syscall->name, syscall->summary);
	if (syscall->arguments[0].name) {
		print_arguments(syscall);
	}
	printf("Result: %s.\n\n", syscall->result);
	print_errors(syscall);
}

/* Is all that the calls name explained? */
static bool is_whole(void)
{
	for (size_t i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++) {
		for (const struct argument *argument = syscalls[i].arguments; argument->name; argument++) {
			if (!records_know_kind(argument->kind)) {
				fprintf(stderr, "docs/syscall_records.c has no kind %s\n", argument->kind);
				return false;
			}
		}
	}
	if (!records_are_whole()) {
		fprintf(stderr, "docs/syscall_records.c leaves a field of a struct out\n");
		return false;
	}
	return true;
}

int main(void)
{
	if (!is_whole()) {
		return 1;
	}
	printf("# System calls\n\n"
	       "Written by `cmake --build --preset host --target syscall-docs` from `abi/`; do not edit.\n\n"
	       "The number goes in x8, the arguments in x0 to x5, then `svc #0`; the result comes back in x0. A negative\n"
	       "result is an error number of `abi/errno.h`, negated. All other registers keep their values. A number that\n"
	       "is not in this table answers -%d (ENOSYS), and one that the process has given up, or was not given, -%d\n"
	       "(EPERM). Numbers and arguments count with all their 64 bits.\n\n"
	       "Each call's errors stand in the order of its checks, those of the registers first; memory of the process is\n"
	       "judged when it is used. Wherever nothing else is said, a call that fails has had no effect.\n\n",
	       PANTHER_ENOSYS, PANTHER_EPERM);
	print_overview();
	for (size_t i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++) {
		print_syscall(&syscalls[i]);
	}
	records_print_kinds();
	records_print();
	return 0;
}
