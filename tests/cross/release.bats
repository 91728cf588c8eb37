#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The tarballs of static binaries.

load ../build/build

@test "make release: tarballs for two architectures, the same bytes from two folders" {
	local clone version arch tarball
	version=$(scripts/version)
	version=${version%-dirty}
	for clone in one another/folder; do
		git clone -q . "$BATS_TEST_TMPDIR/$clone"
		(
			cd "$BATS_TEST_TMPDIR/$clone"
			umask "$([ "$clone" = one ] && echo 022 || echo 077)"
			make -s release ARCHS='arm64 amd64'
		) >"$BATS_TEST_TMPDIR/printed"
	done
	cd "$BATS_TEST_TMPDIR"
	diff -r one/build/release another/folder/build/release
	assert_equal "$(sed 's|.*/||' printed)" "$(printf '%s\n' "modbox-$version-"{arm64,amd64}.tar.xz SHA256SUMS)"
	cd one/build/release
	assert_equal "$(find . -mindepth 1 | wc -l)" 3
	sha256sum -c --quiet SHA256SUMS
	for arch in arm64 amd64; do
		tarball=modbox-$version-$arch
		run tar -tvf "$tarball.tar.xz" --numeric-owner
		refute_line --regexp '^[^ ]+ +[^0]|^[^ ]+ 0/[^0]'
		tar -xf "$tarball.tar.xz"
		for file in share/doc/modbox/{LICENSE,README.md,NEWS.md} share/doc/modbox/licenses/{musl,kmod,xz-utils,libzstd,zlib,libmd,mbedtls,cjson,attr,uthash} \
			share/man/man1/{modbox,rpi-modcopy}.1 share/bash-completion/completions/modclosure \
			share/zsh/site-functions/_modbox share/fish/vendor_completions.d/{modbox,modclosure}.fish; do
			assert_file_not_empty "$tarball/$file"
		done
		assert_equal "$(readlink "$tarball/bin/modclosure")" modbox
		run readelf -hSW "$tarball/bin/modbox"
		refute_output --partial .symtab
		refute_output --partial .debug
	done
	assert_output --partial X86-64
	run file "modbox-$version-arm64/bin/modbox"
	assert_output --partial 'ARM aarch64'
	assert_output --partial 'static-pie linked'
}

@test "scripts/release: an unknown architecture is refused before anything is built" {
	run scripts/release "$out" arm64 m68000
	assert_failure
	assert_output --partial "unknown architecture 'm68000'; it is one of amd64 arm64"
	assert_equal "$(ls "$out")" ''
}
