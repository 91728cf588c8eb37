#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The static binary without a network and without apt.

load ../build/build

# What works: a module is found in a tree, its compression read
works_on_modules() {
	works
	assert_line modclosure
}

@test "SOURCES=DIR: from tarballs alone" {
	"$MODBOX_SRC/scripts/fetch-sources" "$BATS_FILE_TMPDIR/tarballs"
	mkdir "$BATS_TEST_TMPDIR/cache"
	MODBOX_CACHE=$BATS_TEST_TMPDIR/cache run unshare -n make -s O="$out" \
		SOURCES="$BATS_FILE_TMPDIR/tarballs" defconfig all
	assert_success
	works_on_modules
	run cat "$out/sysroot/versions"
	assert_line xz-utils=5.8.1
}
