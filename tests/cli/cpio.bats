#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --cpio: an archive for the kernel instead of DEST.

load ../lib/common

setup() {
	begin
	archive=$BATS_TEST_TMPDIR/archive
	export TZ=UTC
	unset SOURCE_DATE_EPOCH
	add_tree
}

# to FILE ARGUMENT...: run rpi-modcopy for $kver from $src with --cpio=FILE
to() {
	run --separate-stderr "${under[@]}" "$MODBOX" rpi-modcopy -k "$kver" "--cpio=$1" "${@:2}" "$src"
}

# archives ARGUMENT...: write $archive; the run succeeds and prints nothing
archives() {
	to "$archive" "$@"
	assert_success
	assert_equal "$stderr" ''
	assert_output ''
}

# refuses_archive STATUS 'MESSAGE' ARGUMENT...: the run fails with that one message (a
# bash pattern), and there is no archive, or the old one.
refuses_archive() {
	local before
	before=$(fingerprint "$archive")
	to "$archive" "${@:3}"
	assert_failure "$1"
	assert_equal "${#stderr_lines[@]}" 1
	# shellcheck disable=SC2053 # a pattern
	[[ $stderr == "rpi-modcopy: "$2 ]] || fail "'$stderr' is not 'rpi-modcopy: $2'"
	assert_equal "$(fingerprint "$archive")" "$before"
	assert_no_leftovers "$BATS_TEST_TMPDIR"
}

# entries [FILE]: see tests/lib/cpio-entries
entries() {
	"$MODBOX_SRC/tests/lib/cpio-entries" <"${1:-$archive}"
}

# unpacked DIR PROGRAM...: unpack the archive to DIR with PROGRAM
unpacked() {
	rm -rf "$1"
	mkdir "$1"
	(cd "$1" && "${@:2}" <"$archive") || fail "$2 cannot read it"
}

# same_as_dest ARGUMENT...: the archive holds the same files as DEST would
same_as_dest() {
	rm -rf "$dst"
	archives "$@"
	copies "$@"
	entries >/dev/null
	unpacked out cpio -id --quiet
	diff -r out "$dst"
	unpacked out bsdtar -xf -
	diff -r out "$dst"
}

some_modules() {
	module kernel/fs/a.ko depends=b 'softdep=pre: c' alias=fs-a
	module kernel/lib/b.ko.xz
	module c.ko.zst alias=char-major-10-200 alias=devname:net/c
	module updates/d.ko.gz
	module other.ko
	builtin_module lib/e.ko alias=e-alias
	echo x >"$tree/modules.builtin.ranges"
}

# -- contents --------------------------------------------------------------------------

@test "the archive holds the same files as DEST: modules, indexes, modules.order" {
	some_modules
	for _ in unindexed indexed; do
		same_as_dest -m a -m d
		index
	done
	same_as_dest -m a
	index --weakdep
	same_as_dest -m a
	same_as_dest -m a --depmod=none
	assert_not_exists "out/usr/lib/modules/$kver/modules.dep"
	assert_file_exists "out/usr/lib/modules/$kver/modules.order"
	same_as_dest -m a --depmod=builtin
	rm "$tree/modules.order"
	rm -rf "$dst"
	to "$archive" -m a
	assert_success
}

