# Warnings, all of them errors, for every C file of this project.

add_library(panther_warnings INTERFACE)
target_compile_options(panther_warnings INTERFACE
	$<$<COMPILE_LANGUAGE:C>:-Werror>
	$<$<COMPILE_LANGUAGE:C>:-Wall>
	$<$<COMPILE_LANGUAGE:C>:-Wextra>
	$<$<COMPILE_LANGUAGE:C>:-Walloca>
	$<$<COMPILE_LANGUAGE:C>:-Wcast-align>
	$<$<COMPILE_LANGUAGE:C>:-Wcast-qual>
	$<$<COMPILE_LANGUAGE:C>:-Wconversion>
	$<$<COMPILE_LANGUAGE:C>:-Wformat=2>
	$<$<COMPILE_LANGUAGE:C>:-Wimplicit-fallthrough>
	$<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
	$<$<COMPILE_LANGUAGE:C>:-Wmissing-variable-declarations>
	$<$<COMPILE_LANGUAGE:C>:-Wpointer-arith>
	$<$<COMPILE_LANGUAGE:C>:-Wshadow>
	$<$<COMPILE_LANGUAGE:C>:-Wsign-conversion>
	$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
	$<$<COMPILE_LANGUAGE:C>:-Wundef>
	$<$<COMPILE_LANGUAGE:C>:-Wunused-result>
	$<$<COMPILE_LANGUAGE:C>:-Wvla>
	$<$<COMPILE_LANGUAGE:C>:-Wwrite-strings>)
