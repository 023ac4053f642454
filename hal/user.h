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
 * void hal_user_prepare(void): notes the stack of the function that it is called in, to which hal_user_run comes back.
 * To be called in the function that calls hal_user_run, before it; once, if that does not return.
 *
 * bool hal_copy_from_user(const struct hal_space *space, void *destination, user_addr source, size_t size)
 * bool hal_copy_to_user(const struct hal_space *space, user_addr destination, const void *source, size_t size):
 * copy `size` bytes between the kernel and the memory of the live space `space` (the one that hal_user_run ran
 * last), with the rights of EL0: LDTR and STTR on the machine, a walk with EL0 rights in the twin. The range must
 * have been checked (core/memory/user_range.h). Return false if any byte could not be reached; how many were copied
 * before that is then unspecified for hal_copy_from_user (the caller drops them), and all bytes below the faulting
 * one for hal_copy_to_user. Each user byte is read or written once. The result must be used.
 */

/*
 * What hal_user_run does not switch, because most traps end in the same process: these are switched when another
 * process gets the CPU.
 *
 * uint64_t hal_thread_pointer(void), void hal_thread_pointer_set(uint64_t): TPIDR_EL0, which a program may change at
 * any time.
 */

/*
 * Gives the next process to run its keys. The kernel's own for return addresses is in the CPU whenever the kernel runs.
 * Only on a CPU that has them (hal_registers.has_pac).
 */
void hal_keys_load(const struct hal_keys *keys);

/*
 * Says whether FP and SIMD instructions work at EL0: `cpacr` is a value for CPACR_EL1 that core has decided on
 * (core/cpu/registers.h). The next two need a value with which they work.
 */
void hal_fp_access_set(uint64_t cpacr);
void hal_fp_save(struct hal_fp_state *state);
void hal_fp_load(const struct hal_fp_state *state);

#include "hal_inline.h"

#endif
