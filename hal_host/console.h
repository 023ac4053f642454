/*
 * The captured console, from the inside.
 */
#ifndef HAL_HOST_CONSOLE_H
#define HAL_HOST_CONSOLE_H

/* Forgets what was written. */
void console_reset(void);

#endif
