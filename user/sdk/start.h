/*
 * What happens before and after main. Symbols without a definition in C come
 * from program.ld.
 */
#ifndef START_H
#define START_H

#include <stdint.h>

/* Only the program itself refers to these, by their distance: that needs no relocation. */
#pragma GCC visibility push(hidden)

/* Adds the address that the kernel chose to every address that the program holds. Nothing that is relocated may be used
 * before. */
void program_relocate(void);

/* Gives thread-local variables their place and their values. */
void program_set_up_thread(void);

_Noreturn void program_start(int argc, char **argv);

/* Ends the program when main has returned. */
_Noreturn void program_end(int status);

int main(int argc, char **argv);

extern uint8_t program_base[]; /* the program's first byte */

#pragma GCC visibility pop

#endif
