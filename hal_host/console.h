/*
 * The captured console, from the inside.
 */
#ifndef HAL_HOST_CONSOLE_H
#define HAL_HOST_CONSOLE_H

/* Forgets what was written. */
void console_reset(void);

/* Keeps what was written so far, and forgets what came after it. */
void console_snapshot(void);
void console_restore(void);

#endif
