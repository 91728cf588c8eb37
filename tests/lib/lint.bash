# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # bats sets $status, $output, $lines and $stderr
#
# Sourced by the tests of modlist-lint.  The list under test is boot.list.

# shellcheck source=common.bash
source "$MODBOX_SRC/tests/lib/common.bash"

# list LINE...: write boot.list
list() {
	printf '%s\n' "$@" >boot.list
}

# lint [OPTION]... [-- LIST...]: run modlist-lint for $kver on boot.list and LISTs; SOURCE and
# the lists must not change
lint() {
	local options=() before after lists=(boot.list)
	while [ $# -gt 0 ]; do
		if [ "$1" = -- ]; then
			shift
			lists+=("$@")
			break
		fi
		options+=("$1")
		shift
	done
	look before "$src" "${lists[@]}"
	run --separate-stderr "$MODBOX" modlist-lint -k "$kver" "${options[@]}" "$src" "${lists[@]}"
	look after "$src" "${lists[@]}"
	assert_equal "$after" "$before"
}

# lint_kernels VERSION...: run it on boot.list for these kernels
lint_kernels() {
	local options=() version
	for version; do
		options+=(-k "$version")
	done
	run --separate-stderr "$MODBOX" modlist-lint "${options[@]}" "$src" boot.list
	assert_equal "$stderr" ''
}

# lints STATUS 'FINDINGS' [ARGUMENT]...: check the result without indexes and with them
lints() {
	local indexes
	for indexes in unindex 'index --weakdep'; do
		$indexes
		lint "${@:3}"
		assert_equal "$stderr" ''
		assert_output "$2"
		assert_equal "$status" "$1"
	done
}

clean() {
	lints 0 '' --fail-on=info
}

# refuses_lint STATUS 'MESSAGE' [ARGUMENT]...: it fails with this message and no output
refuses_lint() {
	lint "${@:3}"
	assert_output ''
	assert_equal "$stderr" "modlist-lint: $2"
	assert_equal "$status" "$1"
}

# another VERSION: make an empty tree of another kernel, and add modules to it from now on
another() {
	kver=$1
	add_tree
}
