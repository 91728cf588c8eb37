#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels and their headers are fetched from mirrors that lack files, and by indexes that are out of date.

load build

# A mirror of Debian 12 with its two newest kernels.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p bin repo/pool
	kernel 6.1.0-1 6.1.10-1
	kernel 6.1.0-2 6.1.20-1
	publish
	# The machine's package source is this mirror, which signs nothing.
	cat >bin/apt-get <<-EOF
		#!/bin/sh
		[ "\$1" = indextargets ] || exec /usr/bin/apt-get "\$@"
		. /etc/os-release
		echo "file:$PWD/repo/ \$VERSION_CODENAME main Debian"
	EOF
	chmod +x bin/apt-get
	printf '%s\n' 'Acquire::AllowInsecureRepositories "true";' \
		'APT::Get::AllowUnauthenticated "true";' >apt.conf
}

# kernel ABI VERSION [PART]: the packages of a kernel, whose modules are in the package
# linux-PART-ABI-amd64, by default linux-image
kernel() {
	local part=${3:-image}
	[ "$part" = image ] || deb "linux-image-$1-amd64" "$2" \
		"initramfs-tools | dracut, linux-$part-$1-amd64 (= $2)"
	mkdir -p "tree/lib/modules/$1-amd64"
	deb "linux-$part-$1-amd64" "$2" kmod
	deb linux-image-amd64 "$2" "linux-base-amd64 (= $2), linux-image-$1-amd64 (= $2)"
}

# deb PACKAGE VERSION DEPENDS: a package with the files of ./tree, which is removed
deb() {
	mkdir -p tree/DEBIAN
	printf '%s\n' "Package: $1" "Version: $2" 'Architecture: amd64' 'Maintainer: A <a@example.org>' \
		"Depends: $3" 'Description: sample' >tree/DEBIAN/control
	dpkg-deb --root-owner-group -Znone -b tree "repo/pool/$1_$2.deb" >/dev/null
	rm -r tree
}

# publish: write the index of what is in the mirror
publish() {
	mkdir -p repo/dists/bookworm/main/binary-amd64
	(cd repo && dpkg-scanpackages -m pool) >repo/dists/bookworm/main/binary-amd64/Packages 2>log ||
		{ cat log; return 1; }
}

# headers ABI VERSION: the packages of its headers
headers() {
	mkdir -p "tree/usr/src/linux-headers-$1-amd64"
	echo 'include /usr/src/linux-headers-common/Makefile' >"tree/usr/src/linux-headers-$1-amd64/Makefile"
	# shellcheck disable=SC2016 # make's
	echo 'CC = $(CROSS_COMPILE)gcc-12' >"tree/usr/src/linux-headers-$1-amd64/.kernelvariables"
	echo "0x1 printk vmlinux of $2" >"tree/usr/src/linux-headers-$1-amd64/Module.symvers"
	deb "linux-headers-$1-amd64" "$2" \
		"linux-headers-$1-common (= $2), linux-image-$1-amd64 (= $2), linux-kbuild-6.1 (>= 6.1), linux-compiler-gcc-12-x86"
	mkdir -p "tree/usr/src/linux-headers-$1-common"
	deb "linux-headers-$1-common" "$2" linux-kbuild-6.1
	mkdir -p "tree/usr/lib/linux-kbuild-$2"
	deb linux-kbuild-6.1 "$2" gcc
}

fetch() {
	fetched_by fetch-kernel amd64
}

# fetched_by SCRIPT ARGUMENT...
fetched_by() {
	run --separate-stderr env PATH="$PWD/bin:$PATH" APT_CONFIG="$PWD/apt.conf" \
		MODBOX_CACHE="$PWD/cache" "$MODBOX_SRC/scripts/$1" "${@:2}"
}

@test "the newest kernel of the index" {
	fetch
	assert_success
	assert_output "$PWD/cache/kernels/linux-image-6.1.0-2-amd64_6.1.20-1_amd64"
	assert_dir_exists "$output/lib/modules/6.1.0-2-amd64"
}

@test "a kernel in several packages" {
	kernel 6.1.0-3 6.1.30-1 modules
	publish
	fetch
	assert_success
	assert_output "$PWD/cache/kernels/linux-image-6.1.0-3-amd64_6.1.30-1_amd64"
	assert_dir_exists "$output/lib/modules/6.1.0-3-amd64"
}

@test "the mirror lacks the newest kernel: the one before it" {
	rm repo/pool/linux-image-6.1.0-2-*
	fetch
	assert_success
	assert_output "$PWD/cache/kernels/linux-image-6.1.0-1-amd64_6.1.10-1_amd64"
	assert_dir_exists "$output/lib/modules/6.1.0-1-amd64"
}

