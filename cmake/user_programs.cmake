# The EL0 programs under user/, as ELF files in PANTHER_PROGRAMS_DIR, and the boot archive with them, PANTHER_ARCHIVE.
# They are always AArch64: the image's tree builds them as a part of itself, the twin's tree as a project of their own
# with the cross toolchain.

set(PANTHER_PROGRAMS_DIR ${PROJECT_BINARY_DIR}/programs)
set(PANTHER_HELLO_ELF ${PANTHER_PROGRAMS_DIR}/hello.elf)
set(PANTHER_ARCHIVE ${PANTHER_PROGRAMS_DIR}/boot-archive.cpio)

if(PANTHER_BACKEND STREQUAL "qemu_virt")
	set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PANTHER_PROGRAMS_DIR})
	add_subdirectory(user)
	unset(CMAKE_RUNTIME_OUTPUT_DIRECTORY)
else()
	include(ExternalProject)
	# Looks for cpio before anything is built.
	include(${PROJECT_SOURCE_DIR}/user/sdk/panther_add_archive.cmake)
	set(picolibc "")
	if(DEFINED PANTHER_PICOLIBC)
		set(picolibc -DPANTHER_PICOLIBC=${PANTHER_PICOLIBC})
	endif()
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
			-DPANTHER_CPIO=${PANTHER_CPIO}
			${picolibc}
		BUILD_ALWAYS ON
		BUILD_BYPRODUCTS ${PANTHER_HELLO_ELF} ${PANTHER_ARCHIVE}
		INSTALL_COMMAND "")
endif()
