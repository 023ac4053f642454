/*
 * The first program: says hello, through the front door.
 */
#include <panther.h>

int main(void)
{
	static const char hello[] = "Hello from secure kernel!\n\n";

	return panther_write_all(1, hello, sizeof(hello) - 1) == 0 ? 0 : 1;
}
