#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Man pages agree with the programs.

load ../lib/failure

setup() {
	cd "$MODBOX_SRC" || return
}

# The options in an applet's tables and in the OPTIONS of its page, one a line: "-k,
# --kernel-version=VERSION"
told() {
	"$MODBOX" "$1" --help | grep '^ *-' | sed -E 's/^ *((-., )?--[^ ]+)  .*/\1/'
}

written() {
	sed -n '/^\.Sh OPTIONS/,/^\.Sh [^O]/p' "$1" | grep '^\.It Fl' |
		sed -E 's/^\.It //; s/^Fl (.) , /-\1, /; s/Fl Fl /--/; s/ Ns Op Ns = Ns (Cm|Ar) (.*)/[=\2]/; s/ Ns = Ns Ar /=/; s/ : Ns Ar /:/'
}

@test "every applet has a page; its OPTIONS are the applet's, in the order of --help" {
	run "$MODBOX" --list
	assert_success
	for applet in "${lines[@]}"; do
		page=$(find man -name "$applet.[18]" -o -name "modbox-$applet.[18]")
		[ -f "$page" ] || fail "no page for $applet"
		assert_equal "$(written "$page")" "$(told "$applet")"
		[[ $'\n'$(told "$applet")$'\n' = *$'\n-h, --help\n-V, --version\n'* ]]
	done
}

@test "modbox(1) names every applet" {
	run "$MODBOX" --list
	for applet in "${lines[@]}"; do
		grep -q "Xr .*$applet " man/modbox.1 || fail "$applet"
	done
}

@test "the pages are valid mdoc" {
	run mandoc -T lint -W warning man/*.[1-9]
	assert_output ''
}
