#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# SOURCE is an initramfs.
# shellcheck disable=SC2154 # bats sets $stderr

load ../lib/common
load ../lib/full

# A dynamic build, as the sanitizer build is, has the feature.
has_feature() {
	"$MODBOX" modclosure --help | grep -q max-unpacked
}

setup_file() {
	if has_feature; then
		export FULL=$MODBOX
	else
		full_build
	fi
}

setup() {
	begin
	add_tree
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	image=$BATS_TEST_TMPDIR/initrd.img
}

teardown() {
	show_last_run
	assert_equal "$(ls -A "$TMPDIR")" ''
}

# A tree of two modules, configuration and firmware, indexed.
some_tree() {
	module crypto.ko.xz
	module disk.ko depends=crypto firmware=disk.bin alias=pci:disk
	modprobe_d 'softdep disk pre: crypto'
	mkdir -p "$src/usr/lib/firmware" "$src/bin" "$src/boot"
	echo firmware >"$src/usr/lib/firmware/disk.bin"
	echo shell >"$src/bin/sh"
	ln -s usr/lib "$src/lib"
	index
}

# newc [DIR]: an archive of a directory, as cpio makes it
newc() {
	(cd "${1:-$src}" && find . | LC_ALL=C sort | cpio -o -H newc --quiet)
}

full() {
	run --separate-stderr "$FULL" "$@"
}

@test "every codec, behind an archive with microcode" {
	some_tree
	mkdir -p early/kernel/x86/microcode
	echo microcode >early/kernel/x86/microcode/GenuineIntel.bin
	newc >main.cpio
	for codec in cat gzip 'xz --check=crc32' 'zstd -q -19' 'lz4 -l -q -c' 'bzip2' 'lzma'; do
		{ newc early; $codec <main.cpio; } >"$image"
		full modclosure -o names "$image" disk
		assert_equal "$stderr" ''
		assert_output $'crypto\ndisk'
		assert_success
	done
}

@test "later segments replace files of earlier ones, in any codec" {
	some_tree
	newc | gzip >"$image"
	rm -r "$src"
	add_tree
	module disk.ko depends=crypto,more
	module more.ko
	index
	{ newc | zstd -q; head -c 99 /dev/zero; } >>"$image"
	{ newc | lz4 -l -q; } >>"$image"
	full modclosure -o names "$image" disk
	assert_output $'more\ncrypto\ndisk'
	full modclosure "$image" crypto
	assert_success
}

@test "messages and reports show the archive's path, as if it were a directory" {
	some_tree
	newc >"$image"
	full modclosure initrd.img absent
	assert_equal "$status" 1
	assert_equal "$stderr" "modclosure: operand: no module absent in initrd.img/usr/lib/modules/$kver"
	full modclosure -o insmod initrd.img disk
	assert_line "insmod $image/usr/lib/modules/$kver/kernel/disk.ko "
	full modclosure -o json --firmware initrd.img disk
	assert_success
	refute_output --partial "$TMPDIR"
	full modclosure -o cpio-list initrd.img disk
	assert_equal "$status" 2
	assert_equal "$stderr" "modclosure: --format=cpio-list needs a directory as SOURCE: initrd.img is an archive, whose files are unpacked only meanwhile; unpack it, or use rpi-modcopy --cpio"
	echo $'disk\nabsent' >list
	full modlist-lint initrd.img list
	assert_equal "$status" 1
	refute_output --partial "$TMPDIR"
	full modorder-filter --source=initrd.img --closure -m disk
	assert_success
}

@test "rpi-modcopy makes of an archive what it makes of the directory, with every index maker" {
	some_tree
	newc | zstd -q >"$image"
	for depmod in builtin "$ORACLE/depmod"; do
		rm -rf "$dst" other
		"$FULL" rpi-modcopy -k "$kver" -m disk --firmware --with-config --depmod="$depmod" \
			--manifest=dir.manifest "$src" other
		full rpi-modcopy -m disk --firmware --with-config --depmod="$depmod" \
			--manifest=archive.manifest "$image" "$dst"
		assert_equal "$stderr" ''
		assert_success
		diff -r other "$dst"
		cmp dir.manifest archive.manifest
		full rpi-modcopy --check=archive.manifest "$image" "$dst" -m disk --firmware --with-config --depmod="$depmod"
		assert_success
	done
	"$FULL" rpi-modcopy -k "$kver" -m disk --cpio=dir.cpio "$src"
	full rpi-modcopy -m disk --cpio=archive.cpio "$image"
	cmp dir.cpio archive.cpio
}

