#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The static binary without apt: from tarballs, and with static libraries that are there.

# shellcheck disable=SC2154 # build.bash sets out
load ../build/build

# works_on_modules: $out/modbox finds and reads a module in each compression
works_on_modules() {
	local root=$BATS_TEST_TMPDIR/root kernel
	kernel=$("$MODBOX_SRC/scripts/fetch-kernel" next-amd64)
	mkdir -p "$root/lib"
	cp -al "$kernel/usr/lib/modules" "$root/lib"
	run "$out/modbox" modclosure -k auto -m ext4 "$root"
	assert_success
	assert_line --regexp '/ext4\.ko\.xz$'
}

@test "SOURCES=DIR: from tarballs alone, without a network" {
	scripts/fetch-sources "$BATS_TEST_TMPDIR/tarballs"
	MODBOX_CACHE=$BATS_TEST_TMPDIR/cache run unshare -n make -s O="$out" \
		SOURCES="$BATS_TEST_TMPDIR/tarballs" defconfig all
	assert_success
	works_on_modules
	run sed 's/=.*//' "$out/sysroot/versions"
	assert_output "$(printf '%s\n' attr cjson cmocka kmod libmd libzstd mbedtls musl uthash xz-utils zlib)"
}

@test "SYSROOT=DIR: static libraries for the compiler's own C library" {
	local dir=$BATS_TEST_TMPDIR/dir
	CC=gcc LIBC=system scripts/build-sysroot "$BATS_TEST_TMPDIR/made"
	mkdir -p "$dir/usr/lib" "$dir/usr/include"
	cp "$BATS_TEST_TMPDIR"/made/lib/*.a "$dir/usr/lib"
	cp -RL "$BATS_TEST_TMPDIR"/made/include/{libkmod.h,attr,mbedtls,cjson,lzma.h,lzma,sha2.h,zlib.h,zconf.h,zstd.h} "$dir/usr/include"
	run make -s O="$out" SYSROOT="$dir" defconfig all
	assert_success
	run file "$out/modbox"
	assert_output --partial 'static-pie linked'
	works_on_modules
}
