#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The page of modclosure -o html: what is written, and what Chromium makes of it (browser.cjs, which
# tries everything in one run of it; each test below shows one of its results).
#
# REPORT_PNG=docs/report.png: README's picture is made anew.
# shellcheck disable=SC2154 # set by common.bash

# bats file_tags=static

load ../lib/common
source "$MODBOX_SRC/tests/lib/full.bash"

setup_file() {
	local amd64 made=$BATS_FILE_TMPDIR
	full_build
	command -v chromium >/dev/null || { echo 'chromium is missing: run scripts/install-packages test-html'; return 1; }
	amd64=$("$MODBOX_SRC/scripts/fetch-kernel" --indexed amd64) || return
	cd "$made" || return
	real_pages "$amd64" && hostile_page || return
	PLAYWRIGHT=$("$MODBOX_SRC/scripts/fetch-playwright") || return
	PLAYWRIGHT=$PLAYWRIGHT node "$MODBOX_SRC/tests/html/browser.cjs" "$made" >browser.log 2>&1 ||
		{ cat browser.log; return 1; }
	sed -n 's/^draws /# draws /p' browser.log >&3
	[ -z "${REPORT_PNG:-}" ] || cp "$made/shots/report.png" "$MODBOX_SRC/$REPORT_PNG"
}

setup() {
	begin
	made=$BATS_FILE_TMPDIR
}

# page NAME OPTION...: NAME.html, and for comparison NAME.json and NAME.size
page() {
	local name=$1
	shift
	"$FULL" modclosure -o html "$@" >"$name.html" 2>"$name.err" || [ -n "${refused:-}" ] || return
	"$FULL" modclosure -o json "$@" >"$name.json" 2>/dev/null || :
}

sizes() {
	"$FULL" modclosure --size "${@:2}" >"$1.size"
}

# real_pages SOURCE: a list of what a laptop has, with firmware and a module that is refused; 600
# modules; all of them
real_pages() {
	local kver name over=$PWD/over
	kver=$(ls "$1/lib/modules")
	mkdir -p "$over/lib/firmware/i915" "$over/lib/modules/$kver/extra"
	head -c 500000 /dev/zero >"$over/lib/firmware/i915/kbl_dmc_ver1_04.bin"
	head -c 200000 /dev/zero >"$over/lib/firmware/i915/skl_guc_70.1.1.bin"
	mkmodule "$over/lib/modules/$kver/extra/gamepad.ko" name=gamepad vermagic='5.10.0 SMP mod_unload ' depends=usbcore
	printf '%s\n' ext4 nvme ahci usb_storage virtio_net e1000e i915 dm-crypt xfs btrfs nfs snd-hda-intel gamepad >boot.list
	refused=y page list -k "$kver" --overlay="$over" --firmware --prove -f boot.list "$1"
	sizes list -k "$kver" --overlay="$over" -f boot.list "$1"
	# About 600 modules
	printf '%s\n' kernel/fs/ kernel/drivers/usb/ kernel/drivers/scsi/ kernel/drivers/md/ kernel/sound/usb/ kernel/crypto/ >many.list
	page many -k "$kver" -f many.list "$1" && sizes many -k "$kver" -f many.list "$1"
	page all -k "$kver" "$1" '*'
}

# hostile_page: names that would be markup, in modules, requests, softdeps, firmware and refusals
hostile_page() {
	local src=$PWD/src tree=$PWD/src/usr/lib/modules/$kver evil='</script><script>window.hacked=1</script>'
	mkdir -p "$tree/kernel" "$src/etc/modprobe.d"
	mkmodule "$tree/kernel/a<b>.ko" 'name=a<b>' 'firmware=</script><img src=x onerror=window.hacked=1>.bin'
	mkmodule "$tree/kernel/q\"uote'.ko" "name=q\"uote'" 'depends=a<b>' "vermagic=$evil"
	mkmodule "$tree/kernel/модуль.ko" name=модуль "softdep=pre: <!--"
	mkmodule "$tree/kernel/&amp;.ko" 'name=&amp;'
	mkmodule "$tree/kernel/"$'c\001\xff.ko' name=c
	touch "$tree/modules.order" "$tree/modules.builtin"
	printf '%s\n' "alias $evil a<b>" 'softdep &amp; post: <svg/onload=window.hacked=1>' >"$src/etc/modprobe.d/x.conf"
	refused=y page hostile -k "$kver" -K --firmware --prove "$src" "$evil" "q\"uote'" модуль '&amp;' 'c*' '<missing>'
}

# result NAME: what the browser's run found
result() {
	[ -e "$made/results/$1" ] || { cat "$made/browser.log"; fail "nothing tried $1"; }
	assert_equal "$(cat "$made/results/$1")" ok
}

@test "it is refused beside several kernels, and with --all; --size and --why show no format" {
	add_tree
	module a
	run "$FULL" modclosure -o html -k "$kver" -k other "$src" a
	assert_failure 2
	assert_output 'modclosure: --format=html shows one kernel, not several (see modclosure --help)'
	run "$FULL" modclosure -o html -k "$kver" --all "$src" a
	assert_failure 2
	run "$FULL" modclosure -o html -k "$kver" --size "$src" a
	assert_failure 2
	run "$FULL" modclosure -o html -k "$kver" "$src" nothing
	assert_failure 1
	assert_output --partial 'nothing'
	run bash -c '"$FULL" modclosure -o html -k "$1" "$2" a >/dev/full' - "$kver" "$src"
	assert_failure 4
	# The default has no such format, and no such completion.
	run "$MODBOX" modclosure -o html -k "$kver" "$src" a
	assert_failure 2
}

@test "the same plan gives the same bytes; nothing is fetched: no address but in comments and in d3-hierarchy's licence" {
	cd "$made"
	"$FULL" modclosure -o html -k auto -f many.list "$("$MODBOX_SRC/scripts/fetch-kernel" --indexed amd64)" >again
	cmp again many.html
	run grep -oE '(src|href|action)="[^#"]|url\(|@import|https?:.*' many.html
	assert_output 'https://d3js.org/d3-hierarchy/ v3.1.2 Copyright 2010-2021 Mike Bostock'
	assert_equal "$(grep -c '^Permission to use, copy, modify, and/or distribute this software' many.html)" 1
}

@test "every module of the plan is in the table, once, with its facts as in JSON" { result table; }
@test "the sums are those of --size, and what a request alone keeps" { result sums; }
@test "what a module alone keeps is what goes without it" { result alone; }
@test "the map: each module a tile, areas are bytes, the groups; firmware; zoom" { result map; }
@test "the tree: every module can be reached from its request, cycles end" { result tree; }
@test "search: words, dashes as underscores, counts, nothing found" { result search; }
@test "sort: numbers as numbers, up and down, said to screen readers" { result sort; }
@test "the keyboard alone: map, tree, table, and what Tab reaches" { result keyboard; }
@test "a module chosen in one view is chosen in all" { result choice; }
@test "refusals and firmware are shown" { result proof; }
@test "screen readers: all has a name and a role; contrast is enough, light and dark" { result names; }
@test "hostile names are text" { result hostile; }
@test "without JavaScript it is a plain table" { result plain; }
@test "it prints: map and whole table" { result print; }
@test "no error on the console, no request to anywhere" { result quiet; }
@test "pictures: light, dark, narrow" { result pictures; }
