#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# initcheck on modules of real kernels, with these kernels: nothing is found in what modbox copies.
# bats file_tags=static

load kernels
load ../lib/full

setup_file() {
	full_build
}

# found ARGUMENT...: the rules that have findings in the directory image, and their number
found() {
	run --separate-stderr "$FULL" initcheck -o json "$@" image
	assert_equal "$stderr" ''
	jq -r '[.findings[].rule] | group_by(.) | map("\(.[0]) \(length)") | join(" ")' <<<"$output"
}

# spoil FILE TEXT: flip a bit behind the first TEXT in it
spoil() {
	python3 - "$1" "$2" <<-'END'
		import sys
		data = bytearray(open(sys.argv[1], "rb").read())
		data[data.index(sys.argv[2].encode()) - 8] ^= 1
		open(sys.argv[1], "wb").write(data)
	END
}

@test "amd64: no findings in a copy, with its kernel; a changed CRC is refused, another kernel's module named" {
	kernel amd64
	"$MODBOX" rpi-modcopy -k "$kver" -m ext4 -m dm-crypt -m nvme "$indexed" image
	assert_equal "$(found)" ''
	assert_equal "$(found --kernel="$plain")" ''
	local ext4 root=$plain
	ext4=image/$dir/kernel/fs/ext4/ext4.ko
	spoil "$ext4" $'module_layout'
	assert_equal "$(found)" ''
	assert_equal "$(found --kernel="$root")" 'refused 1'
	kernel next-amd64
	xz -dc "$tree/kernel/fs/ext4/ext4.ko.xz" >"$ext4"
	assert_equal "$(found --kernel="$root")" 'wrong-kernel 1'
	assert_equal "$(found --kernel="$plain" | cut -d ' ' -f 1)" 'wrong-kernel'
}

@test "next-amd64: no findings in a copy, with its kernel, and in its archive" {
	kernel next-amd64
	"$MODBOX" rpi-modcopy -k "$kver" -m ext4 -m dm-crypt -m nvme "$indexed" image
	assert_equal "$(found --kernel="$plain")" ''
	rm -r image
	"$MODBOX" rpi-modcopy -k "$kver" -m ext4 -m dm-crypt -m nvme --cpio=image "$indexed"
	assert_equal "$(found --kernel="$plain")" ''
}
