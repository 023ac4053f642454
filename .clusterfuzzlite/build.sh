#!/bin/bash -eu
# Builds the fuzzers of tests/fuzz for OSS-Fuzz's engine, with their dictionaries and corpora. Runs in the source root.
#
# Given by the image: CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SANITIZER, OUT, WORK.

build=$WORK/pantheros
options=()
if [ "$SANITIZER" = memory ]; then
	# These would have to be compiled with it.
	options+=(-DPANTHER_FUZZ_SECOND=OFF)
else
	# The fuzzers run on machines without these libraries.
	options+=("-DPANTHER_FUZZ_LIBFDT=$("$CC" -print-file-name=libfdt.a)")
	options+=("-DPANTHER_FUZZ_LIBELF=$("$CC" -print-file-name=libelf.a);$("$CC" -print-file-name=libz.a)")
fi

cmake -G Ninja -S . -B "$build" -DCMAKE_TOOLCHAIN_FILE="$PWD/toolchains/host.cmake" \
	-DPANTHER_CLANG="$(command -v "$CC")" -DPANTHER_BACKEND=host -DPANTHER_FUZZ=ON -DPANTHER_FUZZ_ONLY=ON \
	-DPANTHER_SANITIZE=environment "${options[@]}"
cmake --build "$build" --target fuzzers

for source in tests/fuzz/*_fuzzer.c; do
	fuzzer=$(basename "$source" .c)
	cp "$build/fuzzers/$fuzzer" "$OUT/"
	if [ -e "tests/fuzz/$fuzzer.dict" ]; then
		cp "tests/fuzz/$fuzzer.dict" "$OUT/"
	fi
	python3 -m zipfile -c "$OUT/${fuzzer}_seed_corpus.zip" "tests/fuzz/corpus/${fuzzer%_fuzzer}"/*
done
