# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the tests of proofs.
# shellcheck shell=bash disable=SC2034,SC2154 # used by, and set by, the other files

# ext4 of the amd64 kernel, proved by a small image of the same vermagic, and by the kernel's
# Module.symvers, which tests change.
prepare() {
	kernel amd64
	vermagic=$("$ORACLE/modinfo" -F vermagic "$tree/kernel/fs/ext4/ext4.ko")
	kernelimage=${MODBOX%/*}/tests/kernels/kernelimage
	[ -x "$kernelimage" ] || fail "$kernelimage is missing: make unit-tests builds it"
	"$kernelimage" --certs "$plain/boot/vmlinuz-$kver" >certs
	mkkernel -r "$kver" -v "$vermagic" -c certs image
	cp "$("$MODBOX_SRC/scripts/fetch-headers" --symvers amd64)" symvers
	source=$indexed
}

# A copy of SOURCE without indexes, in which modules can be changed.
copy_source() {
	mkdir -p "src/$dir" src/boot
	cp -r --parents "$plain/$dir"/kernel/{fs/ext4,fs/jbd2,fs/mbcache.ko,lib/crc16.ko,crypto/crc32c_generic.ko,lib/libcrc32c.ko} .
	mv ."$plain/$dir/kernel" "src/$dir"
	cp "$plain/$dir"/modules.builtin* "$plain/$dir/modules.order" "src/$dir"
	# Signatures do not count: tests change what is signed.
	grep -v '^CONFIG_MODULE_SIG=' "$plain/boot/config-$kver" >"src/boot/config-$kver"
	ext4=src/$dir/kernel/fs/ext4/ext4.ko
	source=src
}

prove() {
	run --separate-stderr "$MODBOX" modclosure --prove --kernel-image=image --symvers=symvers -k "$kver" "$@" \
		"$source" ext4
}

# A symbol of the kernel that only ext4 needs, of ext4's closure, and its line.
own_symbol() {
	local module
	for module in "$tree"/kernel/{fs/jbd2/jbd2,fs/mbcache,lib/crc16,crypto/crc32c_generic}.ko; do
		"$ORACLE/modprobe" --dump-modversions "$module"
	done | cut -f 2 >others
	symbol=$("$ORACLE/modprobe" --dump-modversions "$tree/kernel/fs/ext4/ext4.ko" | cut -f 2 |
		grep -vxFf others | grep -xFf <(awk -F '\t' '$3 == "vmlinux" { print $2 }' symvers) | head -n 1)
	[ -n "$symbol" ]
	crc=$(awk -F '\t' -v name="$symbol" '$2 == name { print $1 }' symvers)
}

# refuses TEXT...: status 1, and the lines of standard error without the sum
refuses() {
	assert_failure 1
	assert_equal "$(printf '%s\n' "${stderr_lines[@]}" | sed '$d; s/^[a-z-]*: //')" "$(printf '%s\n' "$@")"
}
