/*
 * What is typed: characters, and keys that a terminal sends as sequences of them
 * (ECMA-48, and what xterm and the VT220 send).
 */
#ifndef USER_SH_KEYS_H
#define USER_SH_KEYS_H

/* Other keys than characters, which are themselves (0x20 to 0x7e). */
enum key {
	KEY_NONE = 0,	 /* of no meaning here */
	KEY_FAILED = -1, /* there will be no more input */
	KEY_ENTER = 0x100,
	KEY_BACKSPACE,
	KEY_DELETE,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_UP,
	KEY_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_CLEAR,	/* Ctrl-C */
	KEY_LEAVE,	/* Ctrl-D */
	KEY_ERASE_LINE, /* Ctrl-U */
};

/* Waits for the next key: a character or one of the above. */
int key_read(void);

#endif
