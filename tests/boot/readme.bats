#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# README's commands from a kernel package to a booting initramfs, exactly as written there.
# shellcheck disable=SC2154 # boot.bash sets $boot_limit

load boot

# commands VERSION BUSYBOX: the commands of README's block "sh boot", adapted to this kernel
commands() {
	awk '/^```/ { boot = $0 == "```sh boot"; next } boot' "$MODBOX_SRC/README.md" |
		sed "s|6\.12\.[^ _]*amd64|$1|; s|/usr/bin/busybox base|$2&|; s/^qemu-system-x86_64 /&-no-reboot /"
}

# count_commands FILE: their number; a here-document does not count
count_commands() {
	awk '/^END$/ { fed = 0; next } !fed { n++ } /<<.END/ { fed = 1 } END { print n }' "$1"
}

# package KERNEL: rebuild its package from the unpacked files; $kver is its version
package() {
	local tree
	tree=$("$MODBOX_SRC/scripts/fetch-kernel" "$1")
	kver=$(ls "$tree/usr/lib/modules")
	mkdir -p package/DEBIAN
	cp -alT "$tree" package 2>/dev/null || cp -aT "$tree" package
	cat >package/DEBIAN/control <<-END
		Package: linux-image-$kver
		Version: 1
		Architecture: amd64
		Maintainer: nobody <nobody@localhost>
		Description: what $1 has
	END
	dpkg-deb --root-owner-group -Znone -b package "linux-image-${kver}_1_amd64.deb"
	rm -r package
}

# until_printed WORD: wait until the file console has it, while process $! runs
until_printed() {
	until grep -qF -- "$1" console; do
		kill -0 $! || fail_on_console "it ended without '$1'"
		sleep 0.1
	done
}

@test "six commands of README boot a kernel that has ext4" {
	cd "$BATS_TEST_TMPDIR"
	package next-amd64
	busybox=$("$MODBOX_SRC/scripts/fetch-packages" next-amd64 busybox-static kmod cryptsetup-bin)
	commands "$kver" "$busybox" >script
	assert_equal "$(count_commands script)" 6
	mkdir bin
	ln -s "$MODBOX" bin/rpi-modcopy
	mkfifo keys
	PATH=$PWD/bin:$PATH timeout -k 10 "$boot_limit" bash -e script <>keys >console 2>&1 3>&- &
	until_printed '~ # '
	echo 'lsmod; poweroff -f' >keys
	wait $! || fail_on_console "status $?"
	grep 'Power down' console || fail_on_console 'it did not end'
	for module in virtio_blk ext4 jbd2 mbcache crc16; do
		grep -q "^$module " console || fail_on_console "$module is not there"
	done
	run ! grep -E 'Unknown symbol|[Nn]o such|[Nn]ot found' console
}
