# Native programs, with LLVM's clang (Apple's lacks libFuzzer, GCC much else).

include(${CMAKE_CURRENT_LIST_DIR}/../cmake/llvm.cmake)
panther_find_llvm(PANTHER_AR llvm-ar)
panther_find_llvm(PANTHER_RANLIB llvm-ranlib)

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PANTHER_CLANG)
set(CMAKE_C_COMPILER ${PANTHER_CLANG})
set(CMAKE_AR ${PANTHER_AR})
set(CMAKE_RANLIB ${PANTHER_RANLIB})
