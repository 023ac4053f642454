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
