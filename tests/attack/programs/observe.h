/*
 * What hostile programs say about themselves: plain lines, for the runner on
 * the host to judge. And the counts that must be back when they have ended.
 */
#ifndef TESTS_ATTACK_PROGRAMS_OBSERVE_H
#define TESTS_ATTACK_PROGRAMS_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include <panther.h>

/* Prints "TEXT", "TEXT VALUE" and "TEXT 0xVALUE". */
void say(const char *text);
void say_number(const char *text, int64_t value);
void say_hex(const char *text, uint64_t value);

struct counts {
	uint64_t frames_free;
	uint64_t heap_used;
	uint64_t processes;
};

struct counts counts_now(void);

/* Gives what ends a while to end, then says "counts back", or what is missing. */
void counts_judge(const struct counts *before);

/* Waits for this child and says "ended by exit 0xSTATUS", "fault 0xCLASS" or "kill". Returns the reason, or an error.
 */
int64_t say_end(int64_t pid);

/* The same without a word: the exit status of a child, -1 if it ended otherwise. */
int64_t status_of(int64_t pid);

/* Sleeps for so many microseconds. */
void sleep_us(uint64_t microseconds);

/* The record of a process; false if there is none. */
bool find_process(uint64_t pid, struct panther_process_info *record);

/* The process's own limits and use. */
struct panther_limits_info own_limits(void);

#endif
