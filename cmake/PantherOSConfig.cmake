# find_package(PantherOS REQUIRED) gives panther_add_program and panther_add_archive:
#
#   cmake -G Ninja -B build -DCMAKE_TOOLCHAIN_FILE=DIR/share/PantherOS/toolchains/aarch64-none-elf.cmake \
#         -DCMAKE_PREFIX_PATH=DIR
#
#   find_package(PantherOS REQUIRED)
#   panther_add_program(mine SOURCES mine.c)
#   panther_add_archive(mine-archive PROGRAMS mine)

# Start-up code is assembly.
enable_language(C ASM)

include(${CMAKE_CURRENT_LIST_DIR}/../user/sdk/panther_add_program.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../user/sdk/panther_add_archive.cmake)
