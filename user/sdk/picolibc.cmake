# picolibc, a C library for small machines (Debian: picolibc-aarch64-linux-gnu), and what it needs of a system.
# PANTHER_PICOLIBC is the folder with its include/ and lib/, or empty. To choose another: -DPANTHER_PICOLIBC=/path.

if(NOT DEFINED PANTHER_PICOLIBC)
	find_path(PANTHER_PICOLIBC NAMES lib/libc.a include/picolibc.h NO_CMAKE_FIND_ROOT_PATH NO_DEFAULT_PATH
		PATHS /usr/lib/picolibc/aarch64-linux-gnu /usr/lib/picolibc/aarch64-none-elf /usr/picolibc/aarch64-none-elf
		DOC "picolibc for AArch64; empty: none")
	if(NOT PANTHER_PICOLIBC)
		set(PANTHER_PICOLIBC "" CACHE PATH "picolibc for AArch64; empty: none" FORCE)
	endif()
endif()

# Arithmetic of the compiler's own that long double and 128-bit numbers need, as far as there is a library of it.
file(GLOB PANTHER_LIBGCC /usr/lib/gcc-cross/aarch64-linux-gnu/*/libgcc.a)

if(PANTHER_PICOLIBC AND NOT TARGET panther_picolibc)
	set(sources end.c files.c heap.c process.c runtime.c stdio.c time.c)
	list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/picolibc/)
	add_library(panther_picolibc STATIC ${sources})
	target_include_directories(panther_picolibc SYSTEM PUBLIC ${PANTHER_PICOLIBC}/include)
	target_include_directories(panther_picolibc PRIVATE ${PANTHER_SDK_DIR} ${PANTHER_SDK_ROOT})
	# <time.h> shows clock_gettime and nanosleep where these say that the system has them.
	target_compile_definitions(panther_picolibc PUBLIC _POSIX_TIMERS=200809L _POSIX_MONOTONIC_CLOCK=200809L)
	target_compile_options(panther_picolibc PRIVATE ${PANTHER_PROGRAM_OPTIONS} -fno-builtin)
endif()

# The glue comes first: it has what would need more of a system in the libraries behind it.
function(panther_link_picolibc NAME)
	if(NOT PANTHER_PICOLIBC)
		message(FATAL_ERROR "${NAME} needs picolibc (Debian: picolibc-aarch64-linux-gnu): run ./bootstrap")
	endif()
	target_compile_options(${NAME} PRIVATE -ffunction-sections -fdata-sections)
	target_link_libraries(${NAME} PRIVATE panther_picolibc
		${PANTHER_PICOLIBC}/lib/libm.a ${PANTHER_PICOLIBC}/lib/libc.a ${PANTHER_LIBGCC})
	target_link_options(${NAME} PRIVATE LINKER:--gc-sections)
endfunction()
