# How the twin and all native tests are compiled: every report ends the process.

add_library(panther_sanitizers INTERFACE)
set(PANTHER_SANITIZERS
	-fsanitize=address,undefined,local-bounds,implicit-conversion,nullability
	-fno-sanitize-recover=all)
# A freestanding compilation has no unwind tables unless it is asked: panics in the twin need them for their backtrace.
target_compile_options(panther_sanitizers INTERFACE -O1 -g -fno-omit-frame-pointer -fasynchronous-unwind-tables
	${PANTHER_SANITIZERS})
target_link_options(panther_sanitizers INTERFACE ${PANTHER_SANITIZERS})

if(PANTHER_FUZZ)
	target_compile_options(panther_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(NOT APPLE)
	target_link_options(panther_sanitizers INTERFACE --ld-path=${PANTHER_LLD})
endif()
