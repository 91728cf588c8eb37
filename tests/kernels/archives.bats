#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Archives of real kernels' modules hold the same files as DEST would; manifests match them.

load kernels

# taken SOURCE ARGUMENT...: rpi-modcopy -f list succeeds without messages
taken() {
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -f list "${@:2}" "$1"
	assert_success
	assert_output ''
	assert_equal "$stderr" ''
}

# archived KERNEL TREE: cpio and bsdtar unpack an archive of many modules to the same files as DEST
archived() {
	kernel "$1"
	every 40 <names >list
	# Archives use usr/lib for lib; ask DEST for the same.
	local top=(-M "${dir%/*}")
	run "$MODBOX" rpi-modcopy -k "$kver" -f list "${!2}" dst
	assert_success
	taken "${!2}" "${top[@]}" --cpio=archive
	mkdir cpio bsdtar
	(cd cpio && cpio -id --quiet <../archive)
	diff -r cpio dst
	taken "${!2}" "${top[@]}" --cpio=aligned --cpio-align=4096 --manifest=manifest
	bsdtar -xf aligned -C bsdtar
	diff -r bsdtar dst
	# Nearly all files are aligned, except where the name would exceed the kernel's limit.
	"$MODBOX_SRC/tests/lib/cpio-entries" <aligned |
		awk '$8 >= 4096 { n++; bad += $1 % 4096 > 0 } END { exit !(n > 20 && bad * 10 < n) }'
	# The manifest lists exactly these files.
	(cd dst && find . -type f -printf '%P\t%s\n' | LC_ALL=C sort) >files
	same files <(grep -v '^#' manifest | cut -f 1-2)
	grep -v '^#' manifest | awk -F '\t' '{ print $3 "  dst/" $1 }' | sha256sum -c --quiet
	taken "${!2}" --check=manifest
	# Again, into a pipe.
	"$MODBOX" rpi-modcopy -k "$kver" -f list "${top[@]}" --cpio=- "${!2}" | cmp - archive
}

@test "amd64: an archive" { archived amd64 plain; }
@test "armel-rpi: an archive" { archived armel-rpi indexed; }
@test "next-amd64: an archive" { archived next-amd64 indexed; }
@test "next-arm64: an archive" { archived next-arm64 plain; }

@test "--check from one release's kernel to the next" {
	kernel amd64
	printf '%s\n' ext4 dm-crypt nvme ahci virtio_blk 'qla3xxx?' >list
	taken "$indexed" --cpio=/dev/null --manifest=manifest
	grep -v '^#' manifest | cut -f 1 >before
	kernel next-amd64
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -f list --check=manifest "$indexed"
	assert_failure 1
	echo "$output" >shown
	# Names that only one of the two has, except modules that are now built in.
	run "$MODBOX" rpi-modcopy -n -k "$kver" -f list "$indexed" x
	modules() { sed -n 's|.*/\(.*\)\.ko.*|\1|p' | tr - _ | sort -u; }
	printf '%s\n' "${lines[@]}" | grep -v '^#' | modules >now
	sed 's|.*/||; s|\.ko$||; s|-|_|g' "$tree/modules.builtin" | sort -u >builtin
	same <(modules <before | comm -23 - now | comm -23 - builtin) \
		<(grep '^removed .*\.ko' shown | sed 's/ (.*//' | modules)
	same <(modules <before | comm -13 - now) <(grep '^added .*\.ko' shown | sed 's/ (.*//' | modules)
	run grep -c '^changed' shown
	assert_output 0
}
