#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Real kernels' modules, decompressed during the copy.

load kernels

# decompressed KERNEL: many modules equal xz(1)'s output; the indexes have the same contents as
# SOURCE's; modprobe finds everything
decompressed() {
	kernel "$1"
	every "$(in_build "$(amount 80 8)" 120)" <names >list
	for source in "$plain" "$indexed"; do
		rm -rf dst
		run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -f list --decompress "$source" dst
		assert_success
		assert_output ''
		assert_equal "$stderr" ''
		run find "dst/$dir" -name '*.ko.*'
		assert_output ''
		(cd "dst/$dir" && find . -name '*.ko' -printf '%P\n' | sort) >files
		[ "$(wc -l <files)" -ge "$(wc -l <list)" ]
		while read -r file; do
			cmp "dst/$dir/$file" <(xz -dc "$tree/$file.xz")
		done <files
		sorted <"dst/$dir/modules.dep" >actual
		same <(sed 's/\.ko\.xz/.ko/g' "$tree/modules.dep" | sorted | LC_ALL=C comm -12 - actual) actual
		assert_equal "$(wc -l <actual)" "$(wc -l <files)"
		for index in alias softdep symbols; do
			assert_equal "$(LC_ALL=C comm -13 <(LC_ALL=C sort "$tree/modules.$index") \
				<(LC_ALL=C sort "dst/$dir/modules.$index"))" ''
		done
		same <(awk 'NR == FNR { have[$1]; next } $1 in have' files "$tree/modules.order") \
			"dst/$dir/modules.order"
	done
	mkdir -p base/lib/modules empty
	ln -sfn "$PWD/dst/$dir" "base/lib/modules/$kver"
	xargs "$ORACLE/modprobe" -d base -S "$kver" -C empty -a -D <list >loads
	[ "$(wc -l <loads)" -ge "$(wc -l <list)" ]
}

@test "next-amd64: --decompress" { decompressed next-amd64; }
@test "next-arm64: --decompress" { decompressed next-arm64; }