@test "entries are sorted, inodes are numbered in sequence, modes and owners are fixed" {
	module kernel/fs/a.ko
	chmod 4700 "$tree/kernel/fs/a.ko"
	chmod 700 "$tree/kernel" "$src/usr"
	touch -d @1000000000 "$tree/kernel/fs/a.ko"
	touch -d @900000000 "$tree"/modules.*
	archives -m a
	run entries
	dir="usr/lib/modules/$kver"
	made=(modules.alias modules.alias.bin modules.builtin modules.builtin.alias.bin
		modules.builtin.bin modules.builtin.modinfo modules.dep modules.dep.bin modules.devname
		modules.order modules.softdep modules.symbols modules.symbols.bin modules.weakdep)
	assert_equal "$(cut -d ' ' -f 9- <<<"$output")" "$(
		printf '%s\n' usr/ usr/lib/ usr/lib/modules/ "$dir/" "$dir/kernel/" "$dir/kernel/fs/" \
			"$dir/kernel/fs/a.ko" "${made[@]/#/$dir/}" 'TRAILER!!!')"
	assert_equal "$(cut -d ' ' -f 2 <<<"$output")" "$(seq 21; echo 0)"
	assert_equal "$(cut -d ' ' -f 3-6 <<<"$output" | uniq -c | sed 's/^ *//')" \
		$'6 40755 0 0 2\n15 100644 0 0 1\n1 0 0 0 1'
	# Generated files have the latest time.
	assert_equal "$(awk '{ n[$7]++ } END { for (t in n) print t, n[t] }' <<<"$output" | sort)" \
		$'0 1\n1000000000 19\n900000000 2'
}

@test "cpio -t and bsdtar -t print names in order, and no warnings" {
	some_modules
	for align in 4 4096; do
		archives -m a -m d --cpio-align=$align
		run --separate-stderr cpio -it --quiet <"$archive"
		assert_equal "$stderr" ''
		LC_ALL=C sort -c <<<"$output"
		names=$output
		run --separate-stderr bsdtar -tf "$archive"
		assert_equal "$stderr" ''
		assert_output "$names"
	done
}

@test "two runs give the same bytes, for any owner and location of SOURCE" {
	some_modules
	archives -m a -m d
	cp "$archive" first
	archives -m d -m a
	cmp "$archive" first
	cp -a "$src" moved
	chmod -R u+w,go-rwx moved
	find moved -type d -exec touch {} +
	src=moved to "$archive" -m a -m d
	assert_success
	cmp "$archive" first
	to - -m a -m d
	"$MODBOX" rpi-modcopy -k "$kver" -m a -m d --cpio=- "$src" | cmp - first
}

@test "SOURCE_DATE_EPOCH sets the time of all entries" {
	module a.ko
	export SOURCE_DATE_EPOCH=1234567890
	archives -m a
	assert_equal "$(entries | awk '$2 { print $7 }' | sort -u)" 1234567890
	cp "$archive" first
	find "$src" -exec touch {} +
	archives -m a
	cmp "$archive" first
	for SOURCE_DATE_EPOCH in -1 x '1 ' 4294967296 99999999999999999999; do
		refuses_archive 2 'SOURCE_DATE_EPOCH must be seconds since 1970, *' -m a
	done
	SOURCE_DATE_EPOCH=
	archives -m a
	SOURCE_DATE_EPOCH=0
	archives -m a
	assert_equal "$(entries | awk '{ print $7 }' | sort -u)" 0
}

@test "times before 1970 and after 2106 are clamped to the nearest representable time" {
	module a.ko
	touch -d '1950-01-01' "$tree"/modules.* "$tree/kernel/a.ko"
	archives -m a
	assert_equal "$(entries | awk '{ print $7 }' | sort -u)" 0
	touch -d '2200-01-01' "$tree/kernel/a.ko"
	[ "$(stat -c %Y "$tree/kernel/a.ko")" -gt 4294967295 ] || return 0 # not on this file system
	archives -m a
	assert_equal "$(entries | awk '$9 ~ "a.ko" { print $7 }')" 4294967295
}

@test "--owner sets the owner of all entries" {
	module a.ko
	archives -m a --owner=1000:4294967294
	assert_equal "$(entries | awk '$2 { print $4, $5 }' | sort -u)" '1000 4294967294'
	for owner in '' 1 1: :1 a:b 1:2:3 -1:0 4294967295:0 '1:2 ' root:root; do
		refuses_archive 2 "--owner must be UID:GID, two numbers, not '$owner' (see *" -m a "--owner=$owner"
	done
}

