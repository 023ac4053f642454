/*
 * Console input from the process's own standard input.
 */
#ifndef HAL_HOST_UNICORN_INPUT_H
#define HAL_HOST_UNICORN_INPUT_H

/* To be called after twin_reset. A terminal passes on every key, as QEMU's does; Ctrl+A, then X, ends the process. */
void input_start(void);

#endif
