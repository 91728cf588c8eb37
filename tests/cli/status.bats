#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Each exit status, and its one-line message.  `refuses` also asserts that neither DEST nor
# SOURCE was touched.

load ../lib/common

# -- 0: success ----------------------------------------------------------------------

@test "0: success" {
	module a.ko
	copies -m a
}

# -- 1: a module is missing ---------------------------------------------------------

@test "1: a missing module is found before anything is written" {
	module a.ko
	for _ in unindexed indexed; do
		refuses 1 "--module: no module nowhere in $src/usr/lib/modules/$kver" -m a -m nowhere
		index
	done
}

@test "1: each missing module is reported, with the origin of the request" {
	module a.ko
	printf '%s\n' '' nowhere a '# x' absent >list
	modcopy -f list -m gone
	assert_failure 1
	assert_equal "${#stderr_lines[@]}" 3
	assert_equal "${stderr_lines[0]}" "rpi-modcopy: --module: no module gone in $src/usr/lib/modules/$kver"
	assert_equal "${stderr_lines[1]}" "rpi-modcopy: list:2: no module nowhere in $src/usr/lib/modules/$kver"
	assert_equal "${stderr_lines[2]}" "rpi-modcopy: list:5: no module absent in $src/usr/lib/modules/$kver"
	assert_not_exists "$dst"
}

@test "1: a suggestion if a name is similar" {
	module dm-crypt.ko
	module ext4.ko
	builtin_module fs/btrfs/btrfs.ko
	for _ in unindexed indexed; do
		refuses 1 '--module: no module dm-crpyt in * (did you mean dm_crypt?)' -m dm-crpyt
		refuses 1 '--module: no module dmcrypt in * (did you mean dm_crypt?)' -m dmcrypt
		refuses 1 '--module: no module ext5 in * (did you mean ext4?)' -m ext5
		refuses 1 '--module: no module btrsf in * (did you mean btrfs?)' -m btrsf
		modcopy -m nowhere
		refute_regex "$stderr" 'did you mean'
		index
	done
}

@test "1: with --keep-going the rest is copied, and each missing module is a warning" {
	module a.ko
	module b.ko
	printf 'nowhere\nb\n' >list
	for option in -K --keep-going; do
		rm -rf "$dst"
		modcopy $option -m a -f list -m c
		assert_failure 1
		assert_output ''
		assert_equal "$(sort <<<"$stderr")" \
"rpi-modcopy: warning: --module: no module c in $src/usr/lib/modules/$kver (did you mean a?)
rpi-modcopy: warning: list:1: no module nowhere in $src/usr/lib/modules/$kver"
		assert_equal "$(modules_in "$copy")" 'a b'
		assert_file_exists "$copy/modules.dep"
	done
}

@test "1: with --keep-going and nothing found" {
	modcopy -K -m nowhere
	assert_failure 1
	assert_regex "$stderr" '^rpi-modcopy: warning: '
}

@test "1: hostile names are just not found" {
	module a.ko
	for _ in unindexed indexed; do
		for name in ../../etc/passwd /etc/passwd ../../../../a ./a/../b .. . '' ' ' \
			'[a' 'a]' "$(printf 'x%.0s' {1..3000})" 'a;b' '%s%n' '-'; do
			case $name in
			'') refuses 2 '*' -m "$name" ;;
			*) refuses 1 '--module: no module *' "--module=$name" ;;
			esac
		done
		index
	done
	refuses 1 '*no module ../../etc/passwd.ko *' -m ../../etc/passwd.ko
}

# -- 2: usage -----------------------------------------------------------------------

# misuse 'MESSAGE' ARGUMENT...: run with exactly these arguments; status 2
misuse() {
	local before
	before=$(fingerprint "$dst")
	run --separate-stderr "$MODBOX" rpi-modcopy "${@:2}"
	assert_failure 2
	assert_output ''
	assert_equal "$stderr" "rpi-modcopy: $1"
	assert_equal "$(fingerprint "$dst")" "$before"
}

@test "2: an unknown option" {
	module a.ko
	misuse "unknown option '-x' (see rpi-modcopy --help)" -x -m a "$src" "$dst"
	run --separate-stderr "$MODBOX" rpi-modcopy --nonsense -m a "$src" "$dst"
	assert_failure 2
	assert_regex "$stderr" "^rpi-modcopy: .*option '--nonsense' \\(see rpi-modcopy --help\\)$"
	run --separate-stderr "$MODBOX" rpi-modcopy --dry-run=yes -m a "$src" "$dst"
	assert_failure 2
	assert_not_exists "$dst"
}

