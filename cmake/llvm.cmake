# Finds clang and the LLVM tools of the same installation. Included by the toolchain files, so it is also
# what a program built outside this tree gets. A missing or too old tool is one line.
#
# Sets PANTHER_CLANG and PANTHER_CLANG_VERSION (major), and on request further tools by panther_find_llvm.
# To choose another compiler: -DPANTHER_CLANG=/path/to/clang.

include_guard(GLOBAL)

set(PANTHER_CLANG_MINIMUM 16)
# 19 is what the project is tested with; then newer ones, then older ones.
set(PANTHER_CLANG_CHOICE 19 20 21 22 18 17 16)
# Homebrew keeps LLVM and LLD out of the PATH.
set(PANTHER_LLVM_PREFIXES
	/opt/homebrew/opt/llvm/bin /usr/local/opt/llvm/bin
	/opt/homebrew/opt/lld/bin /usr/local/opt/lld/bin)

function(panther_clang_version CLANG RESULT)
	execute_process(COMMAND ${CLANG} --version OUTPUT_VARIABLE text ERROR_QUIET)
	if(NOT text MATCHES "Apple" AND text MATCHES "clang version ([0-9]+)")
		set(${RESULT} ${CMAKE_MATCH_1} PARENT_SCOPE)
	else()
		set(${RESULT} 0 PARENT_SCOPE)
	endif()
endfunction()

function(panther_find_clang)
	if(PANTHER_CLANG)
		panther_clang_version(${PANTHER_CLANG} version)
		set(found ${PANTHER_CLANG})
	else()
		set(names ${PANTHER_CLANG_CHOICE})
		list(TRANSFORM names PREPEND clang-)
		list(APPEND names clang)
		foreach(name IN LISTS names)
			find_program(candidate ${name} HINTS ${PANTHER_LLVM_PREFIXES} NO_CACHE)
			if(candidate)
				panther_clang_version(${candidate} version)
				set(found ${candidate})
				if(version GREATER_EQUAL PANTHER_CLANG_MINIMUM)
					break()
				endif()
			endif()
			unset(candidate)
		endforeach()
	endif()
	if(NOT found)
		message(FATAL_ERROR "clang ${PANTHER_CLANG_MINIMUM} or later is missing: run ./bootstrap")
	elseif(version LESS PANTHER_CLANG_MINIMUM)
		set(needed "clang ${PANTHER_CLANG_MINIMUM} or later is needed")
		message(FATAL_ERROR "${found} is too old or not LLVM's: ${needed}: run ./bootstrap")
	endif()
	set(PANTHER_CLANG ${found} CACHE FILEPATH "The C compiler: clang ${PANTHER_CLANG_MINIMUM} or later")
	set(PANTHER_CLANG_VERSION ${version} CACHE INTERNAL "Its major version")
endfunction()

# panther_find_llvm(VARIABLE tool): the tool that belongs to PANTHER_CLANG, in the cache variable VARIABLE.
function(panther_find_llvm VARIABLE TOOL)
	get_filename_component(real ${PANTHER_CLANG} REALPATH)
	get_filename_component(folder ${real} DIRECTORY)
	# The compiler's own folder first, then the name with its version anywhere, then the bare name.
	find_program(${VARIABLE} ${TOOL} PATHS ${folder} NO_DEFAULT_PATH)
	find_program(${VARIABLE} NAMES ${TOOL}-${PANTHER_CLANG_VERSION} ${TOOL} HINTS ${PANTHER_LLVM_PREFIXES})
	if(NOT ${VARIABLE})
		message(FATAL_ERROR "${TOOL} (LLVM ${PANTHER_CLANG_VERSION}) is missing: run ./bootstrap")
	endif()
	execute_process(COMMAND ${${VARIABLE}} --version OUTPUT_VARIABLE text ERROR_QUIET)
	if(text MATCHES "(version|LLD) ([0-9]+)" AND CMAKE_MATCH_2 LESS PANTHER_CLANG_MINIMUM)
		message(FATAL_ERROR "${${VARIABLE}} is too old: LLVM ${PANTHER_CLANG_MINIMUM} or later is needed: run ./bootstrap")
	endif()
endfunction()

panther_find_clang()
