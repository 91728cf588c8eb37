# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the tests of the build: each builds in a directory of its own.

bats_load_library bats-support
bats_load_library bats-assert
bats_load_library bats-file

# Where the binary under test was built, as it was named then: by another name of the directory
# make would build all of it anew.
built=${MODBOX%/*}
built=${built#"$MODBOX_SRC/"}

setup() {
	cd "$MODBOX_SRC" || return
	out=$BATS_TEST_TMPDIR/out
	mkdir "$out"
}

# build ARGUMENT...: make without optimising: only whether it links counts
build() {
	run make -s O="$out" CFLAGS=-O0 "$@"
	assert_success
	assert_file_executable "$out/modbox"
}

# configure GOAL...: into $out/.config
configure() {
	run make -s O="$out" "$@"
	assert_success
}
