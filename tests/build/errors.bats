#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A build that cannot be says why, in a line.

load build

@test "an applet without a Kconfig symbol fails the build, naming it" {
	cp -r Makefile Kconfig VERSION configs scripts include core applets "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	echo 'int nothing;' >applets/no-symbol.c
	run make -s O="$out" defconfig "$out/applets.c"
	assert_failure
	assert_output --partial "applets/no-symbol.c has no symbol: add 'config NO_SYMBOL' to Kconfig"
}

@test "a missing compiler or menuconfig is one line that names the package" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/* "$BATS_TEST_TMPDIR/bin/" 2>/dev/null || true
	rm "$BATS_TEST_TMPDIR/bin/gcc" "$BATS_TEST_TMPDIR"/bin/kconfig-*
	PATH=$BATS_TEST_TMPDIR/bin run make -s O="$out" menuconfig
	assert_failure
	assert_output --partial 'kconfig-mconf is missing: install the package kconfig-frontends-nox'
	assert_equal "${#lines[@]}" 1
	configure defconfig
	PATH=$BATS_TEST_TMPDIR/bin run make -s O="$out"
	assert_failure
	assert_output --partial 'gcc is missing: install the package gcc,'
	assert_equal "${#lines[@]}" 1
	rm -f "$BATS_TEST_TMPDIR/bin/powerpc64le-linux-gnu-gcc"
	PATH=$BATS_TEST_TMPDIR/bin run make -s O="$out" CROSS_COMPILE=powerpc64le-linux-gnu-
	assert_failure
	assert_output --partial 'powerpc64le-linux-gnu-gcc is missing: install the package gcc-powerpc64le-linux-gnu,'
	assert_equal "${#lines[@]}" 1
}

@test "SYSROOT without a library names it" {
	mkdir -p "$out/dir/usr/lib"
	touch "$out/dir/usr/lib/libkmod.a"
	configure defconfig
	run make -s O="$out" SYSROOT="$out/dir"
	assert_failure
	assert_line "use-sysroot: $out/dir has no libattr.a: install the static library there"
}

@test "SYSROOT that gets a library later; mbedTLS counts if its library is there" {
	local lib=$out/dir/usr/lib name
	mkdir -p "$lib" "$out/dir/usr/include/mbedtls"
	for name in kmod attr cjson lzma md zstd z bz2; do
		touch "$lib/lib$name.a"
	done
	printf '#define MBEDTLS_VERSION_%s\n' 'NUMBER 0x03060000' 'MAJOR 3' >"$out/dir/usr/include/mbedtls/version.h"
	configure full_defconfig
	run make -s O="$out" SYSROOT="$out/dir" "$out/archive.stamp"
	assert_failure
	assert_line "build-archive: $out/dir has no libarchive.a: install the static library there"
	touch -d 2020-01-01 "$lib/libarchive.a" # as a package has it
	make -s O="$out" SYSROOT="$out/dir" "$out/archive.stamp"
	run make -n O="$out" SYSROOT="$out/dir"
	assert_line --partial 'absent.o core/signature/absent.c '
	touch "$lib/libmbedcrypto.a"
	run make -n O="$out" SYSROOT="$out/dir"
	assert_line --partial 'verify.o core/signature/verify.c '
	refute_line --partial 'absent.o core/signature/absent.c '
}
