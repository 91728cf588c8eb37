#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Initramfs that dracut and mkinitramfs make with the hooks boot to a mounted root: drivers of the disk and of
# its file system are modules.
# bats test_tags=root
# shellcheck disable=SC2034,SC2154 # scratch.bash, boot.bash and bats set and use them

load ../boot/boot
load ../lib/full
load scratch

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	local kernel=${GENERATORS_KERNEL:-amd64}
	make_scratch "$BATS_FILE_TMPDIR" "$kernel"
	hooks on
	"$MODBOX_SRC/tests/boot/vmlinux" "$("$MODBOX_SRC/scripts/fetch-kernel" "$kernel")"/boot/vmlinuz-* \
		"$BATS_FILE_TMPDIR/vmlinux"
	root_disk
	full_build
}

setup() {
	use_scratch "$BATS_FILE_TMPDIR"
}

# root_disk: an ext4 file system whose init says what is mounted
root_disk() {
	local busybox
	busybox=$("$MODBOX_SRC/scripts/fetch-packages" amd64 busybox-static)
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p disk/{dev,proc,run,sys,sbin,bin}
	cp "$busybox/bin/busybox" disk/bin
	cat >disk/sbin/init <<-'END'
		#!/bin/busybox sh
		/bin/busybox mount -t proc proc /proc
		/bin/busybox mount -t devtmpfs dev /dev
		/bin/busybox awk '$2 == "/" && $3 == "ext4" { print "<5>test: the root is " $1 }' /proc/mounts >/dev/kmsg
		/bin/busybox cut -d ' ' -f 1 /proc/modules | while read -r name; do echo "<5>test: has $name"; done >/dev/kmsg
		echo '<5>test: the end' >/dev/kmsg
		/bin/busybox poweroff -f
	END
	chmod +x disk/sbin/init
	mke2fs -q -t ext4 -L root -d disk disk.img 32M
}

# is_clean IMAGE: initcheck finds no fault in it
is_clean() {
	run --separate-stderr "$FULL" initcheck "$1"
	assert_equal "$stderr" ''
	assert_line 'no findings'
	assert_success
}

# boots_to_root IMAGE [PARAMETER]...: the disk is mounted by the modules in it
boots_to_root() {
	machine=(qemu-system-x86_64 -M q35 -cpu max) tty=ttyS0 image=$BATS_FILE_TMPDIR/vmlinux
	start_machine "$layer/mnt/$1" "root=LABEL=root rw ${*:2}" \
		-drive "file=$BATS_FILE_TMPDIR/disk.img,format=raw,if=virtio,snapshot=on"
	prints 'test: the root is /dev/vda' 'test: has virtio_blk' 'test: has ext4'
}

@test "dracut: its image boots to a mounted root" {
	run run_dracut image --modules 'base rootfs-block kernel-modules fs-lib udev-rules'
	assert_success
	is_clean "$layer/mnt/image"
	boots_to_root image
}

@test "mkinitramfs: its image boots to a mounted root" {
	run run_mkinitramfs image all
	assert_success
	is_clean "$layer/mnt/image"
	boots_to_root image
}

@test "busybox: an image with its own depmod's indexes is clean" {
	local busybox modules=image/lib/modules/$kver
	busybox=$("$MODBOX_SRC/scripts/fetch-packages" amd64 busybox-static)/bin/busybox
	mkdir -p image/{bin,sbin,lib}
	cp "$busybox" image/bin
	ln -s ../bin/busybox image/sbin/modprobe
	"$MODBOX" rpi-modcopy -k "$kver" -m ext4 -m btrfs --decompress "$layer" copy
	mv copy/usr/lib/modules image/lib
	rm -f "$modules"/modules.{dep,alias,symbols,softdep,weakdep,devname,builtin.alias}* "$modules"/modules.*.bin
	"$busybox" depmod -b "$PWD/image" "$kver"
	is_clean image
	rm "$modules/kernel/fs/jbd2/jbd2.ko"
	run "$FULL" initcheck image
	assert_line --partial 'needs jbd2, which the image lacks'
	assert_failure 1
}
