# How the twin and all native tests are compiled: every report ends the process.

set(PANTHER_SANITIZE address CACHE STRING "address: ASan and UBSan; memory: MemorySanitizer, for fuzzers alone, as no \
library may be linked that is not compiled with it; environment: what CFLAGS says, as OSS-Fuzz has it")
set_property(CACHE PANTHER_SANITIZE PROPERTY STRINGS address memory environment)

add_library(panther_sanitizers INTERFACE)
if(PANTHER_SANITIZE STREQUAL "address")
	set(PANTHER_SANITIZERS
		-fsanitize=address,undefined,local-bounds,implicit-conversion,nullability
		-fno-sanitize-recover=all)
elseif(PANTHER_SANITIZE STREQUAL "memory")
	set(PANTHER_SANITIZERS -fsanitize=memory -fsanitize-memory-track-origins -fno-sanitize-recover=all)
elseif(PANTHER_SANITIZE STREQUAL "environment")
	set(PANTHER_SANITIZERS "")
else()
	message(FATAL_ERROR "PANTHER_SANITIZE is address, memory or environment, not ${PANTHER_SANITIZE}")
endif()
# Fuzzing is about speed. The twin leaves the kernel by longjmp, after which ASan would look for garbage among the
# frames that it keeps on the heap, 20 us each time. With those it sees who uses a local variable that is gone: the
# tree without libFuzzer has them, and replays what was found.
set(PANTHER_OPTIMIZE -O1)
if(PANTHER_FUZZ)
	set(PANTHER_OPTIMIZE -O2)
	if(PANTHER_SANITIZE STREQUAL "address")
		list(APPEND PANTHER_OPTIMIZE -fsanitize-address-use-after-return=never)
	endif()
endif()
# A freestanding compilation has no unwind tables unless it is asked: panics in the twin need them for their backtrace.
target_compile_options(panther_sanitizers INTERFACE ${PANTHER_OPTIMIZE} -g -fno-omit-frame-pointer
	-fasynchronous-unwind-tables ${PANTHER_SANITIZERS})
target_link_options(panther_sanitizers INTERFACE ${PANTHER_SANITIZERS})

if(NOT APPLE)
	target_link_options(panther_sanitizers INTERFACE --ld-path=${PANTHER_LLD})
endif()
