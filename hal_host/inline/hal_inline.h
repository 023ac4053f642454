/*
 * The parts of the contract that a backend may define inline (hal/cpu.h, hal/interrupt.h, hal/tags.h, hal/user.h say
 * what they do). The twin has nothing to gain from that: here they are ordinary functions.
 */
#ifndef HAL_HOST_INLINE_HAL_INLINE_H
#define HAL_HOST_INLINE_HAL_INLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal/context.h"
#include "hal/cpu.h"
#include "lib/compiler.h"

/* The twin judges every value on its own and remembers them. */
void hal_cpu_protect(const struct hal_registers *registers, const struct hal_secrets *secrets);

/* Virtual time (hal_host/twin.h). */
uint64_t hal_time_ticks(void);
void hal_timer_set(uint64_t deadline);

/* A modelled interrupt controller: claims and completions must pair. */
uint32_t hal_interrupt_claim(void);
void hal_interrupt_complete(uint32_t number);

uint64_t hal_thread_pointer(void);
void hal_thread_pointer_set(uint64_t value);

/* The twin comes back as a function does. */
void hal_user_prepare(void);

/* Checks what the machine would not, and only the twin can. */
void *hal_phys_to_ptr(phys_addr address, size_t size);

/* The twin checks alignment; its CPU has no tags. */
void *hal_tags_paint(void *block, size_t size);
const void *hal_tags_pointer(const void *memory);
uintptr_t hal_tags_strip(const void *block);
kernel_addr hal_tags_page(const void *memory);
K_MUST_USE bool hal_tags_start(void *memory);

/* The twin checks what the hardware would check, then plays the next steps of a program. */
void hal_user_run(struct hal_context *context, const struct hal_space *space, struct hal_trap *trap);

/* Through the TLB and the twin's own walker, with the rights of EL0. */
K_MUST_USE bool twin_copy_from_user(const struct hal_space *space, void *destination, user_addr source, size_t size);
K_MUST_USE bool twin_copy_to_user(const struct hal_space *space, user_addr destination, const void *source,
				  size_t size);

K_MUST_USE static inline bool hal_copy_from_user(const struct hal_space *space, void *destination, user_addr source,
						 size_t size)
{
	return twin_copy_from_user(space, destination, source, size);
}

K_MUST_USE static inline bool hal_copy_to_user(const struct hal_space *space, user_addr destination, const void *source,
					       size_t size)
{
	return twin_copy_to_user(space, destination, source, size);
}

#endif
