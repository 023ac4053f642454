/* The four forms of return_address.c: none is redirected but by its own flags' absence. */
#ifndef TESTS_SELF_ATTACK_RETURN_ADDRESS_H
#define TESTS_SELF_ATTACK_RETURN_ADDRESS_H

#include <stdbool.h>

/* Returns to `to`, if it is not NULL and nothing prevents that; signs with one key and checks with another, if
 * `other_key`. */
typedef void kbug_returner(void (*to)(void), bool other_key);

kbug_returner kbug_return_scs;
kbug_returner kbug_return_pac;
kbug_returner kbug_return_both;
kbug_returner kbug_return_none;

#endif
