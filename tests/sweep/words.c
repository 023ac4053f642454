#include "tests/sweep/words.h"

#include <stdbool.h>

#define SYSTEM 0xd5000000U
#define READ 0x10000U	    /* L, as a bit of the number */
#define WITH_OP0_0 0x20000U /* from here on: op0 = 0 with a register */
#define RT_SHIFT 5
#define VECTOR_128 0x40000000U /* Q */

uint32_t words_system(uint64_t number)
{
	uint32_t fields = (uint32_t)number & 0x1ffff;
	uint32_t op0 = fields >> 14 & 3;

	if (number >= WITH_OP0_0) {
		fields = ((uint32_t)number & 0x3fff) | ((uint32_t)number & 0x4000) << 2;
		return SYSTEM | fields << RT_SHIFT;
	}
	if (op0 == 0) {
		return SYSTEM | fields << RT_SHIFT | 31;
	}
	return SYSTEM | fields << RT_SHIFT | (op0 >= 2 && (fields & READ) == 0 ? 1 : 0);
}

/*
 * Of half precision, scalar FABS and FSQRT and FRECPX of vectors: there are none, these words are unallocated, and QEMU
 * 7.2 ends with a failed assertion when it meets one. No kernel can help it.
 */
static bool ends_qemu(uint32_t word)
{
	uint32_t operation = word & 0xfffffc00;

	return operation == 0x5ef8f800 || operation == 0x7ef9f800 || (operation & ~VECTOR_128) == 0x0ef9f800;
}

uint32_t words_random(uint64_t seed, uint64_t number)
{
	uint64_t mixed = seed + 0x9e3779b97f4a7c15 * (number + 1);

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	mixed ^= mixed >> 31;
	return ends_qemu((uint32_t)(mixed >> 32)) ? 0 : (uint32_t)(mixed >> 32);
}
