# Bare-metal AArch64: the kernel's image and the programs it runs. No C library, no start-up files.

include(${CMAKE_CURRENT_LIST_DIR}/../cmake/llvm.cmake)
panther_find_llvm(PANTHER_LLD ld.lld)
panther_find_llvm(PANTHER_AR llvm-ar)
panther_find_llvm(PANTHER_RANLIB llvm-ranlib)
panther_find_llvm(PANTHER_OBJCOPY llvm-objcopy)

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
# Nothing links before there is start-up code and a linker script.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PANTHER_CLANG)

set(CMAKE_C_COMPILER ${PANTHER_CLANG})
set(CMAKE_ASM_COMPILER ${PANTHER_CLANG})
set(CMAKE_C_COMPILER_TARGET aarch64-none-elf)
set(CMAKE_ASM_COMPILER_TARGET aarch64-none-elf)
set(CMAKE_AR ${PANTHER_AR})
set(CMAKE_RANLIB ${PANTHER_RANLIB})
set(CMAKE_OBJCOPY ${PANTHER_OBJCOPY})

set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib --ld-path=${PANTHER_LLD}")
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
