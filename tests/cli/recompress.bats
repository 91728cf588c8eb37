#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Modules written in another compression than SOURCE's: --decompress.

load ../lib/common

# Print the paths of the modules in DEST, sorted.
written() {
	(cd "$copy" && find . -name '*.ko*' -printf '%P\n' | LC_ALL=C sort | paste -sd ' ')
}

# original PATH: decode a module of SOURCE with the standard tools
original() {
	case $1 in
	*.gz) gzip -dc "$tree/$1" ;;
	*.xz) xz -dc "$tree/$1" ;;
	*.zst) zstd -dcq "$tree/$1" ;;
	*) cat "$tree/$1" ;;
	esac
}

# assert_decoded PATH...: DEST has these modules of SOURCE uncompressed, otherwise the same
assert_decoded() {
	local from to
	for from; do
		to=${from%.ko*}.ko
		cmp "$copy/$to" <(original "$from") || fail "$to is not what $from holds"
		assert_equal "$(stat -c '%a %U %G %y' "$copy/$to")" \
			"$(stat -c '%a %U %G %y' "$tree/$from")"
	done
}

# rights FILE: print all metadata that a copy keeps
rights() {
	stat -c '%a %u:%g %y' "$1" &&
		getfattr --absolute-names -d -m - "$1" | sed 1d &&
		getfacl --absolute-names -n -c "$1"
}

# zeros NAME.ko.SUFFIX SIZE: a module followed by SIZE zero bytes
zeros() {
	local file=$tree/kernel/${1%.*}
	mkmodule "$file" "name=${1%%.*}" depends=
	truncate -s "$2" "$file"
	case $1 in
	*.gz) gzip -1n "$file" ;;
	*.xz) xz -0 --check=crc32 "$file" ;;
	*.zst) zstd -q1 --rm "$file" ;;
	esac
}

# Make indexes with a modules.weakdep, so that no module is decoded for its weakdeps, by
# a depmod(8) that supports all codecs.
index_all() {
	index
	: >"$tree/modules.weakdep"
}

four_modules() {
	module a.ko.gz depends=b
	module b.ko.xz depends=c alias=bee
	module kernel/fs/c.ko.zst depends=d
	module -p 70000 d.ko depends=
	chmod 640 "$tree/kernel/b.ko.xz"
	touch -d '2001-02-03 04:05:06.123456789' "$tree"/kernel/{,fs/}*.ko*
}

@test "--decompress: modules of all kinds, by name, with the original contents" {
	four_modules
	for indexes in unindex index index_all; do
		rm -rf "$dst"
		$indexes
		copies -m a --decompress
		assert_equal "$(written)" 'kernel/a.ko kernel/b.ko kernel/d.ko kernel/fs/c.ko'
		assert_decoded kernel/a.ko.gz kernel/b.ko.xz kernel/fs/c.ko.zst kernel/d.ko
		assert_equal "$(sort "$copy/modules.dep")" "$(printf '%s\n' \
			'kernel/a.ko: kernel/b.ko kernel/fs/c.ko kernel/d.ko' \
			'kernel/b.ko: kernel/fs/c.ko kernel/d.ko' \
			'kernel/d.ko:' \
			'kernel/fs/c.ko: kernel/d.ko')"
		assert_equal "$(cat "$copy/modules.order")" "$(cat "$tree/modules.order")"
		grep -q '^alias bee b$' "$copy/modules.alias"
		assert_no_leftovers
	done
}

@test "--decompress: depmod(8) makes the same indexes" {
	four_modules
	copies -m a --decompress
	mv "$dst" own
	copies -m a --decompress --depmod="$KMOD34/depmod"
	diff -r -x '*.bin' own "$dst"
}

# bats test_tags=root
@test "--decompress: mode, owner, ACLs and attributes stay, apart from signatures of contents" {
	needs_root
	module a.ko
	module b.ko.xz
	for file in kernel/a.ko kernel/b.ko.xz; do
		chown 1234:5678 "$tree/$file"
		chmod 4750 "$tree/$file"
		setfacl -m u:1234:r,g:5678:rw "$tree/$file"
		setfattr -n user.note -v 'a note' "$tree/$file"
		setfattr -n security.note -v c "$tree/$file"
		setfattr -n security.ima -v 0x0102 "$tree/$file"
	done
	copies -m a -m b --decompress
	assert_equal "$(rights "$copy/kernel/a.ko")" "$(rights "$tree/kernel/a.ko")"
	assert_regex "$(rights "$tree/kernel/a.ko")" security.ima=0sAQI=
	setfattr -x security.ima "$tree/kernel/b.ko.xz"
	assert_equal "$(rights "$copy/kernel/b.ko")" "$(rights "$tree/kernel/b.ko.xz")"
}