@test "an unprivileged user makes the same archive" {
	some_modules
	archives -m a
	cp "$archive" first
	under unprivileged
	archives -m a
	cmp "$archive" first
}

@test "several kernels in one archive: shared files are there once" {
	some_modules
	archives -m a
	mv "$tree" "${tree%/*}/6.2.0-test"
	add_tree
	module kernel/fs/a.ko
	archives -m a -k 6.2.0-test
	run entries
	assert_equal "$(cut -d ' ' -f 9 <<<"$output" | sort | uniq -d)" ''
	assert_line --regexp " usr/lib/modules/6.2.0-test/kernel/lib/b.ko.xz$"
	assert_line --regexp " usr/lib/modules/$kver/kernel/fs/a.ko$"
	same_as_dest -m a -k 6.2.0-test
	archives -m a -k "$kver"
}

@test "lib/modules becomes usr/lib/modules, so that no directory replaces an initramfs' link" {
	new_tree lib/modules
	module a.ko
	archives -m a
	assert_equal "$(entries | awk 'NR < 4 { print $9 }')" $'usr/\nusr/lib/\nusr/lib/modules/'
	# --verbose shows that path.
	to "$archive" -n -m a
	assert_line "# a: requested by --module: usr/lib/modules/$kver/kernel/a.ko"
	assert_line "lib/modules/$kver/kernel/a.ko"
	copies -m a
	unpacked out cpio -id --quiet
	diff -r out/usr/lib "$dst/lib"
	# An explicit --module-dir is kept.
	same_as_dest -M lib/modules -m a
	assert_equal "$(entries | awk 'NR < 3 { print $9 }')" $'lib/\nlib/modules/'
}

# -- names -----------------------------------------------------------------------------

@test "names with spaces, newlines and bytes that are not UTF-8" {
	kver=$'6.1 \n\xff x'
	add_tree
	module a.ko
	archives -m a
	assert_equal "$(cpio -it --quiet <"$archive" | grep -c 'kernel/a.ko$')" 1
	unpacked out cpio -id --quiet
	cmp "out/usr/lib/modules/$kver/kernel/a.ko" "$tree/kernel/a.ko"
	unpacked out bsdtar -xf -
	cmp "out/usr/lib/modules/$kver/kernel/a.ko" "$tree/kernel/a.ko"
}

@test "a module name that the indexes cannot hold is refused" {
	module a.ko
	depmod_d 'exclude kernel'
	refuses 1 '*' -m a
	refuses_archive 1 '*' -m a
}

# -- alignment ------------------------------------------------------------------------

@test "--cpio-align: file contents start at multiples of it" {
	module -p 5000 big.ko
	module -p 4096 edge.ko
	module small.ko
	for align in 4 8 512 4096; do
		archives -m big -m edge -m small --cpio-align=$align
		run entries
		assert_success
		assert_equal "$(awk -v align=$align '$3 ~ /^10/ && $8 >= align && $1 % align' <<<"$output")" ''
		unpacked out cpio -id --quiet
		diff -r "out/usr/lib/modules/$kver/kernel" "$tree/kernel"
		unpacked out bsdtar -xf -
		diff -r "out/usr/lib/modules/$kver/kernel" "$tree/kernel"
	done
	mv "$archive" aligned
	archives -m big -m edge -m small --cpio-align=4KiB
	cmp "$archive" aligned
	for align in '' 0 1 2 3 6 4095 8192 3K 4k x; do
		refuses_archive 2 "--cpio-align must be a power of two from 4 to 4096, not '$align' *" \
			-m big "--cpio-align=$align"
	done
}

# -- concatenation ----------------------------------------------------------------------

@test "concatenated archives unpack like one" {
	module a.ko
	module -p 5000 b.ko
	archives -m a
	cp "$archive" first
	archives -m b --cpio-align=4096
	cat first "$archive" first >all
	assert_equal "$(entries all | cut -d ' ' -f 9)" \
		"$({ entries first; entries; entries first; } | cut -d ' ' -f 9)"
}

