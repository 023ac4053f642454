/*
 * What the kernel says on the console, and to whom it says so. Kernel text goes
 * out in whole lines; program text (the write call) goes out as it is.
 */
#ifndef CORE_LOG_LOG_H
#define CORE_LOG_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Longest line, in bytes, ending included; the rest is cut. */
#define LOG_LINE_MAX 256

struct log {
	bool verbose;	/* `verbose` on the command line */
	bool has_nonce; /* `nonce=N` on the command line: verdict lines end in " #N" */
	uint64_t nonce;
};

/* One line, as it is; "\n" is added. */
K_PRINTF(1, 2) void log_line(const char *format, ...);
/* One line of the boot transcript, "[BOOT] ...". */
K_PRINTF(1, 2) void log_boot(const char *format, ...);
/* The same, only with `verbose`. */
K_PRINTF(1, 2) void log_verbose(const char *format, ...);
/* A line on which a run is judged: like log_line, with the nonce at its end, which no program can know. A "?" stands
 * for each control character. */
K_PRINTF(1, 2) void log_verdict(const char *format, ...);
K_PRINTF(1, 0) void log_verdict_list(const char *format, va_list arguments);

#endif
