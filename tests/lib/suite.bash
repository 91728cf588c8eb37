# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the setup_suite.bash of each test directory: setup shared by all tests of a run.  A suite
# that needs more defines setup_more.

setup_suite() {
	set -e
	# By default, test the binary that make builds.
	export MODBOX_SRC=${MODBOX_SRC:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	export MODBOX=${MODBOX:-$MODBOX_SRC/build/modbox} MODBOX_BUILD=${MODBOX_BUILD:-static}
	export BATS_LIB_PATH=${BATS_LIB_PATH:-/usr/lib/bats} LC_ALL=C.UTF-8
	export TMPDIR=${TMPDIR:-/tmp}

	# Each test loads the libraries of assertions.  As one file, that takes a sixth of the time.
	export ASSERTIONS=$BATS_SUITE_TMPDIR/assertions.bash
	cat "${BATS_LIB_PATH%%:*}"/bats-{support,assert,file}/src/*.bash >"$ASSERTIONS" || ASSERTIONS=

	# mkmodule writes the modules of the tests' trees, mkkernel kernel images.
	mkdir "$BATS_SUITE_TMPDIR/bin"
	gcc -O1 -o "$BATS_SUITE_TMPDIR/bin/mkmodule" "$MODBOX_SRC/tests/lib/mkmodule.c"
	gcc -O1 -o "$BATS_SUITE_TMPDIR/bin/mkkernel" "$MODBOX_SRC/tests/lib/mkkernel.c"
	export PATH=$BATS_SUITE_TMPDIR/bin:$PATH

	# kmod's own tools: 30, with all codecs, and 34.
	ORACLE=$("$MODBOX_SRC/scripts/build-oracle")
	KMOD34=$("$MODBOX_SRC/scripts/fetch-kmod34")
	export ORACLE KMOD34
	# Do not let the host's settings affect the programs.
	umask 022
	unset MODPROBE_OPTIONS KMOD_LOG
	if declare -F setup_more >/dev/null; then setup_more; fi
}