@test "the only kernel is the default; of several, one must be chosen" {
	some_tree
	cp -r "$tree" "$src/usr/lib/modules/6.2"
	newc >"$image"
	full modclosure "$image" disk
	assert_equal "$status" 3
	assert_equal "$stderr" "modclosure: $image has several kernels; choose one with --kernel-version: $kver, 6.2"
	full modclosure -k 6.2 "$image" disk
	assert_success
	echo disk >list
	full modlist-lint --all-kernels "$image" list
	assert_success
}

@test "directories that options name are unpacked too" {
	mkdir -p "$src/vendor/lib" "$src/vendor/etc/fw" "$src/vendor/conf"
	some_tree
	mv "$src/usr/lib/modules" "$src/vendor/lib/"
	mv "$src/usr/lib/firmware/disk.bin" "$src/vendor/etc/fw/"
	echo 'softdep disk post: absent' >"$src/vendor/conf/x.conf"
	newc >"$image"
	full modclosure "$image" disk
	assert_equal "$status" 3
	full modclosure -M vendor/lib/modules -C vendor/conf --firmware-dir=/vendor/etc/fw --firmware "$image" disk
	assert_output --partial 'vendor/etc/fw/disk.bin'
	assert_success
	full modclosure -M vendor/lib/modules -C /vendor/conf -o tree "$image" disk
	assert_success
}

@test "what is no archive, or damaged: one line" {
	echo 'no archive' >text
	full modclosure text disk
	assert_equal "$status" 3
	assert_equal "$stderr" 'modclosure: text is neither a directory nor an initramfs, a package or a tarball'
	gzip -c text >text.gz
	full modclosure text.gz disk
	assert_equal "$status" 3
	full modclosure absent disk
	assert_equal "$status" 3
	assert_equal "$stderr" 'modclosure: cannot open SOURCE absent: No such file or directory'
	some_tree
	newc >main.cpio
	{ head -c 512 /dev/zero; cat main.cpio; } >"$image"
	full modclosure "$image" disk
	assert_equal "$status" 3
	for codec in gzip xz zstd 'lz4 -l -q -c' bzip2 lzma; do
		{ cat main.cpio; $codec <main.cpio | head -c -99; } >"$image"
		full modclosure "$image" disk
		assert_equal "$status" 4
		assert_equal "${#stderr_lines[@]}" 1
		[[ $stderr = "modclosure: cannot unpack $image: its segment at byte $(stat -c %s main.cpio) (${codec%% *}) is truncated"*'; copy or make it again' ]] || fail "$stderr"
	done
	{ cat main.cpio; echo garbage; } >"$image"
	full modclosure "$image" disk
	assert_equal "$status" 4
	assert_equal "$stderr" "modclosure: cannot unpack $image: its segment at byte $(stat -c %s main.cpio) (unknown) is no archive, nor a compressed one; copy or make it again"
	{ cat main.cpio; lz4 -q -c main.cpio; } >"$image"
	full modclosure "$image" disk
	assert_equal "$status" 4
	assert_regex "$stderr" 'use lz4 -l'
}

@test "truncated at every 4 KiB: one line and status 4, or the archives before the end" {
	some_tree
	head -c 40000 /dev/urandom >"$src/bin/sh"
	{ newc; newc | zstd -q; newc | gzip; } >whole
	size=$(stat -c %s whole)
	for ((n = 4096; n < size; n += 4096)); do
		head -c $n whole >"$image"
		full modclosure -o names "$image" disk
		[ "$status" = 4 ] && [ "${#stderr_lines[@]}" = 1 ] || fail "$n: $status $stderr"
		assert_output ''
	done
}

@test "bombs are stopped, by their decompressed bytes" {
	mkdir -p bomb/usr/lib/modules/6.1/kernel
	truncate -s 40M bomb/usr/lib/modules/6.1/kernel/x.ko
	newc bomb | zstd -q >"$image"
	full modclosure --max-unpacked=30M "$image" x
	assert_equal "$status" 4
	assert_equal "$stderr" "modclosure: cannot unpack $image: its segment at byte 0 (zstd) has more than the 30M that --max-unpacked allows; allow more if you trust it"
	mv bomb/usr/lib/modules/6.1/kernel/x.ko bomb/unwanted
	newc bomb | xz -0 >"$image"
	full modclosure --max-unpacked=30M "$image" x
	assert_equal "$status" 4
	assert_regex "$stderr" 'has more than the 30M'
	full modclosure --max-unpacked=x "$image" x
	assert_equal "$status" 2
}

# entries N FORMAT: an archive of N empty files, without a trailer
entries() {
	python3 -c '
import sys
for i in range(int(sys.argv[1])):
    name = sys.argv[2].encode() % i + b"\0"
    entry = b"070701%08X%08X%s%08X00000000%s" % (i, 0o100644, b"0" * 72, len(name), name)
    sys.stdout.buffer.write(entry + b"\0" * (-len(entry) % 4))' "$@"
}

