#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Indexes of real kernels are byte for byte those of kmod's depmod.

load kernels

# The indexes of kmod 30, in its order, and of kmod 34.
indexes='dep dep.bin alias alias.bin softdep symbols symbols.bin builtin.bin builtin.alias.bin devname'
indexes34="$indexes weakdep"

# same_indexes EXPECTED ACTUAL [INDEX...]: two module directories have equal indexes
same_indexes() {
	local index
	# shellcheck disable=SC2086 # words
	for index in ${3:-$indexes}; do
		cmp "$1/modules.$index" "$2/modules.$index"
	done
}

# whole KERNEL: index all modules, with depmod's own options
whole() {
	kernel "$1"
	run --separate-stderr "$MODBOX" depmod -b "$plain" -m "${dir%/*}" -o out "$kver"
	assert_success
	assert_equal "$output$stderr" ''
	mkdir empty
	"$KMOD34/depmod" -b "$plain" -m "${dir%/*}" -o out34 -C empty "$kver"
	same_indexes "out34/$dir" "out/$dir" "$indexes34"
	diff -r "out34/$dir" "out/$dir"
	run --separate-stderr "$MODBOX" depmod --compat=30 -b "$plain" -m "${dir%/*}" -o out30 "$kver"
	assert_success
	assert_equal "$output$stderr" ''
	same_indexes "$tree" "out30/$dir"
	assert_equal "$(find "out30/$dir" -name 'modules.*' | wc -l)" 10
	# -n prints the same texts on standard output.
	"$MODBOX" depmod -n -b "$plain" -m "${dir%/*}" "$kver" >shown
	(cd "out/$dir" && cat modules.dep modules.alias modules.softdep modules.weakdep \
		modules.symbols modules.devname) | cmp - shown
}

@test "amd64: all modules" { whole amd64; }
@test "armel-rpi: all modules" { whole armel-rpi; }
@test "next-amd64: all modules" { whole next-amd64; }

# The values in a modules.dep.bin, sorted.
rows_of_trie() {
	tr '\0' '\n' <"$1" | LC_ALL=C grep -ao 'kernel/[^ ]*\.ko[^ ]*:.*' | LC_ALL=C sort
}

# subset NUMBER: copy some modules with their dependencies, and compare the indexes
subset() {
	rm -rf dst ref own
	awk -v seed="$1" 'BEGIN { srand(seed); p = 2 + 20 * rand() ^ 3 } rand() * 4000 < p' names >list
	[ -s list ] || sed -n "$((10 * $1))p" names >list
	"$MODBOX" rpi-modcopy -v --no-softdep --no-weakdep -k "$kver" -f list "$indexed" dst >said
	grep -q "^# indexes: made by modbox from SOURCE's indexes$" said
	mkdir -p ref own/base/lib/modules
	mv "dst/$dir"/modules.{dep,alias,symbols,softdep,devname}* "dst/$dir"/modules.builtin*.bin own
	ln -s "$PWD/dst/$dir" "own/base/lib/modules/$kver"
	"$ORACLE/depmod" -b own/base -C empty "$kver"
	mv "dst/$dir"/modules.{dep,alias,symbols,softdep,devname}* "dst/$dir"/modules.builtin*.bin ref
	# Made from the modules: equal to depmod's.
	"$MODBOX" depmod --compat=30 -b dst -m "${dir%/*}" "$kver"
	same_indexes ref "dst/$dir"
	# Made from SOURCE's indexes: equal except for the order of dependencies in a row.
	for index in $indexes; do
		[[ $index = dep* ]] || cmp "ref/modules.$index" "own/modules.$index"
	done
	same <(sorted <ref/modules.dep) <(sorted <own/modules.dep)
	same <(LC_ALL=C sort own/modules.dep) <(rows_of_trie own/modules.dep.bin)
	assert_equal "$(sed 's/:.*//' own/modules.dep)" "$(sed 's/:.*//' ref/modules.dep)"
}

# subsets KERNEL: compare many subsets
subsets() {
	kernel "$1"
	mkdir empty
	for ((i = 1; i <= $(in_build "$(amount 12 50)" 4); i++)); do
		subset "$i"
	done
}

@test "amd64: subsets" { subsets amd64; }
@test "armel-rpi: subsets" { subsets armel-rpi; }
@test "next-amd64: subsets" { subsets next-amd64; }

@test "amd64: unresolved symbols and CRC mismatches" {
	kernel amd64
	local fs=lib/modules/$kver/kernel/fs
	mkdir -p "base/lib/modules/$kver/kernel" empty
	cp -r "$tree/kernel/fs" "base/lib/modules/$kver/kernel"
	cp "$tree"/modules.{order,builtin,builtin.modinfo} "base/lib/modules/$kver"
	# A kernel that exports every second symbol needed, with wrong CRCs.
	find base -name '*.ko' -exec nm -u {} + | awk '$1 == "U" { print $2 }' | sort -u |
		awk 'NR % 2 { printf "0x%08x\t%s\tvmlinux\tEXPORT_SYMBOL\n", NR, $1 }' >symvers
	awk '{ print "ffffffff81000000 r __ksymtab_" $2 }' symvers >map
	for options in '-e -E symvers' '-e -F map' '-E symvers'; do
		# shellcheck disable=SC2086 # words
		"$ORACLE/depmod" -n $options -b base -C empty "$kver" 2>&1 >expected.out |
			sed 's/^depmod: WARNING: //' >expected
		# shellcheck disable=SC2086
		"$MODBOX" depmod -n --compat=30 $options -b base "$kver" 2>&1 >actual.out |
			sed 's/^depmod: warning: //' >all
		# Without -e, depends= names that are not in this part of the kernel are warnings of ours.
		grep -v ', which lib/modules/.* does not have$' all >actual || [ ! -s actual ]
		cmp expected actual
		cmp expected.out actual.out
		[[ $options != *-e* ]] || [ "$(wc -l <actual)" -gt 1000 ]
	done
	assert_dir_exists "base/$fs"
}

@test "armel-rpi: modprobe finds the same modules in the copy" {
	kernel armel-rpi
	every 40 <names >list
	"$MODBOX" rpi-modcopy -k "$kver" -f list "$plain" dst
	mkdir -p base/lib/modules empty
	ln -s "$PWD/dst/$dir" "base/lib/modules/$kver"
	# Every alias and symbol of the copied modules.
	awk '$1 == "alias" { print $2 }' "dst/$dir/modules.alias" "dst/$dir/modules.symbols" |
		sed 's/\[\(.\)[^]]*\]/\1/g; s/?/7/g; s/\*/0/g' | every "$(in_build "$(amount 12 3)" 20)" >asked
	sed 's/:.*//; s|.*/||; s/\.ko.*//' "dst/$dir/modules.dep" >>asked
	[ "$(wc -l <asked)" -gt "$(in_build "$(amount 100 300)" 100)" ]
	found base/lib/modules base >actual
	ln -sfn "$tree" "base/lib/modules/$kver"
	sed 's/:.*//; s|.*/||; s/\.ko.*//; s/-/_/g' "dst/$dir/modules.dep" | sort >copied
	found base/lib/modules base >all
	# SOURCE's answers, reduced to the modules that were copied.
	awk 'NR == FNR { have[$1]; next } $2 in have' copied all >expected
	same expected actual
}

# found _ BASE: print "NAME MODULE" for each answer to each name
found() {
	local name
	while read -r name; do
		"$ORACLE/modprobe" -d "$2" -S "$kver" -C empty -q -R "$name" | sed "s|^|$name |"
	done <asked
}
