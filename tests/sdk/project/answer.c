/*
 * A program at a fixed address, which prints its arguments.
 */
#include <panther.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		panther_print(argv[i]);
		panther_print(i + 1 < argc ? "-" : "\n");
	}
	return argc == 3 ? 42 : 1;
}
