#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Requests, and the modules that they select.

load ../lib/common

# -- names ----------------------------------------------------------------------

@test "a module by its name" {
	module a.ko
	module b.ko
	resolves a -m a
}

@test "- and _ are the same in names" {
	module dm-crypt.ko
	module snd_hda.ko
	resolves 'dm_crypt snd_hda' -m dm_crypt -m snd-hda
	resolves 'dm_crypt snd_hda' -m dm-crypt -m snd_hda
}

@test "a name with a module's suffix" {
	module a.ko
	module b.ko.xz
	for suffix in .ko .ko.gz .ko.xz .ko.zst; do
		chooses 'a b' -m "a$suffix" -m "b$suffix"
	done
	index
	chooses 'a b' -m a.ko -m b.ko.zst
}

@test "a path from modules.order" {
	module kernel/drivers/md/dm-crypt.ko.xz
	module kernel/fs/a.ko
	resolves 'a dm_crypt' -m kernel/drivers/md/dm-crypt.ko -m kernel/fs/a.ko
}

@test "--module is repeatable, and a module requested twice is copied once" {
	module a.ko
	module b.ko
	resolves 'a b' -m a -m b --module=a --module b
	assert_equal "$(listed | wc -l)" 2
}

# -- aliases --------------------------------------------------------------------

@test "an alias of a module" {
	module ext4.ko alias=fs-ext4 alias=ext3 alias=fs-ext3
	module xts.ko alias=crypto-xts 'alias=xts'
	resolves 'ext4 xts' -m fs-ext4 -m crypto-xts
	resolves 'ext4 xts' -m fs_ext3 -m crypto_xts
}

@test "an alias with parentheses or a colon" {
	module aes_ce_blk.ko 'alias=crypto-xts(aes)' 'alias=xts(aes)'
	module usb_f_fs.ko alias=usbfunc:ffs
	module xts.ko alias=crypto-xts
	resolves 'aes_ce_blk usb_f_fs' -m 'crypto-xts(aes)' -m usbfunc:ffs
}

@test "an alias with wildcards, matched by a device's modalias" {
	module e1000e.ko 'alias=pci:v00008086d000010D3sv*sd*bc*sc*i*'
	module igb.ko 'alias=pci:v00008086d0000151[0-9A]sv*sd*bc*sc*i*'
	module other.ko 'alias=pci:v00008086d00001520sv*sd*bc*sc*i*'
	resolves e1000e -m pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00
	resolves igb -m pci:v00008086d0000151Asv00008086sd00000000bc02sc00i00
}

@test "an alias of several modules selects them all" {
	module x86/aesni-intel.ko alias=crypto-aes
	module aes_generic.ko alias=crypto-aes
	module aes_ti.ko alias=crypto-aes
	resolves 'aes_generic aes_ti aesni_intel' -m crypto-aes
}

@test "an alias of SOURCE's modprobe.d" {
	module a.ko
	modprobe_d 'alias my-disk a' 'alias net-pf-* a'
	resolves a -m my-disk
	resolves a -m net-pf-17
}

@test "a modprobe.d alias takes precedence over a module of that name" {
	module a.ko
	module b.ko
	modprobe_d 'alias b a'
	resolves a -m b
}

@test "a module's name takes precedence over an alias" {
	module a.ko
	module b.ko alias=a
	resolves a -m a
}

@test "a name with a modprobe.d command is that command, not an alias" {
	module a.ko alias=char-major-10-1
	modprobe_d 'install char-major-10-1 /bin/true'
	for _ in unindexed indexed; do
		modcopy -n -m char-major-10-1
		assert_success
		assert_equal "$(listed)" ''
		assert_line --partial 'char-major-10-1'
		index
	done
}

@test "a module with a modprobe.d command is still copied by name" {
	module a.ko
	modprobe_d 'install a /sbin/modprobe --ignore-install a'
	resolves a -m a
}

@test "a symbol's name, if there are indexes" {
	module a.ko
	index
	chooses a -m symbol:a_symbol
}

