#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every symbol can be switched on and off alone, and the result builds and links.
# shellcheck disable=SC2013 # symbols are words

load build

setup_file() {
	share_out
}
setup() {
	use_shared_out
}

@test "allyesconfig builds, and lists every applet" {
	configure allyesconfig
	build
	works
	for applet in applets/*.c; do
		applet=${applet##*/}
		assert_line "${applet%.c}"
	done
}

@test "allnoconfig builds, and lists no applet" {
	configure allnoconfig
	build
	works
	refute_output
}

@test "each applet builds alone, and is the only one listed" {
	for applet in $(printf '%s\n' applets/*.c | sample); do
		applet=${applet##*/}
		applet=${applet%.c}
		symbol=CONFIG_$(tr a-z- A-Z_ <<<"$applet")
		printf '%s=y\n' CONFIG_STATIC "$symbol" >"$out/only"
		KCONFIG_ALLCONFIG=$out/only configure allnoconfig
		build
		works
		assert_output "$applet"
	done
}

@test "random configurations build" {
	local random=$BATS_TEST_TMPDIR dir i
	for ((i = 0; i < $(amount 1 5); i++)); do
		out=$random configure randconfig
		cat "$random/.config" # shown on failure
		# Static and dynamic objects share nothing.
		dir=$out/dynamic
		! grep -q '^CONFIG_STATIC=y' "$random/.config" || dir=$out/static
		mkdir -p "$dir"
		cp "$random/.config" "$dir"
		out=$dir build
		out=$dir works
	done
}

@test "a dynamic build verifies signatures if there is mbedTLS 3.6 or 2.28, no other release" {
	local out=$BATS_TEST_TMPDIR/out include=$BATS_TEST_TMPDIR/mbedtls version
	mkdir -p "$include"
	configure dynamic_defconfig
	for version in 0x021b0000 0x021c0300 0x03050200 0x03060000 0x04000000; do
		printf '#define MBEDTLS_VERSION_%s\n' "NUMBER $version" "MAJOR ${version:3:1}" >"$include/version.h"
		run make -n O="$out" CC="gcc -I$BATS_TEST_TMPDIR"
		assert_success
		case $version in
		0x0306* | 0x021c*) assert_line --partial 'verify.o core/signature/verify.c ' && refute_line --partial 'absent.o core/signature/absent.c ' ;;
		*) assert_line --partial 'absent.o core/signature/absent.c ' && refute_line --partial 'verify.o core/signature/verify.c ' ;;
		esac
	done
}

@test "savedefconfig gives the files in configs/ back" {
	for file in configs/*defconfig; do
		configure "${file##*/}"
		run make -s O="$out" savedefconfig
		assert_success
		run diff <(grep -v SPDX "$file") "$out/defconfig"
		assert_success
	done
}
