# `ninja attack`: every row of the attack matrix on every CPU and in the twin, a table, and build/qemu/attack.html.
# `ninja attack-mutations`: the kernel without each of its mitigations in turn, and the rows that see it.

# panther_programs_below(FOLDER VARIABLE): what that folder and those in it build, as far as tests run it.
function(panther_programs_below FOLDER VARIABLE)
	get_property(targets DIRECTORY ${FOLDER} PROPERTY BUILDSYSTEM_TARGETS)
	get_property(folders DIRECTORY ${FOLDER} PROPERTY SUBDIRECTORIES)
	list(FILTER targets INCLUDE REGEX "^[^.]+$")
	set(found "")
	foreach(target IN LISTS targets)
		get_target_property(type ${target} TYPE)
		get_target_property(excluded ${target} EXCLUDE_FROM_ALL)
		if(NOT excluded AND (type STREQUAL "EXECUTABLE" OR target MATCHES "-image$|-archive$|-programs$|^twin_tools$"))
			list(APPEND found ${target})
		endif()
	endforeach()
	foreach(folder IN LISTS folders)
		panther_programs_below(${folder} below)
		list(APPEND found ${below})
	endforeach()
	set(${VARIABLE} ${found} PARENT_SCOPE)
endfunction()

panther_programs_below(${PROJECT_SOURCE_DIR} programs)
set(attack ${PROJECT_SOURCE_DIR}/tests/attack)
# The options of the copies of the sources: what this tree itself was made with.
set(copies
	-DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/toolchains/aarch64-none-elf.cmake
	-DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM} -DPANTHER_BACKEND=qemu_virt -DPANTHER_SELF_ATTACK=ON
	-DPANTHER_CLANG=${PANTHER_CLANG} -DPANTHER_ASID_BITS=${PANTHER_ASID_BITS})

add_custom_target(attack
	# What needs MemorySanitizer, in a tree of its own.
	COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR} -B ${PROJECT_BINARY_DIR}/msan -G ${CMAKE_GENERATOR} --log-level=ERROR
		-DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/toolchains/host.cmake -DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}
		-DPANTHER_BACKEND=host -DPANTHER_CLANG=${PANTHER_CLANG} -DPANTHER_ASID_BITS=${PANTHER_ASID_BITS}
		-DPANTHER_FUZZ=ON -DPANTHER_FUZZ_ONLY=ON -DPANTHER_SANITIZE=memory
	COMMAND ${PANTHER_PYTHON} -B ${attack}/attack.py --build ${PROJECT_BINARY_DIR} --ninja ${CMAKE_MAKE_PROGRAM}
		--report ${PROJECT_BINARY_DIR}/attack.html -- ${copies}
	DEPENDS ${programs}
	USES_TERMINAL VERBATIM
	COMMENT "Playing the attack matrix")

add_custom_target(attack-mutations
	COMMAND ${PANTHER_PYTHON} -B ${attack}/mutations.py --root ${PROJECT_SOURCE_DIR} --work ${PROJECT_BINARY_DIR}/mutations
		--cmake ${CMAKE_COMMAND} --ninja ${CMAKE_MAKE_PROGRAM} --report ${PROJECT_BINARY_DIR}/attack-mutations.html -- ${copies}
	USES_TERMINAL VERBATIM
	COMMENT "Removing each mitigation")

if(PANTHER_SLOW_TESTS)
	add_test(NAME slow.attack-mutations COMMAND ${CMAKE_MAKE_PROGRAM} -C ${PROJECT_BINARY_DIR} attack-mutations)
	set_tests_properties(slow.attack-mutations PROPERTIES LABELS slow TIMEOUT 7200 RUN_SERIAL ON)
endif()

add_custom_target(attack-docs
	COMMAND ${PANTHER_PYTHON} -B ${attack}/traceability.py --write ${PROJECT_SOURCE_DIR}/docs/ATTACKS.md
	VERBATIM
	COMMENT "Writing docs/ATTACKS.md")