@test "aliases of compressed modules" {
	module a.ko.gz alias=one
	module b.ko.xz alias=two
	module c.ko.zst alias=three
	chooses 'a b c' -m one -m two -m three
	index
	chooses 'a b c' -m one -m two -m three
}

# -- built-in modules -----------------------------------------------------------

@test "a built-in module is accepted, and shown by --verbose" {
	builtin_module fs/ext4/ext4.ko alias=fs-ext4
	module a.ko
	for _ in unindexed indexed; do
		modcopy -n -m ext4
		assert_success
		assert_equal "$stderr" ''
		assert_line --regexp '^# ext4 .*built.in'
		assert_equal "$(listed)" ''
		index
	done
	modcopy -v -m ext4
	assert_success
	assert_line --regexp '^# ext4 .*built.in'
	assert_file_exists "$copy/modules.builtin"
	assert_equal "$(modules_in "$dst")" ''
}

@test "a pattern or directory with only built-in modules is accepted" {
	builtin_module drivers/nvme/host/nvme.ko
	module a.ko
	for name in 'nvm*' kernel/drivers/nvme/ kernel/drivers/; do
		resolves '' -m "$name"
		assert_line --regexp "built in as nvme$"
	done
	refuses 1 '*no module kernel/drivers/nv/ *' -m kernel/drivers/nv/
}

@test "an alias of a built-in module is accepted" {
	builtin_module crypto/sha256-generic.ko alias=crypto-sha256 'alias=acpi*:PNP0C14:*'
	module a.ko
	resolves '' -m crypto-sha256
	resolves '' -m acpi:PNP0C14:00
	assert_line --regexp '^# acpi:PNP0C14:00 .*built.in as sha256_generic'
}

@test "a module is selected even if a built-in has the same alias" {
	builtin_module crypto/sha256-generic.ko alias=crypto-sha256
	module sha256_ssse3.ko alias=crypto-sha256
	resolves sha256_ssse3 -m crypto-sha256
}

@test "a pattern: brackets and character classes, - and _ the same in them" {
	module snd-pcm.ko
	module snd_timer.ko
	module raid1.ko
	module raid10.ko
	resolves snd_pcm -m 'snd[-]pcm'
	resolves snd_pcm -m 'snd[_]pcm'
	resolves snd_pcm -m 'snd[!x]pcm'
	resolves 'snd_pcm snd_timer' -m 'snd[a-z-]*'
	resolves 'snd_pcm snd_timer' -m 'snd[]-]*'
	resolves raid1 -m 'raid[[:digit:]]'
	resolves 'raid1 raid10' -m 'raid[[:digit:]]*'
	refuses 1 '*no module raid\[1 in *' -m 'raid[1'
}

@test "a pattern with a slash matches paths, with or without kernel/ and suffix" {
	module kernel/drivers/block/virtio_blk.ko.xz
	module kernel/drivers/block/loop.ko
	module kernel/drivers/char/virtio-console.ko
	module kernel/arch/x86/crypto/crc32c-intel.ko
	module kernel/arch/arm/crypto/crc32-arm.ko
	module kernel/crypto/crc32_generic.ko
	module updates/dkms/virtio_x.ko
	resolves virtio_blk -m 'kernel/drivers/block/virtio*'
	resolves virtio_blk -m 'drivers/block/virtio*'
	resolves virtio_blk -m './kernel/drivers/block/virtio-*.ko.gz'
	resolves 'virtio_blk virtio_console' -m 'kernel/drivers/*/virtio*.ko*'
	resolves virtio_console -m 'kernel/drivers/*/virtio-con*'
	resolves 'crc32_arm crc32c_intel' -m 'kernel/arch/*/crypto/crc32*'
	resolves 'loop virtio_blk' -m 'kernel/drivers/block/*' -m '!kernel/drivers/char/*'
	resolves virtio_x -m 'updates/*/virtio*'
	refuses 1 '*no module kernel/virtio\* in *' -m 'kernel/virtio*'
	resolves 'loop virtio_blk' -m ./kernel/drivers/block/
	resolves 'loop virtio_blk' -m drivers/block/
}

