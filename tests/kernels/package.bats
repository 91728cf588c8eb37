#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel's package as SOURCE: all modules as of the unpacked tree.

load kernels
load ../lib/full

# plan SOURCE: what all modules need, and their firmware
plan() {
	run --separate-stderr "$FULL" modclosure -k auto -o json --firmware "$1" '*'
	assert_success
	assert_equal "$stderr" ''
	[ "${#output}" -gt 1000000 ]
}

# bats test_tags=static
@test "packages: Debian's, and a tarball of it, have the plan of the unpacked tree" {
	full_build
	cd "$BATS_TEST_TMPDIR"
	plain=$("$MODBOX_SRC/scripts/fetch-kernel" amd64)
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	plan "$plain"
	printf '%s\n' "$output" >expected
	plan "$("$MODBOX_SRC/scripts/fetch-kernel" --package amd64)"
	cmp expected - <<<"$output"
	# As kbuild's tarzst-pkg has it
	tar --owner=root --group=root -I 'zstd -1 -q' -cf linux.tar.zst -C "$plain" boot lib
	plan linux.tar.zst
	cmp expected - <<<"$output"
	assert_equal "$(ls -A "$TMPDIR")" ''
}
