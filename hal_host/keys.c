#include "hal_host/keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "hal/user.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"
#include "hal_host/undo.h"

#define OWNERS_MAX 256
#define WORDS (sizeof(struct hal_keys) / sizeof(uint64_t))

/* A program that was entered. */
struct owner {
	uint64_t root; /* 0: there is none any more */
	uint64_t words[WORDS];
};

static struct {
	size_t count;
	struct owner owners[OWNERS_MAX];
} known;

void keys_reset(void)
{
	known.count = 0;
}

static struct owner *find(uint64_t root)
{
	for (size_t i = 0; i < known.count; i++) {
		if (known.owners[i].root == root) {
			return &known.owners[i];
		}
	}
	return NULL;
}

void keys_forget(uint64_t frame)
{
	struct owner *owner = find(frame);

	if (owner != NULL) {
		undo_keep(owner, sizeof(*owner));
		owner->root = 0;
	}
}

static bool is_among(uint64_t word, const uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (words[i] == word) {
			return true;
		}
	}
	return false;
}

/* Halves of keys of 64 bits each, drawn by chance: no two are ever the same, and none is 0. */
static void check_fresh(const uint64_t words[WORDS])
{
	for (size_t i = 0; i < WORDS; i++) {
		if (words[i] == 0 || is_among(words[i], words, i) || is_among(words[i], twin.secrets.return_key, 2)) {
			twin_abort("keys", "a program's keys must be chance, and not the kernel's");
		}
		for (size_t j = 0; j < known.count; j++) {
			if (known.owners[j].root != 0 && is_among(words[i], known.owners[j].words, WORDS)) {
				twin_abort("keys", "a program is entered with another's keys");
			}
		}
	}
}

static struct owner *begin(void)
{
	struct owner *owner = find(0);

	if (owner != NULL) {
		return owner;
	}
	if (known.count == OWNERS_MAX) {
		twin_abort("keys", "more than %d programs at a time", OWNERS_MAX);
	}
	undo_keep(&known.count, sizeof(known.count));
	return &known.owners[known.count++];
}

void keys_check(uint64_t root)
{
	struct owner *owner = find(root);
	uint64_t words[WORDS];

	memcpy(words, &twin.keys, sizeof(words));
	if (owner != NULL) {
		if (memcmp(words, owner->words, sizeof(words)) != 0) {
			twin_abort("keys", "a program is entered with other keys than before");
		}
		return;
	}
	check_fresh(words);
	owner = begin();
	undo_keep(owner, sizeof(*owner));
	owner->root = root;
	memcpy(owner->words, words, sizeof(words));
}

void hal_keys_load(const struct hal_keys *keys)
{
	uint64_t address;

	if (!twin.is_protected || !twin.registers.has_pac) {
		twin_abort("keys", "this CPU has no keys: an undefined instruction on the machine");
	}
	/* The kernel keeps this pointer for as long as the process lives: only here is it seen that it is used again.
	 */
	if (ram_address(keys, &address)) {
		(void)ram_bytes(address, sizeof(*keys));
	}
	twin.keys = *keys;
}
