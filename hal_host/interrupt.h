/*
 * The interrupt controller, from the inside.
 */
#ifndef HAL_HOST_INTERRUPT_H
#define HAL_HOST_INTERRUPT_H

#include <stdbool.h>

/* Would a program be interrupted now, or a wait end? */
bool interrupt_is_pending(void);

/* That has happened. */
void interrupt_was_taken(void);

/* The kernel waits for an interrupt, or enters a program: it does not do nothing but ask. */
void interrupt_forget_vain_claims(void);

/* Aborts if an interrupt was claimed and not completed. */
void interrupt_check_balance(const char *what);

#endif
