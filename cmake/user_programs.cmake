# The EL0 programs under user/, as ELF files in PANTHER_PROGRAMS_DIR. They are always AArch64: the image's tree builds
# them as a part of itself, the twin's tree as a project of their own with the cross toolchain.

set(PANTHER_PROGRAMS_DIR ${PROJECT_BINARY_DIR}/programs)
set(PANTHER_HELLO_ELF ${PANTHER_PROGRAMS_DIR}/hello.elf)

if(PANTHER_BACKEND STREQUAL "qemu_virt")
	set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PANTHER_PROGRAMS_DIR})
	add_subdirectory(user)
	unset(CMAKE_RUNTIME_OUTPUT_DIRECTORY)
else()
	include(ExternalProject)
	ExternalProject_Add(user_programs
		SOURCE_DIR ${PROJECT_SOURCE_DIR}/user
		BINARY_DIR ${PROJECT_BINARY_DIR}/user
		PREFIX ${PROJECT_BINARY_DIR}/user-project
		CMAKE_GENERATOR ${CMAKE_GENERATOR}
		CMAKE_ARGS
			-DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/toolchains/aarch64-none-elf.cmake
			-DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}
			-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=${PANTHER_PROGRAMS_DIR}
			-DPANTHER_CLANG=${PANTHER_CLANG}
		BUILD_ALWAYS ON
		BUILD_BYPRODUCTS ${PANTHER_HELLO_ELF}
		INSTALL_COMMAND "")
endif()
