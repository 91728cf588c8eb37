#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Copies of real kernels' modules in every compression.

load kernels

# rows DIRECTORY: modules.dep, with rows and words sorted
rows() {
	sorted <"$1/modules.dep"
}

# copied KERNEL TREE: copy many modules into a new DEST, where modprobe finds them
copied() {
	kernel "$1"
	every 60 <names >list
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -f list "${!2}" dst
	assert_success
	assert_output ''
	assert_equal "$stderr" ''
	# Each file equals SOURCE's.
	(cd "$tree" && find . -name '*.ko*' -printf '%P %s %m %T@\n' | sort) >source.files
	(cd "dst/$dir" && find . -name '*.ko*' -printf '%P %s %m %T@\n' | sort) >dest.files
	assert_equal "$(comm -13 source.files dest.files)" ''
	while read -r file _; do
		cmp "dst/$dir/$file" "$tree/$file"
	done <dest.files
	# The indexes have these modules, with the same contents as SOURCE's.
	rows "dst/$dir" >actual
	assert_equal "$(wc -l <actual)" "$(wc -l <dest.files)"
	assert_equal "$(rows "$tree" | LC_ALL=C comm -13 - actual)" ''
	for index in alias softdep symbols; do
		assert_equal "$(LC_ALL=C comm -13 <(LC_ALL=C sort "$tree/modules.$index") \
			<(LC_ALL=C sort "dst/$dir/modules.$index"))" ''
	done
	# modules.order has SOURCE's lines for them, in its order.
	same <(awk 'NR == FNR { sub(/\.ko.*/, ".ko"); have[$1]; next } $1 in have' \
		dest.files "$tree/modules.order") "dst/$dir/modules.order"
	# modprobe finds everything requested.
	mkdir -p base/lib/modules empty
	ln -sfn "$PWD/dst/$dir" "base/lib/modules/$kver"
	xargs "$ORACLE/modprobe" -d base -S "$kver" -C empty -a -D <list >loads
	[ "$(wc -l <loads)" -ge "$(wc -l <list)" ]
}

@test "amd64: a copy" { copied amd64 plain; }
@test "armel-rpi: a copy" { copied armel-rpi indexed; }
@test "next-amd64: a copy" { copied next-amd64 indexed; }
@test "next-arm64: a copy" { copied next-arm64 plain; }

# recompressed SUFFIX COMMAND...: recompress a part of the amd64 kernel that is closed under
# dependencies; depmod and modbox agree about it, with and without indexes
recompressed() {
	kernel amd64
	every "$(in_build "$(amount 50 25)" 60)" <names >asked
	"$resolve" "$indexed" "$kver" <asked | sed 's/^[^:]*: //' | tr ' ' '\n' | sort -u >files
	mkdir -p "part/$dir" base/lib/modules empty
	(cd "$tree" && xargs cp --parents -t "$OLDPWD/part/$dir" modules.order modules.builtin \
		modules.builtin.modinfo) <files
	find "part/$dir" -name '*.ko' -print0 | xargs -0 -n 20 -P 2 "${@:2}"
	run find "part/$dir" -name '*.ko'
	assert_output ''
	cp -al part indexed
	ln -s "$PWD/indexed/$dir" "base/lib/modules/$kver"
	"$ORACLE/depmod" -b base -C empty "$kver"
	depmod_says "indexed/$dir" >expected
	assert_equal "$(wc -l <expected)" "$(wc -l <files)"
	sed 's/:.*//' expected >all
	for source in part indexed; do
		"$resolve" "$source" "$kver" <all | sorted >actual
		same expected actual
	done
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -f all --depmod="$ORACLE/depmod" part dst
	assert_success
	assert_equal "$stderr" ''
	same <(rows "indexed/$dir") <(rows "dst/$dir")
}

@test "amd64: part of it as .ko.gz" { recompressed gz gzip -1; }
@test "amd64: part of it as .ko.zst" { recompressed zst zstd -q -1 --rm; }
@test "amd64: part of it as .ko.xz" { recompressed xz xz -0 --check=crc32; }

# opened KERNEL TREE NAME...: only the selected module files are opened
opened() {
	kernel "$1"
	local arguments=() name
	for name in "${@:3}"; do arguments+=(-m "$name"); done
	ASAN_OPTIONS=detect_leaks=0 run --separate-stderr strace -f -y -qq -o trace -e trace=open,openat,openat2 \
		"$MODBOX" rpi-modcopy -n -k "$kver" "${arguments[@]}" "${!2}" dst
	assert_success
	grep -v '^#' <<<"$output" | grep '\.ko' | sort >chosen
	# O_PATH opens nothing: a sample of a copied tree is looked at (core/tree/refresh.c).
	same chosen <(sed -n "/O_PATH/d; s|.* = [0-9]*<${!2}/\(.*\.ko[^>]*\)>.*|\1|p" trace | sort)
}

# bats test_tags=native
@test "next-amd64: a request opens only the modules it selects" {
	opened next-amd64 plain dm-crypt nvme
	opened next-amd64 indexed dm-crypt nvme ext4
}

# bats test_tags=native
@test "armel-rpi: a request opens only the modules it selects" {
	opened armel-rpi plain dwc2 g_ether
	opened armel-rpi indexed btrfs usbfunc:ecm
}
