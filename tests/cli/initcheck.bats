#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# initcheck: each fault of an image is found by its name, and nothing else is.
# shellcheck disable=SC2016,SC2034 # texts for other shells; variables for those sourced

load ../lib/full
load ../lib/common

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	[ "$MODBOX_BUILD" != static ] || full_build
	[ "$MODBOX_BUILD" != static ] || export MODBOX=$FULL
}

# Each test begins with a good image in the directory image, and its kernel in the directory root.
setup() {
	begin
	src=$BATS_TEST_TMPDIR/image
	add_tree
	image_modules
	index
	modprobe_kmod 34 '+ZSTD +XZ -ZLIB +OPENSSL'
	libraries liblzma.so.5 libzstd.so.1
	firmware image there.bin
	cp -a image root
	mkdir root/boot tmp
	export TMPDIR=$PWD/tmp
	printf 'CONFIG_%s\n' MODULES=y BLK_DEV_INITRD=y RD_GZIP=y RD_XZ=y >"root/boot/config-$kver"
}

image_modules() {
	local magic="vermagic=$kver SMP mod_unload"
	module kernel/fs/a.ko depends=b,c alias=fs-a "$magic"
	module kernel/lib/b.ko depends=c "$magic"
	module kernel/lib/c.ko.xz "$magic"
	module d.ko.zst firmware=there.bin 'softdep=pre: e' "$magic"
	module e.ko "$magic"
	module alone.ko "$magic"
}

# modprobe_kmod VERSION FEATURES: a program that has kmod's strings
modprobe_kmod() {
	mkdir -p image/usr/{bin,sbin,lib}
	printf 'ELF\0kmod version %s\n%s -EXPERIMENTAL\0liblzma.so.5\0libzstd.so.1\0libz.so.1\0' "$1" "$2" >image/usr/bin/kmod
	ln -sfn ../bin/kmod image/usr/sbin/modprobe
}

# modprobe_busybox VERSION APPLET...
modprobe_busybox() {
	rm -f image/usr/bin/kmod
	printf '\0BusyBox v%s (Debian)\0' "$1" >image/usr/bin/busybox
	printf '%s\0' modprobe "${@:2}" >>image/usr/bin/busybox
	ln -sfn ../bin/busybox image/usr/sbin/modprobe
}

libraries() {
	mkdir -p image/usr/lib/x86_64-linux-gnu
	for name; do
		: >"image/usr/lib/x86_64-linux-gnu/$name"
	done
}

# firmware ROOT NAME...
firmware() {
	mkdir -p "$1/usr/lib/firmware"
	for name in "${@:2}"; do
		echo x >"$1/usr/lib/firmware/$name"
	done
}

# check ARGUMENT...: run initcheck on the image, which must not change
check() {
	local before after
	before=$(fingerprint image)
	run --separate-stderr "$MODBOX" initcheck "$@" image
	after=$(fingerprint image)
	assert_equal "$after" "$before"
	assert_equal "$(ls "$TMPDIR")" ''
}

json() {
	"$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/initcheck.schema.json" "$1" <<<"$output"
}

# messages: those of the findings, with their files
messages() {
	jq -r '.findings[] | "\(.path): \(.message)"' <<<"$output"
}

# finds 'RULE...' [ARGUMENT]...: these rules have findings, and no message is written
finds() {
	check -o json "${@:2}"
	assert_equal "$stderr" ''
	assert_equal "$(jq -r '[.findings[].rule] | unique | join(" ")' <<<"$output")" "$1"
	assert_equal "$status" "$([ -z "$1" ] && echo 0 || echo 1)"
}

# archive [COMMAND...]: make an archive of the image in its place, through a command that compresses
archive() {
	mv image directory
	pack directory | "${@:-cat}" >image
	rm -r directory
}

# pack DIRECTORY: as a newc archive
pack() {
	(cd "$1" && find . | sort | cpio -o -H newc -R 0:0 --quiet)
}

clean() {
	finds '' "$@"
}

# -- faults: each function makes one -----------------------------------------------