@test "--decompress: the contents determine the compression, not the name" {
	module plain.ko
	module packed.ko.zst
	module other.ko.gz
	mv "$tree/kernel/plain.ko" "$tree/kernel/plain.ko.xz"
	mv "$tree/kernel/packed.ko.zst" "$tree/kernel/packed.ko"
	mv "$tree/kernel/other.ko.gz" "$tree/kernel/other.ko.xz"
	copies -m plain -m packed -m other --decompress
	assert_equal "$(written)" 'kernel/other.ko kernel/packed.ko kernel/plain.ko'
	cmp "$copy/kernel/plain.ko" "$tree/kernel/plain.ko.xz"
	cmp "$copy/kernel/packed.ko" <(zstd -dcq <"$tree/kernel/packed.ko")
	cmp "$copy/kernel/other.ko" <(gzip -dc <"$tree/kernel/other.ko.xz")
}

@test "--decompress: a module that is a link" {
	module a.ko.xz
	mv "$tree/kernel/a.ko.xz" "$tree/kernel/elsewhere"
	ln -s elsewhere "$tree/kernel/a.ko.xz"
	copies -m a --decompress
	cmp "$copy/kernel/a.ko" <(xz -dc <"$tree/kernel/elsewhere")
}

@test "--decompress replaces the files of an earlier run, and is replaced by a later one" {
	module a.ko.xz depends=b
	module b.ko.zst
	module c.ko.gz
	index
	copies -m a -m c
	copies -m a --decompress
	assert_equal "$(written)" 'kernel/a.ko kernel/b.ko kernel/c.ko.gz'
	assert_equal "$(sort "$copy/modules.dep")" \
		$'kernel/a.ko: kernel/b.ko\nkernel/b.ko:\nkernel/c.ko.gz:'
	# Again, with decompressed modules in DEST that are not requested.
	copies -m c --decompress
	assert_equal "$(written)" 'kernel/a.ko kernel/b.ko kernel/c.ko'
	assert_equal "$(sort "$copy/modules.dep")" \
		$'kernel/a.ko: kernel/b.ko\nkernel/b.ko:\nkernel/c.ko:'
	copies -m a
	assert_equal "$(written)" 'kernel/a.ko.xz kernel/b.ko.zst kernel/c.ko'
	assert_equal "$(sort "$copy/modules.dep")" \
		$'kernel/a.ko.xz: kernel/b.ko.zst\nkernel/b.ko.zst:\nkernel/c.ko:'
}

@test "--decompress: firmware requested as .xz or .zst stays compressed" {
	module m.ko firmware=a.xz firmware=b.zst firmware=b firmware=c firmware=d
	mkdir -p "$src/usr/lib/firmware"
	for file in a.xz c.xz e.xz; do
		echo "$file" | xz --check=crc32 >"$src/usr/lib/firmware/$file"
	done
	echo b | zstd -q >"$src/usr/lib/firmware/b.zst"
	ln -s e.xz "$src/usr/lib/firmware/d"
	copies -m m --firmware --decompress
	assert_equal "$(cd "$dst/usr/lib/firmware" && echo *)" 'a.xz b.zst c d e.xz'
	for file in a.xz b.zst e.xz d; do
		cmp {"$src","$dst"}/usr/lib/firmware/$file
	done
	assert_equal "$(<"$dst/usr/lib/firmware/c")" c.xz
}

@test "--decompress for two kernels" {
	module a.ko.xz depends=
	cp -a "$tree" "${tree%/*}/6.2.0-two"
	copies -m a --decompress -k 6.2.0-two
	assert_equal "$(written)" kernel/a.ko
	cmp "$copy/kernel/a.ko" "${copy%/*}/6.2.0-two/kernel/a.ko"
}

