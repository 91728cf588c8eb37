#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Source packages are fetched whole or, from a mirror that lacks files, file by file.
# shellcheck disable=SC2016 # expressions of other shells

load build

# A package source with one source package, sample 1.0-1, whose patch turns "upstream" into "patched".
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p repo sample-1.0/debian/patches sample-1.0/debian/source apt/lists/partial
	echo upstream >sample-1.0/file
	tar -cJf repo/sample_1.0.orig.tar.xz --exclude=debian sample-1.0
	echo '3.0 (quilt)' >sample-1.0/debian/source/format
	printf '%s\n' 'Source: sample' 'Maintainer: A <a@example.org>' '' \
		'Package: sample' 'Architecture: all' 'Description: sample' >sample-1.0/debian/control
	printf '%s\n' 'sample (1.0-1) unstable; urgency=low' '' '  * First.' '' \
		' -- A <a@example.org>  Thu, 01 Jan 2026 00:00:00 +0000' >sample-1.0/debian/changelog
	printf '%s\n' '--- a/file' '+++ b/file' '@@ -1 +1 @@' -upstream +patched >sample-1.0/debian/patches/one
	echo one >sample-1.0/debian/patches/series
	(cd repo && dpkg-source -b ../sample-1.0 && dpkg-scansources . >Sources) 2>log >&2 || { cat log; return 1; }
	rm -r sample-1.0
	echo "deb-src [trusted=yes] file:$PWD/repo ./" >apt/sources.list
	: >apt/status
	fetch_in 'apt_run apt-get update -qq'
}

# fetch_in SCRIPT: run it with the functions of scripts/common.sh and this package source
fetch_in() {
	env MODBOX_CACHE="$PWD/cache" sh -euc '. "${0%/*}/common.sh"; apt=$PWD/apt apt_arch=amd64 apt_fresh=y; eval "$1"' \
		"$MODBOX_SRC/scripts/fetch" "$1"
}

fetch() {
	run --separate-stderr fetch_in 'fetch_sources src sample="$(apt_source_version sample)"'
}

@test "a mirror that has all files" {
	fetch
	assert_success
	assert_equal "$(cat src/sample/file)" patched
	assert_equal "$(cat src/versions)" sample=1.0-1
}

@test "the .dsc is missing: the same source, from the index" {
	rm repo/*.dsc
	fetch
	assert_success
	assert_equal "$(cat src/sample/file)" patched
	assert_equal "$(cat src/versions)" sample=1.0-1
	assert_equal "$(ls src)" "$(printf '%s\n' sample versions)"
}

@test "Debian's patches are missing: upstream's source, under its version" {
	rm repo/*.dsc repo/*.debian.tar.xz
	fetch
	assert_success
	assert_equal "$(cat src/sample/file)" upstream
	assert_equal "$(cat src/versions)" sample=1.0
}

@test "a file that is not the one in the index is refused" {
	rm repo/*.dsc
	printf X | dd of=repo/sample_1.0.orig.tar.xz bs=1 seek=100 conv=notrunc status=none
	fetch
	assert_failure
	assert_regex "$stderr" 'fetch: cannot fetch the sources of sample=1.0-1: is the network there'
	assert_regex "$stderr" 'Hash Sum mismatch'
	assert_file_not_exists src/sample
}

@test "nothing is there" {
	rm repo/*.xz repo/*.dsc
	fetch
	assert_failure
	assert_regex "$stderr" 'fetch: cannot fetch the sources of sample=1.0-1: is the network there'
}

# unpack: the source package sample from the tarballs in repo, by a list of ours
unpack() {
	SOURCES=$PWD/repo run --separate-stderr fetch_in \
		'scripts=$PWD; apt_setup deb-src any any; fetch_sources src sample="$(apt_source_version sample)"'
}

@test "SOURCES: tarballs that the list of SHA256 names" {
	(cd repo && sha256sum sample_1.0.orig.tar.xz) >sources.sha256
	unpack
	assert_success
	assert_equal "$(cat src/sample/file)" upstream
	assert_equal "$(cat src/versions)" sample=1.0
}

@test "SOURCES: another file, or none, is an error that names it" {
	(cd repo && sha256sum sample_1.0.orig.tar.xz) >sources.sha256
	printf X | dd of=repo/sample_1.0.orig.tar.xz bs=1 seek=100 conv=notrunc status=none
	unpack
	assert_failure
	assert_equal "$stderr" "fetch: $PWD/repo/sample_1.0.orig.tar.xz is not the one in scripts/sources.sha256: its SHA256 differs"
	rm -r repo/sample_1.0.orig.tar.xz src
	unpack
	assert_failure
	assert_equal "$stderr" "fetch: $PWD/repo/sample_1.0.orig.tar.xz is missing: scripts/fetch-sources $PWD/repo downloads it"
}
