#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Firmware for real kernels' modules: what modinfo says that they ask for.
# shellcheck disable=SC2154 # kernels.bash sets $plain, $indexed, $tree, $kver and $resolve
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load kernels

# fields FILE...: the names, and patterns, that these modules ask for
fields() {
	printf '%s\0' "$@" | xargs -0 -n 200 "$ORACLE/modinfo" -F firmware | LC_ALL=C sort -u
}

# A third of what is asked for is there as it is, a third compressed, and a third not;
# a pattern stands for two files.
put_firmware() {
	awk -v top=src/usr/lib/firmware/ '
		NR % 3 == 2 { next }
		{ suffix = NR % 3 ? ".xz" : "" }
		/[*?]/ { other = $0; gsub(/[*?]/, "y", other); gsub(/[*?]/, "x"); print top other suffix }
		{ print top $0 suffix }' | while IFS= read -r file; do
		mkdir -p "${file%/*}"
		echo "$file" >"$file"
	done
}

# firmware_of KERNEL TREE
firmware_of() {
	kernel "$1"
	cp -al "${!2}" src 2>/dev/null || { rm -rf src; cp -a "${!2}" src; }
	every "$(in_build 3 12)" <names >list
	printf '%s\n' brcmfmac iwlwifi cfg80211 >>list
	sort -u list | sed 's/$/?/' >wanted
	# Which modules those are does not depend on firmware.
	"$MODBOX" rpi-modcopy --depmod=none -k "$kver" -f wanted src dst
	mapfile -t files < <(find "dst/$dir" -name '*.ko*')
	fields "${files[@]}" >asked
	[ "$(wc -l <asked)" -gt 50 ]
	put_firmware <asked
	while IFS= read -r pattern; do
		(cd src/usr/lib/firmware && compgen -G "$pattern"; compgen -G "$pattern.xz") || :
	done <asked | LC_ALL=C sort -u >expected

	run --separate-stderr "$MODBOX" rpi-modcopy --depmod=none -k "$kver" -f wanted --firmware src dst
	assert_success
	assert_equal "$stderr" ''
	there=dst/${dir%/modules/*}/firmware # beside the modules
	same expected <(cd "$there" && find . -type f -printf '%P\n' | LC_ALL=C sort)
	diff -r src/usr/lib/firmware "$there" | grep -v '^Only in src' && fail 'other contents'
	# modclosure says the same
	"$MODBOX" modclosure -k "$kver" -f wanted --firmware src |
		sed -n 's,^.*: usr/lib/firmware/\(.*\) (.*)$,\1,p' | LC_ALL=C sort -u >shown
	same expected shown
}

@test "armel-rpi: firmware" { firmware_of armel-rpi plain; }
@test "next-amd64: firmware" { firmware_of next-amd64 indexed; }
