# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the tests of the build.  Each test builds in its own directory, unless its file shares
# one between its tests, which then run one after the other.

# shellcheck source=../lib/failure.bash
source "${BASH_SOURCE[0]%/*}/../lib/failure.bash"

# The build directory of the binary under test, under the name used for that build; under another
# name make would rebuild everything.
built=${MODBOX%/*}
built=${built#"$MODBOX_SRC/"}

setup() {
	cd "$MODBOX_SRC" || return
	out=$BATS_TEST_TMPDIR/out
	mkdir "$out"
}

# setup_file() and setup() for files that build many configurations: only what differs from the
# previous one is recompiled.
share_out() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
}
use_shared_out() {
	cd "$MODBOX_SRC" || return
	out=$BATS_FILE_TMPDIR/out
	mkdir -p "$out"
}

# build ARGUMENT...: run make without optimisation and debugging information; only linking matters
build() {
	run make -s O="$out" CFLAGS='-O0 -g0' "$@"
	assert_success
	assert_file_executable "$out/modbox"
}

# configure GOAL...: write $out/.config
configure() {
	run make -s O="$out" "$@"
	assert_success
}

# works: $out/modbox runs
works() {
	run "$out/modbox" --list
	assert_success
}
