#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Initramfs that the distribution's dracut and initramfs-tools make with the hooks and without them: the
# same, file by file, but for what DIFFERENCES lists.
# bats file_tags=slow
# bats test_tags=root
# shellcheck disable=SC2154 # kernels.bash and bats set them

load ../kernels/kernels
load scratch

# What is different by default; with MODBOX_COMPAT=1, the configuration alone.
DIFFERENCES='
conf/initramfs.conf	it says MODBOX=y
kernel/arch/x86/crypto/sha256-ssse3.ko	a later softdep line of btrfs, which libkmod does not read
kernel/crypto/xxhash_generic.ko	the same
modules.alias	the index has these
modules.alias.bin	the same
modules.dep	the same
modules.dep.bin	the same
modules.symbols	the same
modules.symbols.bin	the same
'

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	make_scratch "$BATS_FILE_TMPDIR" "${GENERATORS_KERNEL:-amd64}"
}

setup() {
	use_scratch "$BATS_FILE_TMPDIR"
}

# unpacked IMAGE: its files, in a directory of that name
unpacked() {
	local archive
	mkdir "$1" archives
	"$MODBOX_SRC/tests/generators/archives" "$layer/mnt/$1.img" archives
	for archive in archives/*; do bsdtar -xpf "$archive" -C "$1"; done
	rm -r archives "$layer/mnt/$1.img"
	# Types, modes, owners and links; times of modules and firmware, which are the source's
	(cd "$1" && find . -mindepth 1 ! -name 'modules.*' -printf '%P\t%y %m %U:%G %l\n' | sort >../"$1.facts" &&
		find . \( -name '*.ko*' -o -path '*/firmware/*' \) -type f -printf '%P\t%Ts\n' | sort >../"$1.times")
}

# mkinitramfs NAME CONFIGURATION [NAME=VALUE]...
mkinitramfs() {
	[ $# = 2 ] || local -x "${@:3}"
	run run_mkinitramfs "$1.img" "$2"
	assert_success
	messages=$(grep -v '^W: Possible missing firmware' <<<"$output" || :)
	unpacked "$1"
}

# dracut NAME [NAME=VALUE]...
dracut() {
	[ $# = 1 ] || local -x "${@:2}"
	run run_dracut "$1.img"
	assert_success
	messages=$output
	unpacked "$1"
}

# differences EXPECTED ACTUAL: the files that differ in any way, one a line, below the module directory
# without its path
differences() {
	{ diff -rq --no-dereference "$1" "$2" |
		sed -E "/ is a character special file while file /d; s/^Files $1\/(.*) and .* differ$/\1/; s/^Only in [^\/:]*\/?(.*): (.*)/\1\/\2/"
	diff <(cat "$1.facts" "$1.times") <(cat "$2.facts" "$2.times") | sed -n 's/^[<>] \([^\t]*\).*/\1/p'
	} | sed "s|^.*lib/modules/$kver/||; s|^/||; s|\.ko\.xz$|.ko|" | sort -u
}

# allowed EXPECTED ACTUAL: they differ by what DIFFERENCES has; by that of it which is $only, if set
allowed() {
	run differences "$1" "$2"
	assert_equal "$(comm -23 <(echo "$output") <(cut -f 1 <<<"${only-$DIFFERENCES}" | sort))" ''
}

modules() {
	find "$1" -name '*.ko*' | wc -l
}

# A modbox that is killed, or is not there; the hooks' own is put back.
broken_modbox() {
	cp "$layer/usr/local/bin/modbox" modbox
	case $1 in
	missing) rm "$layer/usr/local/bin/modbox" ;;
	killed) cat >"$layer/usr/local/bin/modbox" <<-'END' ;;
		#!/bin/sh
		[ "$1" != --list ] || { echo dracut-install; exit; }
		case " $* " in *" -m "*) kill -SEGV $$ ;; esac
		shift
		exec /usr/lib/dracut/dracut-install "$@"
		END
	esac
}

teardown() {
	[ ! -e modbox ] || cp modbox "$layer/usr/local/bin/modbox"
	hooks on
	show_last_run
}

