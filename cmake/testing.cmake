# Test entries. Names are LABEL.SUBJECT; a preset runs them all, `ctest -L LABEL` one kind.

find_package(cmocka CONFIG QUIET)
add_library(panther_cmocka INTERFACE)
if(TARGET cmocka::cmocka)
	target_link_libraries(panther_cmocka INTERFACE cmocka::cmocka)
else()
	find_library(PANTHER_CMOCKA cmocka)
	find_path(PANTHER_CMOCKA_INCLUDE cmocka.h)
	if(NOT PANTHER_CMOCKA OR NOT PANTHER_CMOCKA_INCLUDE)
		message(FATAL_ERROR "cmocka (its headers and library) is missing: run ./bootstrap")
	endif()
	target_link_libraries(panther_cmocka INTERFACE ${PANTHER_CMOCKA})
	target_include_directories(panther_cmocka SYSTEM INTERFACE ${PANTHER_CMOCKA_INCLUDE})
endif()

# panther_unit_test(NAME heap SOURCES heap_test.c...): one cmocka executable, one entry unit.heap. A main that has
# more groups than one returns the sum of their failures.
function(panther_unit_test)
	cmake_parse_arguments(PARSE_ARGV 0 unit "" "NAME" "SOURCES;LIBRARIES")
	add_executable(unit_${unit_NAME} ${unit_SOURCES})
	target_include_directories(unit_${unit_NAME} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/hal_host/inline)
	target_compile_options(unit_${unit_NAME} PRIVATE -std=gnu17)
	target_link_libraries(unit_${unit_NAME} PRIVATE ${unit_LIBRARIES} panther_core panther_lib panther_hal_host
		panther_cmocka panther_warnings panther_sanitizers)
	add_test(NAME unit.${unit_NAME} COMMAND unit_${unit_NAME})
	set_tests_properties(unit.${unit_NAME} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
