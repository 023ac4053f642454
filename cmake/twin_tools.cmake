# Native programs that tests of the image need, in the image's tree: the twin's own tree, of which they are the only
# targets, as a project of its own in twin/.

include(ExternalProject)

set(PANTHER_TWIN_TREE ${PROJECT_BINARY_DIR}/twin)
set(PANTHER_DIFFERENTIAL_TWIN ${PANTHER_TWIN_TREE}/tests/differential/differential_twin)
set(PANTHER_DIFFERENTIAL_SCRIPTS ${PANTHER_TWIN_TREE}/tests/differential/differential_scripts)
set(PANTHER_SCRIPT_TOOL ${PANTHER_TWIN_TREE}/tests/script/script_tool)

ExternalProject_Add(twin_tools
	SOURCE_DIR ${PROJECT_SOURCE_DIR}
	BINARY_DIR ${PANTHER_TWIN_TREE}
	PREFIX ${PROJECT_BINARY_DIR}/twin-project
	CMAKE_GENERATOR ${CMAKE_GENERATOR}
	CMAKE_ARGS
		-DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/toolchains/host.cmake
		-DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}
		-DPANTHER_BACKEND=host
		-DPANTHER_CLANG=${PANTHER_CLANG}
		-DPANTHER_ASID_BITS=${PANTHER_ASID_BITS}
	BUILD_COMMAND ${CMAKE_COMMAND} --build <BINARY_DIR> --target
		differential_twin differential_scripts script_tool unicorn-tools
	BUILD_ALWAYS ON
	BUILD_BYPRODUCTS ${PANTHER_DIFFERENTIAL_TWIN} ${PANTHER_DIFFERENTIAL_SCRIPTS} ${PANTHER_SCRIPT_TOOL}
	INSTALL_COMMAND ""
	USES_TERMINAL_BUILD ON)
