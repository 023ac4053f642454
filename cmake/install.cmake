# The SDK, for programs that are built outside this tree: cmake --install build/qemu --component sdk --prefix DIR.
# It keeps the folders of the source tree below DIR/share/PantherOS, so that the same files work in both places.
# cmake/PantherOSConfig.cmake says how to use it.

include(CMakePackageConfigHelpers)
set(sdk share/PantherOS)

write_basic_package_version_file(${PROJECT_BINARY_DIR}/PantherOSConfigVersion.cmake
	COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES cmake/PantherOSConfig.cmake cmake/llvm.cmake ${PROJECT_BINARY_DIR}/PantherOSConfigVersion.cmake
	DESTINATION ${sdk}/cmake COMPONENT sdk)
install(FILES toolchains/aarch64-none-elf.cmake DESTINATION ${sdk}/toolchains COMPONENT sdk)
install(DIRECTORY abi DESTINATION ${sdk} COMPONENT sdk)
install(DIRECTORY user/sdk DESTINATION ${sdk}/user COMPONENT sdk)
