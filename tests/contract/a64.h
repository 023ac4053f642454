/*
 * A64 instructions as words (Arm ARM C6.2): the programs of the checks. The twin's interpreter knows these and no
 * others.
 */
#ifndef TESTS_CONTRACT_A64_H
#define TESTS_CONTRACT_A64_H

#define A64_SVC(immediate) (0xd4000001U | (uint32_t)(immediate) << 5)
#define A64_UDF 0x00000000U
#define A64_NOP 0xd503201fU
#define A64_MOVZ(target, value) (0xd2800000U | (uint32_t)(value) << 5 | (target))
#define A64_LDR_X0(base) (0xf9400000U | (base) << 5)
#define A64_LDRB_W0(base) (0x39400000U | (base) << 5)
#define A64_STR(source, base) (0xf9000000U | (base) << 5 | (source))
#define A64_STRB(source, base) (0x39000000U | (base) << 5 | (source))
#define A64_BR(target) (0xd61f0000U | (target) << 5)
#define A64_B(words) (0x14000000U | ((uint32_t)(words) & 0x3ffffffU))

#endif
