#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels of the distribution load the modules that modbox chose for them.
# shellcheck disable=SC2154 # boot.bash sets $requests and $kver

load boot

setup_file() {
	prepare amd64 next-amd64 next-arm64
}

# -- an encrypted root ------------------------------------------------------------------------

# The modules that README requests for an encrypted disk, more ciphers, and a disk.
names=(dm-crypt algif_skcipher crypto-xts crypto-adiantum crypto-nhpoly1305 crypto-sha256
	crypto-essiv crypto-chacha20 crypto-cmac brd)
modules=(dm_crypt dm_mod algif_skcipher af_alg xts adiantum nhpoly1305 essiv cmac brd)
ciphers=(aes-xts-plain64:512 aes-cbc-essiv:sha256:256 'xchacha12,aes-adiantum-plain64:256')

# cryptroot kmod|busybox [OPTION]...: cryptsetup opens an encrypted disk.  The kernel loads every
# module for it on its own, through this modprobe.  Afterwards every requested module loads by name
# as well.
cryptroot() {
	requests "${names[@]}"
	"${archived_by:-module_archive}" --prove "${requests[@]}" "${@:2}"
	[[ " $* " != *' --decompress '* ]] || assert_equal "$(archived | grep -v '\.ko$')" ''
	boots <<-END
		use $1
		load brd
		mkdir /dev/mapper /run
		mknod /dev/mapper/control c 10 236
		export DM_DISABLE_UDEV=1
		echo 'a key of 64 bytes, which is what the longest of ciphers asks for' >/key
		map() {
			cryptsetup open --type plain --key-file /key -s "\${1##*:}" -c "\${1%:*}" /dev/ram0 plain
		}
		for cipher in ${ciphers[*]}; do
			map \$cipher && echo "written with \$cipher" >/dev/mapper/plain && cryptsetup close plain
			! head -c 100 /dev/ram0 | grep -q written || say 'nothing was encrypted'
			map \$cipher && say "\$(head -n 1 /dev/mapper/plain)" && cryptsetup close plain
		done >/dev/kmsg 2>&1
		load $(printf "'%s' " "${names[@]}")
		say_modules
	END
	prints_not 'test: nothing was encrypted'
	names=("${names[@]/%/: loaded}")
	prints "${ciphers[@]/#/test: written with }" "${names[@]/#/test: }" "${modules[@]/#/test: has }"
}

@test "amd64: the modules of an encrypted root" {
	kernel amd64
	cryptroot kmod
}

@test "next-arm64: the modules of an encrypted root, crypto-xts(aes) among them, some stripped" {
	kernel next-arm64
	archived_by=stripped_archive
	names+=('crypto-xts(aes)')
	modules+=(aes_ce_blk)
	cryptroot kmod
}

@test "next-amd64: decompressed, by busybox" {
	kernel next-amd64
	cryptroot busybox --decompress
}

@test "next-amd64: compressed, by kmod" {
	kernel next-amd64
	cryptroot kmod
}

# -- disks --------------------------------------------------------------------------------------

# disk NAME DEVICE [OPTION]: attach a disk with an ext4 file system and a file that contains NAME
disk() {
	mkdir "disk.$1"
	echo "$1" >"disk.$1/name"
	mke2fs -q -t ext4 -d "disk.$1" "$1.img" 8M
	disks+=(-drive "if=none,id=$1,file=$1.img,format=raw" -device "$2,drive=$1${3:+,$3}")
}

# Drivers are found by their modaliases, ext4 by its name.
@test "amd64: disks of all kinds, and a file system" {
	kernel amd64
	requests virtio_pci virtio_blk virtio_scsi nvme ahci xhci-pci usb-storage sd_mod sdhci-pci \
		mmc_block ext4
	module_archive "${requests[@]}"
	disks=(-device virtio-scsi-pci -device qemu-xhci -device sdhci-pci)
	disk virtio virtio-blk-pci
	disk scsi scsi-hd
	disk nvme nvme serial=1
	disk sata ide-hd bus=ide.0
	disk usb usb-storage
	disk sd sd-card
	boots "${disks[@]}" <<-'END'
		use kmod
		for _ in $(seq 100); do
			load_drivers
			set -- $(ls /sys/block)
			[ $# -lt 6 ] || break
			usleep 200000
		done
		for device; do
			mount -r -t ext4 /dev/$device /mnt && say "mounted $(cat /mnt/name)" && umount /mnt
		done >/dev/kmsg 2>&1
	END
	prints 'test: mounted '{virtio,scsi,nvme,sata,usb,sd}
}

# -- many -----------------------------------------------------------------------------------------

# A driver may fail for lack of a device, but never for lack of another module.
@test "amd64: 300 modules" {
	kernel amd64
	# Loading tcrypt tests all ciphers, which takes long and fails.
	printf '%s\n' kernel/crypto/ kernel/fs/ kernel/drivers/{ata,md,nvme}/ '!tcrypt' >list
	module_archive --prove -f list
	archived | sed 's|.*/||; s/\.ko//; s/-/_/g' | LC_ALL=C sort >copied
	[ "$(wc -l <copied)" -ge 300 ]
	boots <<-END
		use kmod
		/usr/sbin/modprobe -a $(tr '\n' ' ' <copied) 2>&1 | while read -r line; do say "\$line"; done
		say_modules
	END
	sed -n "s/^test: modprobe: ERROR: could not insert '\(.*\)': No such device$/\1/p" console >refused
	sed -n 's/^test: has //p' console >loaded
	[ "$(wc -l <refused)" -lt 10 ]
	assert_equal "$(LC_ALL=C sort loaded refused | LC_ALL=C comm -3 - copied)" ''
}
