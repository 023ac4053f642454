# panther_add_program(NAME SOURCES file... [DEFINITIONS name=value...]): an EL0 program, NAME.elf, for an AArch64 tree.
# Static, with the SDK's start-up code and linker script; C code finds <panther.h>.

set(PANTHER_SDK_DIR ${CMAKE_CURRENT_LIST_DIR})
get_filename_component(PANTHER_SDK_ROOT ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)

function(panther_add_program NAME)
	cmake_parse_arguments(PARSE_ARGV 1 PROGRAM "" "" "SOURCES;DEFINITIONS")
	add_executable(${NAME} ${PROGRAM_SOURCES} ${PANTHER_SDK_DIR}/start.S ${PANTHER_SDK_DIR}/syscalls.S
		${PANTHER_SDK_DIR}/write_all.c)
	set_target_properties(${NAME} PROPERTIES SUFFIX .elf LINK_DEPENDS ${PANTHER_SDK_DIR}/program.ld)
	target_include_directories(${NAME} PRIVATE ${PANTHER_SDK_DIR} ${PANTHER_SDK_ROOT})
	target_compile_definitions(${NAME} PRIVATE ${PROGRAM_DEFINITIONS})
	# No FP or SIMD: a program may not use them yet. BTI and PAC work where the CPU has them.
	target_compile_options(${NAME} PRIVATE
		-march=armv8-a -mgeneral-regs-only -ffreestanding -nostdlibinc -g
		$<$<COMPILE_LANGUAGE:C>:-std=gnu17;-O2;-fno-pic;-mno-outline-atomics;-mbranch-protection=standard;-Wall;-Wextra;-Werror>)
	target_link_options(${NAME} PRIVATE
		-nostdlib -static
		LINKER:-T,${PANTHER_SDK_DIR}/program.ld
		LINKER:--fatal-warnings LINKER:--orphan-handling=error LINKER:--build-id=none
		LINKER:-z,noexecstack LINKER:-z,max-page-size=4096 LINKER:-z,separate-code)
endfunction()
