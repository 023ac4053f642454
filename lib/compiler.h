/*
 * Compiler attributes behind names, so that tools which read plain C11 (proof
 * checkers among them) see nothing but ordinary declarations.
 */
#ifndef LIB_COMPILER_H
#define LIB_COMPILER_H

#if defined(__clang__) || defined(__GNUC__)
#define K_ATTRIBUTE(attribute) __attribute__((attribute))
#else
#define K_ATTRIBUTE(attribute)
#endif

/* The caller must look at the result; ignoring it is a compile error. */
#define K_MUST_USE K_ATTRIBUTE(warn_unused_result)
#define K_NORETURN K_ATTRIBUTE(noreturn)
#define K_ALWAYS_INLINE static inline K_ATTRIBUTE(always_inline)
#define K_NOINLINE K_ATTRIBUTE(noinline)
/* Out of line, and whatever calls it is out of the way. */
#define K_COLD K_ATTRIBUTE(noinline) K_ATTRIBUTE(cold)
#define K_PRINTF(format_index, first_argument) K_ATTRIBUTE(format(printf, format_index, first_argument))
#define K_ALIGNED(bytes) K_ATTRIBUTE(aligned(bytes))
#define K_UNUSED K_ATTRIBUTE(unused)
/* The optimiser does not look into the function, and assumes any effect of it. */
#define K_OPAQUE K_ATTRIBUTE(noinline) K_ATTRIBUTE(optnone)
/* The compiler does not recognise a loop as memcpy or memset, and calls neither for it. */
#define K_NO_BUILTIN K_ATTRIBUTE(no_builtin)
/* On a type: any object may be read as one, at any alignment. */
#define K_UNALIGNED K_ATTRIBUTE(may_alias) K_ATTRIBUTE(aligned(1))

/* Written at boot only: lies in pages that the kernel makes read-only before the first process runs. */
#if defined(__ELF__)
#define K_SEALED K_ATTRIBUTE(section(".bss.sealed"))
#else
#define K_SEALED
#endif

/* On paths whose instructions are counted: the compiler lays out the code for this case. */
#if defined(__clang__) || defined(__GNUC__)
#define K_LIKELY(condition) (__builtin_expect((condition), 1) != 0)
#else
#define K_LIKELY(condition) (condition)
#endif

#define K_ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
