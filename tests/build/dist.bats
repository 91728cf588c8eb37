#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tarball of a release.

load build

@test "make dist has all files of the commit, gives everyone the same bytes, and builds the default" {
	local tarball version
	version=$(scripts/version)
	version=${version%-dirty}
	run --separate-stderr make -s O="$out" dist
	assert_success
	tarball=$out/modbox-$version.tar.xz
	assert_output "$tarball"
	cp "$tarball" "$BATS_TEST_TMPDIR/first"
	rm "$tarball"
	(umask 077 && TZ=Pacific/Auckland make -s O="$out" dist)
	cmp "$tarball" "$BATS_TEST_TMPDIR/first"
	assert_equal "$(tar -tf "$tarball" | grep -v '/$' | sed 's|^[^/]*/||' | sort)" \
		"$(git ls-tree -r --name-only HEAD | sort)"

	tar -xf "$tarball" -C "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR/modbox-$version"
	assert_equal "$(cat VERSION)" "$version"
	without_kconfig build
	grep -q 'Made by scripts/defconfig' "$out/.config"
	works
	run "$out/modbox" --version
	assert_output --partial "$version"
}

@test "make dist: a tree that is not git's is refused" {
	cp -r Makefile Kconfig VERSION configs scripts "$BATS_TEST_TMPDIR"
	run make -s -C "$BATS_TEST_TMPDIR" O="$out" dist
	assert_failure
	assert_line 'dist: this is no git work tree: clone the repository'
}
