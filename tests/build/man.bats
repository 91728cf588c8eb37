#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Man pages say what the programs say.
# shellcheck disable=SC2154 # bats sets $status, $output, $lines and $stderr

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert

setup() {
	cd "$MODBOX_SRC" || return
}

# The long options of an applet's option table, and those of its page's OPTIONS.
told() {
	"$MODBOX" "$1" --help | sed -n 's/^  .\{4\}--\([a-z-]*\).*/\1/p' | sort
}

written() {
	sed -n '/^\.Sh OPTIONS/,/^\.Sh [^O]/p' "$1" |
		sed -n 's/^\.It.*Fl Fl \([a-z-]*\).*/\1/p' | sort
}

@test "every applet has a page, which tells its options and no others" {
	run "$MODBOX" --list
	assert_success
	for applet in "${lines[@]}"; do
		page=$(find man -name "$applet.[18]" -o -name "modbox-$applet.[18]")
		[ -f "$page" ] || fail "no page for $applet"
		assert_equal "$(written "$page")" "$(told "$applet")"
		[ -n "$(told "$applet")" ]
	done
}

@test "modbox(1) names every applet" {
	run "$MODBOX" --list
	for applet in "${lines[@]}"; do
		grep -q "Xr .*$applet " man/modbox.1 || fail "$applet"
	done
}

@test "the pages are good mdoc" {
	run mandoc -T lint -W warning man/*.[1-9]
	assert_output ''
}
