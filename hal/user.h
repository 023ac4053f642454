/*
 * Processes at EL0: entering them, and reaching their memory with their own rights.
 */
#ifndef HAL_USER_H
#define HAL_USER_H

#include <stdbool.h>
#include <stddef.h>

#include "hal/address.h"
#include "hal/context.h"

/*
 * Every function here may be inline in a backend; core calls each as a plain function.
 *
 * void hal_user_run(struct hal_context *context, const struct hal_space *space, struct hal_trap *trap):
 * makes `space` live, runs the process at EL0 from `context` until it traps, stores its registers back and says why in
 * `trap`. `context` and `trap` are the caller's; neither is kept. Every register of the kernel is lost meanwhile, so
 * its only caller is the kernel's loop, which never returns.
 *
 * bool hal_copy_from_user(const struct hal_space *space, void *destination, user_addr source, size_t size)
 * bool hal_copy_to_user(const struct hal_space *space, user_addr destination, const void *source, size_t size):
 * copy `size` bytes between the kernel and the memory of the live space `space` (the one that hal_user_run ran
 * last), with the rights of EL0: LDTR and STTR on the machine, a walk with EL0 rights in the twin. The range must
 * have been checked (core/memory/user_range.h). Return false if any byte could not be reached; how many were copied
 * before that is then unspecified for hal_copy_from_user (the caller drops them), and all bytes below the faulting
 * one for hal_copy_to_user. Each user byte is read or written once. The result must be used.
 */
#include "hal_inline.h"

#endif
