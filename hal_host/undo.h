/*
 * What is to be put back when the machine goes back to its snapshot: bytes as they were before each change, last change
 * first. For tables that are large and of which little changes.
 */
#ifndef HAL_HOST_UNDO_H
#define HAL_HOST_UNDO_H

#include <stddef.h>

/* Nothing is kept from here on, until undo_start. */
void undo_reset(void);

/* The moment to come back to. */
void undo_start(void);

/* The `size` bytes at `where` are about to change. */
void undo_keep(void *where, size_t size);

/* Puts everything back, and keeps from here on what changes next. */
void undo_all(void);

#endif
