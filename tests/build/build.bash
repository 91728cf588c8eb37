# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the tests of the build: each builds in a directory of its own, or, where its file
# says so, in one that the tests of the file share, one after the other.

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
bats_load_library bats-file
# shellcheck source=../lib/failure.bash
source "${BASH_SOURCE[0]%/*}/../lib/failure.bash"

# Where the binary under test was built, as it was named then: by another name of the directory
# make would build all of it anew.
built=${MODBOX%/*}
built=${built#"$MODBOX_SRC/"}

setup() {
	cd "$MODBOX_SRC" || return
	out=$BATS_TEST_TMPDIR/out
	mkdir "$out"
}

# A setup_file() and a setup() for files of many configurations: what one has in common with
# the one before is not compiled again.
share_out() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
}
use_shared_out() {
	cd "$MODBOX_SRC" || return
	out=$BATS_FILE_TMPDIR/out
	mkdir -p "$out"
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

# works: $out/modbox runs
works() {
	run "$out/modbox" --list
	assert_success
}
