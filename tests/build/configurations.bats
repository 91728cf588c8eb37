#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every symbol can be turned on and off alone: all of these build and link.
# shellcheck disable=SC2154,SC2013 # build.bash sets $out; symbols are words

load build

works() {
	run "$out/modbox" --list
	assert_success
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
	for applet in applets/*.c; do
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

@test "five random configurations build" {
	for _ in 1 2 3 4 5; do
		configure randconfig
		cat "$out/.config" # shown where it fails
		build
		works
	done
}

@test "each feature builds when it alone is off" {
	for symbol in $(sed -n 's/^config \(FEATURE_.*\)/\1/p' Kconfig); do
		configure defconfig
		sed -i "s/^CONFIG_$symbol=y/# CONFIG_$symbol is not set/" "$out/.config"
		configure olddefconfig
		build
		works
	done
}

@test "each feature that is off builds when it alone is on" {
	configure defconfig
	for symbol in $(sed -n 's/^# CONFIG_\(FEATURE_.*\) is not set/\1/p' "$out/.config"); do
		configure defconfig
		sed -i "s/^# CONFIG_$symbol is not set/CONFIG_$symbol=y/" "$out/.config"
		configure olddefconfig
		build
		works
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

@test "an applet without a Kconfig symbol fails the build, naming it" {
	cp -r Makefile Kconfig VERSION configs scripts include core applets "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	echo 'int nothing;' >applets/no-symbol.c
	run make -s O="$out" defconfig "$out/applets.c"
	assert_failure
	assert_output --partial "applets/no-symbol.c has no symbol: add 'config NO_SYMBOL' to Kconfig"
}

@test "a missing compiler or kconfig is one line that names the package" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/* "$BATS_TEST_TMPDIR/bin/" 2>/dev/null || true
	rm "$BATS_TEST_TMPDIR/bin/musl-gcc" "$BATS_TEST_TMPDIR/bin/kconfig-conf"
	PATH=$BATS_TEST_TMPDIR/bin run make -s O="$out"
	assert_failure
	assert_output --partial 'kconfig-conf is missing: install the package kconfig-frontends-nox'
	assert_equal "${#lines[@]}" 1
	configure defconfig
	PATH=$BATS_TEST_TMPDIR/bin run make -s O="$out"
	assert_failure
	assert_output --partial 'musl-gcc is missing: install the package musl-tools'
	assert_equal "${#lines[@]}" 1
}
