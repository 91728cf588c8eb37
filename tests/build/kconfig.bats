#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Without kconfig's programs, scripts/defconfig makes the same configurations.

load build

symbols() {
	grep CONFIG_ "$out/.config"
}

@test "each file in configs/" {
	for file in configs/*; do
		configure "${file#configs/}"
		symbols >"$out/expected"
		rm "$out/.config"
		without_kconfig configure "${file#configs/}"
		symbols | diff "$out/expected" -
	done
}

@test "a configuration that lacks symbols, twenty random ones" {
	for seed in {1..20}; do
		KCONFIG_SEED=$seed configure randconfig
		awk -v seed="$seed" 'BEGIN { srand(seed) } rand() < 0.7' "$out/.config" >"$out/part"
		cp "$out/part" "$out/.config"
		configure olddefconfig
		symbols >"$out/expected"
		cp "$out/part" "$out/.config"
		without_kconfig configure olddefconfig
		symbols | diff "$out/expected" -
	done
}

@test "what scripts/defconfig does not know in Kconfig is an error" {
	printf 'config A\n\tbool "A"\n\tselect B\n' >"$out/Kconfig"
	run scripts/defconfig "$out/Kconfig" configs/defconfig
	assert_failure
	assert_output "$out/Kconfig:3: not understood: 	select B"
}