# -- the archive file -------------------------------------------------------------------

@test "the old archive is replaced only when the new one is complete" {
	module a.ko
	echo old >"$archive"
	refuses_archive 1 '*no module b*' -m b
	archives -m a
	entries
	# A symbolic link stays; its target is replaced.
	echo old >target
	ln -sfn target "$archive"
	archives -m a
	[ -L "$archive" ]
	entries target
	# A dangling link is not replaced by a file.
	rm target
	refuses_archive 4 "cannot write $archive: No such file or directory" -m a
	ln -sfn archive "$archive"
	refuses_archive 4 "cannot write $archive: *" -m a
	cd "$src"
	archive=../there
	archives -m a
}

@test "a missing directory, or a directory in the place of the archive" {
	module a.ko
	archive=nowhere/a refuses_archive 4 'cannot write nowhere/a: No such file or directory' -m a
	mkdir dir
	archive=dir refuses_archive 4 'cannot write dir: Is a directory' -m a
	archive=new/ refuses_archive 4 'cannot write new/: *' -m a
	archive='' refuses_archive 2 '--cpio and --manifest need a FILE *' -m a
}

@test "standard output holds the archive alone; other output goes to standard error" {
	some_modules
	archives -m a
	"$MODBOX" rpi-modcopy -v -k "$kver" -m a --cpio=- "$src" >out 2>shown
	cmp out "$archive"
	run cat shown
	assert_line "usr/lib/modules/$kver/kernel/fs/a.ko"
	assert_line '# indexes: made by modbox from the modules'
	# Also if standard output appends to a file.
	"$MODBOX" rpi-modcopy -k "$kver" -m a --cpio=- "$src" >>out
	cat "$archive" "$archive" | cmp - out
	run script -qec "'$MODBOX' rpi-modcopy -k $kver -m a --cpio=- '$src'" /dev/null
	assert_failure 2
	assert_output --partial 'refusing to write an archive to a terminal'
}

@test "a device or pipe is written in place" {
	module a.ko
	archives -m a
	mkfifo pipe
	cat pipe >got &
	to pipe -m a
	assert_success
	wait
	cmp got "$archive"
	to /dev/null -m a
	assert_success
	[ -c /dev/null ]
	to /dev/full -m a
	assert_failure 4
	assert_equal "$stderr" 'rpi-modcopy: cannot write /dev/full: No space left on device'
}

@test "a closed pipe is status 4" {
	module -p 300000 a.ko
	{
		status=0
		"$MODBOX" rpi-modcopy -k "$kver" -m a --cpio=- "$src" 2>message || status=$?
		echo $status >status
	} | head -c 10 >/dev/null
	assert_equal "$(<status)" 4
	assert_equal "$(<message)" 'rpi-modcopy: cannot write standard output: Broken pipe'
	[ "$MODBOX_BUILD" != valgrind ] || return 0 # it opens closed descriptors
	run --separate-stderr sh -c '"$@" >&-' sh "$MODBOX" rpi-modcopy -k "$kver" -m a --cpio=- "$src"
	assert_failure 4
	assert_equal "$stderr" 'rpi-modcopy: cannot write standard output: Bad file descriptor'
}

@test "a full disk, and a file size limit, leave the old archive" {
	module -p 300000 a.ko
	# shellcheck disable=SC2016 # the inner shell's
	run --separate-stderr own_mounts sh -c 'mkdir small && mount -t tmpfs -o size=200k none small &&
		echo old >small/a && ! "$@" && ls -A small && cat small/a' sh \
		"$MODBOX" rpi-modcopy -k "$kver" -m a --cpio=small/a "$src"
	assert_success
	assert_output $'a\nold'
	assert_equal "$stderr" 'rpi-modcopy: cannot write small/a: No space left on device'
	echo old >"$archive"
	module -p 300000 b.ko
	under sh -c 'ulimit -f 1000 && exec "$@"' sh
	refuses_archive 4 "cannot write $archive: File too large (limit: RLIMIT_FSIZE, ulimit -f)" -m a -m b
	assert_equal "$(<"$archive")" old
}

