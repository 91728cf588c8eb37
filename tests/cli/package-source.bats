#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# SOURCE is a package or a tarball (FEATURE_ARCHIVE_SOURCE): the same answers as of the unpacked tree,
# whatever made it; and hostile ones.

load ../lib/common
load ../lib/full

setup_file() {
	case $MODBOX_BUILD in
	asan | valgrind) return ;; # their configuration has it
	esac
	full_build
	export MODBOX=$FULL
}

setup() {
	begin
	add_tree lib/modules
	module a.ko depends=b firmware=fw.bin
	module b.ko.xz 'softdep=pre: c'
	module c.ko
	mkdir -p "$src/lib/firmware" "$src/usr/bin" "$src/boot"
	echo firmware >"$src/lib/firmware/fw.bin"
	echo unwanted >"$src/usr/bin/program"
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
}

# plan SOURCE [ARGUMENT]...: the plan for all modules, as JSON, without what names SOURCE
plan() {
	run --separate-stderr "$MODBOX" modclosure -o json --firmware "${@:2}" "$1" '*'
	assert_success
	assert_equal "$stderr" ''
	jq 'del(.source)' <<<"$output"
}

# gives_the_same FILE...: each has the same plan as $src; nothing is left of it
gives_the_same() {
	local file expected
	expected=$(plan "$src" -k auto)
	assert_equal "$(jq '.modules | length' <<<"$expected")" 3
	for file; do
		assert_equal "$(plan "$file")" "$expected"
	done
	assert_equal "$(ls -A "$TMPDIR")" ''
}

# fails_with STATUS TEXT FILE: one line, which has TEXT, a bash pattern; and nothing is left
fails_with() {
	run --separate-stderr "$MODBOX" modclosure "$3" a
	assert_failure "$1"
	assert_output ''
	assert_equal "${#stderr_lines[@]}" 1
	# shellcheck disable=SC2053 # a pattern
	[[ $stderr == "modclosure: "*$3*$2* ]] || fail "'$stderr' does not say '$2'"
	assert_equal "$(ls -A "$TMPDIR")" ''
}

# compressed CODEC: filter
compressed() {
	case $1 in
	none) cat ;;
	zstd) zstd -qc ;;
	*) "$1" -c ;;
	esac
}

# make_deb FILE.deb CODEC: a package of standard input, a tar archive
make_deb() {
	local dir=$BATS_TEST_TMPDIR/deb
	local -A suffix=([none]='' [gzip]=.gz [xz]=.xz [zstd]=.zst [bzip2]=.bz2 [lzma]=.lzma)
	rm -rf "$dir"
	mkdir "$dir"
	(
		cd "$dir" || exit
		echo 2.0 >debian-binary
		tar -czf control.tar.gz -T /dev/null
		compressed "$2" >"data.tar${suffix[$2]}"
		rm -f "$BATS_TEST_TMPDIR/$1"
		ar rcS "$BATS_TEST_TMPDIR/$1" debian-binary control.tar.gz data.*
	)
}

# be32 NUMBER: its four bytes, the highest first
be32() {
	local hex
	hex=$(printf %08x "$1")
	printf '%b' "\\x${hex:0:2}\\x${hex:2:2}\\x${hex:4:2}\\x${hex:6:2}"
}

# make_rpm FILE CODEC: a package of standard input, a cpio archive
make_rpm() {
	{
		printf '\xed\xab\xee\xdb\x03\0\0\0\0\1kernel-1'
		head -c 78 /dev/zero
		# The signature has one entry, and 5 bytes that are padded to 8; the header two, and 3 bytes.
		printf '\x8e\xad\xe8\x01\0\0\0\0' && be32 1 && be32 5 && head -c 24 /dev/zero
		printf '\x8e\xad\xe8\x01\0\0\0\0' && be32 2 && be32 3 && head -c 35 /dev/zero
		compressed "$2"
	} >"$1"
}

# without_end: a tar archive without the blocks that end it
without_end() {
	head -c -1024
}

