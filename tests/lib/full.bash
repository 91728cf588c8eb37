# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by tests that need what the default configuration lacks: encoders and signing.

# full_build: set FULL to a modbox with everything, which all tests share
full_build() {
	local out=$MODBOX_SRC/build/full
	mkdir -p "$out"
	exec 8>"$out/lock"
	flock 8
	make -s -C "$MODBOX_SRC" O="$out" full_defconfig 8>&-
	make -s -C "$MODBOX_SRC" O="$out" CFLAGS=-O0 8>&-
	exec 8>&-
	export FULL=$out/modbox
}
