# Every tool that a build or its tests need, looked up before anything is built. A missing or too old tool ends
# the configuration with one line that says which, and what to do.
#
# Included before project(): CMake's own message about a missing Ninja is not about Ninja.

include(${CMAKE_CURRENT_LIST_DIR}/llvm.cmake)

# panther_need(VARIABLE tool...): finds one of the names or ends with a line.
function(panther_need VARIABLE)
	find_program(${VARIABLE} NAMES ${ARGN})
	if(NOT ${VARIABLE})
		list(GET ARGN 0 name)
		message(FATAL_ERROR "${name} is missing: run ./bootstrap")
	endif()
	if(NOT EXISTS ${${VARIABLE}})
		message(FATAL_ERROR "${${VARIABLE}} is missing: run ./bootstrap")
	endif()
endfunction()

# panther_need_version(VARIABLE minimum pattern): ends with a line if `tool --version` is older.
function(panther_need_version VARIABLE MINIMUM PATTERN)
	execute_process(COMMAND ${${VARIABLE}} --version OUTPUT_VARIABLE text ERROR_VARIABLE text)
	if(NOT text MATCHES "${PATTERN}" OR CMAKE_MATCH_1 VERSION_LESS MINIMUM)
		message(FATAL_ERROR "${${VARIABLE}} is too old: ${MINIMUM} or later is needed: run ./bootstrap")
	endif()
endfunction()

if(CMAKE_GENERATOR STREQUAL "Ninja" AND NOT CMAKE_MAKE_PROGRAM)
	panther_need(CMAKE_MAKE_PROGRAM ninja ninja-build samu)
endif()

panther_need(PANTHER_PYTHON python3)
panther_need_version(PANTHER_PYTHON 3.8 "Python ([0-9.]+)")
# The interpreter itself: what stands in the PATH may be a wrapper that takes longer to start than a test to run.
execute_process(COMMAND ${PANTHER_PYTHON} -c "import sys; print(sys.executable)"
	OUTPUT_VARIABLE PANTHER_PYTHON_ITSELF OUTPUT_STRIP_TRAILING_WHITESPACE)
if(EXISTS "${PANTHER_PYTHON_ITSELF}")
	set(PANTHER_PYTHON ${PANTHER_PYTHON_ITSELF})
endif()
panther_find_llvm(PANTHER_LLD ld.lld)
if(NOT PANTHER_FUZZ_ONLY)
	panther_find_llvm(PANTHER_NM llvm-nm)
	panther_find_llvm(PANTHER_OBJCOPY llvm-objcopy)
	panther_find_llvm(PANTHER_CLANG_FORMAT clang-format)
	panther_find_llvm(PANTHER_CLANG_TIDY clang-tidy)
endif()

if(PANTHER_BACKEND STREQUAL "qemu_virt")
	panther_find_llvm(PANTHER_READELF llvm-readelf)
	panther_find_llvm(PANTHER_OBJDUMP llvm-objdump)
	panther_find_llvm(PANTHER_SYMBOLIZER llvm-symbolizer)
	panther_need(PANTHER_QEMU qemu-system-aarch64)
	panther_need_version(PANTHER_QEMU 7.0 "version ([0-9.]+)")
elseif(NOT PANTHER_BACKEND STREQUAL "host")
	message(FATAL_ERROR "No backend chosen: use a preset: cmake --preset host, or cmake --preset qemu")
endif()