@test "tarballs: ustar, pax and GNU's, plain and compressed" {
	local codec format
	for format in ustar pax gnu; do
		tar --format=$format -C "$src" -cf $format.tar .
	done
	bsdtar --format=pax -C "$src" -cf bsd.tar lib usr
	tar -C "$src" --transform 's,^\./,/,' -P -cf absolute.tar .
	for codec in gzip xz zstd bzip2 lzma; do
		compressed $codec <gnu.tar >gnu.tar.$codec
	done
	gives_the_same ./*.tar ./*.tar.*
}

@test "a tarball's name says nothing" {
	tar -C "$src" -cJf initrd.img .
	tar -C "$src" -c . | make_deb archive.tar.gz gzip
	gives_the_same initrd.img archive.tar.gz
}

@test "Debian's packages, with each compression" {
	local codec
	for codec in none gzip xz zstd bzip2 lzma; do
		tar -C "$src" -c . | make_deb $codec.deb $codec
	done
	# As dpkg-sig signs it
	echo signature >_gpgbuilder
	cp xz.deb signed.deb
	ar qS signed.deb _gpgbuilder
	gives_the_same ./*.deb
}

@test "a package that dpkg-deb made" {
	mkdir "$src/DEBIAN"
	printf '%s\n' 'Package: linux-image-test' 'Version: 1' 'Architecture: all' 'Maintainer: A <a@example.org>' \
		'Description: test' >"$src/DEBIAN/control"
	dpkg-deb -b "$src" test.deb
	rm -r "$src/DEBIAN"
	gives_the_same test.deb
}

@test "packages of Arch Linux and Alpine, and RPM's" {
	local codec
	touch "$src/.PKGINFO" "$src/.MTREE"
	(cd "$src" && LANG=C bsdtar -cf - .MTREE .PKGINFO lib usr) | zstd -qc >arch.pkg.tar.zst
	# Three members of gzip, of which only the last has the end of the archive.
	{
		(cd "$src" && tar -b 1 -c .MTREE | without_end | gzip -c)
		(cd "$src" && tar -b 1 -c .PKGINFO | without_end | gzip -c)
		(cd "$src" && tar -c lib usr | gzip -c)
	} >alpine.apk
	for codec in none gzip xz zstd bzip2 lzma; do
		(cd "$src" && find . | cpio -o -H newc --quiet) | make_rpm $codec.rpm $codec
	done
	rm "$src"/.[A-Z]*
	gives_the_same arch.pkg.tar.zst alpine.apk ./*.rpm
}

@test "several compressed streams, one after the other" {
	tar -C "$src" -cf all.tar .
	for codec in gzip zstd bzip2 xz; do
		split -b 20000 --filter="$(declare -f compressed); compressed $codec" all.tar >all.$codec
	done
	gives_the_same all.gzip all.zstd all.bzip2 all.xz
}

@test "links: of a merged /usr, symbolic and hard ones" {
	mkdir -p "$src/usr/lib"
	mv "$src/lib/modules" "$src/lib/firmware" "$src/usr/lib"
	rmdir "$src/lib"
	ln -s usr/lib "$src/lib"
	set_module_dir usr/lib/modules
	ln "$tree/kernel/c.ko" "$src/usr/lib/d.ko"
	mv "$src/usr/lib/d.ko" "$tree/kernel/d.ko"
	mv "$tree/kernel/b.ko.xz" "$src/usr/lib/firmware/b.ko.xz"
	ln -s "../../../firmware/b.ko.xz" "$tree/kernel/b.ko.xz"
	run --separate-stderr "$MODBOX" modclosure -k auto "$src" '*'
	assert_success
	expected=$output
	assert_equal "${#lines[@]}" 4
	tar -C "$src" -cf all.tar .
	tar -C "$src" -c . | make_deb all.deb xz
	(cd "$src" && find . | cpio -o -H newc --quiet) | make_rpm all.rpm gzip
	for file in all.tar all.deb all.rpm; do
		run --separate-stderr "$MODBOX" modclosure "$file" '*'
		assert_success
		assert_output "$expected"
	done
}

@test "a sparse file" {
	truncate -s 300K "$src/lib/firmware/fw.bin"
	echo end >>"$src/lib/firmware/fw.bin"
	for format in gnu pax; do
		tar -S --format=$format -C "$src" -cf $format.tar .
		rm -rf "$dst"
		run --separate-stderr "$MODBOX" rpi-modcopy --firmware -m a $format.tar "$dst"
		assert_success
		assert_equal "$stderr" ''
		cmp "$dst/lib/firmware/fw.bin" "$src/lib/firmware/fw.bin"
	done
}

@test "all applets that take a SOURCE" {
	tar -C "$src" -c . | make_deb linux.deb zstd
	run --separate-stderr "$MODBOX" rpi-modcopy --firmware -m a linux.deb "$dst"
	assert_success
	assert_equal "$(modules_in "$copy")" 'a b c'
	assert_whole
	cmp "$dst/lib/firmware/fw.bin" "$src/lib/firmware/fw.bin"
	printf '%s\n' a absent >list
	run --separate-stderr "$MODBOX" modlist-lint linux.deb list
	assert_failure 1
	assert_output --partial absent
	assert_equal "$(ls -A "$TMPDIR")" ''
}

@test "what is no package is not taken for one" {
	: >empty
	head -c 4096 /dev/zero >zeros
	echo text >text
	cp "$MODBOX_SRC/tests/lib/mkmodule.c" source
	gzip -c source >source.gz
	xz -c source >source.xz
	ar rcS library.a source
	printf '\x7fELF' >elf
	for file in empty text source source.gz source.xz library.a elf; do
		fails_with 3 'is neither a directory nor ' "$file"
	done
	# An archive without anything
	fails_with 3 '' zeros
}

@test "damaged ones: a line that says so, status 4" {
	local codec file size
	tar -C "$src" -cf all.tar .
	for codec in gzip xz zstd bzip2; do
		compressed $codec <all.tar >all.tar.$codec
	done
	make_deb all.deb xz <all.tar
	# A byte in the midst of what is compressed
	for file in all.tar.* all.deb; do
		size=$(stat -c %s "$file")
		printf '\x55\xaa\x55' | dd of="$file" bs=1 seek=$((size * 3 / 4)) conv=notrunc status=none
		fails_with 4 'is damaged' "$file"
	done
	# A header's checksum
	printf X | dd of=all.tar bs=1 seek=$((512 + 20)) conv=notrunc status=none
	fails_with 4 'is damaged' all.tar
}

@test "truncated at many places: a line that says so" {
	local file size n made
	tar -b 1 -C "$src" -cf all.tar .
	compressed gzip <all.tar >all.tar.gzip
	make_deb all.deb xz <all.tar
	make_deb plain.deb none <all.tar
	(cd "$src" && find . | cpio -o -H newc --quiet) | make_rpm all.rpm gzip
	made=0
	for file in all.tar all.tar.gzip all.deb plain.deb all.rpm; do
		size=$(stat -c %s "$file")
		for n in 7 20 130 $((size / 5)) $((size / 2)) $((size * 7 / 8)) $((size - 600)) $((size - 1)); do
			head -c "$n" "$file" >"cut"
			run --separate-stderr "$MODBOX" modclosure cut a
			# Of a few bytes nobody can tell what they were.
			case $status in
			3) [ "$n" -lt 512 ] || fail "$file, $n bytes: $stderr" ;;
			4) [[ $stderr == *'is truncated'* ]] || fail "$file, $n bytes: $stderr" ;;
			# Of two blocks that end a tar archive, one is enough.
			*) [[ $file = *.tar && $n -gt $((size - 1024)) ]] || fail "$file, $n bytes: status $status, $stderr" ;;
			esac
			made=$((made + 1))
		done
	done
	[ "$made" = 40 ]
	# Between two files of a plain tar archive
	tar -b 1 -C "$src" -c . | without_end >"cut"
	fails_with 4 'is truncated' cut
	assert_equal "$(ls -A "$TMPDIR")" ''
}

@test "nothing outside is touched: .., absolute names, links out, devices" {
	local out=$BATS_TEST_TMPDIR/out before file
	mkdir -p "$out" "one/lib/modules/$kver/kernel"
	echo outside >"$out/victim"
	before=$(fingerprint "$out")
	# A name with ..
	tar -C "$src" --transform "s,^\./lib/firmware/fw.bin,./lib/firmware/../../../../../..$out/new," -P -cf dots.tar .
	fails_with 4 '".."' dots.tar
	# A link out, and files below it or in its place
	ln -s "$out" one/lib/firmware
	ln -s "$out/victim" "one/lib/modules/$kver/kernel/c.ko"
	tar -C one -cf one.tar .
	mkdir -p two/lib/firmware "two/lib/modules/$kver/kernel"
	echo evil | tee two/lib/firmware/victim >"two/lib/modules/$kver/kernel/c.ko"
	tar -C two -cf two.tar .
	tar -Af one.tar two.tar
	make_deb links.deb gzip <one.tar
	for file in one.tar links.deb; do
		run --separate-stderr "$MODBOX" modclosure "$file" c
		assert_equal "$(fingerprint "$out")" "$before"
	done
	# A hard link to a file outside
	tar -C "$src" -cf hard.tar ./lib/modules
	ln "$out/victim" "$out/other"
	before=$(fingerprint "$out")
	tar -P -rf hard.tar --transform "s,$out/other,./lib/firmware/other," "$out/victim" "$out/other"
	run --separate-stderr "$MODBOX" modclosure hard.tar c
	assert_equal "$(fingerprint "$out")" "$before"
	assert_equal "$(ls -A "$TMPDIR")" ''
}

@test "bombs stop at --max-unpacked" {
	local file
	# Zeros, as a wanted file and as another; and holes
	truncate -s 60M "$src/lib/firmware/large" "$src/usr/bin/large"
	tar -C "$src" -c lib | zstd -qc >wanted.tar.zst
	tar -C "$src" -c usr | zstd -qc | tee other.tar.zst | zstd -dqc | make_deb other.deb xz
	tar -C "$src" -Scf sparse.tar lib
	for file in wanted.tar.zst other.tar.zst other.deb sparse.tar; do
		[ "$(stat -c %s "$file")" -lt 1000000 ]
		run --separate-stderr "$MODBOX" modclosure --max-unpacked=20M "$file" a
		assert_failure 4
		assert_equal "${#stderr_lines[@]}" 1
		[[ $stderr == *"$file"*'--max-unpacked'* ]] || fail "$stderr"
	done
	assert_equal "$(ls -A "$TMPDIR")" ''
}