@test "2: an option without its argument" {
	misuse "option '--module' needs an argument (see rpi-modcopy --help)" "$src" "$dst" -m
	misuse "option '--module' needs an argument (see rpi-modcopy --help)" -m
	misuse "option '--module' needs an argument (see rpi-modcopy --help)" "$src" "$dst" --module
}

@test "2: a missing operand, or one too many" {
	misuse 'SOURCE and DEST are needed (see rpi-modcopy --help)' -m a
	misuse 'SOURCE and DEST are needed (see rpi-modcopy --help)' -m a "$src"
	misuse 'SOURCE and DEST are needed (see rpi-modcopy --help)'
	misuse 'too many operands; expected SOURCE and DEST (see rpi-modcopy --help)' -m a "$src" "$dst" more
}

@test "2: an invalid version" {
	module a.ko
	for version in ../x 6.1/y /6.1 .. ''; do
		misuse "invalid kernel version '$version' (see rpi-modcopy --help)" -m a -k "$version" "$src" "$dst"
	done
}

@test "2: a binary list" {
	module a.ko
	printf 'a\n\0\n' >list
	refuses 2 'list:2: contains a NUL byte: not a list of modules' -f list
	refuses 2 "$tree/kernel/a.ko:1: *" -f "$tree/kernel/a.ko"
	refuses 2 "standard input:1: *" -f - < <(printf '\0')
}

@test "2: a list with a line over 4 KiB" {
	module a.ko
	printf 'a\na\n%4097s\n' a >list
	refuses 2 'list:3: line longer than 4096 bytes*' -f list
	{ echo a; head -c 1048576 /dev/zero | tr '\0' x; } >list
	refuses 2 'list:2: line longer than 4096 bytes*' -f list
	{ printf '#'; head -c 1048576 /dev/zero | tr '\0' x; } >list
	refuses 2 'list:1: line longer than 4096 bytes*' -f list
}

# -- 3: SOURCE -----------------------------------------------------------------------

@test "3: SOURCE is absent, a file, or unreadable" {
	touch file
	refuses_between 3 "cannot open SOURCE absent: No such file or directory" absent "$dst" -m a
	refuses_between 3 "cannot open SOURCE file: Not a directory" file "$dst" -m a
	refuses_between 3 "cannot open SOURCE : No such file or directory" '' "$dst" -m a
	module a.ko
	mkdir -m 000 locked
	under unprivileged
	refuses_between 3 "cannot open SOURCE locked/src: Permission denied" locked/src "$dst" -m a
	chmod 000 "$src"
	refuses 3 "cannot open $src/usr/lib/modules/$kver: Permission denied" -m a
	chmod 755 "$src"
	chmod 000 "$src/usr"
	refuses 3 "cannot open $src/usr/lib/modules/$kver: Permission denied" -m a
	chmod 755 "$src/usr"
	chmod 000 "$tree"
	refuses 4 "cannot read $tree/modules.builtin: Permission denied" -m a
	chmod 755 "$tree"
}

@test "3: no such version: the existing versions are listed" {
	mkdir -p "$src/usr/lib/modules/6.10.1" "$src/usr/lib/modules/6.9.2"
	refuses_between 3 \
		"$src/usr/lib/modules has no kernel version 1.2.3; choose one with --kernel-version: $kver, 6.9.2, 6.10.1" \
		"$src" "$dst" -k 1.2.3 -m a
}

@test "3: no such version, and no other either" {
	rm -r "${src:?}/usr"
	refuses 3 "$src/*lib/modules has no kernel version $kver, nor any other; *--module-dir" -m a
	refuses 3 "$src/opt/nowhere has no kernel version $kver, nor any other; *" -m a -M opt/nowhere
	new_tree lib/modules
	refuses_between 3 "$src/lib/modules has no kernel version 1.2.3; *: $kver" "$src" "$dst" -k 1.2.3 -m a
}

@test "3: a version that is a file" {
	touch "$src/usr/lib/modules/6.5"
	refuses_between 3 '*no kernel version 6.5*' "$src" "$dst" -k 6.5 -m a
}

@test "3: modules.builtin or modules.builtin.modinfo is missing" {
	module a.ko
	for name in modules.builtin modules.builtin.modinfo; do
		mv "$tree/$name" saved
		refuses 3 "$src/usr/lib/modules/$kver/$name is missing; *" -m a
		mv saved "$tree/$name"
	done
}

