# panther_add_program(NAME [FIXED] [PICOLIBC] [UNGUARDED] SOURCES file... [DEFINITIONS name=value...]): an EL0 program,
# NAME.elf, for an AArch64 tree. Static, with the SDK's start-up code and linker script; C code finds <panther.h>. It
# runs at any address, and the kernel chooses one at random; FIXED: at 0x400000. PICOLIBC: with the C library, where
# PANTHER_PICOLIBC says that there is one.
#
# All of its code must have landing pads (FEAT_BTI), and say so, for the kernel holds it to them: the compiler sees to
# that, and assembly has a note as start.S has. UNGUARDED is for assembly that has none; so is PICOLIBC, for the library.

set(PANTHER_SDK_DIR ${CMAKE_CURRENT_LIST_DIR})
get_filename_component(PANTHER_SDK_ROOT ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)

# What all code at EL0 has in common. BTI and PAC work where the CPU has them. Within the project's own tree warnings
# are errors.
set(PANTHER_PROGRAM_OPTIONS
	-march=armv8-a -nostdlibinc -g
	"$<$<COMPILE_LANGUAGE:C>:-std=gnu17;-O2;-fpie;-mno-outline-atomics;-mbranch-protection=standard;-Wall;-Wextra>"
	$<$<AND:$<COMPILE_LANGUAGE:C>,$<TARGET_EXISTS:panther_warnings>>:-Werror>)

# The start-up code and the functions of panther.h: only what a program calls is linked. No FP or SIMD here: a program
# that uses none costs the kernel no such state. Loops stay loops, in memory.c too.
if(NOT TARGET panther_sdk)
	set(sources start.S start.c relocate.c thread.c end.c syscalls.S write_all.c print.c sleep_for.c
		spawn_program.c memory.c)
	list(TRANSFORM sources PREPEND ${PANTHER_SDK_DIR}/)
	add_library(panther_sdk STATIC ${sources})
	target_include_directories(panther_sdk PUBLIC ${PANTHER_SDK_DIR} ${PANTHER_SDK_ROOT})
	target_compile_options(panther_sdk PRIVATE ${PANTHER_PROGRAM_OPTIONS}
		-mgeneral-regs-only -ffreestanding $<$<COMPILE_LANGUAGE:C>:-fno-builtin>)
endif()

include(${CMAKE_CURRENT_LIST_DIR}/picolibc.cmake)

function(panther_add_program NAME)
	cmake_parse_arguments(PARSE_ARGV 1 program "FIXED;PICOLIBC;UNGUARDED" "" "SOURCES;DEFINITIONS")
	add_executable(${NAME} ${program_SOURCES})
	set_target_properties(${NAME} PROPERTIES SUFFIX .elf LINK_DEPENDS ${PANTHER_SDK_DIR}/program.ld)
	target_compile_definitions(${NAME} PRIVATE ${program_DEFINITIONS})
	target_compile_options(${NAME} PRIVATE ${PANTHER_PROGRAM_OPTIONS})
	if(program_PICOLIBC)
		panther_link_picolibc(${NAME})
	else()
		target_compile_options(${NAME} PRIVATE -ffreestanding)
	endif()
	if(NOT program_PICOLIBC AND NOT program_UNGUARDED)
		target_link_options(${NAME} PRIVATE LINKER:-z,bti-report=error)
	endif()
	target_link_libraries(${NAME} PRIVATE panther_sdk)
	target_link_options(${NAME} PRIVATE
		-nostdlib -static
		LINKER:-T,${PANTHER_SDK_DIR}/program.ld
		LINKER:--fatal-warnings LINKER:--orphan-handling=error LINKER:--build-id=none
		LINKER:-z,noexecstack LINKER:-z,max-page-size=4096 LINKER:-z,separate-code)
	if(program_FIXED)
		target_link_options(${NAME} PRIVATE LINKER:--no-pie LINKER:--defsym=program_address=0x400000)
	else()
		target_link_options(${NAME} PRIVATE LINKER:-pie LINKER:--defsym=program_address=0
			LINKER:--no-dynamic-linker LINKER:-z,text LINKER:--pack-dyn-relocs=relr)
	endif()
endfunction()
