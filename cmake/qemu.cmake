# Running the image by hand: `ninja run`, `ninja shell`, and `ninja debug`, which waits for a debugger on port 1234.

set(PANTHER_QEMU_CPU cortex-a72 CACHE STRING "The CPU of `ninja run` (see qemu-system-aarch64 -cpu help)")
set(PANTHER_QEMU_MEMORY 128M CACHE STRING "The RAM of `ninja run`")
set(PANTHER_QEMU_ARGS "" CACHE STRING "More arguments for QEMU in `ninja run`, e.g. -append;verbose")

set(PANTHER_BOOT ${PANTHER_QEMU} -machine virt -cpu ${PANTHER_QEMU_CPU} -m ${PANTHER_QEMU_MEMORY} -nographic
	-kernel ${PROJECT_BINARY_DIR}/pantheros.img)
set(PANTHER_RUN ${PANTHER_BOOT} ${PANTHER_QEMU_ARGS})

add_custom_target(run COMMAND ${PANTHER_RUN} DEPENDS ${PROJECT_BINARY_DIR}/pantheros.img USES_TERMINAL VERBATIM
	COMMENT "Booting PantherOS in QEMU (Ctrl-A X ends it)")
add_custom_target(shell COMMAND ${PANTHER_BOOT} -append init=sh DEPENDS ${PROJECT_BINARY_DIR}/pantheros.img
	USES_TERMINAL VERBATIM
	COMMENT "Booting the shell in QEMU (`exit` or Ctrl-A X ends it)")
# Without a seed the kernel stays where it is linked, and the debugger finds its symbols.
add_custom_target(debug COMMAND ${PANTHER_RUN} -machine dtb-kaslr-seed=off -s -S DEPENDS ${PROJECT_BINARY_DIR}/pantheros.img USES_TERMINAL VERBATIM
	COMMENT "Waiting for a debugger: lldb build/qemu/pantheros.elf -o 'gdb-remote 1234'")
