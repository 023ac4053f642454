/*
 * The part of the model that is about the bytes that a call moves: which user memory the kernel may write, and what has
 * to be in it; what write prints; what was typed. Where the content is judged is the moment of the copy, in the middle
 * of the kernel's call: so the order of several processes' reads is known.
 */
#ifndef TESTS_FUZZ_SYSCALL_BYTES_H
#define TESTS_FUZZ_SYSCALL_BYTES_H

#include "hal_host/twin.h"
#include "tests/fuzz/syscall_process.h"

/* The kernel has copied to the process, for its last call. */
void model_note_store(struct model_process *model, const struct twin_store *store);

/* Holds all that was copied since the last call began against its row of abi/syscalls.def and its result. */
void model_judge_stores(struct model_process *model, int64_t result);

/* A write is about to be called: what it has to print is what its buffer holds now, whatever becomes of it. */
void model_begin_write(struct model_process *model);

/* Ends the fuzzer if the `size` bytes that the last write printed, from `console` on, are others. */
void model_check_written(const struct model_process *model, const char *console, size_t size);

/* Console input: types, and remembers what the UART had room for. */
void stream_begin(void);
void stream_type(const uint8_t *bytes, size_t count);
void stream_noise(size_t count);

/* A read has copied these bytes, `written` of `size`. */
void stream_judge_read(const struct model_process *model, const struct twin_store *store, const uint8_t *bytes);

/* What was typed and not read still waits somewhere. */
void stream_check(const struct model_process *model);

/* What the kernel has to call lost: bytes in error, and those without room in the UART, as far as it has asked. */
uint64_t stream_lost(void);

/* The record of info, as it was copied whole. */
void model_judge_record(const struct model_process *model, const void *record);

/* May there be no record at the index that info was asked for? */
bool model_lacks_record(const struct model_process *model);

#endif
