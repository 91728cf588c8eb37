#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A real kernel in a root that contains only modbox: no /proc, no /tmp, no other program.
# shellcheck disable=SC2154 # kernels.bash sets $plain, $tree, $dir and $kver; bats $stderr

load ../kernels/kernels

setup() {
	[ "$(id -u)" = 0 ] || fail 'this test uses chroot: run it as root'
	kernel next-amd64
	mkdir root empty
	cp "$MODBOX" root/modbox
	cp -a "$plain" root/src
}

# in_container ARGUMENT...: run modbox in that root
in_container() {
	run --separate-stderr env -u TMPDIR chroot root /modbox "$@"
	assert_equal "$stderr" ''
	assert_success
}

# as_depmod DEST: its indexes match kmod 34's, apart from the order of dependencies
as_depmod() {
	local index
	rm -rf base ref
	mkdir -p base/lib/modules
	ln -s "$PWD/root/$1/$dir" "base/lib/modules/$kver"
	"$KMOD34/depmod" -b base -o ref -C empty "$kver"
	for index in alias{,.bin} softdep weakdep symbols{,.bin} builtin{,.alias}.bin devname; do
		cmp "ref/lib/modules/$kver/modules.$index" "root/$1/$dir/modules.$index"
	done
	same <(sorted <"ref/lib/modules/$kver/modules.dep") <(sorted <"root/$1/$dir/modules.dep")
}

@test "from a kernel package to modules that modprobe finds" {
	options=(rpi-modcopy -v -k "$kver" -m dm-crypt -m crypto-xts -m ext4 -m nvme)
	# The package has no indexes, so they are made from the modules.
	in_container "${options[@]}" src dst
	assert_line '# indexes: made by modbox from the modules'
	as_depmod dst
	# With indexes, also by modbox, the result is the same.
	in_container depmod -b src -m "${dir%/*}" "$kver"
	as_depmod src
	in_container "${options[@]}" src indexed
	assert_line "# indexes: made by modbox from SOURCE's indexes"
	as_depmod indexed
	diff -r root/dst root/indexed
	assert_equal "$(ls root)" "$(printf '%s\n' dst indexed modbox src)"
	# modprobe of busybox and kmod finds them.
	mkdir -p real/lib
	ln -s "$PWD/root/dst/${dir%/*}" real/lib/modules
	for name in dm-crypt crypto-xts ext4 nvme; do
		"$ORACLE/modprobe" -d real -S "$kver" -C empty --show-depends "$name" >insmod
		[ -s insmod ]
	done
}
