# panther_embed(TARGET library NAME hello_elf FILE path [DEPENDS target...]): the file's bytes become part of the
# target, as `const uint8_t NAME[]` and `const size_t NAME_size`.
function(panther_embed)
	cmake_parse_arguments(PARSE_ARGV 0 embed "" "TARGET;NAME;FILE" "DEPENDS")
	set(output ${CMAKE_CURRENT_BINARY_DIR}/${embed_NAME}.c)
	set(script ${PROJECT_SOURCE_DIR}/cmake/embed.py)
	add_custom_command(OUTPUT ${output}
		COMMAND ${PANTHER_PYTHON} ${script} ${embed_FILE} ${embed_NAME} ${output}
		DEPENDS ${embed_FILE} ${script} ${embed_DEPENDS}
		COMMENT "Embedding ${embed_NAME}"
		VERBATIM)
	target_sources(${embed_TARGET} PRIVATE ${output})
endfunction()
