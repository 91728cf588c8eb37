#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Each feature can be turned on and off alone: all of these build and link.
# shellcheck disable=SC2013 # symbols are words

load build

setup_file() {
	share_out
}
setup() {
	use_shared_out
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