@test "a million entries, or too many files: one line" {
	entries 1048577 x/%d | zstd -q >"$image"
	full modclosure "$image" x
	assert_equal "$status" 4
	assert_equal "$stderr" "modclosure: cannot unpack $image: its segment at byte 0 (zstd) has more than 1048576 entries; copy or make it again"
	entries 131073 lib/modules/6.1/%d >"$image"
	full modclosure "$image" x
	assert_equal "$status" 4
	assert_equal "$stderr" "modclosure: cannot unpack $image: its segment at byte 0 (none) has more than 131072 files to unpack; copy or make it again"
}

@test "names and links that lead out touch nothing, and are not followed later" {
	some_tree
	mkdir outside
	echo 'options outside x=1' >outside/x.conf
	ln -s "$PWD/outside" "$src/etc/depmod.d"
	ln -s ../../../../../../../../../../.."$PWD/outside/x.conf" "$src/etc/modprobe.d/out.conf"
	before=$(fingerprint outside)
	newc >"$image"
	full modclosure "$image" disk
	assert_success
	python3 - >>"$image" <<'PYTHON'
import sys
def entry(name, mode, data):
    out = b"070701%08X%08X" % (1, mode) + b"0" * 32 + b"%08X" % len(data) + b"0" * 32 + b"%08X" % (len(name) + 1) + b"0" * 8 + name + b"\0"
    out += b"\0" * (-len(out) % 4) + data
    return out + b"\0" * (-len(out) % 4)
sys.stdout.buffer.write(entry(b"etc/depmod.d/new", 0o100644, b"x") + entry(b"../../outside/new", 0o100644, b"x"))
PYTHON
	full modclosure "$image" disk
	assert_equal "$status" 4
	assert_regex "$stderr" 'has a name with "\.\.": \.\./\.\./outside/new; '
	assert_equal "$(fingerprint outside)" "$before"
}

@test "a signal removes what was unpacked" {
	some_tree
	mkdir big
	truncate -s 256M big/unwanted
	newc big | zstd -q >big.zst
	{ newc; cat big.zst{,,,,,,,,,,,}; } >"$image"
	"$FULL" modclosure "$image" disk 2>err &
	until ls "$TMPDIR"/*/usr/lib/modules/"$kver"/kernel/disk.ko >/dev/null 2>&1; do
		kill -0 $!
	done
	kill -TERM $!
	status=0
	wait $! || status=$?
	assert_equal "$status" 4
	assert_equal "$(cat err)" 'modclosure: interrupted by SIGTERM'
}

@test "of an archive, the wanted files are those that cpio unpacks" {
	some_tree
	ln "$tree/kernel/disk.ko" "$tree/kernel/same.ko"
	chmod 600 "$src/etc/modprobe.d/test.conf"
	newc >"$image"
	mkdir theirs
	(cd theirs && cpio -i -d -m --quiet <"$image")
	for file in "usr/lib/modules/$kver/kernel/disk.ko" "usr/lib/modules/$kver/kernel/same.ko"; do
		full rpi-modcopy -m "$(basename "$file" .ko)" "$image" "$dst"
		assert_success
		cmp "theirs/$file" "$dst/$file"
		assert_equal "$(stat -c '%a %Y' "$dst/$file")" "$(stat -c '%a %Y' "theirs/$file")"
	done
}

@test "files of many pieces, in every codec, decompressed meanwhile and on one processor" {
	local one codec processors
	some_tree
	{ seq 1500000; head -c 3000000 /dev/urandom; seq 900000; } >"$src/usr/lib/firmware/disk.bin"
	[ "$(stat -c %s "$src/usr/lib/firmware/disk.bin")" -gt $((16 << 20)) ]
	newc >main.cpio
	one="taskset -c $(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')"
	for codec in 'gzip -1' 'xz -0 --check=crc32' 'zstd -q' 'lz4 -l -q -c' 'bzip2 -1' 'lzma -0'; do
		$codec <main.cpio >"$image"
		for processors in '' "$one"; do
			rm -rf "$dst"
			# shellcheck disable=SC2086 # words
			run --separate-stderr $processors "$FULL" rpi-modcopy --firmware -m disk "$image" "$dst"
			assert_success
			assert_equal "$stderr" ''
			cmp "$src/usr/lib/firmware/disk.bin" "$dst/usr/lib/firmware/disk.bin"
		done
	done
}

@test "without the feature, a file as SOURCE is no directory" {
	some_tree
	newc >"$image"
	run --separate-stderr "$MODBOX" modclosure "$image" disk
	if has_feature; then
		assert_success
	else
		assert_equal "$status" 3
		assert_equal "$stderr" "modclosure: cannot open SOURCE $image: Not a directory"
	fi
}
