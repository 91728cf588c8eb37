#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Whole kernels, with all of their signatures; and the modules of one version in the kernel before.
# shellcheck disable=SC2154 # kernels.bash and bats set them

load ../kernels/kernels

# verified KERNEL: every module is proved, and signed by a key of the image
verified() {
	kernel "$1"
	run --separate-stderr "$MODBOX" modclosure --prove --sig-enforce -k "$kver" "$indexed" kernel/
	assert_success
	assert_equal "${#lines[@]}" "$(wc -l <names)"
	[[ $stderr = *"modclosure: ${#lines[@]} modules proved, 0 refused, 0 unproved; "*"; all signed by '"* ]]
}

@test "amd64: all signatures" { verified amd64; }
@test "armel-rpi: all signatures" { verified armel-rpi; }
@test "next-amd64: all signatures" { verified next-amd64; }
@test "next-arm64: all signatures" { verified next-arm64; }
@test "old-amd64: all signatures" { verified old-amd64; }
@test "old-arm64: all signatures" { verified old-arm64; }

# disagreeing SYMVERS: the modules of $tree of whose CRCs one is not as the kernel's in the file
disagreeing() {
	local module
	find "$tree/kernel" -name '*.ko*' | while read -r module; do
		"$ORACLE/modprobe" --dump-modversions "$module" | sed "s|^|${module#"$tree/"}\t|"
	done | awk -F '\t' -v symvers="$1" '
		BEGIN { while ((getline line <symvers) > 0) { split(line, part, "\t"); if (part[3] == "vmlinux") crc[part[2]] = part[1] } }
		$3 in crc && crc[$3] + 0 != $2 + 0 && !seen[$1]++ { print $1 }'
}

# Between two versions with one ABI name, or none, the kernel refuses modules by their CRCs.
@test "next-amd64: in the version before, those are refused whose CRCs differ from its Module.symvers" {
	local before symvers
	kernel next-amd64
	before=$("$MODBOX_SRC/scripts/fetch-kernel" previous-next-amd64)
	symvers=$("$MODBOX_SRC/scripts/fetch-headers" --symvers previous-next-amd64)
	[ "$(readlink -f "$before")" != "$(readlink -f "$plain")" ]
	run --separate-stderr "$MODBOX" modclosure --prove=known -o json -k "$kver" \
		--kernel-image="$(ls "$before"/boot/vmlinuz-*)" --kernel-config=<(printf 'CONFIG_MODULES=y\n# CONFIG_MODULE_SIG is not set\n') \
		"$indexed" kernel/
	assert_failure 1
	jq -r --arg dir "$dir/" '.modules[] | select([.findings[] | select(.rule == "crc" or .rule == "module-layout")] != [])
		| .path | ltrimstr($dir)' <<<"$output" | LC_ALL=C sort >refused
	# Vermagic differs by the release alone, which does not count where there are versions.
	assert_equal "$(jq '[.modules[].findings[] | select(.rule == "vermagic")] | length' <<<"$output")" 0
	disagreeing "$symvers" | LC_ALL=C sort >expected
	run diff expected refused
	assert_output ''
	echo "# $(wc -l <refused) of $(wc -l <names) refused" >&3
}
