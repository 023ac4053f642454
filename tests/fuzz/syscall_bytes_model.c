/*
 * Which bytes of a process the kernel may write is told by the kinds of the call's arguments: so a new row of
 * abi/syscalls.def is judged without a word about it here.
 */
#include "tests/fuzz/syscall_bytes.h"

#include <string.h>

#include "abi/errno.h"
#include "abi/process.h"
#include "abi/syscalls.h"

#define ARGUMENTS_MAX 6

/* By number: the kinds of the arguments. */
static const char *const kinds[][ARGUMENTS_MAX] = {
#define NO_ARGUMENTS NULL
#define ARGUMENTS(...) __VA_ARGS__
#define ARGUMENT(register_number, kind, name, text) [register_number] = #kind
#define SYSCALL(number, name, since, summary, arguments, errors, result) [number] = {arguments},
#include "abi/syscalls.def"
#undef SYSCALL
#undef ARGUMENT
#undef ARGUMENTS
#undef NO_ARGUMENTS
};

/* The user memory that a call may write. */
struct room {
	uint64_t address;
	uint64_t size;
	bool is_counted; /* a positive result says how much of it was written */
};

/* Not strcmp or memcmp: libFuzzer listens to those, and takes what the model compares for what the kernel does. */
static bool is_kind(const char *kind, const char *other)
{
	while (*kind == *other && *kind != '\0') {
		kind++;
		other++;
	}
	return *kind == *other;
}

static struct room room_of(const struct twin_step *call)
{
	const char *const *kind = kinds[call->number];
	const uint64_t *x = call->arguments;

	for (unsigned i = 0; i < ARGUMENTS_MAX && kind[i] != NULL; i++) {
		if (is_kind(kind[i], "OUT")) {
			return (struct room){x[i], model_is_user_range(x[i], x[i + 1]) ? x[i + 1] : 0, true};
		}
		if (is_kind(kind[i], "EXIT")) {
			bool is_user = model_is_user_range(x[i], sizeof(struct panther_exit));

			return (struct room){x[i], is_user ? sizeof(struct panther_exit) : 0, false};
		}
	}
	return (struct room){0};
}

#define WORD sizeof(uint64_t)

/* Of right random bytes one in 2^60 calls or so fails here. */
static void judge_random(const struct model_process *model, const uint8_t *bytes, size_t size)
{
	uint64_t before = 0;

	for (size_t i = 0; size >= 2 * WORD && i + WORD <= size; i += WORD) {
		uint64_t word;

		memcpy(&word, bytes + i, WORD);
		if (word == 0 || word == before) {
			model_fail(model, "bytes that are not random, at", i);
		}
		before = word;
	}
}

static void judge_content(const struct model_process *model, const struct twin_store *store)
{
	static _Alignas(uint64_t) uint8_t bytes[PANTHER_WRITE_CHUNK]; /* records are read there */

	if (store->written > sizeof(bytes) || !twin_user_read(store->space, store->address, bytes, store->written)) {
		model_fail(model, "more bytes than any call writes", store->written);
	}
	if (model->last.number == SYS_read) {
		stream_judge_read(model, store, bytes);
	} else if (model->last.number == SYS_random) {
		judge_random(model, bytes, store->written);
	} else if (model->last.number == SYS_info && store->written == store->size) {
		model_judge_record(model, bytes);
	}
}

void model_note_store(struct model_process *model, const struct twin_store *store)
{
	struct room room = {0};

	if (model->last.kind == TWIN_SVC && model_may_call(model)) {
		room = room_of(&model->last);
	}
	if (store->size > room.size || store->address - room.address > room.size - store->size) {
		model_fail(model, "the kernel writes to where it was not asked to", store->address);
	}
	if (store->address != room.address + model->stored) {
		model_fail(model, "the kernel leaves bytes out", store->address);
	}
	model->stored += store->written;
	judge_content(model, store);
}

void model_judge_stores(struct model_process *model, int64_t result)
{
	struct room room = {0};
	bool is_right;

	if (result <= 0 && model->stored == 0) {
		return;
	}
	if (model_may_call(model)) {
		room = room_of(&model->last);
	}
	if (result == -PANTHER_EFAULT) {
		is_right = model->stored < room.size;
	} else if (result <= 0 || room.size == 0) {
		is_right = model->stored == 0;
	} else {
		is_right = model->stored == (room.is_counted ? (uint64_t)result : room.size);
	}
	if (!is_right) {
		model_fail(model, "bytes written that are not as many as the result says", model->stored);
	}
}

/* By the last write. */
static uint8_t written[PANTHER_WRITE_CHUNK];

void model_begin_write(struct model_process *model)
{
	size_t size = model_printed(model);

	if (size != 0 && !twin_user_read(twin_live_space(), model->last.arguments[1], written, size)) {
		model_fail(model, "a buffer that is not mapped", size);
	}
}

void model_check_written(const struct model_process *model, const char *console, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if ((uint8_t)console[i] != written[i]) {
			model_fail(model, "another byte was printed, at", i);
		}
	}
}
