# panther_embed(TARGET image NAME hal_archive FILE path [DEPENDS target...]): the file's bytes become part of the
# target, as `const uint8_t NAME[]` and `const size_t NAME_size`.
function(panther_embed)
	cmake_parse_arguments(PARSE_ARGV 0 embed "" "TARGET;NAME;FILE" "DEPENDS")
	# A folder a target: several in one folder of the tree may embed something under the same name.
	set(output ${CMAKE_CURRENT_BINARY_DIR}/${embed_TARGET}.embedded/${embed_NAME}.c)
	set(script ${PROJECT_SOURCE_DIR}/cmake/embed.py)
	file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${embed_TARGET}.embedded)
	add_custom_command(OUTPUT ${output}
		COMMAND ${PANTHER_PYTHON} ${script} ${embed_FILE} ${embed_NAME} ${output}
		DEPENDS ${embed_FILE} ${script} ${embed_DEPENDS}
		COMMENT "Embedding ${embed_NAME}"
		VERBATIM)
	target_sources(${embed_TARGET} PRIVATE ${output})
endfunction()