# -- 4: I/O ---------------------------------------------------------------------------

@test "4: a list that is absent, a directory, or unreadable" {
	module a.ko
	refuses 4 'cannot read list absent: No such file or directory' -f absent
	mkdir directory
	refuses 4 'cannot read list directory: Is a directory' -f directory
	echo a >locked
	chmod 000 locked
	under unprivileged
	refuses 4 'cannot read list locked: Permission denied' -f locked
	refuses 4 'cannot read list absent: *' -m a -f absent
}

@test "4: an unreadable module that may have the requested alias" {
	module a.ko 'softdep=pre: foo'
	module b.ko alias=foo
	chmod 000 "$tree/kernel/b.ko"
	under unprivileged
	refuses 4 "$tree/kernel/b.ko: permission denied" -m a
	# A damaged module has no readable alias.
	chmod 644 "$tree/kernel/b.ko"
	truncate -s 100 "$tree/kernel/b.ko"
	modcopy -m a
	assert_success
	assert_regex "$stderr" "^rpi-modcopy: warning: $tree/kernel/b.ko: .*; its aliases are unknown\$"
}

# truncated FILE.ko...: refused, wherever it is truncated
truncated() {
	local name=$1 whole size at
	rm -f "$tree/kernel/$name"
	module -p 20000 "$name" depends= "${@:2}"
	whole=$tree/kernel/$name
	size=$(stat -c %s "$whole")
	cp -p "$whole" whole
	for at in 0 5 100 $((size / 2)) $((size - 5)) $((size - 1)); do
		cp -p whole "$whole"
		truncate -s "$at" "$whole"
		touch -r whole "$whole"
		refuses 4 "$src/usr/lib/modules/$kver/kernel/$name: *" -m a
	done
	cp -p whole "$whole"
	chooses a -m a
}

@test "4: a truncated .ko" {
	truncated a.ko
	index
	truncated a.ko
}

@test "4: a truncated .ko.gz" {
	truncated a.ko.gz
	index
	truncated a.ko.gz
}

@test "4: a truncated .ko.xz" {
	truncated a.ko.xz
	index --weakdep # so that none is decoded
	truncated a.ko.xz
}

@test "4: a truncated .ko.zst" {
	truncated a.ko.zst
	index --weakdep
	truncated a.ko.zst
}

@test "4: a truncated dependency" {
	module a.ko depends=b
	module b.ko.xz
	index --weakdep
	truncate -s -10 "$tree/kernel/b.ko.xz"
	touch -r "$tree/kernel/a.ko" "$tree/kernel/b.ko.xz"
	refuses 4 "$src/usr/lib/modules/$kver/kernel/b.ko.xz: *truncated*" -m a
	unindex
	refuses 4 "$src/usr/lib/modules/$kver/kernel/b.ko.xz: *" -m a
	# A damaged module that is not selected does not matter.
	module c.ko
	chooses c -m c
}

