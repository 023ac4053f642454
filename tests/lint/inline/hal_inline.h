/*
 * The functions that a backend may define inline (hal/user.h, hal/cpu.h, hal/interrupt.h, hal/tags.h), as plain
 * declarations: the backend of lint.boundary, which wants to see all calls that leave core and lib.
 */
#ifndef TESTS_LINT_INLINE_HAL_INLINE_H
#define TESTS_LINT_INLINE_HAL_INLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal/context.h"
#include "hal/cpu.h"
#include "lib/compiler.h"

void hal_cpu_protect(const struct hal_registers *registers, const struct hal_secrets *secrets);

uint64_t hal_time_ticks(void);
void hal_timer_set(uint64_t deadline);

uint32_t hal_interrupt_claim(void);
void hal_interrupt_complete(uint32_t number);

uint64_t hal_thread_pointer(void);
void hal_thread_pointer_set(uint64_t value);

void hal_user_prepare(void);

void *hal_phys_to_ptr(phys_addr address, size_t size);

void *hal_tags_paint(void *block, size_t size);
const void *hal_tags_pointer(const void *memory);
uintptr_t hal_tags_strip(const void *block);
kernel_addr hal_tags_page(const void *memory);
K_MUST_USE bool hal_tags_start(void *memory);

void hal_user_run(struct hal_context *context, const struct hal_space *space, struct hal_trap *trap);

K_MUST_USE bool hal_copy_from_user(const struct hal_space *space, void *destination, user_addr source, size_t size);
K_MUST_USE bool hal_copy_to_user(const struct hal_space *space, user_addr destination, const void *source, size_t size);

#endif