@test "--decompress: more data than is kept in memory at once" {
	for name in a b c d e; do
		zeros $name.ko.zst 40M
	done
	for name in f g h i; do
		module -p 3000 $name.ko.xz depends=
	done
	touch -r "$tree" "$tree"/kernel/*
	copies -m '*' --decompress
	assert_equal "$(modules_in "$copy")" 'a b c d e f g h i'
	assert_decoded kernel/{a,b,c,d,e}.ko.zst kernel/{f,g,h,i}.ko.xz
}

@test "--dry-run shows SOURCE's files, and their names after --decompress" {
	module -p 50000 a.ko.xz
	module b.ko
	copies -m a -m b --decompress
	local size
	size=$(cat "$copy"/kernel/*.ko | wc -c)
	rm -r "$dst"
	modcopy -n -m a -m b --decompress
	assert_success
	assert_equal "$(sed -n '3,$p' <<<"$output")" \
"# a: requested by --module: usr/lib/modules/$kver/kernel/a.ko
usr/lib/modules/$kver/kernel/a.ko.xz
# b: requested by --module
usr/lib/modules/$kver/kernel/b.ko
# describes built-in modules
usr/lib/modules/$kver/modules.builtin
usr/lib/modules/$kver/modules.builtin.modinfo
# $kver: 2 modules, $size bytes; 0 built in"
	assert_not_exists "$dst"
}

# -- decoding errors -----------------------------------------------------------------

# flip FILE OFFSET: flip one bit of a file, and keep its time
flip() {
	local byte
	cp -p "$1" whole
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059 # the byte is the format
	printf "\\$(printf %o $((byte ^ 16)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
	touch -r whole "$1"
}

# damaged NAME: --decompress detects a flipped bit in the middle, and truncation, and
# leaves DEST unchanged
damaged() {
	module -p 30000 "$1" depends=
	local file=$tree/kernel/$1 name=${1%%.*} size indexes
	size=$(stat -c %s "$file")
	# With a modules.weakdep, nothing in the indexed tree is decoded earlier.
	for indexes in unindex index_all; do
		$indexes
		for at in $((size / 2)) $((size - 6)); do
			flip "$file" "$at"
			refuses 4 "$file: *" -m good -m "$name" --decompress
			modcopy -n -m "$name" --decompress
			assert_failure 4
			truncate -s "$at" "$file"
			touch -r whole "$file"
			refuses 4 "$file: *" -m good -m "$name" --decompress
			cp -p whole "$file"
		done
	done
	copies -m "$name" --decompress
	cmp "$copy/kernel/$name.ko" <(original "kernel/$1")
}

@test "a flipped bit, or a truncated file: nothing is written" {
	module good.ko.xz depends=
	damaged a.ko.gz
	damaged b.ko.xz
	damaged c.ko.zst
}

@test "every damaged module is named" {
	module -p 30000 a.ko.xz depends=
	module -p 30000 b.ko.zst depends=
	module c.ko.gz depends=
	index_all
	flip "$tree/kernel/a.ko.xz" 9000
	flip "$tree/kernel/b.ko.zst" 9000
	modcopy -m a -m b -m c --decompress
	assert_failure 4
	assert_equal "${#stderr_lines[@]}" 2
	assert_regex "$stderr" 'kernel/a.ko.xz: xz stream is '
	assert_regex "$stderr" 'kernel/b.ko.zst: zstd frame is '
	assert_not_exists "$dst"
}

@test "a zstd frame that needs too much memory" {
	module a.ko depends=
	module -p 200000 b.ko depends=
	for file in a b; do # zstd(1) does not know their sizes
		zstd -q --ultra --long=31 <"$tree/kernel/$file.ko" >"$tree/kernel/$file.ko.zst"
		rm "$tree/kernel/$file.ko"
		refuses 4 "$tree/kernel/$file.ko.zst: zstd frame needs a window of over 128 MiB; compress it without --long" \
			-m $file --decompress
	done
}

@test "damaged firmware, too, is detected before anything is written" {
	local fw=$src/usr/lib/firmware file
	module m.ko firmware=a.bin firmware=b.bin
	mkdir -p "$fw"
	for file in a b; do
		seq 9999 >"$fw/$file.bin"
	done
	xz --check=crc32 "$fw/a.bin"
	zstd -q --rm "$fw/b.bin"
	modcopy -m m --firmware --decompress --max-module-size=40K
	assert_failure 4
	assert_equal "$stderr" "rpi-modcopy: $fw/a.bin.xz: larger than --max-module-size allows
rpi-modcopy: $fw/b.bin.zst: larger than --max-module-size allows"
	for file in "$fw/a.bin.xz" "$fw/b.bin.zst"; do
		cp -p "$file" good
		flip "$file" $(($(stat -c %s "$file") / 2))
		refuses 4 "$file: *damaged*" -m m --firmware --firmware-missing=ignore --decompress
		truncate -s -9 "$file"
		refuses 4 "$file: *" -m m --firmware --firmware-missing=ignore --decompress
		cp -p good "$file"
		mv "$file" aside
	done
	echo plain >"$fw/a.bin"
	xz -k --check=crc32 "$fw/a.bin"
	ln -s a.bin.xz "$fw/b.bin.xz"
	refuses 4 "usr/lib/firmware/a.bin* and usr/lib/firmware/a.bin* would both be written as usr/lib/firmware/a.bin; *" \
		-m m --firmware --decompress
}

@test "compressed files that are not modules" {
	module a.ko.xz depends=
	index_all
	touch -r "$tree/kernel/a.ko.xz" time
	seq 10000 | xz --check=crc32 >"$tree/kernel/a.ko.xz"
	touch -r time "$tree/kernel/a.ko.xz"
	refuses 4 "*kernel/a.ko.xz: not a kernel module*" -m a --decompress
}

@test "a full disk: no partial file" {
	module -p 20000 a.ko.xz depends=
	module -p 900000 b.ko.xz depends=
	mkdir "$dst"
	# shellcheck disable=SC2016 # the inner shell's
	under own_mounts sh -c 'mount -t tmpfs -o size=500k none dst && "$@"; status=$?
		cp -a dst/. out; exit $status' sh
	modcopy -m a -m b --decompress
	assert_failure 4
	assert_regex "$stderr" 'cannot write .*kernel/b.ko: No space left on device'
	cmp out/usr/lib/modules/"$kver"/kernel/a.ko <(original kernel/a.ko.xz)
	assert_equal "$(find out -name 'b.ko*' -o -name '.*' ! -path out)" ''
}

# -- --max-module-size ---------------------------------------------------------------

# bomb SUFFIX SIZE OPTION...
bomb() {
	zeros "bomb.ko.$1" "$2"
	unindex
	refuses 4 "$tree/kernel/bomb.ko.$1: larger than --max-module-size allows" -m bomb "${@:3}"
	index_all
	refuses 4 "*bomb.ko.$1: larger than --max-module-size allows" \
		-m good -m bomb --decompress "${@:3}"
	refuses 4 '*bomb.ko.*' -m bomb --verify "${@:3}"
	rm "$tree/kernel/bomb.ko.$1"
}

@test "--max-module-size: a decompression bomb is refused" {
	module good.ko
	bomb zst 257M
	bomb gz 20M --max-module-size=19M
	bomb xz 20M --max-module-size=19000K
}

@test "--max-module-size is exact, and applies only to decoded files" {
	module -p 3000000 plain.ko depends=
	for suffix in gz xz zst; do
		module -p 3000000 "a.ko.$suffix" depends=
		size=$(original "kernel/a.ko.$suffix" | wc -c)
		unindex
		rm -rf "$dst"
		refuses 4 '*/a.ko.*: larger than --max-module-size allows' \
			-m a --max-module-size=$((size - 1)) --decompress
		refuses 4 '*/a.ko.*' -m a --max-module-size=1M
		copies -m a -m plain --max-module-size="$size" --decompress
		assert_decoded "kernel/a.ko.$suffix"
		copies -m a --max-module-size=3M
		rm "$tree/kernel/a.ko.$suffix"
	done
	rm -rf "$dst"
	copies -m plain --max-module-size=1K
}

