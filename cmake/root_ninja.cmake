# Lets `ninja run` work from the source root after `cmake --preset qemu`: a small build.ninja there, ignored by git,
# hands these targets on to the real tree. The console pool keeps the terminal interactive.

set(targets all run shell debug test attack attack-mutations bench bench-price soak attack-sweep symbolize format clean)
cmake_path(RELATIVE_PATH PROJECT_BINARY_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE tree)

set(text "# Written by `cmake --preset qemu`: hands targets on to ${tree}.\n")
string(APPEND text "builddir = build/.forward\n")
string(APPEND text "rule forward\n")
string(APPEND text "  command = ${CMAKE_MAKE_PROGRAM} -C ${tree} $out\n")
string(APPEND text "  description = ${tree}: $out\n")
string(APPEND text "  pool = console\n")
foreach(target IN LISTS targets)
	string(APPEND text "build ${target}: forward\n")
endforeach()
string(APPEND text "default all\n")
file(CONFIGURE OUTPUT ${PROJECT_SOURCE_DIR}/build.ninja CONTENT "${text}" @ONLY)
