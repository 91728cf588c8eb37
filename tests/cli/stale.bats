#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Indexes and modules that disagree: the plan has what either knows, in every format.

load ../lib/common

# shows_all NAME...: the output has each name
shows_all() {
	local name
	for name; do
		assert_regex "$output" "(^|[^a-z_])$name([^a-z_]|\$)"
	done
}

# plans 'NAME...' REASON NAME: everything that shows a plan shows these modules; REASON, unless
# it is empty, is the reason why the indexes are stale
plans() {
	local format warning='' n
	n=$(wc -w <<<"$1")
	[ -z "$2" ] || warning="modclosure: warning: $tree: stale indexes: $2; run depmod"
	for format in paths names insmod cpio-list tree json dot; do
		closure -o $format "$3"
		assert_success
		assert_equal "$stderr" "$warning"
		# shellcheck disable=SC2086 # words
		case $format in
		names) assert_equal "$(names <<<"$output")" "$1" ;;
		json) assert_equal "$(jq -r '.modules[].name' <<<"$output" | names)" "$1" ;;
		dot) shows_all $1 ;;
		tree)
			shows_all $1
			assert_output --partial ": $n module"
			;;
		*) assert_equal "$(grep -o '[^/ ]*\.ko[.a-z]*' <<<"$output" | sort -u | names)" "$1" ;;
		esac
	done
	closure --size "$3"
	assert_success
	assert_output --partial "# all: $n module"
	modcopy --manifest=manifest -m "$3"
	assert_success
	assert_equal "$(modules_in "$dst")" "$1"
	assert_equal "$(grep -o '[^/ ]*\.ko[.a-z]*' manifest | sort -u | names)" "$1"
	rm -rf "$dst"
	modcopy -n --max-size=1 -m "$3"
	assert_failure
	assert_output --partial "# all: $n module"
}

# age: all modules are two days old, and their status did not change after the indexes were made
age() {
	find "$tree" -name '*.ko*' -exec touch -d '2 days ago' {} +
	rewrite "$tree/modules.dep.bin"
}

# forget MODULE: it names no dependencies any more, which the indexes still know
forget() {
	mkmodule "$tree/$1" "name=$(names <<<"$1")"
}

@test "depends= is empty, and the indexes know the dependency" {
	module lib.ko
	module extra/oot.ko depends=lib
	module user.ko depends=oot
	index
	forget extra/oot.ko
	age
	grep 'extra/oot.ko: kernel/lib.ko' "$tree/modules.dep"
	plans 'lib oot' '' oot
	closure --why=lib oot
	assert_success
	assert_output 'oot (operand): oot -[depends]-> lib'
	closure --why=lib user
	assert_output 'user (operand): user -[depends]-> oot -[depends]-> lib'
	closure -o names --reverse lib
	assert_output $'oot\nuser'
	closure -o names --reverse --direct lib
	assert_output oot
}

@test "a row has dependencies that no edge leads to: each is the nearest module's" {
	module a.ko
	module b.ko depends=a
	module c.ko depends=b
	module d.ko depends=c
	index
	forget kernel/c.ko
	age
	plans 'a b c d' '' d
	closure -o json d
	run jq -r '.modules[] | .name as $to | .edges[] | select(.kind == "depends") | "\(.from) \($to)"' <<<"$output"
	assert_output $'b a\nc b\nd c'
}

@test "depends= names a module that the indexes do not" {
	other_row
	plans 'a b c' 'kernel/a.ko needs c, which modules.dep does not say' a
	closure -o names --reverse c
	assert_output a
	# Not affected: another module.
	plans b '' b
}

@test "depends= of a compressed module counts if the file is later than the indexes" {
	for suffix in xz zst gz; do
		new_tree
		module a.ko.$suffix depends=b alias=old
		module b.ko.$suffix depends=d
		module c.ko.$suffix
		module d.ko.$suffix
		index
		rm "$tree/kernel/a.ko.$suffix"
		module a.ko.$suffix depends=c alias=new 'softdep=pre: d'
		age
		# Believed: nothing tells that the module is another one.
		chooses 'a b d' -m a
		# Verified: it is read.
		chooses_stale 'a b c d' "kernel/a.ko.$suffix needs c, which modules.dep does not say" --verify -m a
		# A package manager replaces the file and keeps the build's time.
		rewrite "$tree/kernel/a.ko.$suffix"
		plans 'a b c d' "kernel/a.ko.$suffix needs c, which modules.dep does not say" a
		chooses_stale 'a b c d' "modules.alias does not have 'new' of kernel/a.ko.$suffix" -m new
		modcopy -m a
		assert_success
		grep "kernel/a.ko.$suffix: kernel/c.ko.$suffix" "$copy/modules.dep"
		grep -w 'alias new a' "$copy/modules.alias"
		# The time is later, in whole seconds.
		age
		touch -d '1 hour' "$tree/kernel/a.ko.$suffix"
		plans 'a b c d' "kernel/a.ko.$suffix needs c, which modules.dep does not say" a
	done
}

