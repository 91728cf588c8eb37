#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Modules of kernels of five architectures: both word sizes, both byte orders.

load strip

# stripped KERNEL TRIPLET: 300 of its modules, or STRIP_MODULES, from all of its directories
stripped() {
	local tree file name
	tree=$("$MODBOX_SRC/scripts/fetch-kernel" "$1")
	mkdir modules
	find "$tree/" -name '*.ko' -o -name '*.ko.xz' | LC_ALL=C sort | awk -v n="${STRIP_MODULES:-300}" '
		{ path[NR] = $0 } END { for (i = 0; i < n; i++) print path[int(i * NR / n) + 1] }' >paths
	while read -r file; do
		name=${file##*/}
		case $name in
		*.xz) xz -dc "$file" >"modules/${name%.xz}" ;;
		*) cp "$file" modules ;;
		esac
	done <paths
	same_as_others "$2"
}

@test "amd64: relocations, sections, symbols" { stripped amd64 x86_64-linux-gnu; }
@test "armel-rpi: relocations, sections, symbols" { stripped armel-rpi arm-linux-gnueabi; }
@test "next-arm64: relocations, sections, symbols" { stripped next-arm64 aarch64-linux-gnu; }
@test "mips64el: relocations, sections, symbols" { stripped mips64el mips64el-linux-gnuabi64; }
@test "s390x: relocations, sections, symbols" { stripped s390x s390x-linux-gnu; }
