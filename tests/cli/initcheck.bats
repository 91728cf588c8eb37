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
	mkdir root/boot
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
}

json() {
	"$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/initcheck.schema.json" "$1" <<<"$output"
}

# finds 'RULE...' [ARGUMENT]...: these rules have findings, and no message is written
finds() {
	check -o json "${@:2}"
	assert_equal "$stderr" ''
	assert_equal "$(json '" ".join(sorted({f["rule"] for f in k[0]["findings"]}))')" "$1"
	assert_equal "$status" "$([ -z "$1" ] && echo 0 || echo 1)"
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

@test 'each fault is found by its name, and nothing else' {
	local rules fault
	cp -a image good
	while read -r rules fault; do
		[ -n "$fault" ] || continue
		echo "$fault"
		rm -rf image base
		cp -a good image
		$fault
		finds "${rules//,/ }"
	done <<<"$faults"
}

@test 'a good image has no findings; with its kernel neither' {
	clean
	clean --kernel=root
	assert_equal "$(json '[n["message"] for n in k[0]["notes"]]')" \
		"['root has no image of this kernel: it is not known which modules it refuses']"
}
