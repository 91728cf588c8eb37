#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels that trust a key of the test's own, and no other, load what modinst signed and stripped:
# their built-in certificate is replaced, and they boot with module.sig_enforce=1.
# shellcheck disable=SC2154 # trust.bash sets $dir
# bats file_tags=static

load trust

setup_file() {
	full_build
	prepare next-amd64
}

names=(virtio_pci virtio_blk ahci ext4 dm-crypt crypto-xts)

# P-256 is that of a certificate that P-384 signed: the built-in one's place does not hold two.
@test "next-amd64: P-384 and P-256: the kernel's own modules, stripped at both levels, .ko and .ko.xz" {
	kernel next-amd64
	for bits in 256 384; do
		openssl ecparam -name "P-$bits" -genkey -noout -out "p$bits.pem"
	done
	certificate p384
	certificate p256 p384
	trusting p384
	copied "${names[@]}"
	xz -dc "root/$dir/kernel/drivers/md/dm-mod.ko.xz" >distribution.ko
	signs p384 --process --strip --compress=none root "$dir/kernel"
	mapfile -t some < <(cd root && find "$dir/kernel" -name '*.ko' | LC_ALL=C sort | sed -n 2~3p)
	signs p256 --process --strip=unneeded --compress=xz --cert=p256.crt root "${some[@]}"
	tampered "root/${some[0]}.xz"
	add_key
	boots_enforcing "${names[@]}"
}
