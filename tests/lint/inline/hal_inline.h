/*
 * The functions that a backend may define inline (hal/user.h, hal/cpu.h), as plain declarations: the backend of
 * lint.boundary, which wants to see all calls that leave core and lib.
 */
#ifndef TESTS_LINT_INLINE_HAL_INLINE_H
#define TESTS_LINT_INLINE_HAL_INLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "hal/address.h"
#include "hal/context.h"
#include "hal/cpu.h"
#include "lib/compiler.h"

void hal_cpu_protect(const struct hal_registers *registers, const struct hal_secrets *secrets);

void hal_user_run(struct hal_context *context, const struct hal_space *space, struct hal_trap *trap);

K_MUST_USE bool hal_copy_from_user(const struct hal_space *space, void *destination, user_addr source, size_t size);
K_MUST_USE bool hal_copy_to_user(const struct hal_space *space, user_addr destination, const void *source, size_t size);

#endif
