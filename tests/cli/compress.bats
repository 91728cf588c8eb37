#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --compress: writing modules in another compression.  The default configuration has no
# encoders, so these tests build full_defconfig; the dynamic builds have them anyway.

load ../lib/common

setup_file() {
	local out=$BATS_FILE_TMPDIR/full default=$MODBOX CC LIBC SYSROOT
	case $MODBOX_BUILD in
	asan | valgrind) return ;;
	static) ;;
	*) default=$EMULATED ;;
	esac
	mkdir "$out"
	eval "$(<"${default%/*}/toolchain")"
	make -s -C "$MODBOX_SRC" O="$out" full_defconfig
	make -s -C "$MODBOX_SRC" O="$out" CC="$CC" LIBC="$LIBC" SYSROOT="$SYSROOT" CFLAGS=-O0 # half the time
	if [ "$MODBOX_BUILD" = static ]; then
		export DEFAULT_MODBOX=$MODBOX MODBOX=$out/modbox
	else
		export EMULATED=$out/modbox
	fi
}

# decoded FILE: decode it with the standard tool of its format
decoded() {
	case $1 in
	*.gz) gzip -dc "$1" ;;
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*) cat "$1" ;;
	esac
}

# compresses HOW SUFFIX: compress modules of all kinds, and check the copies
compresses() {
	local file
	module -p 200000 a.ko depends=b
	module b.ko.gz depends=c
	module c.ko.xz depends=d alias=sea
	module d.ko.zst depends=
	chmod 640 "$tree/kernel/c.ko.xz"
	touch -d '2001-02-03 04:05:06.123456789' "$tree"/kernel/*.ko*
	copies -m a --compress="$1"
	assert_equal "$(cd "$copy/kernel" && echo *)" "a.ko.$2 b.ko.$2 c.ko.$2 d.ko.$2"
	for file in a.ko b.ko.gz c.ko.xz d.ko.zst; do
		cmp "$copy/kernel/${file%.ko*}.ko.$2" <(decoded "$tree/kernel/$file") &&
			fail "$file is not compressed"
		cmp <(decoded "$copy/kernel/${file%.ko*}.ko.$2") <(decoded "$tree/kernel/$file")
		assert_equal "$(stat -c '%a %U %G %y' "$copy/kernel/${file%.ko*}.ko.$2")" \
			"$(stat -c '%a %U %G %y' "$tree/kernel/$file")"
	done
	assert_equal "$(sort "$copy/modules.dep")" "$(printf '%s\n' \
		"kernel/a.ko.$2: kernel/b.ko.$2 kernel/c.ko.$2 kernel/d.ko.$2" \
		"kernel/b.ko.$2: kernel/c.ko.$2 kernel/d.ko.$2" \
		"kernel/c.ko.$2: kernel/d.ko.$2" "kernel/d.ko.$2:")"
	grep -q '^alias sea c$' "$copy/modules.alias"
	assert_equal "$(cat "$copy/modules.order")" "$(cat "$tree/modules.order")"
	assert_no_leftovers
	# kmod reads the modules, and a second run gives the same bytes.
	assert_equal "$("$ORACLE/modinfo" -F alias "$copy/kernel/c.ko.$2")" sea
	mv "$dst" first
	copies -m a --compress="$1" --depmod="$ORACLE/depmod"
	diff -r -x 'modules.*' first "$dst"
	assert_equal "$(sort "$copy/modules.dep")" "$(sort first/usr/lib/modules/"$kver"/modules.dep)"
	# Another compression in SOURCE gives the same bytes, too.
	xz -d "$tree/kernel/c.ko.xz"
	copies -m a --compress="$1"
	diff -r -x 'modules.*' first "$dst"
}

@test "--compress=gzip: one member, without name or time" {
	compresses gzip gz
	for file in "$copy"/kernel/*.ko.gz; do
		assert_equal "$(od -An -tx1 -N 8 "$file")" ' 1f 8b 08 00 00 00 00 00'
	done
}

@test "--compress=xz: a format that the kernel's decoder accepts" {
	compresses xz xz
	for file in "$copy"/kernel/*.ko.xz; do
		run xz --robot -lvv "$file"
		assert_line --regexp '^file	1	1	.*	CRC32	'
		assert_line --regexp '^block	1	.*	--lzma2=dict=1MiB$'
	done
}

@test "--compress=zstd: one frame, with a checksum" {
	compresses zstd zst
	for file in "$copy"/kernel/*.ko.zst; do
		run zstd -lv "$file"
		assert_line --regexp 'Zstandard Frames: 1$'
		assert_line --regexp '^Check: XXH64'
		assert_line --regexp '^Decompressed Size: '
	done
}

@test "--compress replaces the files of an earlier run" {
	module a.ko.xz
	index
	copies -m a
	for how in gzip zstd xz; do
		copies -m a --compress=$how
		assert_equal "$(cd "$copy/kernel" && ls)" "$(sed -n 's/^kernel.\(.*\):.*/\1/p' "$copy/modules.dep")"
	done
	copies -m a --decompress
	assert_equal "$(cd "$copy/kernel" && ls)" a.ko
}

@test "--compress: a damaged module leaves DEST unchanged" {
	module -p 30000 a.ko.xz depends=
	index
	: >"$tree/modules.weakdep"
	touch -r "$tree/kernel/a.ko.xz" time
	printf x | dd of="$tree/kernel/a.ko.xz" bs=1 seek=9000 conv=notrunc status=none
	touch -r time "$tree/kernel/a.ko.xz"
	refuses 4 '*/kernel/a.ko.xz: xz stream is damaged' -m a --compress=zstd
}

@test "--compress: invalid values and combinations" {
	module a.ko
	for how in '' none lzma ZSTD zst xz-9; do
		refuses 2 "--compress must be gzip, xz or zstd, not '$how' *" -m a --compress="$how"
	done
	refuses 2 '--decompress and --compress exclude each other *' -m a --compress=xz --decompress
	[ "$MODBOX_BUILD" != static ] && return
	MODBOX=$DEFAULT_MODBOX
	for how in gzip xz zstd; do
		refuses 2 "--compress=$how: this modbox was built without FEATURE_COMPRESS_${how^^} *" \
			-m a --compress=$how
	done
}
