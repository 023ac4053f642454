# What all kernel code has in common, in both its forms: the dialect, and where headers are.

add_library(panther_kernel INTERFACE)
target_include_directories(panther_kernel INTERFACE
	${PROJECT_SOURCE_DIR}
	${PROJECT_SOURCE_DIR}/hal_${PANTHER_BACKEND}/inline)
target_compile_options(panther_kernel INTERFACE
	$<$<COMPILE_LANGUAGE:C>:-std=gnu17>
	-ffreestanding
	-fno-common
	-fno-strict-aliasing
	-fno-delete-null-pointer-checks
	-fstrict-flex-arrays=3
	# The same bytes wherever the source lies.
	-ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -fdebug-compilation-dir=.)

# The flags that make the twin a twin, or the image an image.
if(PANTHER_BACKEND STREQUAL "host")
	target_link_libraries(panther_kernel INTERFACE panther_warnings panther_sanitizers)
else()
	target_link_libraries(panther_kernel INTERFACE panther_warnings panther_hardening)
endif()

# Checks that cost too much for a release: `if (PANTHER_CHECKS)` in core. On in the twin, and in test images that are made
# of the CHECKED form of the libraries (panther_checked_form), with UBSan's dearer checks besides.
set(is_checked $<BOOL:$<TARGET_PROPERTY:PANTHER_CHECKED>>)
if(PANTHER_BACKEND STREQUAL "host")
	target_compile_definitions(panther_kernel INTERFACE PANTHER_CHECKS=1)
else()
	target_compile_definitions(panther_kernel INTERFACE PANTHER_CHECKS=$<IF:${is_checked},1,0>)
	target_compile_options(panther_kernel INTERFACE
		"$<$<AND:$<COMPILE_LANGUAGE:C>,${is_checked}>:-fsanitize=null,alignment,pointer-overflow,object-size>"
		"$<$<AND:$<COMPILE_LANGUAGE:C>,${is_checked}>:-fsanitize=implicit-conversion,nonnull-attribute>")
endif()

# panther_checked_form(TARGET): makes TARGET_checked, the same sources with all checks. Its dependencies are the image's
# to name.
function(panther_checked_form TARGET)
	if(NOT PANTHER_BACKEND STREQUAL "qemu_virt")
		return()
	endif()
	get_target_property(sources ${TARGET} SOURCES)
	get_target_property(type ${TARGET} TYPE)
	string(REPLACE "_LIBRARY" "" type ${type})
	add_library(${TARGET}_checked ${type} EXCLUDE_FROM_ALL ${sources})
	target_link_libraries(${TARGET}_checked PUBLIC panther_kernel)
	# The lint of flags is about what ships.
	set_target_properties(${TARGET}_checked PROPERTIES PANTHER_CHECKED ON EXPORT_COMPILE_COMMANDS OFF)
endfunction()

# panther_check_wrap(file...): in these files of the current folder an unsigned wrap is a trap as well: those
# that calculate with what a program, a device tree or a loadable file says.
function(panther_check_wrap)
	set(flags -fsanitize=unsigned-integer-overflow)
	# A report takes UBSan's runtime.
	if(PANTHER_BACKEND STREQUAL "qemu_virt" OR NOT PANTHER_SANITIZE STREQUAL "address")
		list(APPEND flags -fsanitize-trap=unsigned-integer-overflow)
	endif()
	set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "${flags}")
endfunction()