@test "a signal leaves the old archive" {
	module -p 300000 a.ko
	echo old >"$archive"
	# A leak checker and a tracer cannot both attach to a process.
	export ASAN_OPTIONS=detect_leaks=0
	under strace -qq -o trace -e trace=copy_file_range -e inject=copy_file_range:signal=SIGTERM
	refuses_archive 4 'interrupted by SIGTERM' -m a
	assert_equal "$(<"$archive")" old
}

@test "a signal before anything is written leaves no temporary file" {
	module a.ko
	export ASAN_OPTIONS=detect_leaks=0
	strace -qq -o trace -e trace=openat "$MODBOX" rpi-modcopy -k "$kver" -m a --cpio=new "$src"
	nameless=$(grep -n TMPFILE trace | head -n 1 | cut -d : -f 1)
	[ "$nameless" ]
	# As on a file system without O_TMPFILE.
	under strace -qq -o trace -e trace=openat,openat2 -e "inject=openat:error=EOPNOTSUPP:when=$nameless"
	archives -m a
	cmp "$archive" new
	assert_no_leftovers "$BATS_TEST_TMPDIR"
	rm "$archive"
	case $MODBOX_BUILD in static | asan) ;; *) return 0 ;; esac # neither valgrind nor QEMU know openat2(2)
	under "${under[@]}" -e inject=openat2:signal=SIGTERM:when=5
	to "$archive" -m a
	assert_equal "$status" 143
	assert_not_exists "$archive"
	assert_no_leftovers "$BATS_TEST_TMPDIR"
}

# -- SOURCE ---------------------------------------------------------------------------------

@test "a generated file does not replace a file that is copied from SOURCE" {
	module a.ko.xz firmware=a.bin
	mkdir -p "$src/usr/lib/firmware"
	echo firmware >"$src/usr/lib/firmware/a.bin"
	before=$(fingerprint "$src")
	for file in "modules/$kver/kernel/a.ko.xz" "modules/$kver/modules.builtin" firmware/a.bin; do
		file=$src/usr/lib/$file
		for option in "--cpio=$file" "--cpio=new --manifest=$file" "--decompress --cpio=$file"; do
			# shellcheck disable=SC2086 # words
			run --separate-stderr "$MODBOX" rpi-modcopy -k "$kver" -m a --firmware $option "$src"
			assert_failure 2
			assert_equal "$stderr" "rpi-modcopy: $file is one of SOURCE's files to copy; name another FILE"
			assert_equal "$(fingerprint "$src")" "$before"
		done
	done
	# Any other file of SOURCE can be replaced.
	echo old >"$src/file"
	archive=$src/file archives -m a
	entries "$src/file"
}

@test "an unreadable file, or something else in its place" {
	module a.ko
	chmod 0 "$tree/modules.builtin.modinfo"
	cp "$tree/modules.builtin" "$tree/modules.builtin.more"
	chmod 0 "$tree/modules.builtin.more"
	chmod 644 "$tree/modules.builtin.modinfo"
	under unprivileged
	refuses_archive 4 "cannot read $tree/modules.builtin.more: Permission denied" -m a
	rm "$tree/modules.builtin.more"
	mkfifo "$tree/modules.builtin.more"
	refuses_archive 4 "$tree/modules.builtin.more is not a regular file" -m a
}

@test "a file of 4 GiB does not fit into an archive" {
	module a.ko
	truncate -s 4G "$tree/modules.builtin.ranges"
	refuses_archive 4 "usr/lib/modules/$kver/modules.builtin.ranges has 4294967296 bytes; files in a cpio archive must be below 4 GiB" -m a
}

