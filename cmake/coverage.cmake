# Counters for what unit tests and corpora cover, in the tree of the `coverage` preset: PANTHER_COVERAGE_FLAGS. A program
# adds its counts to a file in PANTHER_PROFILES when it exits, whoever runs it; tests/coverage/ adds those up.

include(CheckCSourceCompiles)

panther_find_llvm(PANTHER_LLVM_COV llvm-cov)
panther_find_llvm(PANTHER_LLVM_PROFDATA llvm-profdata)

set(PANTHER_PROFILES ${PROJECT_BINARY_DIR}/coverage/profiles)
# %m: one file for each program, which adds to it under a lock.
set(PANTHER_COVERAGE_FLAGS
	-fprofile-instr-generate=${PANTHER_PROFILES}/%m.profraw
	-fcoverage-mapping
	# Names of files start at the source root.
	-fcoverage-compilation-dir=${PROJECT_SOURCE_DIR})

# Conditions one by one (MC/DC): from clang 18 on.
set(CMAKE_REQUIRED_FLAGS "-fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc")
set(CMAKE_REQUIRED_LINK_OPTIONS --ld-path=${PANTHER_LLD})
check_c_source_compiles("int main(void) { return 0; }" PANTHER_HAS_MCDC)
unset(CMAKE_REQUIRED_FLAGS)
unset(CMAKE_REQUIRED_LINK_OPTIONS)
if(PANTHER_HAS_MCDC)
	list(APPEND PANTHER_COVERAGE_FLAGS -fcoverage-mcdc)
endif()