@test "4: every damaged module is named" {
	module a.ko.xz depends=
	module b.ko.zst depends=
	index
	truncate -s -10 "$tree"/kernel/*
	touch -d '1 day ago' "$tree"/kernel/*
	modcopy -m a -m b
	assert_failure 4
	assert_regex "${stderr_lines[0]}" 'kernel/a.ko.xz: '
	assert_regex "${stderr_lines[1]}" 'kernel/b.ko.zst: '
	assert_equal "${#stderr_lines[@]}" 2
	assert_not_exists "$dst"
}

@test "4: a file that is not a module" {
	module a.ko
	for content in '' 'text and more text and more' $'\x7fELF'; do
		for suffix in .ko .ko.xz; do
			printf %s "$content" >"$tree/kernel/b$suffix"
			refuses 4 "$src/usr/lib/modules/$kver/kernel/b$suffix: *" -m b
			rm "$tree/kernel/b$suffix"
		done
	done
	cp "$(command -v gzip)" "$tree/kernel/b.ko"
	refuses 4 "*kernel/b.ko: not a kernel module*" -m b
}

@test "4: a compressed file that is not a module" {
	for suffix in xz zst gz; do
		module a.ko
		echo 'this is no module at all' >"$tree/kernel/b.ko"
		compress "$tree/kernel/b.ko.$suffix"
		refuses 4 "*kernel/b.ko.$suffix: not a kernel module*" -m b
		index
		refuses 4 "*kernel/b.ko.$suffix: not a kernel module*" -m b --verify
		rm "$tree"/kernel/b.ko*
		unindex
	done
}

# flip FILE: flip a byte in the middle of it
flip() {
	local at byte
	at=$(($(stat -c %s "$1") / 2))
	byte=$(od -An -tu1 -j $at -N 1 "$1")
	# shellcheck disable=SC2059 # a byte
	printf "$(printf '\\x%02x' $((byte ^ 0x10)))" |
		dd of="$1" bs=1 seek=$at conv=notrunc status=none
}

@test "4: a flipped bit, if the module is decoded" {
	for suffix in gz xz zst; do
		new_tree
		module -p 20000 "a.ko.$suffix"
		index
		flip "$tree/kernel/a.ko.$suffix"
		touch -d '1 day ago' "$tree/kernel/a.ko.$suffix"
		refuses 4 "*kernel/a.ko.$suffix: *" -m a --verify
		refuses 4 "*kernel/a.ko.$suffix: *" -m a # weakdeps are in modules only
		unindex
		refuses 4 "*kernel/a.ko.$suffix: *" -m a
		refuses 4 "*kernel/a.ko.$suffix: *" -n -m a
	done
}

@test "4: an unreadable module" {
	module a.ko depends=b
	module b.ko
	chmod 000 "$tree/kernel/b.ko"
	under unprivileged
	refuses 4 "$src/usr/lib/modules/$kver/kernel/b.ko: *ermission denied" -m a
	chmod 644 "$tree/kernel/b.ko"
}

@test "4: a module name that no index can hold" {
	module a.ko depends=é
	module é.ko
	module b.ko
	local message="$tree/kernel/é.ko: its name is not ASCII: depmod's indexes cannot hold it; rename the file or exclude it"
	refuses 4 "$message" -m a
	refuses 4 "$message" -n -m é
	refuses_between 4 "$message" "$src" --cpio=archive -k "$kver" -m é
	assert_not_exists archive
	copies -m b
	# It is a module like any other if no indexes are written, and in DEST nothing fails.
	copies -m a --depmod=none
	assert_equal "$(modules_in "$copy")" 'a b é'
	modcopy -m b
	assert_success
	assert_regex "$stderr" '^rpi-modcopy: warning: modules.dep.bin: left out a key that is too long or not ASCII: é \(kernel/é.ko:\)'
}

@test "4: a directory or FIFO in the place of a module" {
	module a.ko depends=b
	mkfifo "$tree/kernel/b.ko"
	under timeout 10
	modcopy -m a
	[ "$status" = 1 ] || [ "$status" = 4 ]
	assert_equal "${#stderr_lines[@]}" 1
	rm "$tree/kernel/b.ko"
	module b.ko
	index
	rm "$tree/kernel/b.ko"
	mkfifo "$tree/kernel/b.ko"
	touch -d '1 day ago' "$tree/kernel/b.ko"
	modcopy -m a
	[ "$status" = 1 ] || [ "$status" = 4 ]
	assert_not_exists "$dst"
}

# corrupt INDEX MODULE: status 4 for any damage to INDEX that looking up MODULE meets
corrupt() {
	local file=$tree/$1 size
	module a.ko alias=some-alias depends=b
	module b.ko
	index
	size=$(stat -c %s "$file")
	cp -p "$file" good
	broken() {
		touch -r good "$file"
		refuses 4 "$src/usr/lib/modules/$kver/$1 is corrupt; *" -m "$2"
	}
	: >"$file"
	broken "$@"
	echo 'this is no index at all, of whatever kind' >"$file"
	broken "$@"
	for at in 4 11 12 20 $((size - 1)); do
		head -c "$at" good >"$file"
		broken "$@"
	done
	# Another version of the format.
	{ head -c 4 good; printf '\0\x09\0\1'; tail -c +9 good; } >"$file"
	broken "$@"
	# A root offset beyond the end.
	{ head -c 8 good; printf '\x20\xff\xff\xff'; tail -c +13 good; } >"$file"
	broken "$@"
	cp -p good "$file"
	chooses 'a b' -m "$2"
}

@test "4: a corrupt modules.dep.bin" {
	corrupt modules.dep.bin a
}

@test "4: a corrupt modules.alias.bin" {
	corrupt modules.alias.bin some-alias
}

@test "4: a corrupt modules.symbols.bin" {
	corrupt modules.symbols.bin symbol:a_symbol
}

# Other builds need more descriptors to start, and terabytes of addresses.
# bats test_tags=static
@test "4: a message names the limit of memory, open files or file size that is too low" {
	module a.ko depends=b
	module b.ko
	under sh -c 'ulimit -n 4 && exec "$@"' sh
	refuses 4 'cannot open SOURCE * (limit: RLIMIT_NOFILE, ulimit -n)' -m a
	under sh -c 'ulimit -f 1 && exec "$@"' sh
	refuses 4 "$tree/kernel/a.ko: cannot be read (limit: RLIMIT_FSIZE, ulimit -f)" -m a
	module -p 9000000 a.ko.gz
	under sh -c 'ulimit -v 12000 && exec "$@"' sh
	refuses 4 "$tree/kernel/a.ko.gz: not enough memory (limit: RLIMIT_AS, ulimit -v)" -m a
}

@test "4: a list on standard input, if that is closed" {
	module a.ko
	[ "$MODBOX_BUILD" != valgrind ] || return 0 # it opens closed descriptors
	under sh -c '"$@" <&-' sh
	refuses 4 'cannot read list standard input: Bad file descriptor' -f -
	run --separate-stderr sh -c '"$@" <&-' sh "$MODBOX" modlist-lint -k "$kver" "$src" -
	assert_failure 4
	run --separate-stderr sh -c '"$@" <&-' sh "$MODBOX" modorder-filter -m a
	assert_failure 4
}

@test "4: DEST is a file" {
	module a.ko
	touch "$dst"
	refuses 4 "cannot write DEST $dst: Not a directory" -m a
	refuses_between 4 "cannot write DEST $dst/below: Not a directory" "$src" "$dst/below" -k "$kver" -m a
}

@test "4: DEST is read-only" {
	module a.ko
	mkdir -m 555 "$dst"
	under unprivileged
	refuses 4 "cannot make the directory $copy: Permission denied" -m a
	refuses_between 4 "*$dst/below: Permission denied" "$src" "$dst/below" -k "$kver" -m a
}

@test "4: DEST is on a read-only file system" {
	module a.ko
	mkdir "$dst"
	under own_mounts sh -c 'mount --bind dst dst && mount -o remount,bind,ro dst && "$@"' sh
	refuses 4 "cannot make the directory $copy: Read-only file system" -m a
}

@test "4: DEST cannot be created" {
	module a.ko
	mkdir -m 555 locked
	under unprivileged
	refuses_between 4 "*locked/dst: Permission denied" "$src" locked/dst -k "$kver" -m a
	refuses_between 4 "cannot write DEST : No such file or directory" "$src" '' -k "$kver" -m a
}

@test "4: DEST is a deleted directory" {
	module a.ko
	mkdir gone
	cd gone
	rmdir ../gone
	run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -m a "$src" .
	assert_failure 4
	assert_regex "$stderr" 'cannot open DEST .: No such file or directory'
}

# -- 5: nothing requested ---------------------------------------------------------------

@test "5: no module given" {
	module a.ko
	refuses 5 'no module requested; *--module*' -n
	refuses 5 'no module requested; *--module*'
}

@test "5: lists with only comments" {
	module a.ko
	printf '# a\n\n  \n\t# b\n' >list
	: >empty
	refuses 5 'no module requested in list' -f list
	refuses 5 'no module requested in empty' -f empty
	refuses 5 'no module requested in any list' -f list -f empty
	refuses 5 'no module requested in standard input' -f - </dev/null
}

# -- several failures -------------------------------------------------------------------------

@test "the more serious of several failures determines the status: 4, 3, 1" {
	module a.ko
	module b.ko
	truncate -s 100 "$tree/kernel/b.ko"
	modcopy -m nowhere -m b
	assert_failure 4
	modcopy -K -m nowhere -m b
	assert_failure 4
	assert_not_exists "$dst"
	touch "$dst"
	modcopy -K -m a -m nowhere
	assert_failure 4
	rm "$dst"
	# A kernel that does not exist, after one that lacks a module.
	modcopy -K -m a -m nowhere -k 1.2.3
	assert_failure 3
	assert_not_exists "$dst"
}

@test "everything is resolved for all kernels before anything is written" {
	module a.ko
	modcopy_between "$src" "$dst" -k "$kver" -k 1.2.3 -m a
	assert_failure 3
	assert_not_exists "$dst"
	kver=6.2.0-other
	add_tree
	modcopy_between "$src" "$dst" -k 6.1.0-test -k "$kver" -m a
	assert_failure 1
	assert_not_exists "$dst"
}