@test "an older kernel that linux-image-amd64 no longer names" {
	rm repo/pool/linux-image-amd64_6.1.10*
	publish
	rm repo/pool/linux-image-6.1.0-2-*
	fetch
	assert_success
	assert_output "$PWD/cache/kernels/linux-image-6.1.0-1-amd64_6.1.10-1_amd64"
}

@test "the index is out of date: it is fetched again, once" {
	fetch
	rm -r repo/pool/linux-image-6.1.0-* cache/kernels
	kernel 6.1.0-3 6.1.30-1
	publish
	fetch
	assert_success
	assert_output "$PWD/cache/kernels/linux-image-6.1.0-3-amd64_6.1.30-1_amd64"
	assert_equal "$(grep -c 'fetching the package index of bookworm again' <<<"$stderr")" 1
}

@test "no kernel can be downloaded: the error names the remedy" {
	rm repo/pool/linux-image-6.1.0-*
	fetch
	assert_failure 1
	assert_output ''
	assert_regex "$stderr" 'fetch-kernel: cannot download linux-image-amd64 of bookworm amd64: is the network there\?  If so, the mirror lacks files: try later, or another in /etc/apt$'
	assert_equal "$(find cache/tmp -mindepth 1 ! -name '*.lock')" ''
	assert_dir_not_exists cache/kernels
}

@test "headers fit the kernel in the cache, not the newest" {
	headers 6.1.0-1 6.1.10-1
	headers 6.1.0-2 6.1.20-1
	mv repo/pool/linux-image-6.1.0-2-* .
	publish
	fetch
	mv linux-image-6.1.0-2-* repo/pool
	publish
	rm -r cache/apt
	fetched_by fetch-headers amd64
	assert_success
	assert_output "$PWD/cache/headers/linux-headers-6.1.0-1-amd64_6.1.10-1/usr/src/linux-headers-6.1.0-1-amd64"
	assert_dir_exists "$output/../linux-headers-6.1.0-1-common"
	assert_dir_exists "$output/../../lib/linux-kbuild-6.1.10-1"
	assert_equal "$(tail -n 1 "$output/.kernelvariables")" "CC = \$(CROSS_COMPILE)gcc"
	run grep /usr/src/ "$output/Makefile"
	assert_failure 1
}

@test "the mirror lacks a package of the newest headers: the kernel before it, and its headers" {
	headers 6.1.0-1 6.1.10-1
	headers 6.1.0-2 6.1.20-1
	publish
	rm repo/pool/linux-headers-6.1.0-2-common_*
	fetched_by fetch-headers amd64
	assert_success
	assert_output "$PWD/cache/headers/linux-headers-6.1.0-1-amd64_6.1.10-1/usr/src/linux-headers-6.1.0-1-amd64"
	assert_equal "$(readlink cache/kernels/amd64)" linux-image-6.1.0-1-amd64_6.1.10-1_amd64
	fetched_by fetch-headers --symvers amd64
	assert_success
	assert_output "$PWD/cache/headers/linux-headers-6.1.0-1-amd64_6.1.10-1_symvers/Module.symvers"
	assert_file_contains "$output" 'of 6.1.10-1'
}

@test "the mirror lacks the newest headers: an indexed kernel is replaced too" {
	headers 6.1.0-1 6.1.10-1
	headers 6.1.0-2 6.1.20-1
	publish
	fetch
	mkdir "cache/kernels/linux-image-6.1.0-"{1-amd64_6.1.10,2-amd64_6.1.20}-1_amd64-indexed
	ln -s linux-image-6.1.0-2-amd64_6.1.20-1_amd64-indexed cache/kernels/amd64-indexed
	fetched_by fetch-kernel --indexed amd64
	assert_output "$PWD/cache/kernels/linux-image-6.1.0-2-amd64_6.1.20-1_amd64-indexed"
	rm repo/pool/linux-headers-6.1.0-2-amd64_*
	fetched_by fetch-headers --symvers amd64
	assert_success
	fetched_by fetch-kernel --indexed amd64
	assert_success
	assert_output "$PWD/cache/kernels/linux-image-6.1.0-1-amd64_6.1.10-1_amd64-indexed"
}

@test "no headers can be downloaded: the error names the remedy, and the kernel stays" {
	fetched_by fetch-headers amd64
	assert_failure 1
	assert_output ''
	assert_regex "$stderr" 'fetch-headers: cannot download linux-image-amd64 of bookworm amd64 with its headers: is the network there\?  If so, the mirror lacks files: try later, or another in /etc/apt$'
	assert_equal "$(readlink cache/kernels/amd64)" linux-image-6.1.0-2-amd64_6.1.20-1_amd64
	assert_equal "$(find cache/tmp -mindepth 1 ! -name '*.lock')" ''
}
