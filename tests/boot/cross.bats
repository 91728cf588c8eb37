#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The binary for arm64 runs in the initramfs of an arm64 machine.
# shellcheck disable=SC2154 # boot.bash sets $base, $source and $kver

load boot

setup_file() {
	[ "$MODBOX_BUILD" = arm64 ] || { echo 'run this with MODBOX_BUILD=arm64' >&2; return 1; }
	prepare next-arm64
}

@test "next-arm64: modclosure / dm-crypt, by its own binary" {
	kernel next-arm64
	requests dm-crypt crypto-xts
	module_archive "${requests[@]}"
	# An archive of its own: the base must not change under other tests.
	mkdir -p own/usr/bin
	cp "$EMULATED" own/usr/bin/modbox
	archive own >>modules.cpio
	"$MODBOX" modclosure -k "$kver" "$source" dm-crypt >expected
	[ -s expected ]
	boots <<-'END'
		use kmod
		ln -s modbox /usr/bin/modclosure
		modclosure / dm-crypt 2>&1 | while read -r line; do say "closure $line"; done
		for path in $(modclosure / dm-crypt); do insmod "/$path"; done
		say_modules
	END
	sed -n 's/^test: closure //p' console >closure
	diff expected closure
	prints 'test: has dm_crypt' 'test: has dm_mod'
}