@test "a tree that was moved whole: status change times say nothing" {
	for n in 3 200; do
		new_tree
		module a.ko.xz depends=b
		module b.ko.xz
		module c.ko.xz
		for ((i = 0; i < n; i++)); do
			ln "$tree/kernel/c.ko.xz" "$tree/kernel/c$i.ko.xz"
		done
		index
		rm "$tree/kernel/a.ko.xz"
		module a.ko.xz depends=c
		age
		cp -a "$src" moved
		rm -rf "$src"
		mv moved "$src"
		rewrite "$tree/modules.dep.bin"
		find "$tree" -name '*.ko.xz' -exec chmod 644 {} +
		chooses 'a b' -m a
		# One is later by its time as well: then status change times count.
		touch "$tree/kernel/b.ko.xz"
		touch -d '1 hour ago' "$tree/modules.dep.bin"
		find "$tree" -name '*.ko.xz' -exec chmod 644 {} +
		[ $n = 200 ] || chooses_stale 'a b c' 'kernel/a.ko.xz needs c, which modules.dep does not say' -m a
	done
}

@test "a depmod that cannot read .ko.gz: rows without dependencies, and no rows" {
	module e1000e.ko.gz depends=ptp alias=some-nic
	module ptp.ko.gz depends=pps_core
	module pps_core.ko.gz
	index --weakdep # Debian's kmod 34 reads no .ko.gz
	age
	assert_equal "$(grep -c ': .' "$tree/modules.dep")" 0
	# shellcheck disable=SC2015 # either: it depends on how that kmod was built
	grep e1000e "$tree/modules.dep" && reason='kernel/e1000e.ko.gz needs ptp, which modules.dep does not say' ||
		reason='kernel/e1000e.ko.gz is not in modules.dep'
	plans 'e1000e pps_core ptp' "$reason" e1000e
}

@test "a module that the indexes do not know, in any directory, by name, alias and pattern" {
	for dir in extra updates/dkms video misc extras net kernel/drivers/zfs .; do
		new_tree
		module fs/ext4.ko
		index
		module "$dir/zfs.ko" depends=spl alias=fs-zfs
		module "$dir/spl.ko"
		age
		file=$dir/zfs.ko
		file=${file#./}
		chooses_stale 'spl zfs' "$file is not in modules.dep" -m zfs
		[ "$dir" != video ] || plans 'spl zfs' "$file is not in modules.dep" zfs
		chooses_stale 'spl zfs' "$file is not in modules.dep" -m 'zf*'
		chooses_stale 'spl zfs' "modules.alias does not have 'fs_zfs' of $file" -m fs-zfs
		[ "$dir" = . ] || chooses_stale 'spl zfs' "$(cd "$tree" && find "$dir" -name spl.ko) is not in modules.dep" -m "$dir/"
		closure -o names --reverse spl
		assert_output zfs
		chooses ext4 -m ext4
	done
}

@test "a dependency that the indexes do not know" {
	module a.ko depends=b
	index
	module misc/b.ko
	age
	plans 'a b' 'kernel/a.ko needs b, which modules.dep does not say' a
}

@test "depends= names a module that does not exist: depmod found its symbols elsewhere, or not" {
	module a.ko depends=gone
	module gone.ko
	mv "$tree/kernel/gone.ko" "$tree/kernel/renamed.ko"
	index
	age
	grep 'a.ko: kernel/renamed.ko' "$tree/modules.dep"
	chooses 'a renamed' -m a
}

@test "each warning is printed once, even if the indexes turn out stale later" {
	module -p 2000 a.ko depends= 'softdep=post: b'
	module b.ko
	index
	truncate -s -1500 "$tree/kernel/a.ko"
	touch -d '1 day ago' "$tree/kernel/a.ko"
	touch -d '1 hour' "$tree/kernel/b.ko"
	refuses 4 '*kernel/a.ko: *' -m a
}

@test "a selected module is gone: another file of its name takes its place" {
	module kernel/a.ko depends=b
	module updates/b.ko depends=c
	module kernel/b.ko
	module c.ko
	index
	chooses 'a b c' -m a
	rm "$tree/updates/b.ko"
	chooses_stale 'a b' 'updates/b.ko is gone' -m a
	plans 'a b' 'updates/b.ko is gone' a
	rm "$tree/kernel/b.ko"
	modcopy -m a
	assert_failure 1
	assert_regex "${stderr_lines[1]}" ': a needs b, which '
	assert_not_exists "$dst"
}

@test "a module compressed after it was indexed" {
	module a.ko depends=b
	module b.ko
	index
	xz --check=crc32 "$tree/kernel/b.ko"
	chooses_stale 'a b' 'kernel/b.ko is gone' -m a
	assert_line "usr/lib/modules/$kver/kernel/b.ko.xz"
}

@test "updates/ has a preferred file for an indexed module" {
	module kernel/a.ko
	index
	module updates/a.ko depends=b
	module b.ko
	age
	chooses_stale 'a b' 'updates/a.ko is not in modules.dep' -m a
	assert_line "usr/lib/modules/$kver/updates/a.ko"
}

@test "a hard link or a link to a module that depmod did not choose changes nothing" {
	module kernel/a.ko
	index
	ln -s ../kernel/a.ko "$tree/kernel/b.ko"
	mkdir "$tree/misc"
	ln "$tree/kernel/a.ko" "$tree/misc/a.ko"
	rewrite "$tree/modules.dep.bin"
	chooses a -m a
}
