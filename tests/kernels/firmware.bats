#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Firmware of real kernels' modules: the files that modinfo lists.

load kernels

# fields FILE...: names and patterns of firmware that these modules request
fields() {
	printf '%s\0' "$@" | xargs -0 -n 200 "$ORACLE/modinfo" -F firmware | LC_ALL=C sort -u
}

# Install a third of the requested files plain and a third compressed; a third is missing.  For a
# pattern, install two files.
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
	every "$(in_build "$(amount 12 3)" 12)" <names >list
	printf '%s\n' brcmfmac iwlwifi cfg80211 >>list
	sort -u list | sed 's/$/?/' >wanted
	# Firmware does not change the selection of modules.
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
	assert_regex "$stderr" '^rpi-modcopy: warning: .*: [0-9]+ firmware files that [0-9]+ modules request are not in SOURCE; list them with --firmware-missing=warn$'
	there=dst/${dir%/modules/*}/firmware # next to the modules
	same expected <(cd "$there" && find . -type f -printf '%P\n' | LC_ALL=C sort)
	diff -r src/usr/lib/firmware "$there" | grep -v '^Only in src' && fail 'other contents'
	# modclosure lists the same files.
	"$MODBOX" modclosure -k "$kver" -f wanted --firmware src |
		sed -n 's,^.*: usr/lib/firmware/\(.*\) (.*)$,\1,p' | LC_ALL=C sort -u >shown
	same expected shown
}

@test "armel-rpi: firmware" { firmware_of armel-rpi plain; }
@test "next-amd64: firmware" { firmware_of next-amd64 indexed; }
