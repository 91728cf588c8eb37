#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Aliases of real kernels resolve as modprobe resolves them.

load kernels

# Names that match modules.alias: its patterns with each wildcard filled in.
modaliases() {
	awk '$1 == "alias" { print $2 }' "$tree/modules.alias" |
		sed 's/\[\(.\)[^]]*\]/\1/g; s/?/7/g; s/\*/0/g' | LC_ALL=C sort -u
}

# Names that match nothing, or another alias.
strangers() {
	every 100 | sed 's/0/1/2; s/^\(.\)\(.\)/\2\1/'
	echo no-such-thing
}

# same_answers SOURCE: names in asked.all have the same answers as from modprobe
same_answers() {
	modprobe_says <asked.all >expected
	# Each name without an answer is reported.
	"$resolve" -a "$1" "$kver" <asked.all 2>messages | sorted >actual
	same expected actual
	assert_equal "$(grep -c ': no module ' messages)" "$(grep -c ':$' expected)"
}

# by_indexes KERNEL: every alias
by_indexes() {
	kernel "$1"
	modaliases >aliases
	{ cat aliases; strangers <aliases; awk '$1 == "alias" { print $2 }' "$tree/modules.symbols" | every 10; } >asked.all
	[ "$(wc -l <asked.all)" -gt 10000 ]
	same_answers "$indexed"
}

@test "amd64: every alias, from the indexes" { by_indexes amd64; }
@test "armel-rpi: every alias, from the indexes" { by_indexes armel-rpi; }
@test "next-amd64: every alias, from the indexes" { by_indexes next-amd64; }
@test "next-arm64: every alias, from the indexes" { by_indexes next-arm64; }

# by_modules KERNEL: some aliases, and names of built-in modules
by_modules() {
	kernel "$1"
	modaliases | every "$(in_build "$(amount 30 10)" 50)" >aliases
	{
		cat aliases
		strangers <aliases
		sed 's|.*/||; s/\.ko.*//' "$tree/modules.builtin" | every 10
		tr '\0' '\n' <"$tree/modules.builtin.modinfo" | sed -n 's/^[^=]*\.alias=//p' |
			sed 's/\[\(.\)[^]]*\]/\1/g; s/?/7/g; s/\*/0/g' | every 10
	} >asked.all
	same_answers "$plain"
}

@test "amd64: aliases, from the modules" { by_modules amd64; }
@test "armel-rpi: aliases, from the modules" { by_modules armel-rpi; }
@test "next-amd64: aliases, from the modules" { by_modules next-amd64; }
@test "next-arm64: aliases, from the modules" { by_modules next-arm64; }

# answers KERNEL NAME... [-- MODULE...]: the command's answer is equal on both trees, and includes
# the given modules
answers() {
	kernel "$1"
	shift
	local name source arguments=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		arguments+=(-m "$1")
		shift
	done
	for source in "$plain" "$indexed"; do
		run --separate-stderr "$MODBOX" rpi-modcopy -n -k "$kver" "${arguments[@]}" "$source" dst
		assert_success
		assert_equal "$stderr" ''
		# Ignore the load order, which may differ.
		grep -v '^#' <<<"$output" | sort >"${source##*-}"
		for name in "${@:2}"; do
			assert_line --regexp "/$name\.ko"
		done
	done
	same "${plain##*-}" "${indexed##*-}"
}

@test "amd64: a disk, a network card, a file system, ciphers" {
	answers amd64 pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00 fs-ext4 crypto-xts \
		crypto-aes usbfunc:ffs usb:v0BDAp8153d3100dc00dsc00dp00icFFiscFFip00in00 \
		-- e1000e ext4 jbd2 xts aesni-intel usb_f_fs r8152
}

@test "next-amd64: a disk, a network card, a file system, ciphers" {
	answers next-amd64 pci:v0000144Dd0000A808sv0000144Dsd0000A801bc01sc08i02 fs-btrfs dm-crypt \
		crypto-xts crypto-adiantum crypto-nhpoly1305 -- nvme btrfs dm-crypt adiantum nhpoly1305
}

@test "next-arm64: crypto-xts(aes), dwc2 and a gadget" {
	answers next-arm64 'crypto-xts(aes)' crypto-xts dwc2 usbfunc:ffs of:Nmmc0T\(null\)Cbrcm,bcm2711-emmc2 \
		-- aes-ce-blk xts dwc2 usb_f_fs sdhci-iproc
}

@test "armel-rpi: a gadget, and a file system" {
	answers armel-rpi dwc2 g_ether usbfunc:ecm fs-ext4 fs-btrfs -- usb_f_ecm btrfs
}
