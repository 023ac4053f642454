/*
 * Where player.S finds the fields of struct play (play.h) and the pages of a program; read by assembly as well.
 */
#ifndef TESTS_DIFFERENTIAL_LAYOUT_H
#define TESTS_DIFFERENTIAL_LAYOUT_H

#define PLAYER_CODE 0x400000
#define PLAYER_STATE 0x410000
#define PLAYER_STATE_SIZE 0x1000
#define PLAYER_SCRIPTS 0x420000

#define PLAYER_SCRIPT_OFFSET 8
#define PLAYER_POINT_OFFSET 16
#define PLAYER_NUMBER_OFFSET 24
#define PLAYER_OPERANDS_OFFSET 32

#endif