# while_writing COMMAND...: run it while the archive is blocked on a full pipe
while_writing() {
	{
		status=0
		"$MODBOX" rpi-modcopy -k "$kver" -m a -m b --cpio=- "$src" 2>message || status=$?
		echo $status >status
	} | { head -c 1000 >/dev/null; "$@"; cat >/dev/null; }
}

@test "modules whose times change during the run, even the first one's" {
	module -p 300000 a.ko
	module b.ko
	for before in @0 @1000; do
		touch -d "$before" "$tree/kernel/b.ko"
		while_writing touch -d @5 "$tree/kernel/b.ko"
		assert_equal "$(<status)" 4
		assert_equal "$(<message)" \
			"rpi-modcopy: $tree/kernel/b.ko changed during this run; try again"
	done
}

@test "files that change during the run" {
	module -p 300000 a.ko
	module b.ko
	cp -a "$src" before
	for file in a b; do
		for size in +1 -1 0; do
			rm -rf "$src"
			cp -a before "$src"
			while_writing truncate -s "$size" "$tree/kernel/$file.ko"
			assert_equal "$(<status)" 4
			run cat message
			assert_output --regexp "^rpi-modcopy: $tree/kernel/$file.ko changed (during this run|while it was [a-z]*); try again$"
		done
	done
}

# -- options -----------------------------------------------------------------------------

@test "options that exclude each other" {
	module a.ko
	refuses 2 '--cpio replaces DEST; give only one of them *' -m a "--cpio=$archive"
	refuses_archive 2 'with --cpio, --depmod must be builtin or none *' -m a --depmod=/sbin/depmod
	refuses_archive 2 "--cpio-compress must be gzip, xz, zstd or none, not 'lzma' *" -m a --cpio-compress=lzma
	for option in --cpio-align=4 --cpio-compress=none --owner=0:0; do
		refuses 2 '--cpio-align, --cpio-compress and --owner require --cpio *' -m a $option
	done
	refuses_archive 2 '--cpio and --manifest need different files *' -m a "--manifest=$archive"
	refuses_archive 2 '--cpio and --manifest need different files *' -m a --cpio=- --manifest=-
	# Also by different names of one file, existing or not.
	for manifest in "$PWD/./archive" link; do
		refuses_archive 2 '--cpio and --manifest need different files' -m a "--manifest=$manifest"
		echo old >"$archive"
		ln -sf archive link
	done
	assert_equal "$(<"$archive")" old
	run --separate-stderr "$MODBOX" rpi-modcopy -m a "--cpio=$archive"
	assert_failure 2
	assert_equal "$stderr" 'rpi-modcopy: SOURCE is needed (see rpi-modcopy --help)'
}

@test "a dry run writes no archive" {
	module a.ko
	to "$archive" -n -m a
	assert_success
	assert_line "usr/lib/modules/$kver/kernel/a.ko"
	assert_not_exists "$archive"
}

@test "--cpio-compress: an encoder that this build lacks is named" {
	module a.ko
	archives -m a
	cp "$archive" plain
	archives -m a --cpio-compress=none
	cmp "$archive" plain
	for how in gzip xz zstd; do
		to "$archive" -m a --cpio-compress=$how
		if [ "$status" = 2 ]; then
			assert_regex "$stderr" "^rpi-modcopy: --cpio-compress=$how: this modbox was built without FEATURE_[A-Z_]*COMPRESS"
			refute_regex "$MODBOX_BUILD" '^(asan|valgrind)$'
			continue
		fi
		assert_success
		$how -dc <"$archive" | cmp - plain
		cp "$archive" first
		archives -m a --cpio-compress=$how
		cmp "$archive" first
		[ $how != xz ] || assert_regex "$(xz --robot -lv <"$archive" 2>&1 || xz --robot -lv "$archive")" CRC32
	done
}