@test "a directory or path pattern selects the module that overrides a file in it" {
	module kernel/drivers/hid/x.ko
	module kernel/drivers/hid/y.ko
	module updates/x.ko.xz
	module extra/z.ko
	for request in kernel/drivers/hid/ drivers/hid/ 'kernel/drivers/hid/*'; do
		resolves 'x y' -m "$request"
		assert_line "usr/lib/modules/$kver/updates/x.ko.xz"
		refute_line "usr/lib/modules/$kver/kernel/drivers/hid/x.ko"
	done
	resolves x -m 'drivers/hid/x*'
	resolves z -m extra/ -m '!drivers/hid/'
	depmod_d 'search built-in updates'
	resolves x -m updates/
	assert_line "usr/lib/modules/$kver/kernel/drivers/hid/x.ko"
}

# -- machines -------------------------------------------------------------------

@test "--hardware: the modules for the modaliases of a file or a sysfs tree" {
	module nic.ko depends=phy 'alias=pci:v00008086d*'
	module phy.ko
	module disk.ko.xz 'alias=of:NdiskT*C*'
	module other.ko 'alias=pci:v00001234d*'
	printf '%s\n' pci:v00008086d1 usb:v1234 'of:NdiskT(null)Cx' >machine
	mkdir -p sys/devices/pci0
	echo MODALIAS=pci:v00001234d1 >sys/devices/pci0/uevent
	modcopy --hardware=machine
	assert_success
	assert_equal "$stderr" 'rpi-modcopy: 1 of 3 modaliases match no module (--verbose lists them)'
	assert_equal "$(find "$dst" -name "*.ko*" | names)" "disk nic phy"
	modcopy -n --hardware=machine --hardware=sys -m phy
	assert_success
	assert_line '# usb:v1234 (machine:2): not in this kernel'
	assert_listed 'disk nic other phy'
	index
	modcopy -n --hardware=- <machine
	assert_listed 'disk nic phy'
	modcopy_between "$src" --cpio=- -k "$kver" --hardware=sys >archive
	assert_success
}

@test "--hardware: without any module, or modalias, nothing is written" {
	module a.ko
	echo usb:v1234 >machine
	modcopy --hardware=machine
	assert_failure 1
	assert_equal "$stderr" 'rpi-modcopy: 1 of 1 modaliases match no module (--verbose lists them)
rpi-modcopy: no requested module exists'
	assert_not_exists "$dst"
	echo '# none' >machine
	refuses 5 'no modalias in machine' -m a --hardware=machine
	refuses 4 'cannot read list nosuch: *' -m a --hardware=nosuch
	assert_not_exists "$dst"
	echo usb:v1234 >machine
	modcopy -m a --hardware=machine
	assert_success
	modcopy -K --hardware=machine
	assert_failure 1
}

# -- lists ----------------------------------------------------------------------

@test "one list file, several, and names in addition" {
	for name in a b c d; do module $name.ko; done
	printf 'a\n' >one
	printf 'b\n' >two
	resolves 'a b c' -f one --module-file=two -m c
}

@test "a list on standard input" {
	module a.ko
	module b.ko
	modcopy -n -f - <<<a
	assert_success
	assert_listed a
}

@test "a list with comments, blank lines, spaces around names, and CRLF" {
	for name in a b c d; do module $name.ko; done
	printf '# a comment\n\n \t\n  a  \n\tb\r\n#d\n\t# d\n; d\n ;d\nc' >list
	resolves 'a b c' -f list
}

