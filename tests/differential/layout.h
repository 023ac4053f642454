/*
 * Where player.S finds the fields of struct play (play.h) and the pages of a program; read by assembly as well.
 */
#ifndef TESTS_DIFFERENTIAL_LAYOUT_H
#define TESTS_DIFFERENTIAL_LAYOUT_H

#define PLAYER_CODE 0x400000
#define PLAYER_STATE 0x410000
#define PLAYER_STATE_SIZE 0x1000
#define PLAYER_SCRIPTS 0x420000
#define PLAYER_MORE_CODE 0x440000 /* what is not points: no script knows these two pages */
#define PLAYER_MORE_CODE_SIZE 0x2000

/* Which of them a register is: 0 to 30, then these, then V0 to V31 in halves, the low ones first. */
#define PLAYER_SP 31
#define PLAYER_FLAGS 32
#define PLAYER_THREAD 33
#define PLAYER_FPCR 34
#define PLAYER_FPSR 35
#define PLAYER_V 36
#define PLAYER_REGISTERS 100

#define PLAYER_SCRIPT_OFFSET 0
#define PLAYER_FP_OFFSET 8
#define PLAYER_REGISTERS_OFFSET 16

/* Bits of the field `fp`, and their numbers. */
#define PLAYER_FP_LOADED_BIT 0
#define PLAYER_FP_SAVED_BIT 1

#endif