# check-all runs this one, the next takes minutes.
@test "mkinitramfs: the same initramfs of a list of modules" {
	hooks off
	mkinitramfs plain few
	hooks on
	mkinitramfs ours few
	assert_equal "$messages" ''
	[ -n "$(find ours/ -name tg3.bin -type l)" ]
	allowed plain ours
	assert_line kernel/crypto/xxhash_generic.ko
	[ "$(modules ours)" -gt "$(modules plain)" ]
}

@test "mkinitramfs: the same initramfs with most modules" {
	hooks off
	mkinitramfs plain all
	assert_equal "$messages" ''
	hooks on
	mkinitramfs compat all MODBOX_COMPAT=1
	assert_equal "$messages" ''
	[ "$(modules compat)" -gt 700 ]
	[ -n "$(find compat/ -name tg3.bin -type l)" ]
	only=$'conf/initramfs.conf\t' allowed plain compat
	mkinitramfs ours all
	assert_equal "$messages" ''
	allowed plain ours
	assert_line kernel/crypto/xxhash_generic.ko
	assert_equal "$(modules ours)" $(($(modules plain) + 2))
}

@test "mkinitramfs: if modbox fails, its own way, with one warning" {
	local how
	hooks off
	mkinitramfs plain few
	hooks on
	for how in missing killed; do
		broken_modbox $how
		mkinitramfs $how few
		assert_equal "$(grep -c '^W: /usr/local/bin/modbox .*: modules are added without it$' <<<"$messages")" 1
		only=$'conf/initramfs.conf\t' allowed plain $how
		cp modbox "$layer/usr/local/bin/modbox"
	done
}

# no_complaint: modbox said nothing; dracut names its program where that lacks one of the host's
no_complaint() {
	assert_equal "$(grep -i modbox <<<"$messages" | grep -v 'FAILED: /usr/lib/modbox/dracut-install -D [^ ]* -a ')" ''
}

@test "dracut: the same initramfs" {
	hooks off
	dracut plain
	hooks on
	dracut ours
	no_complaint
	[ "$(modules ours)" -gt "$([ -n "${GENERATORS_SYSTEM:-}" ] && echo 700 || echo 800)" ]
	allowed plain ours
}

@test "dracut: exactly the same with MODBOX_COMPAT" {
	hooks off
	dracut plain
	hooks on
	dracut compat MODBOX_COMPAT=1
	no_complaint
	only='' allowed plain compat
}

@test "dracut: if modbox fails, its own way, with one warning" {
	local how
	hooks off
	dracut plain
	hooks on
	for how in missing killed; do
		broken_modbox $how
		dracut $how
		assert_equal "$(grep -c 'WARNING: /usr/local/bin/modbox .*: modules are added without it$' <<<"$messages")" 1
		only='' allowed plain $how
		cp modbox "$layer/usr/local/bin/modbox"
	done
}

@test "kernel packages: a record, and its removal" {
	local record=$layer/usr/lib/modules/$kver/modules.modbox
	run in_scratch /etc/kernel/postinst.d/00-modbox "$kver"
	assert_success
	assert_output ''
	assert_exists "$record"
	run in_scratch /etc/kernel/postrm.d/modbox "$kver"
	assert_success
	assert_not_exists "$record"
	run in_scratch /usr/lib/kernel/install.d/50-depmod.modbox.install add "$kver" /boot/x
	assert_success
	assert_exists "$record"
	run in_scratch /usr/lib/kernel/install.d/50-depmod.modbox.install remove "$kver" /boot/x
	assert_success
	assert_not_exists "$record"
	# A package that is removed leaves it, as its configuration.
	broken_modbox missing
	run in_scratch /etc/kernel/postinst.d/00-modbox "$kver"
	assert_success
	assert_output ''
	cp "$(type -P false)" "$layer/usr/local/bin/modbox"
	run in_scratch /etc/kernel/postinst.d/00-modbox "$kver"
	assert_success
	assert_line --partial 'made no record of the modules'
}