dependency_deleted() { rm "$tree/kernel/lib/c.ko.xz"; index; }
dependency_of_one_deleted() { rm "$tree/kernel/lib/b.ko"; index; }
module_deleted() { rm "$tree/kernel/alone.ko"; }
dependency_deleted_no_depmod() { rm "$tree/kernel/lib/b.ko"; }
module_added() { module new.ko; }
module_renamed() { mv "$tree/kernel/alone.ko" "$tree/kernel/fs"; }
no_dep_bin() { rm "$tree/modules.dep.bin"; }
no_indexes() { unindex; }
dep_bin_cut() { truncate -s 100 "$tree/modules.dep.bin"; }
dep_bin_empty() { : >"$tree/modules.dep.bin"; }
alias_bin_garbage() { head -c 4096 /dev/urandom >"$tree/modules.alias.bin"; }
text_differs() { sed -i 's/^kernel\/lib\/b.ko: .*/kernel\/lib\/b.ko:/' "$tree/modules.dep"; }
text_has_more() { echo 'kernel/other.ko:' >>"$tree/modules.dep"; }
replaced_needs_more() { mkmodule "$tree/kernel/alone.ko" name=alone depends=e; }
replaced_has_aliases() { mkmodule "$tree/kernel/alone.ko" name=alone alias=pci:v1d1; }
replaced_has_softdep() { mkmodule "$tree/kernel/alone.ko" name=alone 'softdep=pre: e'; }
one_of_another_kernel() { mkmodule "$tree/kernel/alone.ko" name=alone 'vermagic=6.1.0-other SMP'; }
all_of_another_kernel() { mv "$tree" "${tree%/*}/6.2.0-test"; }
module_cut() { truncate -s 300 "$tree/kernel/alone.ko"; }
module_empty() { : >"$tree/kernel/alone.ko"; }
module_of_zeros() { truncate -s 0 "$tree/kernel/alone.ko"; truncate -s 4096 "$tree/kernel/alone.ko"; }
xz_cut() { truncate -s -20 "$tree/kernel/lib/c.ko.xz"; }
zstd_flipped() { printf '\377' | dd of="$tree/kernel/d.ko.zst" bs=1 seek=40 conv=notrunc status=none; }
text_as_module() { echo '#!/bin/sh' >"$tree/kernel/alone.ko"; }
doubled_xz() { xz -k --check=crc32 "$tree/kernel/alone.ko"; index; }
doubled_directory() { cp "$tree/kernel/alone.ko" "$tree/kernel/fs"; index; }
gzip_for_kmod() { modprobe_kmod 30 '+ZSTD +XZ -ZLIB +LIBCRYPTO'; gzip -n "$tree/kernel/alone.ko"; index; }
no_liblzma() { rm image/usr/lib/*/liblzma.so.5; }
no_zstd_in_kmod() { modprobe_kmod 30 '-ZSTD +XZ -ZLIB'; }
zstd_for_busybox() { modprobe_busybox 1.36.1 unxz gunzip; }
xz_for_busybox() { modprobe_busybox 1.36.1 gunzip; rm "$tree/kernel/d.ko.zst"; index; }

faults='
missing-dependency               dependency_deleted
missing-dependency               dependency_of_one_deleted
stale-index                      module_deleted
missing-dependency,stale-index   dependency_deleted_no_depmod
stale-index                      module_added
stale-index                      module_renamed
stale-index                      no_dep_bin
stale-index                      no_indexes
stale-index                      dep_bin_cut
stale-index                      dep_bin_empty
stale-index                      alias_bin_garbage
stale-index                      text_differs
stale-index                      text_has_more
stale-index                      replaced_needs_more
stale-index                      replaced_has_aliases
stale-index                      replaced_has_softdep
wrong-kernel                     one_of_another_kernel
wrong-kernel                     all_of_another_kernel
truncated                        module_cut
truncated                        module_empty
truncated                        module_of_zeros
truncated                        xz_cut
truncated                        zstd_flipped
truncated                        text_as_module
duplicate-module                 doubled_xz
duplicate-module                 doubled_directory
unreadable-compression           gzip_for_kmod
unreadable-compression           no_liblzma
unreadable-compression           no_zstd_in_kmod
unreadable-compression           zstd_for_busybox
unreadable-compression           xz_for_busybox
'

# each_fault [COMMAND...]: make each in a good image, make an archive of it by the command, and find it
each_fault() {
	local rules fault n=0
	cp -a image good
	while read -r rules fault; do
		[ -n "$fault" ] || continue
		echo "$fault"
		rm -rf image base
		cp -a good image
		$fault
		[ $# = 0 ] || archive "$@"
		finds "${rules//,/ }"
		n=$((n + 1))
	done <<<"$faults"
	[ $n -gt 30 ]
}

@test 'in a directory, each fault is found by its name, and nothing else' {
	each_fault
}

@test 'in an archive too' {
	each_fault gzip -1
}

@test 'a good image has no findings; with its kernel neither' {
	clean
	json 'k[0]["schema"]'
	clean --kernel=root
	assert_equal "$(json '[n["message"] for n in k[0]["notes"]]')" \
		"['root has no image of this kernel: it is not known which modules it refuses']"
}

@test 'good images of other makes: busybox, kernels whose indexes were copied whole, text or .bin alone' {
	cp -a image good
	# busybox's depmod writes the text alone; its modprobe decompresses xz.
	modprobe_busybox 1.36.1 unxz gunzip
	rm "$tree"/kernel/d.ko.zst "$tree"/modules.*.bin
	sed -i '/^kernel\/d.ko/d' "$tree/modules.dep"
	clean
	# mkinitcpio's keep the .bin and two others.
	rm -rf image && cp -a good image
	rm "$tree"/modules.{dep,alias,symbols}
	clean
	# Names and aliases of a whole kernel, rows of the modules that are there.
	rm -rf image && cp -a good image
	cp "$tree/modules.alias.bin" "$tree/modules.symbols.bin" .
	rm "$tree/kernel/alone.ko" "$tree/kernel/fs/a.ko"
	index
	mv modules.alias.bin modules.symbols.bin "$tree"
	clean
	# lib is a link, or usr is not merged
	rm -rf image && cp -a good image
	ln -s usr/lib image/lib
	clean
	assert_equal "$(jq -r '.kernels | length' <<<"$output")" 1
	rm image/lib
	mkdir image/lib
	mv image/usr/lib/modules image/lib
	clean
	# newer kmods write modules.weakdep; the order of .bin files differs
	rm -rf image base && cp -a good image
	index --weakdep
	clean
	# depmod.d prefers one of two modules
	rm -rf image base && cp -a good image
	mkdir "$tree/updates"
	cp "$tree/kernel/alone.ko" "$tree/updates"
	index
	clean
	# no modules, no modprobe
	rm -rf image && mkdir -p image/usr/lib/modules image/bin
	clean
	assert_equal "$(jq -c '.notes[].message' <<<"$output")" '"no modules"'
}

@test 'archives: segments, compressions, a file twice, damage' {
	local codec size
	cp -a image good
	for codec in cat 'xz --check=crc32' 'zstd -q' bzip2 'lz4 -l -q' 'xz --format=lzma'; do
		rm -rf image && cp -a good image
		# shellcheck disable=SC2086 # words
		archive $codec
		clean
	done
	# microcode first, a part behind it that replaces a damaged module
	rm -rf image && cp -a good image
	truncate -s 100 "$tree/kernel/alone.ko"
	mkdir -p early/kernel/x86/microcode "part/usr/lib/modules/$kver/kernel"
	head -c 5000 /dev/zero >early/kernel/x86/microcode/AuthenticAMD.bin
	cp "good/usr/lib/modules/$kver/kernel/alone.ko" "part/usr/lib/modules/$kver/kernel"
	pack image | zstd -q >main
	rm -r image
	{ pack early; cat main; pack part | gzip; } >image
	clean
	assert_equal "$(jq -c '[.segments[].codec]' <<<"$output")" '["none","zstd","gzip"]'
	assert_equal "$(jq -c '.sums.modules.files' <<<"$output")" 6
	# The kernel's decoder of xz knows no crc64.
	rm -rf image && cp -a good image
	archive xz
	finds unreadable-compression
	assert_equal "$(messages)" 'null: segment 1 is compressed by xz with a check that the kernel does not know: use xz --check=crc32'
	# cut
	rm -rf image && cp -a good image
	archive gzip
	size=$(stat -c %s image)
	for size in $((size - 1)) $((size / 2)); do
		truncate -s $size image
		check -o json
		assert_failure 1
		assert_equal "$(jq -r '[.findings[] | select(.rule == "truncated")] | length' <<<"$output")" 1
	done
}

@test '--kernel: another version, another image, what it refuses, and what it has' {
	cp -a image good
	clean --kernel=root
	# the modules of another version
	mv "root/usr/lib/modules/$kver" root/usr/lib/modules/6.2.0-test
	finds wrong-kernel --kernel=root
	assert_equal "$(messages)" "usr/lib/modules/$kver: root does not have this kernel, but 6.2.0-test"
	mv root/usr/lib/modules/6.2.0-test "root/usr/lib/modules/$kver"
	# an image of another kernel
	mkkernel -r 6.1.0-other -v '6.1.0-other SMP' "root/boot/vmlinuz-$kver"
	finds wrong-kernel --kernel=root
	assert_equal "$(messages)" "usr/lib/modules/$kver: root/boot/vmlinuz-$kver is the kernel 6.1.0-other"
	# its own: modules that are for no machine
	mkkernel -r "$kver" -v "$kver SMP mod_unload" "root/boot/vmlinuz-$kver"
	finds refused --kernel=root
	assert_equal "$(jq '.findings | length' <<<"$output")" 6
	rm "root/boot/vmlinuz-$kver"
	# softdeps and firmware that it has
	rm "$tree/kernel/e.ko"
	index
	rm image/usr/lib/firmware/there.bin
	clean
	assert_equal "$(jq -r '.notes[].message' <<<"$output")" '1 softdep that the image lacks: e
1 firmware file of modules that the image lacks: there.bin'
	finds 'missing-firmware missing-softdep' --kernel=root
	assert_equal "$(messages)" "usr/lib/modules/$kver/kernel/d.ko.zst: root has firmware of it that the image lacks: there.bin
usr/lib/modules/$kver/kernel/d.ko.zst: has the softdep e, which the image lacks (root has kernel/e.ko)"
}

@test '--kernel: what it decompresses' {
	local config=root/boot/config-$kver
	# A kernel that reads modules for kmod knows no crc64; kmod 30 reads them itself.
	printf 'CONFIG_%s\n' MODULE_DECOMPRESS=y MODULE_COMPRESS_XZ=y >>"$config"
	clean --kernel=root
	rm image/usr/lib/*/liblzma.so.5
	sed -i 's/liblzma.so.5/["liblzma.so.5"]/' image/usr/bin/kmod
	clean --kernel=root
	clean
	assert_equal "$(jq -r '.notes[].message' <<<"$output")" \
		'kmod 34 does not decompress xz itself; whether the kernel does (--kernel) decides on kernel/lib/c.ko.xz'
	sed -i '/XZ/d' "$config"
	finds unreadable-compression --kernel=root
	libraries liblzma.so.5
	# the image itself
	archive zstd -q
	finds unreadable-compression --kernel=root
	assert_equal "$(messages)" "null: segment 1 is compressed by zstd, but the kernel was built without RD_ZSTD (root/boot/config-$kver)"
}