@test "--max-module-size in modclosure and depmod" {
	module -p 3000000 a.ko.xz depends=
	run --separate-stderr "$MODBOX" modclosure --max-module-size=500K -k "$kver" "$src" a
	assert_failure 4
	assert_regex "$stderr" 'kernel/a.ko.xz: larger than --max-module-size allows'
	run --separate-stderr "$MODBOX" depmod --max-module-size=500K -n -b "$src" -m usr/lib/modules "$kver"
	assert_failure 1
	assert_regex "$stderr" 'kernel/a.ko.xz: skipped: larger than --max-module-size allows'
	run "$MODBOX" depmod --max-module-size=9M -n -b "$src" -m usr/lib/modules "$kver"
	assert_success
	assert_line kernel/a.ko.xz:
}

@test "--max-module-size: invalid sizes" {
	module a.ko
	for size in '' 0 0K -1 +1 ' 1' 1.5M 1T 1KM 1kB M x 1b 1Gi 18446744073709551616 18014398509481984K 17179869184G; do
		refuses 2 "--max-module-size must be a size such as 500K, 256M or 1G, not '$size' (see rpi-modcopy --help)" \
			-m a --max-module-size="$size"
		run --separate-stderr "$MODBOX" depmod --max-module-size="$size" "$kver"
		assert_failure 2
	done
}
