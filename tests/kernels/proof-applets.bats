#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Proofs in rpi-modcopy and modlist-lint, and in JSON and SARIF.
# bats file_tags=static

load kernels
load prove

# Another CRC for a symbol that only ext4 needs; $why is ext4's line.
spoil() {
	prepare
	own_symbol
	sed -i "s/^$crc\t$symbol\t/0x00000bad\t$symbol\t/" symvers
	reason="symbol $symbol has CRC $crc, the kernel's is 0x00000bad: built for another kernel"
	why="kernel/fs/ext4/ext4.ko: refused: $reason (EINVAL, \"disagrees about version of symbol $symbol\")"
	by=(--kernel-image=image --symvers=symvers -k "$kver")
}

# some_of KERNEL: add its ext4, what that needs, and its boot directory to src, without indexes
some_of() {
	kernel "$1"
	mkdir -p "src/$dir" src/boot
	"$MODBOX" modclosure -k "$kver" "$indexed" ext4 | (cd "$indexed" && xargs cp --parents -t "$OLDPWD/src")
	cp "$indexed/$dir"/modules.{order,builtin,builtin.modinfo} "src/$dir"
	cp "$indexed/boot"/*"-$kver" src/boot
}

# json SCHEMA EXPRESSION VALUE: standard output follows the schema, and EXPRESSION gives VALUE
json() {
	run "$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/$1.schema.json" "$2" <<<"${lines[0]}"
	assert_success
	assert_output "$3"
}

@test "amd64: rpi-modcopy --prove writes nothing unless all is proved" {
	spoil
	local way
	for way in dst '-K dst' '-n dst' '--cpio=out.cpio'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$MODBOX" rpi-modcopy --prove "${by[@]}" -m ext4 -m crc16 "$source" $way
		assert_failure 1
		assert_output ''
		assert_equal "${stderr_lines[0]}" "rpi-modcopy: $why"
		[ ! -e dst ] && [ ! -e out.cpio ]
	done
	run --separate-stderr "$MODBOX" rpi-modcopy --prove "${by[@]}" -m crc16 "$source" dst
	assert_success
	[[ $stderr = 'rpi-modcopy: 1 module proved, 0 refused, 0 unproved; image, '* ]]
	[ -e "dst/$dir/kernel/lib/crc16.ko" ]
}

@test "amd64: rpi-modcopy --prove of two kernels compares each with its own image" {
	local first
	some_of amd64
	first=$kver
	some_of armel-rpi
	run --separate-stderr "$MODBOX" rpi-modcopy --prove -k "$first" -k "$kver" -m ext4 src dst
	assert_success
	assert_equal "${#stderr_lines[@]}" 2
	[[ ${stderr_lines[0]} = *"0 refused, 0 unproved; src/boot/vmlinuz-$first, "* ]]
	[[ ${stderr_lines[1]} = *"0 refused, 0 unproved; src/boot/vmlinuz-$kver, "* ]]
	cp "src/boot/vmlinuz-$first" "src/boot/vmlinuz-$kver"
	run --separate-stderr "$MODBOX" rpi-modcopy --prove -k "$first" -k "$kver" -m ext4 src other
	assert_failure 1
	[[ $stderr = *"src/boot/vmlinuz-$kver is of the kernel $first, the modules are of $kver"* ]]
	[ ! -e other ]
}

@test "amd64: modlist-lint --prove charges refusals to the line that pulls the module in" {
	spoil
	printf '%s\n' crc16 ext4 >boot.list
	run "$MODBOX" modlist-lint "${by[@]}" "$source" boot.list
	assert_failure 2
	run "$MODBOX" modlist-lint --prove "${by[@]}" "$source" boot.list
	assert_failure 1
	assert_equal "$(grep -c will-not-load <<<"$output")" 1
	assert_line "boot.list:2:1: error: ext4: kernel/fs/ext4/ext4.ko refused: $reason (EINVAL, \"disagrees about version of symbol $symbol\"), in $kver [will-not-load]"
	run --separate-stderr "$MODBOX" modlist-lint --prove "${by[@]}" -o json "$source" boot.list
	assert_failure 1
	json modlist-lint '[f["modules"] for f in k[0]["findings"] if f["rule"] == "will-not-load"]' \
		"[[{'path': 'kernel/fs/ext4/ext4.ko', 'kernel': '$kver', 'verdict': 'refused', 'rule': 'crc', 'errno': 'EINVAL'}]]"
	run --separate-stderr "$MODBOX" modlist-lint --prove "${by[@]}" -o sarif "$source" boot.list
	assert_failure 1
	assert_equal "$(jq -c '.runs[0].results[] | select(.ruleId == "will-not-load")
		| [.level, .properties.modules[0].errno]' <<<"$output")" '["error","EINVAL"]'
	echo 'crc16' >boot.list
	run --separate-stderr "$MODBOX" modlist-lint --prove "${by[@]}" --ignore redundant "$source" boot.list
	assert_success
	refute_output --partial will-not-load
}

@test "amd64: modlist-lint --prove: what is not known is an error, with =known a warning" {
	some_of amd64
	rm -r src/boot
	echo ext4 >boot.list
	run --separate-stderr "$MODBOX" modlist-lint --prove -k "$kver" src boot.list
	assert_failure 1
	assert_output --regexp "^boot.list:1:1: error: unproved: the kernel's exported symbols are not known, in $kver, .* \[will-not-load\]"
	[[ $stderr = *'no kernel image of'* ]]
	run --separate-stderr "$MODBOX" modlist-lint --prove=known -k "$kver" src boot.list
	assert_success
	assert_output --regexp '^boot.list:1:1: warning: unproved: '
	run --separate-stderr "$MODBOX" modlist-lint --prove=known --fail-on=warning -k "$kver" src boot.list
	assert_failure 1
}

@test "amd64: JSON has the verdict of each module, and each rule that it breaks" {
	spoil
	run --separate-stderr "$MODBOX" modclosure --prove "${by[@]}" -o json "$source" ext4
	assert_failure 1
	local plan=${lines[0]}
	json modclosure '[m["name"] for m in k[0]["modules"] if m["verdict"] == "refused"]' "['ext4']"
	lines=("$plan")
	json modclosure 'k[0]["modules"][-1]["findings"]' "[{'rule': 'crc', 'verdict': 'refused', 'errno': 'EINVAL', 'text': \"$reason\", 'message': 'disagrees about version of symbol $symbol', 'more': 0}]"
	lines=("$plan")
	json modclosure '(k[0]["proof"]["refused"], k[0]["proof"]["unproved"], k[0]["proof"]["image"], k[0]["proof"]["unknown"])' "(1, 0, 'image', [])"
}
