# panther_add_archive(NAME PROGRAMS target...): a boot archive, NAME.cpio, with these programs, each under the name of
# its target, in this order: the first one is what the kernel starts unless init=NAME names another. It becomes part of
# ALL; the target's property PANTHER_ARCHIVE_FILE says where it is.

find_program(PANTHER_CPIO cpio)
if(NOT PANTHER_CPIO)
	message(FATAL_ERROR "cpio is missing: run ./bootstrap")
endif()

function(panther_add_archive NAME)
	cmake_parse_arguments(PARSE_ARGV 1 archive "" "" "PROGRAMS")
	set(folder ${CMAKE_CURRENT_BINARY_DIR})
	if(CMAKE_RUNTIME_OUTPUT_DIRECTORY)
		set(folder ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
	endif()
	set(output ${folder}/${NAME}.cpio)
	set(staging ${CMAKE_CURRENT_BINARY_DIR}/${NAME}.files)
	set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/make_archive.cmake)

	set(strip "")
	foreach(program IN LISTS archive_PROGRAMS)
		list(APPEND strip COMMAND ${CMAKE_OBJCOPY} --strip-all $<TARGET_FILE:${program}> ${staging}/${program})
	endforeach()
	add_custom_command(OUTPUT ${output}
		COMMAND ${CMAKE_COMMAND} -E rm -rf ${staging}
		COMMAND ${CMAKE_COMMAND} -E make_directory ${staging}
		${strip}
		COMMAND ${CMAKE_COMMAND} -DCPIO=${PANTHER_CPIO} -DFOLDER=${staging} -DOUTPUT=${output}
			-P ${script} -- ${archive_PROGRAMS}
		DEPENDS ${archive_PROGRAMS} ${script}
		COMMENT "Archiving ${NAME}"
		VERBATIM)
	add_custom_target(${NAME} ALL DEPENDS ${output})
	set_target_properties(${NAME} PROPERTIES PANTHER_ARCHIVE_FILE ${output})
endfunction()