@test "a list in the format of another program: the message says how to write it" {
	module kernel/drivers/md/dm-raid.ko.xz
	module kernel/drivers/block/loop.ko
	local given hint
	while IFS='|' read -r given hint; do
		echo "$given" >list
		refuses 1 "list:1: no module $given in *: $hint" -f list
	done <<-'EOF'
		loop max_loop=8|give only the name; options belong in modprobe.d
		loop dm-raid|put one name on each line
		loop,dm-raid|put one name on each line
		kernel/drivers/md|for that directory, write kernel/drivers/md/
		drivers/md|for that directory, write drivers/md/
		/drivers|for that directory, write drivers/
		=drivers/md|for that directory, write drivers/md/
		kernel/drivers/block/loop|did you mean loop?
	EOF
	refuses 1 '--module: no module kernel/block/lop in * (did you mean loop?)' -m kernel/block/lop
	refuses 1 '--module: no module loop dm-raid in *: give each name separately' -m 'loop dm-raid'
	refuses 1 '--module: no module \*\*/l\*p in *: \* does not match a slash; write l\*p for all directories' \
		-m '**/l*p'
	refuses 1 "--module: no module ../../../usr in $tree" -m ../../../usr
	index
	refuses 1 '*: for that directory, write drivers/md/' -m drivers/md
}

@test "a list that begins with a byte order mark" {
	module a.ko
	printf '\xef\xbb\xbfa\n' >list
	chooses a -f list
}

@test "a list with suffixes, modules.order paths and aliases" {
	module kernel/fs/ext4/ext4.ko.xz alias=fs-ext4
	module kernel/drivers/a-b.ko
	module c.ko 'alias=usbfunc:ffs'
	printf '%s\n' kernel/fs/ext4/ext4.ko a_b.ko.zst usbfunc:ffs >list
	resolves 'a_b c ext4' -f list
}

@test "a line of 4096 bytes is accepted as a name" {
	module a.ko
	{ printf '%4095s\n' a; } >list
	chooses a -f list
}

# -- kernels --------------------------------------------------------------------

@test "the running kernel is the default" {
	kver=$(uname -r)
	new_tree
	module a.ko
	modcopy_between "$src" "$dst" -n -m a
	assert_success
	assert_line "usr/lib/modules/$(uname -r)/kernel/a.ko"
}

@test "--kernel-version is repeatable: each kernel is copied" {
	module a.ko
	index
	first=$copy
	kver=6.2.0-other
	set_module_dir usr/lib/modules
	mkdir -p "$tree"
	touch "$tree"/modules.{order,builtin,builtin.modinfo}
	module b.ko alias=a
	modcopy -k 6.1.0-test -m a
	assert_success
	assert_equal "$(modules_in "$first")" a
	assert_equal "$(modules_in "$copy")" b
	assert_file_exists "$first/modules.dep"
	assert_file_exists "$copy/modules.dep"
}

@test "--kernel-version given twice is one kernel" {
	module a.ko.xz depends=
	copies -m a --decompress -k "$kver" --manifest=manifest
	assert_file_exists "$copy/kernel/a.ko"
	assert_equal "$(grep -c '^# kernel' manifest)" 1
	modcopy -n -m a -k "$kver"
	assert_success
	assert_equal "$(grep -c "^usr.*a.ko" <<<"$output")" 1
	run "$MODBOX" modclosure -k "$kver" -k "$kver" "$src" a
	assert_success
	assert_output "$("$MODBOX" modclosure -k "$kver" "$src" a)"
	echo gone >list
	run "$MODBOX" modlist-lint -k "$kver" -k "$kver" "$src" list
	assert_failure 1
	assert_output "$("$MODBOX" modlist-lint -k "$kver" "$src" list)"
}

@test "--module-dir with a leading or trailing slash, and with ." {
	new_tree opt/kernels
	module a.ko
	for dir in opt/kernels /opt/kernels opt/kernels/ //opt/kernels// ./opt/kernels \
		opt/./kernels/. /.//./opt//kernels/./; do
		chooses a -m a -M "$dir"
		assert_line "opt/kernels/$kver/kernel/a.ko"
	done
	copies -m a --module-dir=/opt/kernels
	assert_file_exists "$copy/kernel/a.ko"
	assert_file_exists "$copy/modules.dep"
}

@test "--module-dir that is SOURCE itself" {
	for dir in '' / // . ./ /./. ././; do
		refuses 2 '--module-dir needs a directory inside SOURCE (see *' -m a -M "$dir"
	done
	new_tree .kernels
	module a.ko
	chooses a -m a -M ./.kernels
	chooses a -m a -M .kernels
}
