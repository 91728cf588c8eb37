#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/run works.  No test checks how fast anything is.

load kernels

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

bench() {
	run --separate-stderr "$MODBOX_SRC/tests/bench/run" --dest="$BATS_TEST_TMPDIR" "$@"
}

@test "bench: all ways of a case select the same modules" {
	bench --times-only --runs=2 --json small-ko
	assert_success
	echo "$output" >results
	assert_equal "$(jq -c '.cases | map([.name, .names, .modules >= 10])' results)" \
		'[["small-ko",6,true]]'
	assert_equal "$(jq -r '.cases[0].ways | map(.way) | join(" ")' results)" \
		'modbox modprobe modprobe34 modprobe-each dracut-install dracut-ng initramfs-tools cp'
	# All measurements are present, with minimum, median and maximum in order.
	assert_equal "$(jq '.cases[0].ways | all(
		.difference == [] and (.samples | length) == 2 and .memory > 100000 and .calls > 100000
		and .wall.min > 0 and .wall.min <= .wall.median and .wall.median <= .wall.max
		and .cpu.min > 0)' results)" true
	assert_equal "$(jq '.cases[0].ways | map(.ratio.wall | type == "object")' -c results)" \
		'[false,true,true,true,true,true,true,true]'
	# A ratio is the median of the ratios of all rounds.
	assert_equal "$(jq '.cases[0].ways | (.[1].ratio.cpu.median * 1e6 | round) ==
		([.[0].samples, .[1].samples] | transpose | map(.[0].cpu / .[1].cpu) | add / 2 * 1e6 | round)' \
		results)" true
	assert_equal "$(jq -c '.growth' results)" '[]'
	assert_equal "$(jq '.versions | has("modbox") and has("kmod") and has("dracut-core")' results)" true
}

@test "bench: a summary replaces the old one" {
	printf '%s\n' 'How it is measured' '<!-- results -->' 'old' >doc.md
	bench --times-only --runs=1 --update=doc.md growth-10
	assert_success
	assert_output ''
	assert_equal "$(head -n 2 doc.md)" $'How it is measured\n<!-- results -->'
	run grep -cE '^(old|### Growth.*|\| growth-10 \| [0-9]+ \| [0-9.]+ \| cp --parents \| [0-9.]+ \| [0-9.]+ \(.*)$' doc.md
	assert_output 2
}

# callgrind does not run sanitizers.
# bats test_tags=static
@test "bench: storage reads, instructions, and growth" {
	bench --runs=1 --json small-ko-parts growth-10 growth-100
	assert_success
	echo "$output" >results
	assert_equal "$(jq '.cases[] | select(.name == "small-ko-parts") | .ways |
		all(.storage >= 0 and .instructions > 100000) and .[0].instructions > 2 * .[4].instructions' \
		results)" true
	assert_equal "$(jq -c '.growth | map([.names, .modules > .names, .cost > 0, .ratio > 0])' results)" \
		'[[10,true,true,false],[100,true,true,true]]'
}

@test "bench: unknown cases and options are refused" {
	bench small-ko no-such-case
	assert_failure 1
	assert_equal "$stderr" 'bench: no case no-such-case; --list prints them'
	bench --runs=0
	assert_failure 1
	bench --update=/dev/null
	assert_failure 1
	assert_equal "$stderr" 'bench: /dev/null has no line <!-- results -->'
}