@test '--against: what was added, removed or grew' {
	cp -a image old
	mv "old/usr/lib/modules/$kver" old/usr/lib/modules/6.0.9
	rm "$tree/kernel/alone.ko" image/usr/lib/firmware/there.bin
	module -p 3000 kernel/new/new.ko
	zstd -qd --rm "$tree/kernel/d.ko.zst"
	check --against=old
	assert_line 'against old'
	assert_line '  1 module added'
	assert_line --regexp '^ +\+3\.[0-9]K  lib/modules/kernel/new/new.ko$'
	assert_line '  1 module removed'
	assert_line '  1 module grew'
	assert_line '  1 other file removed'
	check --against=old -o json
	json '[f for f in k[0]["against"]["files"] if f["path"] == "lib/firmware/there.bin"][0]["after"]'
	check --against=image
	assert_line '  the same files, of the same sizes'
}

@test 'text: one page; names are no control characters' {
	mv "$tree/kernel/alone.ko" "$tree/kernel/al"$'\033'"one.bin"
	index
	check
	assert_success
	assert_equal "$stderr" ''
	assert_output --partial 'al?one.bin'
	assert_line 'no findings'
	assert_line '  modprobe kmod 34 (usr/sbin/modprobe)'
	[ ${#lines[@]} -lt 30 ]
	rm "$tree/kernel/lib/c.ko.xz"
	index
	check
	assert_failure 1
	assert_line "    usr/lib/modules/$kver/kernel/fs/a.ko: needs c, which the image lacks; so do b"
}

@test 'sarif: valid by the validator' {
	local multitool
	multitool=$("$MODBOX_SRC/scripts/fetch-sarif")
	rm "$tree/kernel/lib/c.ko.xz" "$tree/kernel/alone.ko"
	check -o sarif
	assert_failure 1
	printf '%s\n' "$output" >out.sarif
	run env HOME="$PWD" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_BUNDLE_EXTRACT_BASE_DIR="$PWD/dotnet" \
		"$multitool" validate out.sarif --output report.sarif --log ForceOverwrite
	assert_success
	refute_output --partial ': error'
	assert_equal "$(jq -r '[.runs[].results[].ruleId] | join(" ")' out.sarif)" 'missing-dependency stale-index'
	assert_equal "$(jq -r '.runs[].results[1].locations[].physicalLocation.artifactLocation.uri' out.sarif)" \
		"image/usr/lib/modules/$kver/modules.dep.bin"
}

# refuses_image STATUS 'MESSAGE' ARGUMENT...
refuses_image() {
	run --separate-stderr "$MODBOX" initcheck "${@:3}"
	assert_failure "$1"
	assert_output ''
	assert_equal "${stderr_lines[0]}" "initcheck: $2"
}

@test 'statuses: usage, no image, no such kernel' {
	refuses_image 2 'IMAGE is needed (see initcheck --help)'
	refuses_image 2 'one IMAGE at a time (see initcheck --help)' a b
	refuses_image 2 "unknown format 'xml' (see initcheck --help)" -o xml image
	refuses_image 3 'cannot open SOURCE none: No such file or directory' none
	echo text >file
	refuses_image 3 'file is neither a directory nor an initramfs, a package or a tarball' file
	refuses_image 3 'image has no modules of the kernel 9.9' -k 9.9 image
	refuses_image 3 'cannot open SOURCE none: No such file or directory' --kernel=none image
	run --separate-stderr bash -c '"$1" initcheck image >/dev/full' - "$MODBOX"
	assert_failure 4
}
