# Packs files of a folder into a cpio archive of the newc format, in the given order:
#
#   cmake -DCPIO=cpio -DFOLDER=folder -DOUTPUT=file.cpio -P make_archive.cmake -- name...
#
# As far as the tool at hand lets it, the same files make the same bytes: one date, one mode, one owner, and, with GNU
# cpio, no traces of the file system.

set(names "")
set(is_name FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(index RANGE ${last})
	if(is_name)
		list(APPEND names ${CMAKE_ARGV${index}})
	elseif(CMAKE_ARGV${index} STREQUAL "--")
		set(is_name TRUE)
	endif()
endforeach()

foreach(name IN LISTS names)
	file(CHMOD ${FOLDER}/${name} FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
		WORLD_READ WORLD_EXECUTE)
endforeach()
execute_process(COMMAND ${CMAKE_COMMAND} -E env TZ=UTC touch -t 198001010000 ${names}
	WORKING_DIRECTORY ${FOLDER} COMMAND_ERROR_IS_FATAL ANY)

set(options -o -H newc --quiet -R 0:0)
execute_process(COMMAND ${CPIO} --version OUTPUT_VARIABLE version ERROR_QUIET)
if(version MATCHES "GNU cpio")
	list(APPEND options --reproducible)
endif()
list(JOIN names "\n" list)
file(WRITE ${FOLDER}.list "${list}\n")
execute_process(COMMAND ${CPIO} ${options} INPUT_FILE ${FOLDER}.list OUTPUT_FILE ${OUTPUT}
	WORKING_DIRECTORY ${FOLDER} COMMAND_ERROR_IS_FATAL ANY)
